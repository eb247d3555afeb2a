import { is, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { records } from '../../database/tables/records.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { Fault } from '../../problems/problem.ts'

/** Maximum number of referring records that an error lists. */
const maxReferrers = 20

/** A foreign key that prevents a removal, with the column of the referring record's id. */
interface ForeignReference {
  table: PgTable
  record: PgColumn
  columns: PgColumn[]
  foreignTable: PgTable
  foreignColumns: PgColumn[]
}

/** Returns the column with the id of the record that a row belongs to: the row's own id, or its owner's. */
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

/** Returns the condition that a row of a table belongs to the record. */
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

/** Returns the fault for a record that refers to the one to remove. */
export const referrerFault = ({ resource, key }: Referrer): Fault => ({
  code: 'referred_to',
  message: `/v1/${resource}/${key} refers to it`,
})

/** Finds the records that refer to a record, at most `maxReferrers`. */
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
