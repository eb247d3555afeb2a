CREATE INDEX "records_internal" ON "records" USING btree ("id") WHERE "records"."visibility" = 'internal';
--> statement-breakpoint

-- Who sees what. Readers without a key ask the same statements as all others, with another search path: its first schema
-- has a view of every table, which leaves out what is internal. `published` is for the present, `published_past` for the
-- past. All views are made from the catalog, and a table of which nothing is known has no rows there.

-- A table of the registry, as the views need to know it. `owner` is the column with the id of the record that a row belongs
-- to; `resource` and `key` are of a resource's own table only.
CREATE FUNCTION owned_tables() RETURNS TABLE (id oid, name name, owner name, resource text, key name) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT registry.id, registry.name, attname,
    CASE WHEN attname = 'id' AND registry.name <> 'records'
      THEN coalesce(substring(made FROM '''([^'']+)''::text'), replace(registry.name, '_', '-')) END,
    CASE WHEN attname = 'id' AND registry.name <> 'records' THEN coalesce(substring(made FROM ', (\w+)\)$'), 'id') END
  FROM public.registry_tables() AS registry
    JOIN pg_attribute ON attrelid = registry.id AND atttypid = 'uuid'::regtype AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum AND attgenerated <> ''
    CROSS JOIN pg_get_expr(adbin, adrelid) AS made
  WHERE attname = 'record'
    OR attname = 'id' AND registry.name = 'records'
    OR attname = 'id' AND EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'f'
      AND confrelid = 'public.records'::regclass AND conkey = ARRAY[attnum])
$$;
--> statement-breakpoint

-- Columns that refer to a record: by its id (`is_id`), or by the natural key of the resource. `belongs` marks those without
-- which their own record could not be: it is as visible as what they refer to.
CREATE FUNCTION reference_columns() RETURNS TABLE (
  table_name name, owner name, own_resource text, name name, is_id boolean, target text, belongs boolean
) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT referring.name, referring.owner, referring.resource, attname, atttypid = 'uuid'::regtype, target.resource,
    referring.resource IS NOT NULL AND attnotnull
  FROM pg_constraint
    JOIN public.owned_tables() AS referring ON referring.id = conrelid
    JOIN public.owned_tables() AS target ON target.id = confrelid AND target.owner = 'id'
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
  WHERE contype = 'f' AND referring.name <> 'records' AND attname <> referring.owner
$$;
--> statement-breakpoint

-- The statement of the records that not everybody sees: those that are internal, and those that belong to them.
CREATE FUNCTION hidden_records_query(schema_name name) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  -- In one order in every database, since the views are compared with it.
  SELECT string_agg(query, ' UNION ALL ' ORDER BY place, query COLLATE "C") FROM (
    SELECT 0, format('SELECT id FROM %1$I.records WHERE visibility = ''internal''', schema_name)
    UNION ALL
    SELECT 1, format('SELECT belonging.id FROM %1$I.%2$I AS belonging WHERE EXISTS (SELECT FROM %1$I.records AS internal '
      || 'WHERE internal.visibility = ''internal'' AND internal.id = %3$s)', schema_name, table_name,
      CASE WHEN is_id THEN format('belonging.%I', name) ELSE format('public.name_id(%L, belonging.%I)', target, name) END)
    FROM public.reference_columns() WHERE belongs
  ) AS part (place, query)
$$;
--> statement-breakpoint

-- The views in the order in which they are made.
CREATE FUNCTION visibility_views() RETURNS TABLE (place int, schema_name name, name name, query text) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  WITH tables AS (
    SELECT registry.id, registry.name, versioned, owner, resource,
      (SELECT string_agg('shown.' || quote_ident(col.name), ', ' ORDER BY col.place)
        FROM public.table_columns(registry.id) AS col) AS columns
    FROM public.registry_tables() AS registry LEFT JOIN public.owned_tables() AS owned USING (id)
  ),
  -- What a record that is gone was at last, it still is.
  removed (query) AS (VALUES ('SELECT removed.id FROM history.records AS removed WHERE removed.visibility = ''internal''
    AND NOT EXISTS (SELECT FROM public.records AS present WHERE present.id = removed.id)
    AND NOT EXISTS (SELECT FROM history.records AS later WHERE later.id = removed.id AND later.row_start > removed.row_start)')),
  -- The id of the record that a revision is of.
  revised (id) AS (VALUES ('CASE WHEN shown.key ~ ''^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'' THEN shown.key::uuid
    ELSE public.name_id(shown.resource, shown.key) END')),
  unowned AS (
    SELECT name, CASE name
      WHEN 'revisions' THEN format('SELECT %s FROM public.revisions AS shown
        WHERE (shown.document ->> ''visibility'' = ''public''
          -- Revisions were without the property before records had it. One that was redacted may have lost it.
          OR shown.document ->> ''visibility'' IS NULL AND shown.redacted_by IS NULL)
        -- OFFSET keeps the planner from looking at all revisions for a page of the feed.
        AND NOT EXISTS (SELECT FROM published_past.withheld_records AS withheld WHERE withheld.id = %s OFFSET 0)', columns, revised.id)
      ELSE format('SELECT %s FROM public.%I AS shown WHERE false', columns, name)
    END AS query
    FROM tables, revised WHERE owner IS NULL
  )
  SELECT 0, 'published', 'hidden_records', public.hidden_records_query('public')
  UNION ALL
  SELECT 0, 'published_past', 'hidden_records', public.hidden_records_query('past')
  UNION ALL
  SELECT 1, 'published_past', 'withheld_records', 'SELECT id FROM published.hidden_records UNION ALL ' || removed.query
  FROM removed
  UNION ALL
  -- Who refers to whom, where the one may be without the other.
  SELECT 1, 'published', 'record_references', string_agg(format(
    'SELECT %I AS record, %L::text AS target_resource, %s AS target_id, %s AS target_key FROM public.%I WHERE %I IS NOT NULL',
    owner, target, CASE WHEN is_id THEN quote_ident(name) ELSE 'NULL::uuid' END,
    CASE WHEN is_id THEN 'NULL::text' ELSE quote_ident(name) END, table_name, name), ' UNION ALL ' ORDER BY table_name, name)
  FROM public.reference_columns() WHERE NOT belongs
  UNION ALL
  SELECT 2, 'published', name, format('SELECT %s FROM public.%I AS shown
    WHERE NOT EXISTS (SELECT FROM published.hidden_records AS hidden WHERE hidden.id = shown.%I)', columns, name, owner)
  FROM tables WHERE owner IS NOT NULL
  UNION ALL
  -- Then and now.
  SELECT 2, 'published_past', name, format('SELECT %s FROM past.%I AS shown
    WHERE NOT EXISTS (SELECT FROM published_past.hidden_records AS hidden WHERE hidden.id = shown.%I)
    AND NOT EXISTS (SELECT FROM published_past.withheld_records AS withheld WHERE withheld.id = shown.%I)',
    columns, name, owner, owner) || coalesce((
      SELECT string_agg(format('
    AND NOT EXISTS (SELECT FROM published_past.withheld_records AS withheld WHERE withheld.id = %s)',
        CASE WHEN is_id THEN format('shown.%I', reference.name) ELSE format('public.name_id(%L, shown.%I)', target, reference.name) END),
        '' ORDER BY reference.name)
      FROM public.reference_columns() AS reference WHERE belongs AND table_name = tables.name
    ), '')
  FROM tables WHERE owner IS NOT NULL AND versioned
  UNION ALL
  SELECT 2, schema_name, name, query FROM unowned, (VALUES ('published'), ('published_past')) AS each (schema_name)
$$;
--> statement-breakpoint

-- Makes the views of readers without a key, in schemas that are empty.
CREATE FUNCTION sync_visibility() RETURNS void LANGUAGE plpgsql
SET client_min_messages = warning AS $$
DECLARE
  made record;
BEGIN
  SELECT one.table_name, one.name, one.target INTO made FROM public.reference_columns() AS one
    JOIN public.reference_columns() AS other ON other.belongs AND other.own_resource = one.target;
  IF FOUND THEN
    RAISE EXCEPTION 'column %.% refers to %, which are only as visible as what they belong to', made.table_name, made.name, made.target
      USING ERRCODE = 'invalid_table_definition';
  END IF;
  FOR made IN SELECT * FROM public.visibility_views() AS wanted ORDER BY wanted.place, wanted.schema_name, wanted.name LOOP
    EXECUTE format('CREATE VIEW %I.%I AS %s', made.schema_name, made.name, made.query);
    EXECUTE format('COMMENT ON VIEW %I.%I IS %L', made.schema_name, made.name, md5(made.query));
  END LOOP;
END
$$;
--> statement-breakpoint

-- As before, and the views of readers without a key are made behind those of the past.
CREATE OR REPLACE FUNCTION sync_history(with_views boolean DEFAULT true) RETURNS void LANGUAGE plpgsql
SET client_min_messages = warning AS $$
DECLARE
  change record;
BEGIN
  -- PostgreSQL changes no column that a view shows.
  DROP SCHEMA IF EXISTS past, published, published_past CASCADE;
  CREATE SCHEMA past;
  CREATE SCHEMA published;
  CREATE SCHEMA published_past;
  FOR change IN SELECT * FROM public.history_changes() WHERE with_views OR NOT is_view LOOP
    IF change.command IS NULL THEN
      RAISE EXCEPTION '%', change.difference USING ERRCODE = 'invalid_table_definition';
    END IF;
    EXECUTE change.command;
  END LOOP;
  IF with_views THEN
    PERFORM public.sync_visibility();
  END IF;
END
$$;
--> statement-breakpoint

-- As before, and what the views of readers without a key lack.
CREATE OR REPLACE FUNCTION history_drift() RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT difference FROM public.history_changes()
  UNION ALL
  SELECT format('view %I.%I is missing or is that of other columns', wanted.schema_name, wanted.name)
  FROM public.visibility_views() AS wanted
  WHERE md5(wanted.query) IS DISTINCT FROM (
    SELECT obj_description(pg_class.oid, 'pg_class') FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = wanted.schema_name AND relname = wanted.name
  )
$$;
--> statement-breakpoint

-- Whether anything is internal or has been, as the snapshot of the statement has it.
CREATE FUNCTION has_internal() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM public.records WHERE visibility = 'internal')
    OR EXISTS (SELECT FROM history.records WHERE visibility = 'internal');
END
$$;
--> statement-breakpoint

-- Stands in a statement that reads the tables themselves for a reader without a key: it fails if anything is internal.
CREATE FUNCTION require_all_public() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF public.has_internal() THEN
    RAISE EXCEPTION 'some records are internal' USING ERRCODE = 'EN003';
  END IF;
  RETURN true;
END
$$;
--> statement-breakpoint

-- Begins a transaction of a reader without a key, after the search path of the past has been set. While nothing is internal,
-- the tables are read themselves; the transaction must be of one snapshot.
CREATE FUNCTION restrict_reader() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'repeatable read' THEN
    RAISE EXCEPTION 'a reader without a key reads in one snapshot' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  IF public.has_internal() THEN
    PERFORM set_config('search_path',
      CASE WHEN current_setting('search_path') LIKE 'past,%' THEN 'published_past, public' ELSE 'published, public' END, true);
  END IF;
END
$$;
--> statement-breakpoint

-- What is public refers to nothing internal, or its public document would name it. It is checked when the transaction
-- commits, so that several records can change in any order. Who makes a record internal waits until all who may just have
-- referred to it have committed, and they wait in turn: so one of the two sees the other.
CREATE FUNCTION check_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lock_id CONSTANT bigint := 7236832101;
  own_visibility text;
  found_pair record;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.visibility = 'internal' AND OLD.visibility = 'public' THEN
    PERFORM pg_advisory_xact_lock(lock_id);
  ELSE
    PERFORM pg_advisory_xact_lock_shared(lock_id);
    IF NOT EXISTS (SELECT FROM public.records WHERE visibility = 'internal') THEN
      RETURN NULL;
    END IF;
  END IF;
  SELECT visibility INTO own_visibility FROM public.records WHERE id = NEW.id;
  IF own_visibility = 'public' THEN
    SELECT NEW.resource AS own_resource, NEW.key AS own_key, internal.resource, internal.key INTO found_pair
    FROM published.record_references AS reference JOIN public.records AS internal
      ON internal.id = coalesce(target_id, public.name_id(target_resource, target_key)) AND internal.visibility = 'internal'
    WHERE reference.record = NEW.id LIMIT 1;
  ELSE
    SELECT referring.resource AS own_resource, referring.key AS own_key, NEW.resource, NEW.key INTO found_pair
    FROM (
      SELECT record FROM published.record_references WHERE target_id = NEW.id
      UNION ALL
      SELECT record FROM published.record_references WHERE target_resource = NEW.resource AND target_key = NEW.key
    ) AS reference JOIN public.records AS referring ON referring.id = reference.record AND referring.visibility = 'public'
    LIMIT 1;
  END IF;
  IF found_pair.own_key IS NOT NULL THEN
    RAISE EXCEPTION '% % is public and refers to % %, which is internal',
      found_pair.own_resource, found_pair.own_key, found_pair.resource, found_pair.key USING ERRCODE = 'EN002';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER records_visible AFTER INSERT OR UPDATE OF version, visibility ON records
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_visibility();
