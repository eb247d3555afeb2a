-- A change is announced with its resource, so that only what was read of that resource is forgotten. What everybody must
-- forget at once is announced as a change of everything: `*`.

-- Announces a change when the transaction commits, once for each name. `entente.announced` tells the service itself what its
-- transaction announces, so that it need not wait for the notification.
CREATE FUNCTION announce(what text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  announced text[] := string_to_array(coalesce(current_setting('entente.announced', true), ''), ',');
BEGIN
  IF what = ANY (announced) THEN
    RETURN;
  END IF;
  PERFORM pg_catalog.pg_notify('entente_changes', what);
  PERFORM pg_catalog.set_config('entente.announced', array_to_string(announced || what, ','), true);
END
$$;
--> statement-breakpoint

-- A change of a record. Where one is or was internal, others may be seen or not because of it.
CREATE OR REPLACE FUNCTION announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.announce(
    CASE WHEN 'internal' IN (OLD.visibility, NEW.visibility) THEN '*' ELSE coalesce(NEW.resource, OLD.resource) END);
  RETURN NULL;
END
$$;
--> statement-breakpoint
DROP TRIGGER announce_change ON records;
--> statement-breakpoint
-- A document that is composed again is the same as before.
CREATE TRIGGER announce_change AFTER INSERT OR UPDATE OR DELETE ON records FOR EACH ROW
  WHEN (coalesce(current_setting('entente.versioning', true), '') <> 'off') EXECUTE FUNCTION announce_change();
--> statement-breakpoint

-- A new revision. Nobody is to see any more what a redaction has removed.
CREATE FUNCTION announce_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM public.announce(CASE NEW.operation WHEN 'redact' THEN '*' ELSE NEW.resource END);
  RETURN NULL;
END
$$;
--> statement-breakpoint
DROP TRIGGER announce_change ON revisions;
--> statement-breakpoint
CREATE TRIGGER announce_change AFTER INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION announce_revision();
