import { is, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { records } from '../../database/tables/records.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { Fault } from '../../problems/problem.ts'

/** How many of the records that stand in the way are listed. */
const maxReferrers = 20

/** A foreign key whose rows stand in the way of a removal, with the column of the record that they belong to. */
interface ForeignReference {
  table: PgTable
  record: PgColumn
  columns: PgColumn[]
  foreignTable: PgTable
  foreignColumns: PgColumn[]
}

/** The column with the id of the record that a row belongs to: the row's own, or that of its owner. */
function recordColumn(table: PgTable): PgColumn | undefined {
  const { columns } = getTableConfig(table)
  return columns.find(({ name }) => name === 'record') ?? columns.find(({ name }) => name === 'id')
}

const referencesByRegistry = new WeakMap<Registry, ForeignReference[]>()

function listReferences(registry: Registry): ForeignReference[] {
  const known =
    referencesByRegistry.get(registry) ??
    registry.tables.flatMap((table) => {
      const record = recordColumn(table)
      return getTableConfig(table).foreignKeys.flatMap((foreignKey) =>
        record && foreignKey.onDelete !== 'cascade' ? [{ table, record, ...foreignKey.reference() }] : [],
      )
    })
  referencesByRegistry.set(registry, known)
  return known
}

/** The condition that a row of a table is the record. */
const isRecord = (resource: Resource, table: PgTable, id: string): SQL | undefined => {
  if (table === resource.table || (is(table, PgTable) && getTableConfig(table).name === 'records'))
    return sql`target.id = ${id}::uuid`
  return undefined
}

/** A record that refers to another one. */
export interface Referrer {
  resource: string
  key: string
}

/** What is said of a record that stands in the way of a removal. */
export const referrerFault = ({ resource, key }: Referrer): Fault => ({
  code: 'referred_to',
  message: `/v1/${resource}/${key} refers to it`,
})

/** The records that refer to one, so that its removal can be explained; at most 20 of them. */
export async function findReferrers(tx: Transaction, resource: Resource, key: string): Promise<Referrer[]> {
  const id = recordId(resource, key)
  const queries = listReferences(resource.registry).flatMap(
    ({ table, record, columns, foreignTable, foreignColumns }) => {
      const isTarget = isRecord(resource, foreignTable, id)
      if (!isTarget) return []
      const pairs = columns.map(
        (column, at) => sql`${column} = target.${sql.identifier(foreignColumns[at]?.name ?? '')}`,
      )
      return [
        sql`select ${record} as id from ${table} where exists (select from ${foreignTable} target where ${isTarget} and ${sql.join(pairs, sql` and `)})`,
      ]
    },
  )
  if (queries.length === 0) return []
  return tx.query<Referrer & Record<string, unknown>>(
    compileSql(sql`select distinct ${records.resource} as resource, ${records.key} as key
      from (${sql.join(queries, sql` union all `)}) referrers join ${records} on ${records.id} = referrers.id
      where ${records.id} <> ${id}::uuid order by resource, key limit ${maxReferrers}`),
  )
}
