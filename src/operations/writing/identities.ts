import type { Resource } from '../../model/resource.ts'
import { externalIdKey } from '../../model/schemas.ts'
import type { Document } from './documents.ts'
import { getExternalIds } from './external-ids.ts'

/** A key or an external id, which only one record can have, with its path in the document. */
export interface Identity {
  kind: 'key' | 'externalId'
  value: string
  path: PropertyKey[]
}

/** Lists the identities of a document: its key, if it has one, and its external ids. */
export function listIdentities(resource: Resource, document: Document): Identity[] {
  const { property } = resource.key
  const key = document[property]
  const externalIds = getExternalIds(document).map(
    (externalId, index): Identity => ({
      kind: 'externalId',
      value: externalIdKey(externalId),
      path: ['externalIds', index],
    }),
  )
  return typeof key === 'string'
    ? [{ kind: 'key', value: key, path: [property] }, ...externalIds]
    : externalIds
}

/** An identity in the entry at `index` of a request, which an earlier entry, at `firstIndex`, has as well. */
interface RepeatedIdentity {
  index: number
  identity: Identity
  firstIndex: number
}

/**
 * Yields each identity that an earlier entry has. Repetitions within one entry do not count.
 * @param options `isRefusedAlone`: an entry that repeats an identity is refused alone, so its other identities stay free for later
 *   entries.
 */
export function* findRepeatedIdentities(
  entries: Iterable<{ index: number; identities: Identity[] }>,
  { isRefusedAlone }: { isRefusedAlone: boolean },
): Generator<RepeatedIdentity> {
  const firstIndexes = new Map<string, number>()
  const formatIdentity = ({ kind, value }: Identity) => `${kind} ${value}`
  for (const { index, identities } of entries) {
    const repeated = identities.flatMap((identity): RepeatedIdentity[] => {
      const firstIndex = firstIndexes.get(formatIdentity(identity))
      return firstIndex === undefined ? [] : [{ index, identity, firstIndex }]
    })
    yield* repeated
    if (isRefusedAlone && repeated.length > 0) continue
    for (const identity of identities)
      if (!firstIndexes.has(formatIdentity(identity))) firstIndexes.set(formatIdentity(identity), index)
  }
}
