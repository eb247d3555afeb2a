-- Every process keeps all keys in memory and is told of each change that matters to who may do what.
CREATE FUNCTION notify_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('entente_keys', '');
  RETURN NULL;
END
$$;
--> statement-breakpoint

-- When a key was last used matters to nobody's rights, and is written often.
CREATE TRIGGER keys_notify
AFTER INSERT OR DELETE OR UPDATE OF id, name, role, hash, expires_at, revoked_at ON keys
FOR EACH STATEMENT EXECUTE FUNCTION notify_keys();
--> statement-breakpoint

CREATE TRIGGER keys_notify_truncate AFTER TRUNCATE ON keys FOR EACH STATEMENT EXECUTE FUNCTION notify_keys();
