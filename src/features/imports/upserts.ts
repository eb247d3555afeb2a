import { v7 as timeOrderedUuid } from 'uuid'
import type { Transaction } from '../../database/database.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { findMergedKeys } from '../../operations/merged.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { findByExternalIds, getExternalIds, hasExternalIds } from '../../operations/writing/external-ids.ts'
import { hashValue } from './hashes.ts'
import { fillMentions, mentionIdentity, mentionName, namedMentions } from './mentions.ts'
import { findNameKeys, type NameKey } from './names.ts'
import { draftIdentity } from './stage.ts'
import type { Draft, Mention, RowFault } from './types.ts'

/** Computes the upserts of rows: resolves mentions, and finds the records of external ids. */

/** A staged row that can be written. */
export interface ReadyRow {
  position: number
  locator: string
  drafts: Draft[]
}

/** What the last import of the scheme wrote to a record. */
export interface LastImport {
  /** The version of the record after that import. */
  version: number
  /** Hash of the imported document. */
  digest: string
  /** Hashes of the imported values, by property. */
  properties: Record<string, string>
  /** Properties that the import did not change, because others had changed them; null for none. */
  kept: string[] | null
  /** Whether the import was undone. The record may still have some of its values. */
  undone: boolean
}

/** A record that exists. */
export interface ExistingRecord {
  key: string
  version: number
  /** Its first external id of the scheme that the file has. A merge adds further ones. Undefined if it has none. */
  ownId: string | undefined
  /** Undefined if no import of the scheme has written the record. */
  lastImport: LastImport | undefined
}

/** A record that a row describes: it is created, or changed if it exists. */
export interface Upsert {
  row: ReadyRow
  draft: Draft
  resource: Resource
  /** The document with keys in place of mentions. It is not validated yet. */
  document: Document
  /** Hash of the document. */
  digest: string
  existing: ExistingRecord | undefined
}

/** The upserts of some rows, the faults of refused rows, and the positions of rows that wait for records of others. */
export interface Upserts {
  upserts: Upsert[]
  refused: Map<number, RowFault[]>
  waiting: number[]
}

/**
 * How a mention by external id is treated if neither the registry nor another row of the batch has the record. `wait`: the
 * row waits. `refuse`: the mention is treated as `onUnresolved` says. `assume`: the record is assumed to exist (dry run).
 */
export type OnAbsent = 'wait' | 'refuse' | 'assume'

/** How mentions that match no record, or several, are treated. */
export interface UpsertOptions {
  onAbsent: OnAbsent
  /** For mentions without `onUnresolved`. */
  onUnresolved: 'refuse' | 'drop'
  /** The ids that the file has, at least those of records with several ids in the scheme (`readIdsInFile`). */
  idsInFile: ReadonlySet<string>
}

const externalName = ({ scheme, id }: { scheme: string; id: string }) => `${scheme}:${id}`

/** Finds the records of external ids. @returns their keys by resource and external id. */
async function findKeys(tx: Transaction, registry: Registry, rows: readonly ReadyRow[]) {
  const wanted = new Map<string, Map<string, { scheme: string; id: string }>>()
  const want = (resource: string, id: { scheme: string; id: string }) => {
    const ids = wanted.get(resource) ?? new Map()
    wanted.set(resource, ids.set(externalName(id), id))
  }
  for (const { resource, externalId, mentions } of rows.flatMap(({ drafts }) => drafts)) {
    want(resource, externalId)
    for (const mention of mentions) if (mention.externalId) want(mention.resource, mention.externalId)
  }
  const keys = new Map<string, string>()
  for (const [name, ids] of wanted) {
    const resource = registry.get(name)
    if (!hasExternalIds(resource)) continue
    for (const [id, key] of await findByExternalIds(tx, resource, [...ids.values()]))
      keys.set(`${name} ${id}`, key)
  }
  return keys
}

/**
 * Finds existing records: their versions, and what the last import of the scheme wrote to each. An import that was undone
 * counts only if there is no other one: the record may still have some of its values.
 */
async function findExisting(
  tx: Transaction,
  { scheme, resource, idsInFile }: { scheme: string; resource: Resource; idsInFile: ReadonlySet<string> },
  keys: string[],
): Promise<Map<string, ExistingRecord>> {
  if (keys.length === 0) return new Map()
  const rows = await tx.query<{
    key: string
    version: number
    ids: string[]
    lastImport: LastImport | null
  }>({
    name: 'imported records',
    text: `select records.key, records.version, to_json(last_import) as "lastImport",
        array(select id from external_ids where record = records.id and scheme = $3 order by position) as ids
      from records left join lateral (
        select version_after as version, digest, properties, kept, undone from import_records
        where resource = records.resource and key = records.key and scheme = $3
        order by undone, sequence desc limit 1
      ) last_import on true
      where records.id = any($1::uuid[]) and records.resource = $2`,
    values: [keys.map((key) => recordId(resource, key)), resource.name, scheme],
  })
  const isInFile = (id: string) =>
    idsInFile.has(draftIdentity({ resource: resource.name, externalId: { scheme, id } }))
  return new Map(
    rows.map(({ key, version, ids, lastImport }) => [
      key,
      { key, version, ownId: ids.find(isInFile) ?? ids[0], lastImport: lastImport ?? undefined },
    ]),
  )
}

function nameFault({ column = '', resource, ...mention }: Mention, { status }: NameKey): RowFault {
  const choice = `choose the record of ${resource} in the list of names`
  const value = mentionName({ resource, ...mention }).slice(0, 200)
  if (status === 'ambiguous') return { column, value, detail: `is ambiguous: ${choice}` }
  const detail =
    status === 'record_gone'
      ? `was decided to mean a record that does not exist any more: ${choice}`
      : `matches no record of ${resource}: choose the record in the list of names, or correct the value`
  return { column, value, detail }
}

const absentFault = (mention: Mention): RowFault => ({
  column: mention.column ?? '',
  value: mentionName(mention).slice(0, 200),
  detail: `no record of ${mention.resource} has this external id, and no other row creates it`,
})

/** Resolves the mentions in the drafts of rows. */
class MentionResolver {
  readonly #registry: Registry
  readonly #names: Map<string, NameKey>
  readonly #keys: Map<string, string>
  readonly #onAbsent: OnAbsent
  readonly #onUnresolved: 'refuse' | 'drop'
  /** Keys of new records to which other drafts refer, by the identity of the draft. */
  readonly #newKeys = new Map<string, string>()
  /** Identities of the drafts that this batch writes. */
  readonly #pending: Set<string>

  constructor(
    registry: Registry,
    rows: readonly ReadyRow[],
    {
      names,
      keys,
      onAbsent,
      onUnresolved,
    }: { names: Map<string, NameKey>; keys: Map<string, string> } & Omit<UpsertOptions, 'idsInFile'>,
  ) {
    this.#registry = registry
    this.#names = names
    this.#keys = keys
    this.#onAbsent = onAbsent
    this.#onUnresolved = onUnresolved
    this.#pending = new Set(rows.flatMap(({ drafts }) => drafts.map(draftIdentity)))
  }

  /** Returns the key that a draft states, or that of the record with its external id; undefined if there is none. */
  keyOf({ resource: name, externalId, document }: Draft): string | undefined {
    const resource = this.#registry.get(name)
    const key = document[resource.key.property]
    if (resource.key.assignedBy === 'client') return typeof key === 'string' ? key : undefined
    return this.#keys.get(`${name} ${externalName(externalId)}`)
  }

  /** Excludes drafts that this batch does not write. @returns whether another draft refers to one of them. */
  exclude(drafts: readonly Draft[]): boolean {
    let isReferredTo = false
    for (const draft of drafts) {
      const identity = draftIdentity(draft)
      this.#pending.delete(identity)
      if (this.#newKeys.delete(identity)) isReferredTo = true
    }
    return isReferredTo
  }

  /** Returns the key of a new record to which another draft refers; otherwise undefined. */
  newKeyOf(draft: Draft): string | undefined {
    return this.#newKeys.get(draftIdentity(draft))
  }

  /** Returns the key of the mentioned record, null for a value to drop, a fault, or `waits`. */
  resolve(mention: Mention): Resolved {
    return mention.externalId ? this.#resolveId(mention, mention.externalId) : this.#resolveName(mention)
  }

  #isDropped({ onUnresolved = this.#onUnresolved }: Mention): boolean {
    return onUnresolved === 'drop'
  }

  #resolveName(mention: Mention): string | null | RowFault {
    const name = this.#names.get(mentionIdentity(mention)) ?? { status: 'unresolved', key: null }
    if (name.key !== null) return name.key
    if (name.status === 'left_out' || this.#isDropped(mention)) return null
    // A dry run has created no record, so it uses any key.
    if (name.status === 'made')
      return this.#registry.get(mention.resource).key.assignedBy === 'registry' ? timeOrderedUuid() : null
    return nameFault(mention, name)
  }

  #resolveId(mention: Mention, externalId: NonNullable<Mention['externalId']>): Resolved {
    const key = this.#keys.get(`${mention.resource} ${externalName(externalId)}`)
    if (key !== undefined) return key
    const identity = draftIdentity({ resource: mention.resource, externalId })
    const isKeyGenerated = this.#registry.get(mention.resource).key.assignedBy === 'registry'
    if (isKeyGenerated && (this.#pending.has(identity) || this.#onAbsent === 'assume')) {
      const newKey = this.#newKeys.get(identity) ?? timeOrderedUuid()
      this.#newKeys.set(identity, newKey)
      return newKey
    }
    if (this.#onAbsent === 'wait') return 'waits'
    return this.#isDropped(mention) ? null : absentFault(mention)
  }
}

/** Returns the document of a draft. Its external ids are that of the draft and those that the mapping states. */
function documentOfDraft(resource: Resource, draft: Draft, keys: (string | null)[]): Document {
  const document = fillMentions(draft, keys)
  if (!hasExternalIds(resource)) return document
  const others = getExternalIds(document).filter(
    (one) => externalName(one) !== externalName(draft.externalId),
  )
  return { ...document, externalIds: [draft.externalId, ...others] }
}

type Resolved = string | null | RowFault | 'waits'

interface ResolvedRow {
  row: ReadyRow
  /** The results for the mentions of each draft. */
  resolved: Resolved[][]
  faults: RowFault[]
  waits: boolean
}

function resolveRow(resolver: MentionResolver, row: ReadyRow): ResolvedRow {
  const resolved = row.drafts.map((draft) => draft.mentions.map((mention) => resolver.resolve(mention)))
  const all = resolved.flat()
  const faults = all.filter((one) => typeof one === 'object' && one !== null)
  return { row, resolved, faults, waits: all.includes('waits') }
}

/** Resolves the mentions of rows. If a row is not written in this batch, rows that refer to its records are resolved again. */
function resolveRows(resolver: MentionResolver, rows: readonly ReadyRow[]): ResolvedRow[] {
  for (;;) {
    const resolved = rows.map((row) => resolveRow(resolver, row))
    const notWritten = resolved.filter(({ faults, waits }) => faults.length > 0 || waits)
    if (!resolver.exclude(notWritten.flatMap(({ row }) => row.drafts))) return resolved
  }
}

/** Computes the upserts of staged rows. */
export async function readUpserts(
  tx: Transaction,
  registry: Registry,
  { id, scheme }: { id: string; scheme: string },
  rows: readonly ReadyRow[],
  options: UpsertOptions,
): Promise<Upserts> {
  const identities = new Set(rows.flatMap(({ drafts }) => namedMentions(drafts)).map(mentionIdentity))
  const names = await findNameKeys(tx, id, [...identities])
  return findUpserts(tx, registry, scheme, rows, { ...options, names })
}

/** Returns how names were resolved, with the keys of the records that remain where records were merged since. */
async function followMerges(
  tx: Transaction,
  registry: Registry,
  rows: readonly ReadyRow[],
  names: ReadonlyMap<string, NameKey>,
): Promise<Map<string, NameKey>> {
  const found = namedMentions(rows.flatMap(({ drafts }) => drafts)).flatMap((mention) => {
    const identity = mentionIdentity(mention)
    const { status, key } = names.get(identity) ?? { key: null }
    return key === null ? [] : [{ identity, status, key, resource: mention.resource }]
  })
  const mergedInto = await findMergedKeys(tx, registry, found)
  const followed = new Map(names)
  for (const { identity, status, ...record } of found)
    followed.set(identity, { status, key: mergedInto(record) ?? record.key })
  return followed
}

/**
 * Computes the upserts of rows.
 * @param names how the names in the rows were resolved, by the identity of the mention.
 */
export async function findUpserts(
  tx: Transaction,
  registry: Registry,
  scheme: string,
  rows: readonly ReadyRow[],
  { names, idsInFile, ...options }: UpsertOptions & { names: Map<string, NameKey> },
): Promise<Upserts> {
  const keys = await findKeys(tx, registry, rows)
  const followed = await followMerges(tx, registry, rows, names)
  const resolver = new MentionResolver(registry, rows, { names: followed, keys, ...options })
  const result: Upserts = { upserts: [], refused: new Map(), waiting: [] }
  for (const { row, resolved, faults, waits } of resolveRows(resolver, rows)) {
    if (faults.length > 0) result.refused.set(row.position, faults)
    else if (waits) result.waiting.push(row.position)
    else
      for (const [index, draft] of row.drafts.entries()) {
        const resource = registry.get(draft.resource)
        const mentionKeys = (resolved[index] ?? []).map((one) => (typeof one === 'string' ? one : null))
        const document = documentOfDraft(resource, draft, mentionKeys)
        const digest = hashValue(document)
        result.upserts.push({ row, draft, resource, document, digest, existing: undefined })
      }
  }
  for (const resource of registry.resources) {
    const ofResource = result.upserts.filter((upsert) => upsert.resource === resource)
    const recordKeys = ofResource.map(({ draft }) => resolver.keyOf(draft))
    const existing = await findExisting(
      tx,
      { scheme, resource, idsInFile },
      recordKeys.filter((key) => key !== undefined),
    )
    for (const [index, upsert] of ofResource.entries()) {
      upsert.existing = existing.get(recordKeys[index] ?? '')
      const newKey = upsert.existing ? undefined : resolver.newKeyOf(upsert.draft)
      if (newKey !== undefined) upsert.document = { ...upsert.document, [resource.key.property]: newKey }
    }
  }
  return result
}
