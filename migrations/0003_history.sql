-- System-versioned tables. Every table with a column `row_start` has a twin in the schema `history`, which keeps each
-- former row with the time from which (`row_start`) to which (`row_end`) it was there, and a view in the schema `past`,
-- which shows the table as of `current_setting('entente.as_of')`. All of it is made from the catalog: no table is named
-- here. A table without history says why in a comment that starts with 'unversioned:'.
CREATE SCHEMA history;
--> statement-breakpoint

-- An updated row starts anew, unless the transaction has written it before: nobody could see what it was meanwhile.
CREATE FUNCTION start_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.row_start := CASE WHEN public.is_own_write(OLD.xmin, OLD.row_start) THEN OLD.row_start
    ELSE public.change_time(OLD.row_start) END;
  RETURN NEW;
END
$$;
--> statement-breakpoint

-- Tables of the registry. `versioned` is null for a table that neither has a history nor says why.
CREATE FUNCTION registry_tables() RETURNS TABLE (id oid, name name, versioned boolean) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT oid, relname, CASE
    WHEN EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'row_start' AND NOT attisdropped)
      THEN true
    WHEN obj_description(oid, 'pg_class') LIKE 'unversioned:%' THEN false
  END
  FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = oid AND deptype = 'e')
$$;
--> statement-breakpoint

-- Columns of a table, in their order, with their types as SQL writes them.
CREATE FUNCTION table_columns(table_id oid) RETURNS TABLE (place int, name name, type text) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT attnum, attname, format_type(atttypid, atttypmod)
    || CASE WHEN attcollation <> typcollation THEN ' COLLATE ' || attcollation::regcollation ELSE '' END
  FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
  WHERE attrelid = table_id AND attnum > 0 AND NOT attisdropped
$$;
--> statement-breakpoint

-- Btree indexes of a schema's tables, without their names and uniqueness.
CREATE FUNCTION sort_indexes(of_schema name) RETURNS TABLE (table_name name, name name, definition text) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT indexed.relname, index.relname,
    replace(substring(pg_get_indexdef(index.oid) FROM ' (USING btree .*)$'), ' NULLS NOT DISTINCT', '')
  FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_class AS indexed ON indexed.oid = indrelid
    JOIN pg_am ON pg_am.oid = index.relam
  WHERE amname = 'btree' AND indexed.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = of_schema)
$$;
--> statement-breakpoint

-- The function that keeps former rows of a table, as plpgsql: each from its own start to that of its successor, or to the
-- time of its removal. Rows that only their own transaction has seen are not kept.
CREATE FUNCTION keep_function(table_name name, columns text, old_columns text) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT format($body$
DECLARE
  ended timestamptz;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    ended := public.change_time((SELECT max(row_start) FROM public.%1$I));
    INSERT INTO history.%1$I (%2$s, row_end) SELECT %2$s, ended FROM public.%1$I
      WHERE NOT public.is_own_write(xmin, row_start);
  ELSIF TG_OP = 'UPDATE' OR NOT public.is_own_write(OLD.xmin, OLD.row_start) THEN
    ended := coalesce(NEW.row_start, public.change_time(OLD.row_start));
    INSERT INTO history.%1$I (%2$s, row_end) VALUES (%3$s, ended);
  END IF;
  RETURN NULL;
END
$body$, table_name, columns, old_columns)
$$;
--> statement-breakpoint

-- The view of a table as of a time. Its conditions stand outside of the union, so that PostgreSQL takes the view apart and
-- reads both tables in the order of their indexes.
CREATE FUNCTION past_view(table_name name, columns text) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT format($body$CREATE VIEW past.%1$I AS
SELECT %2$s FROM (
  SELECT %2$s, 'infinity'::timestamptz AS row_end FROM public.%1$I
  UNION ALL
  SELECT %2$s, row_end FROM history.%1$I
) AS version
WHERE row_start <= current_setting('entente.as_of')::timestamptz
  AND row_end > current_setting('entente.as_of')::timestamptz$body$, table_name, columns)
$$;
--> statement-breakpoint

-- What twins, triggers and views lack to be in line with the tables, in the order in which the commands make it good.
-- `command` is null where only the author of the table can.
CREATE FUNCTION history_changes() RETURNS TABLE (difference text, command text, is_view boolean) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  WITH versioned AS (
    SELECT id, name, to_regclass(format('history.%I', name))::oid AS twin,
      (SELECT string_agg(quote_ident(col.name), ', ' ORDER BY place) FROM public.table_columns(id) AS col) AS columns,
      (SELECT string_agg('OLD.' || quote_ident(col.name), ', ' ORDER BY place) FROM public.table_columns(id) AS col) AS old_columns,
      (SELECT string_agg(format('%I %s', col.name, type), ', ' ORDER BY place) FROM public.table_columns(id) AS col) AS typed_columns
    FROM public.registry_tables() WHERE versioned
  ),
  -- Those of the table, with the bounds of a row as their last columns: in order, rows of other times are passed over
  -- without being read. Two more find the few rows that were there long ago or until lately.
  wanted_indexes AS (
    SELECT table_name, sort_indexes.name,
      regexp_replace(definition, '(, row_start)?\)(?= INCLUDE | WITH | WHERE |$)', ', row_end, row_start)') AS definition
    FROM public.sort_indexes('public') JOIN versioned ON versioned.name = table_name
    UNION ALL
    SELECT versioned.name, concat(versioned.name, '_', bound)::name, format('USING btree (%I)', bound)
    FROM versioned, unnest(ARRAY['row_start', 'row_end']) AS bound
  ),
  existing_indexes AS (SELECT * FROM public.sort_indexes('history')),
  keepers AS (
    SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'history'::regnamespace AND proname LIKE 'keep\_%'
  ),
  triggers (name, event, function) AS (VALUES
    ('start_row', $event$BEFORE UPDATE ON public.%1$I FOR EACH ROW
      WHEN (coalesce(current_setting('entente.versioning', true), '') <> 'off')$event$, 'public.start_row'),
    ('keep_updated_row', $event$AFTER UPDATE ON public.%1$I FOR EACH ROW
      WHEN (OLD.row_start < NEW.row_start)$event$, 'history.%2$I'),
    ('keep_deleted_row', 'AFTER DELETE ON public.%1$I FOR EACH ROW', 'history.%2$I'),
    ('keep_truncated_rows', 'BEFORE TRUNCATE ON public.%1$I FOR EACH STATEMENT', 'history.%2$I')
  ),
  views AS (
    SELECT relname, obj_description(oid, 'pg_class') AS made_from FROM pg_class
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'past') AND relkind = 'v'
  ),
  changes (step, name, difference, command) AS (
    SELECT 0, name, format('table %I has neither a column row_start nor a comment that starts with ''unversioned:''', name), NULL
    FROM public.registry_tables() WHERE versioned IS NULL
    UNION ALL
    SELECT 1, existing.name, format('index history.%I is not that of the table', existing.name), format('DROP INDEX history.%I', existing.name)
    FROM existing_indexes AS existing JOIN versioned ON versioned.name = existing.table_name
      LEFT JOIN wanted_indexes AS wanted ON wanted.name = existing.name AND wanted.table_name = existing.table_name
    WHERE wanted.definition IS DISTINCT FROM existing.definition
    UNION ALL
    SELECT 2, name, format('table history.%I is missing', name),
      format('CREATE TABLE history.%I (%s, row_end timestamptz(3) NOT NULL)', name, typed_columns)
    FROM versioned WHERE twin IS NULL
    UNION ALL
    SELECT 3, versioned.name, format('column history.%I.%I is missing', versioned.name, col.name),
      format('ALTER TABLE history.%I ADD COLUMN %I %s', versioned.name, col.name, col.type)
    FROM versioned, public.table_columns(id) AS col
    WHERE twin IS NOT NULL AND NOT EXISTS (SELECT FROM public.table_columns(twin) AS kept WHERE kept.name = col.name)
    UNION ALL
    SELECT 3, versioned.name, format('column history.%I.%I has the type %s instead of %s', versioned.name, col.name, kept.type, col.type),
      -- By way of text where PostgreSQL has no direct way.
      format('ALTER TABLE history.%1$I ALTER COLUMN %2$I TYPE %3$s USING %2$I::text::%4$s', versioned.name, col.name, col.type,
        split_part(col.type, ' COLLATE ', 1))
    FROM versioned CROSS JOIN public.table_columns(id) AS col JOIN public.table_columns(twin) AS kept ON kept.name = col.name
    WHERE kept.type <> col.type
    UNION ALL
    SELECT 4, wanted.name, format('index history.%I is missing', wanted.name),
      format('CREATE INDEX %I ON history.%I %s', wanted.name, wanted.table_name, wanted.definition)
    FROM wanted_indexes AS wanted LEFT JOIN existing_indexes AS existing
      ON existing.name = wanted.name AND existing.table_name = wanted.table_name
    WHERE wanted.definition IS DISTINCT FROM existing.definition
    UNION ALL
    SELECT 5, versioned.name, format('function history.%I() is missing or is that of other columns', 'keep_' || versioned.name),
      format('CREATE OR REPLACE FUNCTION history.%I() RETURNS trigger LANGUAGE plpgsql AS %L', 'keep_' || versioned.name, body)
    FROM versioned CROSS JOIN public.keep_function(versioned.name, columns, old_columns) AS body
      LEFT JOIN keepers ON proname = 'keep_' || versioned.name
    WHERE prosrc IS DISTINCT FROM body
    UNION ALL
    SELECT 6, versioned.name, format('trigger %s on %I is missing or disabled', triggers.name, versioned.name),
      format(format('CREATE OR REPLACE TRIGGER %s %s EXECUTE FUNCTION %s()', triggers.name, event, function),
        versioned.name, 'keep_' || versioned.name)
    FROM versioned, triggers
    WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = id AND tgname = triggers.name AND tgenabled IN ('O', 'A'))
    UNION ALL
    SELECT 7, proname, format('function history.%I() is of no table', proname), format('DROP FUNCTION history.%I()', proname)
    FROM keepers WHERE NOT EXISTS (SELECT FROM versioned WHERE 'keep_' || name = proname)
    UNION ALL
    SELECT 8, relname, format('view past.%I is of no table', relname), format('DROP VIEW past.%I', relname)
    FROM views WHERE NOT EXISTS (SELECT FROM versioned WHERE name = relname)
    UNION ALL
    SELECT 8, name, format('view past.%I is missing or is that of other columns', name),
      format('DROP VIEW IF EXISTS past.%1$I; %2$s; COMMENT ON VIEW past.%1$I IS %3$L', name, definition, md5(definition))
    FROM (SELECT name, public.past_view(name, columns) AS definition FROM versioned) AS wanted LEFT JOIN views ON relname = name
    WHERE made_from IS DISTINCT FROM md5(definition)
  )
  SELECT difference, command, step = 8 FROM changes ORDER BY step, name, difference
$$;
--> statement-breakpoint

-- Brings twins, triggers and views in line with the tables. Twins keep columns that tables have no more. Without views,
-- it is for a migration that changes rows after it has changed their columns.
CREATE FUNCTION sync_history(with_views boolean DEFAULT true) RETURNS void LANGUAGE plpgsql
SET client_min_messages = warning AS $$
DECLARE
  change record;
BEGIN
  -- PostgreSQL changes no column that a view shows.
  DROP SCHEMA IF EXISTS past CASCADE;
  CREATE SCHEMA past;
  FOR change IN SELECT * FROM public.history_changes() WHERE with_views OR NOT is_view LOOP
    IF change.command IS NULL THEN
      RAISE EXCEPTION '%', change.difference USING ERRCODE = 'invalid_table_definition';
    END IF;
    EXECUTE change.command;
  END LOOP;
END
$$;
--> statement-breakpoint

-- What twins, triggers and views lack to be in line with the tables: nothing, unless somebody has changed the schema
-- without `sync_history()`.
CREATE FUNCTION history_drift() RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT difference FROM public.history_changes()
$$;
--> statement-breakpoint

COMMENT ON TABLE revisions IS 'unversioned: only added to, and a history itself';
--> statement-breakpoint
COMMENT ON TABLE idempotent_requests IS 'unversioned: responses that are kept for a day';
--> statement-breakpoint
COMMENT ON TABLE keys IS 'unversioned: no part of the registry';
--> statement-breakpoint
COMMENT ON TABLE settings IS 'unversioned: no part of the registry';
