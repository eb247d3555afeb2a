import { autocommitReads, type DatabaseClient, type Transaction } from '../../database/database.ts'
import { groupBy } from '../../group-by.ts'
import type { Registry } from '../../model/registry.ts'
import { startSlices } from '../../time-slice.ts'
import { cachedNameIndex } from './cached-index.ts'
import { resolveIn } from './resolve.ts'
import { type IdQuery, resolveIds } from './stored-ids.ts'
import { storedNamesIndex } from './stored-names.ts'
import { maxNameLength, type NameQuery, type Resolution } from './types.ts'

export type { MatchReason, NameMatch, NameQuery, Resolution } from './types.ts'

/** Maximum number of candidates of a query without `limit`. */
const defaultLimit = 3

/** Returns the resources whose records are known by their names: a name without a stated resource is looked for in these. */
export const resourcesKnownByName = (registry: Registry): string[] =>
  ['countries', 'organizations', 'regions', 'topics'].filter((name) => registry.find(name) !== undefined)

/**
 * Resolves any number of names in one pass. No name is guessed: two equally good matches are `ambiguous`.
 * @returns a resolution of each query, in the order of the queries. Equal queries share a resolution. A name of more than
 *   `maxNameLength` characters is unresolved.
 * @throws Error for a resource that the registry does not have.
 */
export const resolveNames = (
  database: Pick<DatabaseClient, 'read'>,
  registry: Registry,
  queries: readonly NameQuery[],
): Promise<Resolution[]> => resolveNamesIn(autocommitReads(database), registry, queries)

/** Like `resolveNames`, in a transaction, which may read the past. */
export async function resolveNamesIn(
  tx: Transaction,
  registry: Registry,
  queries: readonly NameQuery[],
): Promise<Resolution[]> {
  const pause = startSlices()
  const resolved = new Map<string, Resolution>()
  const identities = queries.map(toIdentity)
  const distinct = new Map(queries.map((query, index) => [identities[index] ?? '', query]))
  for (const [identity, { name }] of distinct) {
    if (name.length <= maxNameLength) continue
    distinct.delete(identity)
    resolved.set(identity, { status: 'unresolved', candidates: [], detail: tooLongDetail })
  }
  for (const [resourceName, resourceQueries] of groupBy(distinct.values(), ({ resource }) => resource)) {
    const resource = registry.get(resourceName)
    // The names of countries, regions and topics are in cached indexes, which also have their codes.
    const isCached = resource.key.assignedBy === 'client'
    const byId = isCached ? [] : resourceQueries.filter(hasScheme)
    for (const [query, resolution] of await resolveIds(tx, resource, byId))
      resolved.set(toIdentity(query), resolution)
    const byName = isCached ? resourceQueries : resourceQueries.filter((query) => !hasScheme(query))
    const index = await (isCached ? cachedNameIndex(tx, resource) : storedNamesIndex(tx, resource, byName))
    for (const query of byName) {
      const limit = query.limit ?? defaultLimit
      const resolution = resolveIn(index, query, limit)
      const candidates = resolution.candidates.slice(0, limit)
      resolved.set(toIdentity(query), { ...resolution, candidates })
      await pause()
    }
  }
  return identities.map((identity) => resolved.get(identity) ?? { status: 'unresolved', candidates: [] })
}

const tooLongDetail = `A name has at most ${maxNameLength} characters.`

const toIdentity = ({ resource, name, on, country, scheme, limit }: NameQuery): string =>
  JSON.stringify([resource, name, on, country, scheme, limit])

const hasScheme = (query: NameQuery): query is IdQuery => query.scheme !== undefined
