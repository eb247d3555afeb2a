-- Replaces protect_record() of migration 0002. Only the service merges records, since it also writes their revisions and moves
-- their references.
CREATE OR REPLACE FUNCTION protect_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.resource, NEW.key) IS DISTINCT FROM (OLD.id, OLD.resource, OLD.key) THEN
    RAISE EXCEPTION 'id, resource and key of a record never change' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.merged_into IS DISTINCT FROM OLD.merged_into THEN
    RAISE EXCEPTION 'merged_into is changed only by the service: merge records with POST /v1/%/%/merge', OLD.resource, OLD.key
      USING ERRCODE = 'check_violation';
  END IF;
  NEW.version := OLD.version;
  NEW.created_at := OLD.created_at;
  NEW.updated_at := OLD.updated_at;
  IF NOT (OLD.shape IS NULL AND public.is_own_write(OLD.xmin, OLD.updated_at)) THEN
    NEW.version := OLD.version + 1;
    NEW.updated_at := public.change_time(OLD.updated_at);
  END IF;
  NEW.document := OLD.document;
  NEW.shape := NULL;
  PERFORM pg_notify('entente_uncomposed', '');
  RETURN NEW;
END
$$;
