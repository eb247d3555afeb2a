import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Transaction } from '../../database/database.ts'
import { dialect } from '../../database/dialect.ts'
import { allTables, foreignKeysOf } from '../../database/foreign-keys.ts'
import type { Fault } from '../../problems/problem.ts'
import type { Resource } from '../../resources/resource.ts'

/** How many of the records that stand in the way are listed. */
const most = 20

/** Queries of the records that a row of a table belongs to: itself, or those whose removal would take it along. */
function ownersOf(table: PgTable, resources: readonly Resource[], condition: SQL): SQL[] {
  const own = resources.find((resource) => resource.table === table)
  if (own) {
    return [
      sql`select ${own.name}::text as resource, ${own.key.column}::text as key from ${table} where ${condition}`,
    ]
  }
  return foreignKeysOf(table)
    .filter(({ onDelete }) => onDelete === 'cascade')
    .flatMap(({ columns: [column], foreignTable }) => {
      const owner = resources.find((resource) => resource.table === foreignTable)
      if (!owner || !column) return []
      return [
        sql`select ${owner.name}::text as resource, ${column}::text as key from ${table} where ${condition} and ${column} is not null`,
      ]
    })
}

/** A record that refers to another one. */
export interface Referrer {
  resource: string
  key: string
}

/** What is said of a record that stands in the way of a removal. */
export const referredTo = ({ resource, key }: Referrer): Fault => ({
  code: 'referred_to',
  message: `/v1/${resource}/${key} refers to it`,
})

/**
 * The records that refer to one, so that its removal can be explained; not all when they are many.
 * @param resources all of them: any may refer to it.
 */
export async function referrersOf(
  client: Transaction,
  resources: readonly Resource[],
  resource: Resource,
  key: string,
): Promise<Referrer[]> {
  const queries = allTables.flatMap((table) =>
    foreignKeysOf(table)
      .filter(({ foreignTable, onDelete }) => foreignTable === resource.table && onDelete !== 'cascade')
      .flatMap(({ columns, foreignColumns }) => {
        const pairs = columns.map(
          (column, at) => sql`${column} = target.${sql.identifier(String(foreignColumns[at]?.name))}`,
        )
        const target = sql`exists (select from ${resource.table} target where target.${sql.identifier(resource.key.column.name)}::text = ${key} and ${sql.join(pairs, sql` and `)})`
        return ownersOf(table, resources, target)
      }),
  )
  if (queries.length === 0) return []
  const { sql: text, params } = dialect.sqlToQuery(
    sql`select distinct resource, key from (${sql.join(queries, sql` union all `)}) referrers order by resource, key limit ${most}`,
  )
  const rows = await client.query<Referrer>({ text, values: params })
  return rows
}
