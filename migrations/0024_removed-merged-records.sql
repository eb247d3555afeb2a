-- Replaces record_removal() of migration 0002. The row of a merged record goes with that of the remaining one. Its last revision
-- already is its removal, so it gets no other one.
CREATE OR REPLACE FUNCTION record_removal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_own boolean := OLD.shape IS NULL AND public.is_own_write(OLD.xmin, OLD.updated_at);
BEGIN
  IF OLD.merged_into IS NOT NULL OR is_own AND OLD.created_at = OLD.updated_at THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.revisions (resource, key, version, operation, document, actor, "time")
  VALUES (OLD.resource, OLD.key, OLD.version + (NOT is_own)::int, 'remove',
    coalesce(OLD.document::json, json_build_object('id', OLD.key)), '{"kind":"database","id":null,"name":null}',
    CASE WHEN is_own THEN OLD.updated_at ELSE public.change_time(OLD.updated_at) END);
  RETURN NULL;
END
$$;
