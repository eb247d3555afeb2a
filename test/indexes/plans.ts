import type pg from 'pg'
import type { Statement } from '../../src/database/statement.ts'

/** A node of a query plan in the output of `explain (analyze, format json)`. */
interface Node {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  Plans?: Node[]
}

/** The estimated number of rows of each large table. */
export type Sizes = Map<string, number>

/** Number of rows from which a table is large. */
const minLargeRows = 5000

/** The large tables of a database. */
export async function largeTables(pool: pg.Pool): Promise<Sizes> {
  const { rows } = await pool.query<{ name: string; size: number }>(
    "select relname as name, reltuples::int as size from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples >= $1",
    [minLargeRows],
  )
  return new Map(rows.map(({ name, size }) => [name, size]))
}

const rowsOf = (node: Node) => node['Actual Rows'] * node['Actual Loops']

/** The faults of a plan node: it scans a large table without an index, or sorts more rows than a quarter of the largest table. */
function faultsOf(node: Node, sizes: Sizes): string[] {
  const table = node['Relation Name'] ?? ''
  const size = sizes.get(table)
  if (node['Node Type'].includes('Seq Scan') && size !== undefined) return [`scans ${table} without an index`]
  const sorted = node.Plans?.[0]
  if (node['Node Type'] === 'Sort' && sorted && rowsOf(sorted) > Math.max(...sizes.values()) / 4)
    return [`sorts ${rowsOf(sorted)} rows`]
  return []
}

const nodesIn = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesIn)]

/** Runs a statement and returns the faults of its plan. */
export async function planFaults(
  pool: Pick<pg.ClientBase, 'query'>,
  query: Statement,
  sizes: Sizes,
): Promise<string[]> {
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
    `explain (analyze, timing off, format json) ${query.text}`,
    query.values,
  )
  const [plan] = rows
  return plan ? nodesIn(plan['QUERY PLAN'][0].Plan).flatMap((node) => faultsOf(node, sizes)) : ['has no plan']
}
