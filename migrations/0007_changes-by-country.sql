-- The changes of one country, newest first, are found by an index over the countries that each revision names.
ALTER TABLE "revisions" ADD COLUMN "countries" text[] DEFAULT '{}' NOT NULL;
--> statement-breakpoint

-- The countries that a record names: as a participant, host or location, or in its property `country`, itself or through an
-- organization. A country also names itself. A code may be there twice, which the index does not store twice.
CREATE FUNCTION revision_countries(resource text, key text, document jsonb) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  codes text[] := array(SELECT code FROM jsonb_array_elements_text(
    jsonb_path_query_array(document, '$.*.country') || jsonb_build_array(document -> 'country', document -> 'hostCountry')
  ) AS code WHERE code IS NOT NULL);
  ids uuid[] := array(SELECT id FROM jsonb_array_elements_text(
    jsonb_path_query_array(document, '$.*.organization') || jsonb_build_array(document -> 'hostOrganization')
  ) AS id WHERE id IS NOT NULL);
BEGIN
  IF cardinality(ids) > 0 THEN
    codes := codes || array(SELECT country FROM public.organizations WHERE id = ANY (ids) AND country IS NOT NULL);
  END IF;
  RETURN CASE WHEN resource = 'countries' THEN codes || key ELSE codes END;
END
$$;
--> statement-breakpoint

-- A redaction changes documents.
CREATE FUNCTION name_countries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.countries := public.revision_countries(NEW.resource, NEW.key, NEW.document::jsonb);
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER name_countries BEFORE INSERT OR UPDATE OF document ON revisions FOR EACH ROW EXECUTE FUNCTION name_countries();
--> statement-breakpoint

-- Revisions that were there before.
ALTER TABLE revisions DISABLE TRIGGER refuse_rewriting;
--> statement-breakpoint
GRANT UPDATE (countries) ON revisions TO CURRENT_USER;
--> statement-breakpoint
UPDATE revisions SET countries = revision_countries(resource, key, document::jsonb);
--> statement-breakpoint
REVOKE UPDATE (countries) ON revisions FROM CURRENT_USER;
--> statement-breakpoint
ALTER TABLE revisions ENABLE ALWAYS TRIGGER refuse_rewriting;
--> statement-breakpoint
CREATE INDEX "revisions_countries" ON "revisions" USING gin ("countries") WITH (fastupdate=false);
