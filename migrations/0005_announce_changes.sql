-- Whoever keeps something that was read hears of every change, also one made in psql: a notification when the
-- transaction commits, one for each table that it has changed.
CREATE FUNCTION announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('entente_changes', TG_TABLE_NAME);
  RETURN NULL;
END
$$;
--> statement-breakpoint
DO $do$
DECLARE
  changing_table text;
BEGIN
  FOREACH changing_table IN ARRAY ARRAY['regions', 'countries', 'country_groups', 'country_successors', 'topics',
    'topic_links', 'organizations', 'sources', 'agreements', 'agreement_terms', 'agreement_relations',
    'agreement_documents', 'projects', 'project_agreements', 'cooperation_bases', 'assistance_programs',
    'assistance_program_agreements', 'participations', 'participation_actions', 'external_ids', 'figures', 'citations']
  LOOP
    EXECUTE format('CREATE TRIGGER announce_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION announce_change()', changing_table);
  END LOOP;
END
$do$;
