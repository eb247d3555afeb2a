import { type SQL, sql } from 'drizzle-orm'
import { columnOf } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { foldCode } from '../../database/folding.ts'
import { groupBy } from '../../group-by.ts'
import { belongsTo, type Resource } from '../../model/resource.ts'
import { toResolution } from './matches.ts'
import { type NameQuery, type Resolution, reasonScores } from './types.ts'

/** External ids and ROR ids, by which PostgreSQL finds records. Unlike names, ids must be equal, apart from case. */

/** A record with the id of a query. */
interface Row {
  /** Index of the query. */
  query: number
  key: string
  /** The title; the key of a record without one, such as a citation without an excerpt. */
  name: string
}

/** A query by an id of a scheme. */
export type IdQuery = NameQuery & { scheme: string }

/** Converts a ROR id, with or without `https://ror.org/`, to the form that the registry stores: with it, in lower case. */
export function toRor(id: string): string {
  const lastPart = id.trim().replace(/^(https?:\/\/)?ror\.org\//i, '')
  return `https://ror.org/${lastPart.toLowerCase()}`
}

/** Finds the records with the ids of queries, with one statement. */
function findByIds(tx: Transaction, resource: Resource, queries: readonly IdQuery[]): Promise<Row[]> {
  const { table, id, key, name: resourceName, registry, search } = resource
  const { externalIds } = registry.shared
  const hasRor = resourceName === 'organizations'
  const schemes = queries.map(({ scheme }) => scheme)
  const ids = queries.map(({ scheme, name }) => (hasRor && scheme === 'ror' ? toRor(name) : name.trim()))
  const select = (join: SQL) => sql`select given.nth::int - 1 as query, ${key.column}::text as key,
      coalesce(${search.title}, ${key.column}::text) as name
    from unnest(${sql.param(schemes)}::text[], ${sql.param(ids)}::text[])
      with ordinality as given(scheme, id, nth) ${join}`
  // The limit, which changes nothing, makes PostgreSQL look each id up in the index instead of reading all ids.
  const byExternalId = select(sql`cross join lateral (
      select ${externalIds.record} from ${externalIds} where ${belongsTo(externalIds.resource, resourceName)}
        and ${externalIds.scheme} = given.scheme and ${foldCode(externalIds.id)} = ${foldCode(sql`given.id`)}
      limit 1
    ) as found join ${table} on ${id} = found.record`)
  if (!hasRor) return tx.query(compileSql(byExternalId))
  const byRor = select(sql`join ${table} on given.scheme = 'ror' and ${columnOf(table, 'ror')} = given.id`)
  return tx.query(compileSql(sql`${byExternalId} union all ${byRor}`))
}

/** Resolves external ids and ROR ids to records of a resource. @returns the resolution of each query. */
export async function resolveIds(
  tx: Transaction,
  resource: Resource,
  queries: readonly IdQuery[],
): Promise<Map<IdQuery, Resolution>> {
  if (queries.length === 0) return new Map()
  const found = groupBy(await findByIds(tx, resource, queries), ({ query }) => query)
  return new Map(queries.map((query, index) => [query, toIdResolution(found.get(index) ?? [])]))
}

function toIdResolution(rows: readonly Row[]): Resolution {
  const detail = 'No record has this id in this scheme.'
  if (rows.length === 0) return { status: 'unresolved', candidates: [], detail }
  const reason = 'external-id'
  return toResolution(rows.map(({ key, name }) => ({ key, name, score: reasonScores[reason], reason })))
}
