-- Functions that read tables, and what a constraint can't say. Triggers of the tables are made from the catalog by
-- `sync_records()`, so that no resource is named here.

-- Every transaction below it has ended, and what it wrote is seen by the statement that asks.
CREATE FUNCTION feed_horizon() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint
    + (SELECT value::bigint FROM public.settings WHERE name = 'feed_offset')
$$;
--> statement-breakpoint
INSERT INTO settings (name, value) VALUES ('feed_offset', '0');
--> statement-breakpoint
-- Cursors are signed with one secret for all processes on this database.
INSERT INTO settings (name, value)
VALUES ('cursor_secret', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
--> statement-breakpoint

-- Tables are named without their schema, so that a question about the past reads them as of then. No index or generated
-- column needs these functions, and they run with the rights of who calls them.

-- Regions and all below them.
CREATE FUNCTION regions_within(codes text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE within(code) AS (
    SELECT code FROM regions WHERE code = ANY (codes)
    UNION
    SELECT regions.code FROM regions JOIN within ON regions.parent = within.code
  )
  SELECT code FROM within
$$;
--> statement-breakpoint

-- Countries that lie in regions, or in one below them, or belong to groups.
CREATE FUNCTION countries_within(codes text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT code FROM countries WHERE region IN (SELECT public.regions_within(codes))
  UNION
  SELECT code FROM countries WHERE id IN (
    SELECT record FROM countries_groups WHERE target IN (SELECT public.regions_within(codes))
  )
$$;
--> statement-breakpoint

-- Topics and all narrower ones.
CREATE FUNCTION topics_within(slugs text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH RECURSIVE within(slug) AS (
    SELECT slug FROM topics WHERE slug = ANY (slugs)
    UNION
    SELECT topics.slug FROM topics JOIN within ON topics.broader = within.slug
  )
  SELECT slug FROM within
$$;
--> statement-breakpoint

-- A record can't be below itself. Arguments: the key column, the column that points upward, its property in the API.
CREATE FUNCTION refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  key text := to_jsonb(NEW) ->> TG_ARGV[0];
  upward text := to_jsonb(NEW) ->> TG_ARGV[1];
  closed boolean;
BEGIN
  IF upward IS NULL THEN
    RETURN NULL;
  END IF;
  -- Two transactions that each draw half of a circle must wait for one another to see it.
  PERFORM pg_advisory_xact_lock(hashtextextended('refuse_cycle ' || TG_TABLE_NAME, 0));
  EXECUTE format(
    'WITH RECURSIVE above(key) AS (
       SELECT $1
       UNION
       SELECT parent.%2$I::text FROM %3$I.%4$I AS parent JOIN above ON parent.%1$I::text = above.key
       WHERE parent.%2$I IS NOT NULL
     )
     SELECT EXISTS (SELECT FROM above WHERE key = $2)',
    TG_ARGV[0], TG_ARGV[1], TG_TABLE_SCHEMA, TG_TABLE_NAME
  ) INTO closed USING upward, key;
  IF closed THEN
    RAISE EXCEPTION '% would be below itself', key USING ERRCODE = 'EN001', COLUMN = TG_ARGV[2];
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint

-- Revisions are only added to, also by the owner of the database and when triggers are off for replication.
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
-- changes a record after it would break that: it fails and must begin again.
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
CREATE TRIGGER keep_order BEFORE INSERT ON revisions FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION keep_order();
--> statement-breakpoint

-- Whoever keeps something that was read hears of every change, also one made in psql: a notification when the transaction
-- commits. Every change of a record changes its row in `records`.
CREATE FUNCTION announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('entente_changes', '');
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- A document that is composed again is the same as before.
CREATE TRIGGER announce_change AFTER INSERT OR UPDATE OR DELETE ON records FOR EACH STATEMENT
  WHEN (coalesce(current_setting('entente.versioning', true), '') <> 'off') EXECUTE FUNCTION announce_change();
--> statement-breakpoint
CREATE TRIGGER announce_change AFTER INSERT ON revisions FOR EACH STATEMENT EXECUTE FUNCTION announce_change();
--> statement-breakpoint

-- Every process keeps all keys in memory and is told of each change that matters to who may do what. When a key was last
-- used matters to nobody's rights, and is written often.
CREATE FUNCTION notify_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('entente_keys', '');
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keys_notify
AFTER INSERT OR DELETE OR UPDATE OF id, name, role, hash, expires_at, revoked_at ON keys
FOR EACH STATEMENT EXECUTE FUNCTION notify_keys();
--> statement-breakpoint
CREATE TRIGGER keys_notify_truncate AFTER TRUNCATE ON keys FOR EACH STATEMENT EXECUTE FUNCTION notify_keys();
--> statement-breakpoint

-- Writes past the service. The service says that it writes by a setting of its transaction, and keeps version, timestamps
-- and document itself. What anybody else writes makes the document of the record invalid and raises its version; the
-- service composes it again and then writes the revision.

-- Makes the document of a record invalid, and raises its version once a transaction. The record is locked from then on,
-- and the time of the transaction is later than the record's last change.
CREATE FUNCTION invalidate_record(record uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.records SET shape = NULL, version = version + 1, updated_at = public.change_time(updated_at)
  WHERE id = record AND NOT (shape IS NULL AND public.is_own_write(xmin, updated_at));
  PERFORM pg_notify('entente_uncomposed', '');
END
$$;
--> statement-breakpoint

-- A row of a resource's own table brings its row in `records`. Arguments: the resource, and the column of the natural
-- key, or id.
CREATE FUNCTION make_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  record_id uuid;
  record_key text;
  record_resource text;
BEGIN
  IF TG_ARGV[1] = 'id' THEN
    NEW.id := coalesce(NEW.id, public.uuid_v7());
    record_id := NEW.id;
    record_key := NEW.id::text;
  ELSE
    record_key := to_jsonb(NEW) ->> TG_ARGV[1];
    record_id := public.name_id(TG_ARGV[0], record_key);
  END IF;
  INSERT INTO public.records (id, resource, key) VALUES (record_id, TG_ARGV[0], record_key) ON CONFLICT (id) DO NOTHING;
  SELECT resource INTO record_resource FROM public.records WHERE id = record_id;
  IF record_resource <> TG_ARGV[0] THEN
    RAISE EXCEPTION 'the id % is that of a record of %', record_id, record_resource USING ERRCODE = 'unique_violation';
  END IF;
  NEW.row_start := public.change_time();
  PERFORM pg_notify('entente_uncomposed', '');
  RETURN NEW;
END
$$;
--> statement-breakpoint

-- A row of a resource's own table is about to change or to go. Arguments as of make_record().
CREATE FUNCTION touch_own_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) ->> TG_ARGV[1] IS DISTINCT FROM to_jsonb(OLD) ->> TG_ARGV[1] THEN
    RAISE EXCEPTION 'the key of a record never changes: % is that of %', to_jsonb(OLD) ->> TG_ARGV[1], TG_ARGV[0]
      USING ERRCODE = 'check_violation';
  END IF;
  PERFORM public.invalidate_record(OLD.id);
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
--> statement-breakpoint

-- A row of a resource's own table is gone: so is the record with all that belongs to it.
CREATE FUNCTION remove_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.records WHERE id = OLD.id;
  RETURN NULL;
END
$$;
--> statement-breakpoint

-- A row that belongs to a record is about to come, change or go. The record comes first, as in the service: it is locked,
-- and the row starts when the record changes.
CREATE FUNCTION touch_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM public.invalidate_record(OLD.record);
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'INSERT' OR NEW.record <> OLD.record THEN
    PERFORM public.invalidate_record(NEW.record);
  END IF;
  NEW.row_start := public.change_time();
  RETURN NEW;
END
$$;
--> statement-breakpoint

-- A record that was removed and comes again under its key goes on counting, so that no version is ever two things.
CREATE FUNCTION continue_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last_version integer;
  last_time timestamptz;
BEGIN
  SELECT version, "time" INTO last_version, last_time FROM public.revisions
  WHERE resource = NEW.resource AND key = NEW.key ORDER BY version DESC LIMIT 1;
  NEW.version := coalesce(last_version, 0) + 1;
  NEW.shape := NULL;
  NEW.created_at := public.change_time(last_time);
  NEW.updated_at := NEW.created_at;
  NEW.row_start := NEW.created_at;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER continue_version BEFORE INSERT ON records FOR EACH ROW
  WHEN (coalesce(current_setting('entente.writer', true), '') <> 'service') EXECUTE FUNCTION continue_version();
--> statement-breakpoint

-- A change of `records` in psql: only who may see a record and what it was merged into are set so.
CREATE FUNCTION protect_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.resource, NEW.key) IS DISTINCT FROM (OLD.id, OLD.resource, OLD.key) THEN
    RAISE EXCEPTION 'id, resource and key of a record never change' USING ERRCODE = 'check_violation';
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
--> statement-breakpoint
CREATE TRIGGER protect_record BEFORE UPDATE ON records FOR EACH ROW
  WHEN (pg_trigger_depth() = 0 AND coalesce(current_setting('entente.writer', true), '') <> 'service')
  EXECUTE FUNCTION protect_record();
--> statement-breakpoint

-- A record that is removed in psql: the revision says so, with the document as it was last composed. The transaction may
-- have raised the version before; a record that it has made itself was never to be seen.
CREATE FUNCTION record_removal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_own boolean := OLD.shape IS NULL AND public.is_own_write(OLD.xmin, OLD.updated_at);
BEGIN
  IF is_own AND OLD.created_at = OLD.updated_at THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.revisions (resource, key, version, operation, document, actor, "time")
  VALUES (OLD.resource, OLD.key, OLD.version + (NOT is_own)::int, 'remove',
    coalesce(OLD.document::json, json_build_object('id', OLD.key)), '{"kind":"database","id":null,"name":null}',
    CASE WHEN is_own THEN OLD.updated_at ELSE public.change_time(OLD.updated_at) END);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER record_removal AFTER DELETE ON records FOR EACH ROW
  WHEN (coalesce(current_setting('entente.writer', true), '') <> 'service') EXECUTE FUNCTION record_removal();
--> statement-breakpoint

-- Removing all rows of a table at once would leave records without what belongs to them.
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'truncate of % is refused: delete the records instead', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint

-- Brings the triggers of the tables of records in line with the catalog; runs at the end of every migration. A resource's
-- own table has an id that refers to `records`; a table of what belongs to records has a column `record`.
CREATE FUNCTION sync_records() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  owned record;
  past_service CONSTANT text := $when$WHEN (coalesce(current_setting('entente.writer', true), '') <> 'service')$when$;
BEGIN
  FOR owned IN
    SELECT attrelid::regclass AS name, relname, attname,
      coalesce(substring(pg_get_expr(adbin, adrelid) FROM ', (\w+)\)$'), 'id') AS key,
      coalesce(substring(pg_get_expr(adbin, adrelid) FROM '''([^'']+)''::text'), replace(relname, '_', '-')) AS resource
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum AND attgenerated <> ''
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT attisdropped AND (
      attname = 'record' AND atttypid = 'uuid'::regtype
      OR attname = 'id' AND EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'f'
        AND confrelid = 'public.records'::regclass AND conkey = ARRAY[attnum])
      OR pg_class.oid = 'public.records'::regclass AND attname = 'id'
    )
  LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()', owned.name);
    CONTINUE WHEN owned.relname = 'records';
    IF owned.attname = 'record' THEN
      -- Before start_row, by its name.
      EXECUTE format('CREATE OR REPLACE TRIGGER invalidate_record BEFORE INSERT OR UPDATE OR DELETE ON %s
        FOR EACH ROW %s EXECUTE FUNCTION touch_record()', owned.name, past_service);
    ELSE
      EXECUTE format('CREATE OR REPLACE TRIGGER make_record BEFORE INSERT ON %s
        FOR EACH ROW %s EXECUTE FUNCTION make_record(%L, %L)', owned.name, past_service, owned.resource, owned.key);
      EXECUTE format('CREATE OR REPLACE TRIGGER invalidate_record BEFORE UPDATE OR DELETE ON %s
        FOR EACH ROW %s EXECUTE FUNCTION touch_own_record(%L, %L)', owned.name, past_service, owned.resource, owned.key);
      EXECUTE format('CREATE OR REPLACE TRIGGER remove_record AFTER DELETE ON %s
        FOR EACH ROW %s EXECUTE FUNCTION remove_record()', owned.name, past_service);
    END IF;
  END LOOP;
  PERFORM public.sync_trees();
END
$$;
--> statement-breakpoint

-- A column of a resource's own table that refers to the key of the same table makes a tree, which has no cycles.
CREATE FUNCTION sync_trees() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  tree record;
BEGIN
  FOR tree IN
    SELECT conrelid::regclass AS name, up.attname AS upward, down.attname AS key,
      regexp_replace(initcap(replace(up.attname, '_', ' ')), ' ', '', 'g') AS words
    FROM pg_constraint
      JOIN pg_attribute AS up ON up.attrelid = conrelid AND up.attnum = conkey[1]
      JOIN pg_attribute AS down ON down.attrelid = confrelid AND down.attnum = confkey[1]
    WHERE contype = 'f' AND conrelid = confrelid AND cardinality(conkey) = 1
      AND connamespace = 'public'::regnamespace AND conrelid <> 'public.records'::regclass
  LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER refuse_cycle_of_%1$s AFTER INSERT OR UPDATE OF %1$I ON %2$s
      FOR EACH ROW WHEN (NEW.%1$I IS NOT NULL) EXECUTE FUNCTION refuse_cycle(%3$L, %1$L, %4$L)',
      tree.upward, tree.name, tree.key, lower(left(tree.words, 1)) || substr(tree.words, 2));
  END LOOP;
END
$$;
