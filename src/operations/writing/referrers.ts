import { sql } from 'drizzle-orm'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import { unionAll } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { records } from '../../database/tables/records.ts'
import { addTo } from '../../group-by.ts'
import { type RecordKey, recordId } from '../../model/keys.ts'
import { lazyFor } from '../../model/lazy.ts'
import { recordPath } from '../../model/paths.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { type Fault, Problem } from '../../problems/problem.ts'

/** Maximum number of referring records that are listed in the errors for a record. */
export const maxReferrers = 20

/** A foreign key that prevents a removal, with the column of the referring record's id. */
interface ForeignReference {
  table: PgTable
  record: PgColumn
  columns: PgColumn[]
  foreignTable: PgTable
  foreignColumns: PgColumn[]
}

/** Returns the column with the id of the record that a row belongs to: `record` in the table of a list, otherwise `id`. */
function recordColumn(table: PgTable): PgColumn | undefined {
  const { columns } = getTableConfig(table)
  return columns.find(({ name }) => name === 'record') ?? columns.find(({ name }) => name === 'id')
}

const listReferences = lazyFor((registry: Registry): ForeignReference[] =>
  registry.tables.flatMap((table) => {
    const record = recordColumn(table)
    return getTableConfig(table).foreignKeys.flatMap((foreignKey) =>
      record && foreignKey.onDelete !== 'cascade' ? [{ table, record, ...foreignKey.reference() }] : [],
    )
  }),
)

/** Whether a foreign key refers to the records of a resource, and not to rows that belong to them. */
const refersToRecords = (resource: Resource, { foreignTable }: ForeignReference): boolean =>
  foreignTable === resource.table || getTableConfig(foreignTable).name === 'records'

/** Returns the fault for a record that refers to the one to remove. */
export const referrerFault = (referrer: RecordKey): Fault => ({
  code: 'referred_to',
  message: `${recordPath(referrer)} refers to it`,
})

/** Returns the problem of a record that cannot be removed. @param errors faults for the records that refer to it. */
export const referredToProblem = (
  resource: Resource,
  key: string,
  errors: Fault[],
  cause: unknown,
): Problem =>
  new Problem(
    'conflict',
    `Other records refer to the ${resource.noun} ${key}; remove or change them first.`,
    { errors, cause },
  )

/**
 * Finds the records that refer to other records, with one statement.
 * @param keys keys of the records to which the found records refer.
 * @param limit maximum number of referring records for each record.
 * @param except keys of records of the same resource that do not count as referring.
 * @returns the referring records, by the key of the record to which they refer: of more than `limit`, those with the lowest ids. A
 *   key to which no record refers has no entry.
 */
export async function findReferrers(
  tx: Transaction,
  resource: Resource,
  keys: readonly string[],
  { limit = maxReferrers, except = [] }: { limit?: number; except?: readonly string[] } = {},
): Promise<Map<string, RecordKey[]>> {
  const queries = listReferences(resource.registry)
    .filter((reference) => refersToRecords(resource, reference))
    .map(({ table, record, columns, foreignTable, foreignColumns }) => {
      const pairs = columns.map(
        (column, index) => sql`${column} = target.${sql.identifier(foreignColumns[index]?.name ?? '')}`,
      )
      return sql`select ${record} as id from ${table} where exists (select from ${foreignTable} target where target.id = removed.id and ${sql.join(pairs, sql` and `)})`
    })
  if (queries.length === 0 || keys.length === 0) return new Map()
  const ids = keys.map((key) => recordId(resource, key))
  const excepted = except.map((key) => recordId(resource, key))
  // The referring records are chosen by their ids, so that only these few are joined with `records`.
  const rows = await tx.query<RecordKey & { target: string }>(
    compileSql(sql`select removed.key as target, ${records.resource}, ${records.key}
      from unnest(${sql.param(keys)}::text[], ${sql.param(ids)}::uuid[]) with ordinality as removed(key, id, nth)
      cross join lateral (
        select distinct id from (${unionAll(queries)}) referrers
        where id <> removed.id and id <> all(${sql.param(excepted)}::uuid[])
        order by id limit ${limit}
      ) as referrer
      join ${records} on ${records.id} = referrer.id
      order by removed.nth, ${records.resource}, ${records.key}`),
  )
  const found = new Map<string, RecordKey[]>()
  for (const { target, ...referrer } of rows) addTo(found, target, referrer)
  return found
}
