-- Numbers of transactions, as the feed of changes is ordered by them. A dump that is restored in another cluster, where
-- numbers are lower, is followed by a greater offset, so that what comes after it in time does so in the feed.
INSERT INTO settings (name, value) VALUES ('feed_offset', '0');
--> statement-breakpoint
CREATE FUNCTION feed_transaction() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT pg_catalog.pg_current_xact_id()::text::bigint
    + (SELECT value::bigint FROM public.settings WHERE name = 'feed_offset')
$$;
--> statement-breakpoint

-- Every transaction below it has ended, and what it wrote is seen by the statement that asks.
CREATE FUNCTION feed_horizon() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint
    + (SELECT value::bigint FROM public.settings WHERE name = 'feed_offset')
$$;
--> statement-breakpoint

CREATE TABLE "revisions" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "revisions_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction" bigint DEFAULT feed_transaction() NOT NULL,
	"resource" text NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"operation" text NOT NULL,
	"document" json NOT NULL,
	"actor" json NOT NULL,
	"time" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"request_id" text,
	"reason" text,
	CONSTRAINT "revisions_version_unique" UNIQUE("resource","key","version"),
	CONSTRAINT "revisions_operation_known" CHECK ("revisions"."operation" in ('create', 'replace', 'patch', 'remove', 'restore'))
);
--> statement-breakpoint
CREATE INDEX "revisions_feed" ON "revisions" USING btree ("transaction","sequence");--> statement-breakpoint
CREATE INDEX "revisions_resource_feed" ON "revisions" USING btree ("resource","transaction","sequence");--> statement-breakpoint
CREATE INDEX "revisions_time" ON "revisions" USING btree ("time");
--> statement-breakpoint

-- What was written of a record's past stays as it is, also for the owner of the database and when triggers are switched
-- off for replication.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'revisions are only added to: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON revisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
--> statement-breakpoint
ALTER TABLE revisions ENABLE ALWAYS TRIGGER refuse_rewriting;
--> statement-breakpoint
REVOKE UPDATE, DELETE, TRUNCATE ON revisions FROM PUBLIC, CURRENT_USER;
--> statement-breakpoint
-- A record's revisions have one order in the feed and by version. A transaction that began to write before another and
-- changes a record after it would break that: it must begin again.
CREATE FUNCTION keep_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last_transaction bigint;
BEGIN
  SELECT transaction INTO last_transaction FROM public.revisions
  WHERE resource = NEW.resource AND key = NEW.key ORDER BY version DESC LIMIT 1;
  IF last_transaction > NEW.transaction THEN
    RAISE EXCEPTION '% % was changed by a later transaction', NEW.resource, NEW.key USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_order BEFORE INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION keep_order();
--> statement-breakpoint

-- A record that was removed and comes again under its key goes on counting, so that no version is ever two things.
CREATE FUNCTION continue_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own_key text;
  last_version integer;
BEGIN
  IF TG_ARGV[0] = 'id' THEN own_key := NEW.id;
  ELSIF TG_ARGV[0] = 'code' THEN own_key := NEW.code;
  ELSE own_key := NEW.slug;
  END IF;
  SELECT max(version) INTO last_version FROM public.revisions
  WHERE resource = replace(TG_TABLE_NAME, '_', '-') AND key = own_key;
  IF last_version >= NEW.version THEN NEW.version := last_version + 1; END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
DO $do$
DECLARE
  record_table text;
  key_column text;
BEGIN
  FOREACH record_table IN ARRAY ARRAY['regions', 'countries', 'topics', 'organizations', 'sources', 'agreements',
    'projects', 'cooperation_bases', 'assistance_programs', 'figures', 'citations']
  LOOP
    key_column := CASE WHEN record_table IN ('regions', 'countries') THEN 'code'
      WHEN record_table = 'topics' THEN 'slug' ELSE 'id' END;
    EXECUTE format('CREATE TRIGGER continue_version BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION continue_version(%L)',
      record_table, key_column);
  END LOOP;
END
$do$;
--> statement-breakpoint
CREATE TRIGGER announce_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON revisions
  FOR EACH STATEMENT EXECUTE FUNCTION announce_change();
