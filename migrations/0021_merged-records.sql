-- A merged record is the same as the record into which it was merged, so its history is as visible.
CREATE FUNCTION share_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.records SET visibility = NEW.visibility WHERE merged_into = NEW.id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER share_visibility AFTER UPDATE OF visibility ON records
  FOR EACH ROW WHEN (OLD.visibility <> NEW.visibility) EXECUTE FUNCTION share_visibility();
--> statement-breakpoint
SELECT set_config('entente.writer', 'service', true);
--> statement-breakpoint
UPDATE records SET visibility = remaining.visibility FROM records AS remaining
WHERE remaining.id = records.merged_into AND remaining.visibility <> records.visibility;
--> statement-breakpoint
-- Its document is that of its last revision, which a redaction changes.
UPDATE records SET document = NULL WHERE merged_into IS NOT NULL AND document IS NOT NULL;
--> statement-breakpoint
SELECT set_config('entente.writer', '', true);
