-- The records that readers of the past without a key do not see, whatever the time: see `withheld_records` below.
-- Views call these functions, since PostgreSQL would otherwise plan their long queries for each table of a statement, again and
-- again. The plan of a query in a function is kept.
CREATE FUNCTION withheld_ids() RETURNS SETOF uuid LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT id FROM published_past.withheld_records;
END
$$;
--> statement-breakpoint

-- These records, and those that were hidden at the time of `entente.as_of`.
CREATE FUNCTION unpublished_ids() RETURNS SETOF uuid LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT id FROM published_past.hidden_records UNION ALL SELECT id FROM published_past.withheld_records;
END
$$;
--> statement-breakpoint

-- Replaces visibility_views() of migration 0030. Readers without a key now also do not see the history of a citation whose source,
-- or the record that it cites, became internal after it had been merged into a citation of another source or record.
CREATE OR REPLACE FUNCTION visibility_views() RETURNS TABLE (place int, schema_name name, name name, query text) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  WITH tables AS (
    SELECT registry.id, registry.name, versioned, owner, resource,
      (SELECT string_agg('shown.' || quote_ident(col.name), ', ' ORDER BY col.place)
        FROM public.table_columns(registry.id) AS col) AS columns
    FROM public.registry_tables() AS registry LEFT JOIN public.owned_tables() AS owned USING (id)
  ),
  -- A removed record keeps the visibility that it had last.
  removed (query) AS (VALUES ('SELECT removed.id FROM history.records AS removed WHERE removed.visibility = ''internal''
    AND NOT EXISTS (SELECT FROM public.records AS present WHERE present.id = removed.id)
    AND NOT EXISTS (SELECT FROM history.records AS later WHERE later.id = removed.id AND later.row_start > removed.row_start)')),
  -- A removed or merged record is as visible as the records to which it belonged.
  belonging (query) AS (
    SELECT string_agg(format('SELECT gone.%I FROM history.%I AS gone
    WHERE NOT EXISTS (SELECT FROM public.records AS present WHERE present.id = gone.%I AND present.merged_into IS NULL)
    AND EXISTS (SELECT FROM (SELECT id FROM public.records WHERE visibility = ''internal'' UNION ALL %s) AS internal WHERE internal.id = %s)',
      owner, table_name, owner, removed.query,
      CASE WHEN is_id THEN format('gone.%I', name) ELSE format('public.name_id(%L, gone.%I)', target, name) END),
      ' UNION ALL ' ORDER BY table_name, name)
    FROM public.reference_columns(), removed WHERE belongs
  ),
  -- A merged record is also as visible as the record that remains.
  merged (query) AS (VALUES ('SELECT merged.id FROM public.records AS merged
    JOIN published.hidden_records AS hidden ON hidden.id = merged.merged_into')),
  -- SQL of the id of a revision's record.
  revised (id) AS (VALUES ('CASE WHEN shown.key ~ ''^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'' THEN shown.key::uuid
    ELSE public.name_id(shown.resource, shown.key) END')),
  -- SQL conditions that exclude the versions that ended while a record to which they belonged was internal. The revision of a
  -- removal has the version after that of the removed record.
  concealed (query) AS (
    SELECT string_agg(format('
        AND NOT (shown.resource = %1$L AND EXISTS (SELECT FROM history.records AS former
          JOIN (SELECT %2$I, %3$I, row_start, ''infinity''::timestamptz AS row_end FROM public.%4$I
            UNION ALL SELECT %2$I, %3$I, row_start, row_end FROM history.%4$I) AS part
            ON part.%2$I = former.id AND part.row_start < former.row_end AND part.row_end >= former.row_end
          JOIN (SELECT id, visibility, row_start, ''infinity''::timestamptz AS row_end FROM public.records
            UNION ALL SELECT id, visibility, row_start, row_end FROM history.records) AS internal
            ON internal.id = %5$s AND internal.row_start < former.row_end AND internal.row_end >= former.row_end
          WHERE former.id = %6$s AND former.version = shown.version - (shown.operation = ''remove'')::int
            AND internal.visibility = ''internal'' OFFSET 0))',
      own_resource, owner, name, table_name,
      CASE WHEN is_id THEN format('part.%I', name) ELSE format('public.name_id(%L, part.%I)', target, name) END, revised.id),
      '' ORDER BY table_name, name)
    FROM public.reference_columns(), revised WHERE belongs
  ),
  unowned AS (
    SELECT name, CASE name
      WHEN 'revisions' THEN format('SELECT %s FROM public.revisions AS shown
        WHERE (shown.document ->> ''visibility'' = ''public''
          -- Revisions were without the property before records had it. One that was redacted may have lost it.
          OR shown.document ->> ''visibility'' IS NULL AND shown.redacted_by IS NULL)
        -- OFFSET keeps the planner from looking at all revisions for a page of the feed, and at all former records below.
        AND NOT EXISTS (SELECT FROM published_past.withheld_records AS withheld WHERE withheld.id = %s OFFSET 0)', columns, revised.id)
        || coalesce(concealed.query, '')
      ELSE format('SELECT %s FROM public.%I AS shown WHERE false', columns, name)
    END AS query
    FROM tables, revised, concealed WHERE owner IS NULL
  )
  SELECT 0, 'published', 'hidden_records', public.hidden_records_query('public')
  UNION ALL
  SELECT 0, 'published_past', 'hidden_records', public.hidden_records_query('past')
  UNION ALL
  SELECT 1, 'published_past', 'withheld_records', 'SELECT id FROM published.hidden_records UNION ALL ' || removed.query
    || coalesce(' UNION ALL ' || belonging.query, '') || ' UNION ALL ' || merged.query
  FROM removed, belonging, merged
  UNION ALL
  -- The references between records of which one can exist without the other.
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
  -- Past rows of records that are public now, and were public then.
  SELECT 2, 'published_past', name, format('SELECT %s FROM past.%I AS shown
    WHERE NOT EXISTS (SELECT FROM public.unpublished_ids() AS hidden (id) WHERE hidden.id = shown.%I)',
    columns, name, owner) || coalesce((
      SELECT string_agg(format('
    AND NOT EXISTS (SELECT FROM public.withheld_ids() AS withheld (id) WHERE withheld.id = %s)',
        CASE WHEN is_id THEN format('shown.%I', reference.name) ELSE format('public.name_id(%L, shown.%I)', target, reference.name) END),
        '' ORDER BY reference.name)
      FROM public.reference_columns() AS reference WHERE belongs AND table_name = tables.name
    ), '')
  FROM tables WHERE owner IS NOT NULL AND versioned
  UNION ALL
  SELECT 2, schema_name, name, query FROM unowned, (VALUES ('published'), ('published_past')) AS each (schema_name)
$$;
