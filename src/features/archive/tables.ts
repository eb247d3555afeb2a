import pg from 'pg'

/** The tables of an archive: their names, their columns, the condition of the archived rows, and the order of these rows. */

/** A table in an archive. */
export interface ArchivedTable {
  /** Schema and name: `public.agreements`, `history.agreements`. */
  name: string
  columns: string[]
  /** SQL condition of the rows to archive. */
  condition: string
  /** SQL terms by which the rows are sorted. */
  orderBy: string[]
}

interface CatalogRow extends Omit<ArchivedTable, 'name'> {
  schema: string
  /** The name without the schema. */
  name: string
  /** Names of the other tables to which foreign keys of this table refer. */
  refersTo: string[]
}

/** Condition of imports that have ended. Other imports are not archived, since they need staged rows, which are not archived. */
const endedImports = "state in ('committed', 'undone', 'failed')"

/**
 * Finds the archived tables: those with a history, the revisions, and `imports`, `import_records` and `import_decisions`, which
 * later imports of the same register need. Staged data of imports, API keys and internal state are left out. Columns are sorted
 * by name, since their order in a table depends on when each was added. Generated columns are left out, except in history tables,
 * which store their values. Texts are sorted by their bytes, so that the order is the same in every database.
 */
const catalogQuery = `
  with archived as (
    select id, name, 'true' as condition, true as versioned from registry_tables() where versioned
    union all select to_regclass(format('public.%I', name))::oid, name, condition, false from (values
      ('revisions', 'true'),
      ('import_decisions', 'true'),
      ('imports', $1::text),
      ('import_records', format('import in (select id from public.imports where %s)', $1::text))
    ) as others(name, condition)
  ), all_tables as (
    select id, name, condition, 'public' as schema, id as table_id from archived
    union all select id, name, condition, 'history', to_regclass(format('history.%I', name))::oid from archived where versioned
  )
  select name::text, schema, condition,
    array(select attname::text from pg_attribute
      where attrelid = table_id and attnum > 0 and not attisdropped and attgenerated = '' order by attname) as columns,
    array(select format(case when atttypid = 'text'::regtype then '%I collate "C"' else '%I' end, attname)
      from pg_constraint, unnest(conkey) with ordinality as part(number, at), pg_attribute
      where conrelid = id and contype = 'p' and attrelid = id and attnum = part.number order by at)
      || case when schema = 'history' then array['row_start', 'row_end'] else '{}'::text[] end as "orderBy",
    array(select distinct confrelid::regclass::text from pg_constraint
      where conrelid = id and contype = 'f' and confrelid <> id) as "refersTo"
  from all_tables order by name, schema desc`

/**
 * Sorts tables so that each comes after the tables that it refers to: first the tables that refer to no others, by name, then
 * those that refer only to these, and so on. History tables come last.
 * @throws Error when tables refer to one another in a circle.
 */
function sortByReferences(rows: CatalogRow[]): CatalogRow[] {
  const sorted: CatalogRow[] = []
  let remaining = rows.filter(({ schema }) => schema === 'public')
  while (remaining.length > 0) {
    const names = remaining.map(({ name }) => name)
    const next = remaining.filter(({ refersTo }) => !refersTo.some((other) => names.includes(other)))
    if (next.length === 0) throw new Error(`tables refer to one another: ${names.join(', ')}`)
    sorted.push(...next)
    remaining = remaining.filter((row) => !next.includes(row))
  }
  return [...sorted, ...rows.filter(({ schema }) => schema === 'history')]
}

/** Returns the tables of an archive, each after the tables that its rows refer to. */
export async function listArchivedTables(client: pg.ClientBase): Promise<ArchivedTable[]> {
  const { rows } = await client.query<CatalogRow>(catalogQuery, [endedImports])
  return sortByReferences(rows).map(({ name, schema, columns, condition, orderBy }) => ({
    name: `${schema}.${name}`,
    columns,
    condition,
    orderBy,
  }))
}

/** Returns the name of an archived table for SQL. */
export const quoteTable = (name: string): string =>
  name
    .split('.')
    .map((part) => pg.escapeIdentifier(part))
    .join('.')

/** Returns a list of columns for SQL. */
export const quoteColumns = (columns: readonly string[]): string =>
  columns.map((column) => pg.escapeIdentifier(column)).join(', ')
