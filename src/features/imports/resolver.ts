import { v7 as timeOrderedUuid } from 'uuid'
import { addTo } from '../../group-by.ts'
import type { Registry } from '../../model/registry.ts'
import { maxNameLength } from '../names/types.ts'
import { draftIdentities, recordIdentity } from './identities.ts'
import { absentFault, countryMention, mentionedRecords, mentionIdentity, mentionName } from './mentions.ts'
import type { NameResult } from './names.ts'
import { uniqueSlug } from './new-records.ts'
import { toFaultValue } from './shorten.ts'
import type { Draft, Mention, OnBadValue, ReadyRow, RowFault } from './types.ts'

/** Resolves the mentions in rows to the keys of records that exist, or that other rows create. */

/** What decides the upserts of rows: how mentions without a record are treated, and which ids the file has. */
export interface UpsertOptions {
  /**
   * How a mention by external id is treated if neither the registry nor another row of the batch has the record. `wait`: the
   * row waits. `unresolved`: the mention is treated as `onUnresolved` says.
   */
  onAbsent: 'wait' | 'unresolved'
  /**
   * Only for later passes of a commit: identities of absent records (`recordIdentity`) whose rows wait for the next pass. A row
   * that mentions such a record waits, too.
   */
  waiting?: ReadonlySet<string>
  /**
   * Only for a dry run or a preview: finds which absent records other rows create. Takes and returns identities of records
   * (`recordIdentity`).
   */
  findInFile?: (identities: readonly string[]) => Promise<Iterable<string>>
  /** How a mention without `onUnresolved` is treated if it matches no record or several. */
  onUnresolved: OnBadValue
  /**
   * The ids in the file (as `recordIdentity`) of records that have several ids in the scheme of the import. They decide which
   * row changes such a record (`findDecidingIds`). The ids of other records make no difference.
   */
  decidingIds: ReadonlySet<string>
}

/** The result for a mention of a record that another row must create first. */
const mustWait = Symbol('mustWait')

/** The result for a mention: a key, null for a value to drop, a fault, or `mustWait`. */
export type Resolved = string | null | RowFault | typeof mustWait

function nameFault({ column = '', resource, ...mention }: Mention, { status }: NameResult): RowFault {
  // After the commit, a decision no longer changes the import, so then only the value can be corrected.
  const choose = (record: string) =>
    `choose ${record} in the list of names before the commit, or correct the value`
  const choice = choose(`the record of ${resource}`)
  const name = mentionName({ resource, ...mention })
  const value = toFaultValue(name)
  if (status === 'ambiguous') return { column, value, detail: `is ambiguous: ${choice}` }
  if (name.length > maxNameLength) {
    return { column, value, detail: `has ${name.length} characters; a name has at most ${maxNameLength}` }
  }
  const detail =
    status === 'record_gone'
      ? `was assigned to a record that no longer exists: ${choice}`
      : `matches no record of ${resource}: ${choose('the record')}`
  return { column, value, detail }
}

/**
 * Whether the value of an unresolved mention is dropped. The mention may match no record, several, or one that is gone.
 * @param onUnresolved for mentions without `onUnresolved`.
 */
const isDropped = (mention: Mention, onUnresolved: OnBadValue): boolean =>
  (mention.onUnresolved ?? onUnresolved) === 'drop'

/** Returns the fault of the country within which an organization is looked for; undefined if there is none. */
function findCountryFault(
  mention: Mention,
  names: ReadonlyMap<string, NameResult>,
  onUnresolved: OnBadValue,
): RowFault | undefined {
  const country = countryMention(mention)
  // An import that an earlier version of the service has checked has no results for countries.
  if (!country || !names.has(mentionIdentity(country))) return undefined
  const resolved = resolveName(country, names, onUnresolved)
  return typeof resolved === 'string' ? undefined : (resolved ?? undefined)
}

/**
 * Returns the key of the record of a mention by name or code, null for a value to drop, or a fault.
 * @param names how names were resolved, by the identities of their mentions.
 * @param onUnresolved for mentions without `onUnresolved`.
 */
export function resolveName(
  mention: Mention,
  names: ReadonlyMap<string, NameResult>,
  onUnresolved: OnBadValue,
): string | null | RowFault {
  const result = names.get(mentionIdentity(mention)) ?? { status: 'unresolved', key: null }
  if (result.status === 'decided' || result.status === 'left_out') return result.key
  const countryFault = findCountryFault(mention, names, onUnresolved)
  if (countryFault) return countryFault
  if (result.key !== null) return result.key
  // The record does not exist yet, so any key will do.
  if (result.status === 'made' || result.status === 'needed')
    return mention.resource === 'topics' ? uniqueSlug(mention) : timeOrderedUuid()
  if (isDropped(mention, onUnresolved)) return null
  return nameFault(mention, result)
}

/** What is known of the records that rows mention, and how mentions without a record are treated. */
interface ResolverOptions extends Pick<UpsertOptions, 'waiting' | 'onAbsent' | 'onUnresolved'> {
  /** How names were resolved, by the identities of their mentions. */
  names: ReadonlyMap<string, NameResult>
  /** Keys of the records that exist, by their identities. */
  keys: ReadonlyMap<string, string>
  /** Identities of further records that the file creates. */
  inFile: Iterable<string>
}

/** Resolves the mentions in the drafts of rows. */
export class MentionResolver {
  readonly #registry: Registry
  readonly #options: ResolverOptions
  /** Keys of new records to which other drafts refer, by the identity of the draft that creates the record. */
  readonly #newKeys = new Map<string, string>()
  /** The drafts that this batch writes, by the identities of all their ids. */
  readonly #pending: Map<string, Draft>
  /** Identities of further records that the file creates, without those of excluded drafts. */
  readonly #inFile: Set<string>
  /** Identities of records of this batch whose rows wait. */
  readonly #waiting = new Set<string>()

  constructor(registry: Registry, rows: readonly ReadyRow[], options: ResolverOptions) {
    this.#registry = registry
    this.#options = options
    this.#inFile = new Set(options.inFile)
    this.#pending = new Map(
      rows.flatMap(({ drafts }) =>
        drafts.flatMap((draft) => draftIdentities(draft).map((identity) => [identity, draft] as const)),
      ),
    )
  }

  /**
   * Returns the key of a draft's record: if clients assign the keys of the resource, the key in the draft, otherwise the key
   * of the record that has the draft's external id. Returns undefined if there is none.
   */
  findKey(draft: Draft): string | undefined {
    const { property, assignedBy } = this.#registry.get(draft.resource).key
    if (assignedBy !== 'client') return this.#options.keys.get(recordIdentity(draft))
    const key = draft.document[property]
    return typeof key === 'string' ? key : undefined
  }

  /** Excludes the drafts of a row that this batch does not write. @returns the identities of their ids. */
  exclude(drafts: readonly Draft[], isWaiting: boolean): string[] {
    for (const draft of drafts) this.#newKeys.delete(recordIdentity(draft))
    const identities = drafts.flatMap(draftIdentities)
    for (const identity of identities) {
      this.#pending.delete(identity)
      this.#inFile.delete(identity)
      if (isWaiting) this.#waiting.add(identity)
    }
    return identities
  }

  /** Returns the key of a new record to which another draft refers; otherwise undefined. */
  findNewKey(draft: Draft): string | undefined {
    return this.#newKeys.get(recordIdentity(draft))
  }

  /** Returns the key of the mentioned record, null for a value to drop, a fault, or `mustWait`. */
  resolve(mention: Mention): Resolved {
    return mention.externalId
      ? this.#resolveId(mention, mention.externalId)
      : resolveName(mention, this.#options.names, this.#options.onUnresolved)
  }

  #resolveId(mention: Mention, externalId: NonNullable<Mention['externalId']>): Resolved {
    const { keys, waiting, onAbsent, onUnresolved } = this.#options
    const identity = recordIdentity({ resource: mention.resource, externalId })
    const key = keys.get(identity)
    if (key !== undefined) return key
    const isKeyGenerated = this.#registry.get(mention.resource).key.assignedBy === 'registry'
    const draft = this.#pending.get(identity)
    if (isKeyGenerated && (draft || this.#inFile.has(identity))) {
      const existing = draft && this.findKey(draft)
      if (existing !== undefined) return existing
      const newIdentity = draft ? recordIdentity(draft) : identity
      const newKey = this.#newKeys.get(newIdentity) ?? timeOrderedUuid()
      this.#newKeys.set(newIdentity, newKey)
      return newKey
    }
    if (onAbsent === 'wait' || this.#waiting.has(identity) || waiting?.has(identity)) return mustWait
    return isDropped(mention, onUnresolved) ? null : absentFault(mention)
  }
}

/** A row with its resolved mentions. */
export interface ResolvedRow {
  row: ReadyRow
  /** The results for the mentions of each draft. */
  resolved: Resolved[][]
  faults: RowFault[]
  waits: boolean
}

function resolveRow(resolver: MentionResolver, row: ReadyRow): ResolvedRow {
  const resolved = row.drafts.map((draft) => draft.mentions.map((mention) => resolver.resolve(mention)))
  const all = resolved.flat()
  const faults = all.filter((result) => typeof result === 'object' && result !== null)
  return { row, resolved, faults, waits: all.includes(mustWait) }
}

/** Returns, for the identity of each mentioned external id, the rows that mention it. */
function findReferrers(rows: readonly ReadyRow[]): Map<string, ReadyRow[]> {
  const referrers = new Map<string, ReadyRow[]>()
  for (const row of rows)
    for (const record of mentionedRecords(row.drafts)) addTo(referrers, recordIdentity(record), row)
  return referrers
}

const isWritten = ({ faults, waits }: ResolvedRow) => faults.length === 0 && !waits

/** Resolves the mentions of rows. If a row is not written in this batch, rows that refer to its records are resolved again. */
export function resolveRows(resolver: MentionResolver, rows: readonly ReadyRow[]): ResolvedRow[] {
  const resolved = new Map(rows.map((row) => [row, resolveRow(resolver, row)]))
  const referrers = findReferrers(rows)
  let notWritten = [...resolved.values()].filter((result) => !isWritten(result))
  while (notWritten.length > 0) {
    const excluded = notWritten.flatMap(({ row, faults }) =>
      resolver.exclude(row.drafts, faults.length === 0),
    )
    const affected = new Set(excluded.flatMap((identity) => referrers.get(identity) ?? []))
    notWritten = []
    for (const row of affected) {
      const before = resolved.get(row)
      // A refused row may refer to its own records. It keeps only the faults that are not about them.
      if (before && before.faults.length > 0) continue
      const after = resolveRow(resolver, row)
      resolved.set(row, after)
      if (before && isWritten(before) && !isWritten(after)) notWritten.push(after)
    }
  }
  return [...resolved.values()]
}
