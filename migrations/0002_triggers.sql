-- What a constraint can't say, and the functions that read the tables.

-- Every change of a record raises its version, also one made in psql; its birthday stays.
CREATE FUNCTION count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.created_at := OLD.created_at;
  -- The clock and not the transaction's start, which may lie before a change that it has waited for.
  NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at);
  RETURN NEW;
END
$$;
--> statement-breakpoint
DO $do$
DECLARE
  record_table text;
BEGIN
  FOREACH record_table IN ARRAY ARRAY['regions', 'countries', 'topics', 'organizations', 'sources', 'agreements',
    'projects', 'cooperation_bases', 'assistance_programs', 'figures', 'citations']
  LOOP
    EXECUTE format('CREATE TRIGGER count_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION count_version()',
      record_table);
  END LOOP;
END
$do$;
--> statement-breakpoint

-- A record can't be below itself. Arguments: the key column, the column that points upward, its name in the API.
CREATE FUNCTION refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  key text := to_jsonb(NEW) ->> TG_ARGV[0];
  upward text := to_jsonb(NEW) ->> TG_ARGV[1];
  closed boolean;
BEGIN
  -- Two transactions that each draw half of a circle must wait for one another to see it.
  PERFORM pg_advisory_xact_lock(hashtextextended('refuse_cycle ' || TG_TABLE_NAME, 0));
  EXECUTE format(
    'WITH RECURSIVE above(key) AS (
       SELECT $1
       UNION
       SELECT parent.%2$I::text FROM %3$I.%4$I AS parent JOIN above ON parent.%1$I::text = above.key
       WHERE parent.%2$I IS NOT NULL
     )
     SELECT EXISTS (SELECT FROM above WHERE key = $2)',
    TG_ARGV[0], TG_ARGV[1], TG_TABLE_SCHEMA, TG_TABLE_NAME
  ) INTO closed USING upward, key;
  IF closed THEN
    RAISE EXCEPTION '% would be below itself', key USING ERRCODE = 'EN001', COLUMN = TG_ARGV[2];
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER refuse_cycle AFTER INSERT OR UPDATE OF parent ON regions
  FOR EACH ROW WHEN (NEW.parent IS NOT NULL) EXECUTE FUNCTION refuse_cycle('code', 'parent', 'parent');
--> statement-breakpoint
CREATE TRIGGER refuse_cycle AFTER INSERT OR UPDATE OF broader ON topics
  FOR EACH ROW WHEN (NEW.broader IS NOT NULL) EXECUTE FUNCTION refuse_cycle('slug', 'broader', 'broader');
--> statement-breakpoint
CREATE TRIGGER refuse_cycle AFTER INSERT OR UPDATE OF parent ON organizations
  FOR EACH ROW WHEN (NEW.parent IS NOT NULL) EXECUTE FUNCTION refuse_cycle('id', 'parent', 'parent');
--> statement-breakpoint
CREATE TRIGGER refuse_cycle AFTER INSERT OR UPDATE OF part_of ON cooperation_bases
  FOR EACH ROW WHEN (NEW.part_of IS NOT NULL) EXECUTE FUNCTION refuse_cycle('id', 'part_of', 'partOf');
--> statement-breakpoint

-- Regions and all below them.
CREATE FUNCTION regions_within(codes text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE within(code) AS (
    SELECT code FROM public.regions WHERE code = ANY (codes)
    UNION
    SELECT regions.code FROM public.regions JOIN within ON regions.parent = within.code
  )
  SELECT code FROM within
$$;
--> statement-breakpoint

-- Countries that lie in regions, or in one below them, or belong to groups.
CREATE FUNCTION countries_within(codes text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT code FROM public.countries WHERE region IN (SELECT public.regions_within(codes))
  UNION
  SELECT country FROM public.country_groups WHERE "group" IN (SELECT public.regions_within(codes))
$$;
--> statement-breakpoint

-- Topics and all narrower ones.
CREATE FUNCTION topics_within(slugs text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE within(slug) AS (
    SELECT slug FROM public.topics WHERE slug = ANY (slugs)
    UNION
    SELECT topics.slug FROM public.topics JOIN within ON topics.broader = within.slug
  )
  SELECT slug FROM within
$$;
--> statement-breakpoint

-- Cursors are signed with one secret for all processes on this database.
INSERT INTO settings (name, value)
VALUES ('cursor_secret', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
