-- Replaces name_countries() of migration 0007. A redacted revision keeps its countries, except those that the redaction removes:
-- an organization that the revision names may be in another country now, or may not exist any more.
CREATE OR REPLACE FUNCTION name_countries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  after text[] := public.revision_countries(NEW.resource, NEW.key, NEW.document::jsonb);
  before text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.countries := after;
  ELSE
    before := public.revision_countries(OLD.resource, OLD.key, OLD.document::jsonb);
    -- ALL: a country that was there twice, such as as a location and through an organization, is removed once.
    NEW.countries := array(
      (SELECT unnest(OLD.countries) EXCEPT ALL (SELECT unnest(before) EXCEPT ALL SELECT unnest(after)))
      UNION ALL (SELECT unnest(after) EXCEPT ALL SELECT unnest(before)));
  END IF;
  RETURN NEW;
END
$$;
