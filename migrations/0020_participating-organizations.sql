-- Each record has the countries that take part in it by their organizations, too, so that aggregates and networks need not find
-- them for every record. They read one more index, which has only these countries and when the record happened.
DROP INDEX "agreements_dimensions";--> statement-breakpoint
DROP INDEX "projects_dimensions";--> statement-breakpoint
DROP INDEX "cooperation_bases_dimensions";--> statement-breakpoint
DROP INDEX "assistance_programs_dimensions";--> statement-breakpoint
ALTER TABLE "agreements" ADD COLUMN "participating_organizations" uuid[] DEFAULT '{}'::uuid[] NOT NULL;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "participating_organizations" uuid[] DEFAULT '{}'::uuid[] NOT NULL;--> statement-breakpoint
ALTER TABLE "cooperation_bases" ADD COLUMN "participating_organizations" uuid[] DEFAULT '{}'::uuid[] NOT NULL;--> statement-breakpoint
ALTER TABLE "assistance_programs" ADD COLUMN "participating_organizations" uuid[] DEFAULT '{}'::uuid[] NOT NULL;--> statement-breakpoint

-- The countries that take part in a record, themselves or by an organization.
CREATE OR REPLACE FUNCTION participating_countries(record_id uuid) RETURNS text[] LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(array_agg(code ORDER BY code COLLATE "C"), '{}') FROM (
    SELECT country FROM public.participations WHERE record = record_id
    UNION
    SELECT organizations.country FROM public.participations JOIN public.organizations ON organizations.id = organization
    WHERE record = record_id
  ) AS taking (code) WHERE code IS NOT NULL
$$;
--> statement-breakpoint
CREATE FUNCTION participating_organizations(record_id uuid) RETURNS uuid[] LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(array_agg(DISTINCT organization ORDER BY organization), '{}') FROM public.participations
  WHERE record = record_id AND organization IS NOT NULL
$$;
--> statement-breakpoint

-- Records with organizations. The past does not read these columns, and documents do not have them.
SELECT set_config('entente.writer', 'service', true), set_config('entente.versioning', 'off', true);
--> statement-breakpoint
UPDATE "agreements" SET "participating_countries" = participating_countries(id), "participating_organizations" = participating_organizations(id)
WHERE id IN (SELECT record FROM participations WHERE resource = 'agreements' AND organization IS NOT NULL);
--> statement-breakpoint
UPDATE "projects" SET "participating_countries" = participating_countries(id), "participating_organizations" = participating_organizations(id)
WHERE id IN (SELECT record FROM participations WHERE resource = 'projects' AND organization IS NOT NULL);
--> statement-breakpoint
UPDATE "cooperation_bases" SET "participating_countries" = participating_countries(id), "participating_organizations" = participating_organizations(id)
WHERE id IN (SELECT record FROM participations WHERE resource = 'cooperation-bases' AND organization IS NOT NULL);
--> statement-breakpoint
UPDATE "assistance_programs" SET "participating_countries" = participating_countries(id), "participating_organizations" = participating_organizations(id)
WHERE id IN (SELECT record FROM participations WHERE resource = 'assistance-programs' AND organization IS NOT NULL);
--> statement-breakpoint
SELECT set_config('entente.writer', '', true), set_config('entente.versioning', '', true);
--> statement-breakpoint

CREATE INDEX "agreements_countries" ON "agreements" USING btree ("id","signed_on_earliest","signed_on_latest","participating_countries");--> statement-breakpoint
CREATE INDEX "projects_countries" ON "projects" USING btree ("id","starts_on_earliest","starts_on_latest","ends_on_earliest","ends_on_latest","participating_countries");--> statement-breakpoint
CREATE INDEX "cooperation_bases_countries" ON "cooperation_bases" USING btree ("id","designated_on_earliest","designated_on_latest","participating_countries");--> statement-breakpoint
CREATE INDEX "assistance_programs_countries" ON "assistance_programs" USING btree ("id","starts_on_earliest","starts_on_latest","ends_on_earliest","ends_on_latest","participating_countries");--> statement-breakpoint
CREATE INDEX "agreements_dimensions" ON "agreements" USING btree ("id","kind","level","status","adopted_on_earliest","adopted_on_latest","signed_on_earliest","signed_on_latest","provisional_from_earliest","provisional_from_latest","in_force_from_earliest","in_force_from_latest","expires_on_earliest","expires_on_latest","terminated_on_earliest","terminated_on_latest","renewal");--> statement-breakpoint
CREATE INDEX "projects_dimensions" ON "projects" USING btree ("id","kind","status","starts_on_earliest","starts_on_latest","ends_on_earliest","ends_on_latest");--> statement-breakpoint
CREATE INDEX "cooperation_bases_dimensions" ON "cooperation_bases" USING btree ("id","kind","level","status","designated_on_earliest","designated_on_latest","unit_count_qualifier");--> statement-breakpoint
CREATE INDEX "assistance_programs_dimensions" ON "assistance_programs" USING btree ("id","modality","status","starts_on_earliest","starts_on_latest","ends_on_earliest","ends_on_latest","aid_type","flow_type","finance_type");
--> statement-breakpoint

-- The elements of two arrays, each once, in order. A subquery would do the same, but not in parallel.
CREATE FUNCTION sorted_union(one text[], other text[]) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN array(SELECT code FROM unnest(one || other) AS code GROUP BY code ORDER BY code COLLATE "C");
END
$$;
--> statement-breakpoint

-- The service writes the countries and organizations that take part; those of the organizations are added here. A change of an
-- organization's country waits for those who have just referred to it, and they wait for it: so one of them sees the other.
CREATE FUNCTION add_organization_countries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.participating_organizations <> OLD.participating_organizations THEN
    PERFORM FROM public.organizations WHERE id = ANY (NEW.participating_organizations) ORDER BY id FOR KEY SHARE;
  END IF;
  NEW.participating_countries := public.sorted_union(NEW.participating_countries, array(
    SELECT country FROM public.organizations WHERE id = ANY (NEW.participating_organizations) AND country IS NOT NULL
  ));
  RETURN NEW;
END
$$;
--> statement-breakpoint

-- Writes past the service.
CREATE OR REPLACE FUNCTION set_participating_countries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.participating_organizations := public.participating_organizations(NEW.id);
  PERFORM FROM public.organizations WHERE id = ANY (NEW.participating_organizations) ORDER BY id FOR KEY SHARE;
  NEW.participating_countries := public.participating_countries(NEW.id);
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION note_participating_countries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed record;
BEGIN
  FOR changed IN
    SELECT record, resource FROM (VALUES (OLD.record, OLD.resource), (NEW.record, NEW.resource)) AS side (record, resource)
    WHERE record IS NOT NULL GROUP BY record, resource
  LOOP
    -- The trigger of the table sets the values. A record that is being removed keeps what it has.
    EXECUTE format('UPDATE public.%I SET participating_countries = participating_countries
      WHERE id = $1 AND (participating_countries <> public.participating_countries(id)
          OR participating_organizations <> public.participating_organizations(id))
        AND EXISTS (SELECT FROM public.records WHERE records.id = $1)', replace(changed.resource, '-', '_'))
      USING changed.record;
  END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE TRIGGER note_participating_countries AFTER INSERT OR DELETE OR UPDATE OF record, country, organization
  ON participations FOR EACH ROW WHEN (coalesce(current_setting('entente.writer', true), '') <> 'service')
  EXECUTE FUNCTION note_participating_countries();
--> statement-breakpoint

CREATE FUNCTION participating_tables() RETURNS TABLE (name regclass, resource text) LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT pg_class.oid, replace(relname, '_', '-') FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname = 'participating_countries'
$$;
--> statement-breakpoint

-- Another country of an organization, whoever writes it. It changes no record in which the organization takes part, but what is
-- read of them.
CREATE FUNCTION note_organization_country() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  writer CONSTANT text := coalesce(current_setting('entente.writer', true), '');
  versioning CONSTANT text := coalesce(current_setting('entente.versioning', true), '');
  participating record;
  is_changed boolean;
BEGIN
  PERFORM set_config('entente.writer', 'service', true), set_config('entente.versioning', 'off', true);
  PERFORM FROM public.organizations WHERE id = NEW.id FOR UPDATE;
  FOR participating IN SELECT * FROM public.participating_tables() LOOP
    EXECUTE format('WITH changed AS (
        UPDATE public.%I SET participating_countries = public.participating_countries(id)
        WHERE id IN (SELECT record FROM public.participations WHERE organization = $1 AND resource = $2) RETURNING id
      ) SELECT EXISTS (SELECT FROM changed)', replace(participating.resource, '-', '_'))
      INTO is_changed USING NEW.id, participating.resource;
    IF is_changed THEN
      PERFORM public.announce(participating.resource);
    END IF;
  END LOOP;
  PERFORM set_config('entente.writer', writer, true), set_config('entente.versioning', versioning, true);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER note_organization_country AFTER UPDATE OF country ON organizations FOR EACH ROW
  WHEN (OLD.country IS DISTINCT FROM NEW.country) EXECUTE FUNCTION note_organization_country();
--> statement-breakpoint

CREATE OR REPLACE FUNCTION sync_participating_countries() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  participating regclass;
BEGIN
  FOR participating IN SELECT name FROM public.participating_tables() LOOP
    -- After make_record, by its name.
    EXECUTE format('CREATE OR REPLACE TRIGGER set_participating_countries BEFORE INSERT OR UPDATE ON %s FOR EACH ROW
      WHEN (coalesce(current_setting(''entente.writer'', true), '''') <> ''service'')
      EXECUTE FUNCTION set_participating_countries()', participating);
    EXECUTE format('CREATE OR REPLACE TRIGGER add_organization_countries BEFORE INSERT OR UPDATE ON %s FOR EACH ROW
      WHEN (NEW.participating_organizations <> ''{}'' AND current_setting(''entente.writer'', true) = ''service'')
      EXECUTE FUNCTION add_organization_countries()', participating);
  END LOOP;
END
$$;
--> statement-breakpoint
ANALYZE agreements, projects, cooperation_bases, assistance_programs;
