import type pg from 'pg'

/** The tables of an archive: what they are called, their columns, and the order of their rows. */

/** A table as an archive names it. */
export interface ArchivedTable {
  /** Schema and name: `public.agreements`, `history.agreements`. */
  name: string
  columns: string[]
}

/** A table with what its rows are sorted by. */
export interface SortedTable extends ArchivedTable {
  orderBy: string[]
}

interface CatalogRow {
  name: string
  schema: string
  columns: string[]
  order_by: string[]
  refers_to: string[]
}

/**
 * The tables with a history and the revisions: all but keys and what the service remembers for itself. Columns are in the
 * order of their names, since that of a table depends on when each was added. Columns that
 * PostgreSQL computes are left out, but in history, which keeps them as values. Texts are sorted by their bytes, so that
 * the order is the same in every database.
 */
const catalogQuery = `
  with archived as (
    select id, name from registry_tables() where versioned
    union all select 'public.revisions'::regclass::oid, 'revisions'
  ), placed as (
    select id, name, 'public' as schema, id as own from archived
    union all select id, name, 'history', to_regclass(format('history.%I', name))::oid from archived where name <> 'revisions'
  )
  select name::text, schema,
    array(select attname::text from pg_attribute
      where attrelid = own and attnum > 0 and not attisdropped and attgenerated = '' order by attname) as columns,
    array(select format(case when atttypid = 'text'::regtype then '%I collate "C"' else '%I' end, attname)
      from pg_constraint, unnest(conkey) with ordinality as part(number, at), pg_attribute
      where conrelid = id and contype = 'p' and attrelid = id and attnum = part.number order by at)
      || case when schema = 'history' then array['row_start', 'row_end'] else '{}'::text[] end as order_by,
    array(select distinct confrelid::regclass::text from pg_constraint
      where conrelid = id and contype = 'f' and confrelid <> id) as refers_to
  from placed order by name, schema desc`

/** Sorts tables so that each comes after those that it refers to, otherwise by name. */
function byReferences(rows: CatalogRow[]): CatalogRow[] {
  const sorted: CatalogRow[] = []
  let left = rows.filter(({ schema }) => schema === 'public')
  while (left.length > 0) {
    const names = left.map(({ name }) => name)
    const next = left.filter(({ refers_to }) => !refers_to.some((other) => names.includes(other)))
    if (next.length === 0) throw new Error(`tables refer to one another: ${names.join(', ')}`)
    sorted.push(...next)
    left = left.filter((row) => !next.includes(row))
  }
  return [...sorted, ...rows.filter(({ schema }) => schema === 'history')]
}

/** Returns the tables of an archive, each after those that its rows refer to. */
export async function archivedTables(client: pg.ClientBase): Promise<SortedTable[]> {
  const { rows } = await client.query<CatalogRow>(catalogQuery)
  return byReferences(rows).map(({ name, schema, columns, order_by }) => ({
    name: `${schema}.${name}`,
    columns,
    orderBy: order_by,
  }))
}
