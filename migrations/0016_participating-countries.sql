-- Aggregates read one narrow index of each resource. Each record has the countries that take part in it themselves, so that they
-- need not be found and told apart for every aggregate. The service writes them with the record.
CREATE FUNCTION participating_countries(record_id uuid) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT country ORDER BY country), '{}') FROM public.participations
  WHERE record = record_id AND country IS NOT NULL
$$;
--> statement-breakpoint
DROP INDEX "projects_amounts_year";--> statement-breakpoint
DROP INDEX "assistance_programs_amounts_year";--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "participating_countries" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "participating_countries" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD COLUMN "participating_countries" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD COLUMN "participating_countries" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint

-- Writes the tables once, instead of a new version of each row with all its index entries.
ALTER TABLE "agreements" ALTER COLUMN "participating_countries" TYPE text[] USING participating_countries(id);--> statement-breakpoint
ALTER TABLE "projects" ALTER COLUMN "participating_countries" TYPE text[] USING participating_countries(id);--> statement-breakpoint
ALTER TABLE "cooperation_bases" ALTER COLUMN "participating_countries" TYPE text[] USING participating_countries(id);--> statement-breakpoint
ALTER TABLE "assistance_programs" ALTER COLUMN "participating_countries" TYPE text[] USING participating_countries(id);--> statement-breakpoint

CREATE INDEX "regions_dimensions" ON "regions" USING btree ("id","kind");--> statement-breakpoint
CREATE INDEX "countries_dimensions" ON "countries" USING btree ("id","valid_from_earliest","valid_from_latest","valid_to_earliest","valid_to_latest");--> statement-breakpoint
CREATE INDEX "topics_dimensions" ON "topics" USING btree ("id","scheme");--> statement-breakpoint
CREATE INDEX "organizations_dimensions" ON "organizations" USING btree ("id","type");--> statement-breakpoint
CREATE INDEX "sources_dimensions" ON "sources" USING btree ("id","kind","published_on_earliest","published_on_latest","language","accessed_on_earliest","accessed_on_latest");--> statement-breakpoint
CREATE INDEX "agreements_dimensions" ON "agreements" USING btree ("id","kind","level","status","adopted_on_earliest","adopted_on_latest","signed_on_earliest","signed_on_latest","provisional_from_earliest","provisional_from_latest","in_force_from_earliest","in_force_from_latest","expires_on_earliest","expires_on_latest","terminated_on_earliest","terminated_on_latest","renewal","participating_countries");--> statement-breakpoint
CREATE INDEX "projects_dimensions" ON "projects" USING btree ("id","kind","status","starts_on_earliest","starts_on_latest","ends_on_earliest","ends_on_latest","participating_countries");--> statement-breakpoint
CREATE INDEX "cooperation_bases_dimensions" ON "cooperation_bases" USING btree ("id","kind","level","status","designated_on_earliest","designated_on_latest","unit_count_qualifier","participating_countries");--> statement-breakpoint
CREATE INDEX "assistance_programs_dimensions" ON "assistance_programs" USING btree ("id","modality","status","starts_on_earliest","starts_on_latest","ends_on_earliest","ends_on_latest","participating_countries","aid_type","flow_type","finance_type");--> statement-breakpoint
CREATE INDEX "figures_dimensions" ON "figures" USING btree ("id","indicator","qualifier","as_of_earliest","as_of_latest");--> statement-breakpoint
CREATE INDEX "citations_dimensions" ON "citations" USING btree ("id","property","rank");--> statement-breakpoint
CREATE INDEX "projects_amounts_year" ON "projects_amounts" USING btree ((case when date_part('year', "date_earliest") = date_part('year', "date_latest") and "date_earliest" >= date '4699-01-01 BC' then (date_part('year', "date_earliest")::int + ("date_earliest" < date '0001-01-01')::int) end));--> statement-breakpoint
CREATE INDEX "assistance_programs_amounts_year" ON "assistance_programs_amounts" USING btree ((case when date_part('year', "date_earliest") = date_part('year', "date_latest") and "date_earliest" >= date '4699-01-01 BC' then (date_part('year', "date_earliest")::int + ("date_earliest" < date '0001-01-01')::int) end));
--> statement-breakpoint

-- The elements of two arrays that have no element twice, each once. The service adds the countries of organizations to those that
-- take part themselves by it.
CREATE FUNCTION array_union(one anyarray, other anyarray) RETURNS anyarray LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  FOR at IN 1 .. cardinality(other) LOOP
    one := array_append(array_remove(one, other[at]), other[at]);
  END LOOP;
  RETURN one;
END
$$;
--> statement-breakpoint

-- Writes past the service: the row of a resource's own table always has what its participants say.
CREATE FUNCTION set_participating_countries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.participating_countries := public.participating_countries(NEW.id);
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE FUNCTION note_participating_countries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed record;
BEGIN
  FOR changed IN
    SELECT record, resource FROM (VALUES (OLD.record, OLD.resource), (NEW.record, NEW.resource)) AS side (record, resource)
    WHERE record IS NOT NULL GROUP BY record, resource
  LOOP
    -- The trigger of the table sets the value. A record that is being removed keeps what it has.
    EXECUTE format('UPDATE public.%I SET participating_countries = participating_countries
      WHERE id = $1 AND participating_countries <> public.participating_countries(id)
        AND EXISTS (SELECT FROM public.records WHERE records.id = $1)', replace(changed.resource, '-', '_'))
      USING changed.record;
  END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER note_participating_countries AFTER INSERT OR DELETE OR UPDATE OF record, country ON participations
  FOR EACH ROW WHEN (coalesce(current_setting('entente.writer', true), '') <> 'service')
  EXECUTE FUNCTION note_participating_countries();
--> statement-breakpoint

CREATE FUNCTION sync_participating_countries() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  participating regclass;
BEGIN
  FOR participating IN
    SELECT attrelid FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname = 'participating_countries'
  LOOP
    -- After make_record, by its name.
    EXECUTE format('CREATE OR REPLACE TRIGGER set_participating_countries BEFORE INSERT OR UPDATE ON %s FOR EACH ROW
      WHEN (coalesce(current_setting(''entente.writer'', true), '''') <> ''service'')
      EXECUTE FUNCTION set_participating_countries()', participating);
  END LOOP;
END
$$;
--> statement-breakpoint

-- PostgreSQL estimates conditions on an expression by the statistics of an index only if the index has all rows; those of dates
-- leave out records without one. Without an estimate, it would look up half of a table row by row.
CREATE FUNCTION sync_statistics() RETURNS void LANGUAGE plpgsql
SET client_min_messages = warning AS $$
DECLARE
  span record;
BEGIN
  FOR span IN
    SELECT relname, indrelid::regclass AS table_name, pg_get_indexdef(indexrelid, 1, false) AS expression
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = 'public'::regnamespace AND relname LIKE '%\_span' AND indpred IS NOT NULL AND indnatts = 1
      AND indexprs IS NOT NULL
  LOOP
    EXECUTE format('CREATE STATISTICS IF NOT EXISTS public.%I ON (%s) FROM %s',
      span.relname || '_statistics', span.expression, span.table_name);
  END LOOP;
END
$$;
--> statement-breakpoint

-- As before, and what has come since.
ALTER FUNCTION sync_records() RENAME TO sync_record_triggers;
--> statement-breakpoint
CREATE FUNCTION sync_records() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.sync_record_triggers();
  PERFORM public.sync_participating_countries();
  PERFORM public.sync_statistics();
END
$$;
--> statement-breakpoint
SELECT sync_statistics();
--> statement-breakpoint
ANALYZE agreements, projects, cooperation_bases, assistance_programs;
