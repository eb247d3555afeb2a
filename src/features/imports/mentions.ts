import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { toNfc } from '../../model/characters.ts'
import { maxNameLength } from '../names/types.ts'
import { isList } from './reading/clean.ts'
import { toFaultValue } from './shorten.ts'
import type { Draft, IdentifiedRecord, JsonValue, Mention, RowFault } from './types.ts'

/** Mentions in drafts: how they are identified, and replaced with the keys of records. */

/** Cache of the identities of mentions, by the texts of which they are hashes. */
const identities = new LRUCache<string, string>({ max: 50_000 })

/** Maximum length of the texts in `identities`. A longer one is no name, but a text from a wrong column. */
const maxCachedLength = 1000

const hashText = (text: string) => hash('sha1', text, 'base64url')

/** Returns the identity of a mention by name or code within an import, without its `column`, `countryFrom` and `onUnresolved`. */
export function mentionIdentity({ resource, name, code, scheme, country, on, create }: Mention): string {
  const text = JSON.stringify([resource, name, code, scheme, country, on, create])
  const known = identities.get(text)
  if (known !== undefined) return known
  const identity = hashText(text)
  if (text.length <= maxCachedLength) identities.set(text, identity)
  return identity
}

/**
 * Returns the identity of a name or code for decisions, which apply to all imports of a register: a hash of resource, name,
 * country and, if the name or code has one, scheme.
 */
export function decisionIdentity({
  resource,
  name,
  country,
  scheme,
}: {
  resource: string
  name: string
  country?: string | null | undefined
  scheme?: string | null | undefined
}): string {
  const normalized = toNfc(maxNameLength)(name).trim()
  return hashText(JSON.stringify([resource, normalized, country ?? null, ...(scheme ? [scheme] : [])]))
}

/** Returns the name, code or id of a mention, for people. */
export const mentionName = ({ name, code, externalId }: Mention): string =>
  name ?? code ?? (externalId ? `${externalId.scheme}:${externalId.id}` : '')

/** Returns the fault of a mention by external id whose record does not exist, and is not created. */
export const absentFault = (mention: Mention): RowFault => ({
  column: mention.column ?? '',
  value: toFaultValue(mentionName(mention)),
  detail: `no record of ${mention.resource} has this external id. No other row creates such a record, or the row that does is refused`,
})

/** Returns the mention of the country within which an organization is looked for; undefined if there is none. */
export const countryMention = ({ country, countryFrom }: Mention): Mention | undefined =>
  country === undefined ? undefined : { resource: 'countries', name: country, ...countryFrom }

/** Returns a mention and, if it has one, the mention of its country. */
export function withCountry(mention: Mention): Mention[] {
  const country = countryMention(mention)
  return country ? [mention, country] : [mention]
}

/** Returns the mentions by name or code. Those by external id are resolved when the rows are checked or written. */
export const namedMentions = (drafts: readonly Draft[]): Mention[] =>
  drafts.flatMap(({ mentions }) => mentions.filter(({ externalId }) => externalId === undefined))

/** Returns the records that drafts mention by external id. */
export const mentionedRecords = (drafts: readonly Draft[]): IdentifiedRecord[] =>
  drafts.flatMap(({ mentions }) =>
    mentions.flatMap(({ resource, externalId }) => (externalId ? [{ resource, externalId }] : [])),
  )

/** Returns the mentions that are resolved before rows are checked: those by name or code, and those of their countries. */
export const mentionsToResolve = (drafts: readonly Draft[]): Mention[] =>
  namedMentions(drafts).flatMap(withCountry)

/** The result for a mention whose value is dropped. */
const dropped = Symbol('dropped')

/** Whether a value is the placeholder of a mention (`Draft.document`). */
const isMention = (value: object): value is { $mention: number } =>
  '$mention' in value && typeof value.$mention === 'number'

/** Returns a copy of a value with another value in place of each mention. @param replace gets the index of the mention. */
export function replaceMentions(value: JsonValue, replace: (index: number) => JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map((item) => replaceMentions(item, replace))
  if (isMention(value)) return replace(value.$mention)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, replaceMentions(inner, replace)]),
  )
}

type Filled = JsonValue | typeof dropped | undefined

function fill(value: JsonValue | undefined, keys: readonly (string | null)[], inList: boolean): Filled {
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return fillList(value, keys)
  if (isMention(value)) return keys[value.$mention] ?? dropped
  const result: Record<string, JsonValue> = {}
  for (const [name, inner] of Object.entries(value)) {
    const filled = fill(inner, keys, false)
    // If a mention is dropped, so is the list entry of which it is a property.
    if (filled === dropped && inList) return dropped
    if (filled !== undefined) result[name] = filled === dropped ? null : filled
  }
  return result
}

/**
 * Fills the mentions in a list. Of items with mentions that are then equal, such as two names of one record, only the first
 * stays. Equal items without mentions stay, such as amounts.
 */
function fillList(list: readonly JsonValue[], keys: readonly (string | null)[]): JsonValue[] {
  const known = new Set<string>()
  const mentioned = new Set<string>()
  return list.flatMap((item) => {
    const filled = fill(item, keys, true)
    if (filled === dropped || filled === undefined) return []
    const text = JSON.stringify(filled)
    const hasMention = text !== JSON.stringify(item)
    if (known.has(text) && (hasMention || mentioned.has(text))) return []
    known.add(text)
    if (hasMention) mentioned.add(text)
    return [filled]
  })
}

/**
 * Returns the document of a draft with keys in place of its mentions. A mention whose key is null is dropped: in a list, with
 * its entry. A property without any remaining value is left out, as if the row had no value for it.
 */
export const fillMentions = (
  { document }: Draft,
  keys: readonly (string | null)[],
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(document).flatMap(([name, value]) => {
      const filled = fill(value, keys, false)
      const isDropped = filled === dropped || (Array.isArray(filled) && filled.length === 0)
      return isDropped ? [] : [[name, filled]]
    }),
  )
