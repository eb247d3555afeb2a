import { v7 as timeOrderedUuid } from 'uuid'
import type { Transaction } from '../../database/database.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { findByExternalIds, getExternalIds, hasExternalIds } from '../../operations/writing/external-ids.ts'
import { hashValue } from './hashes.ts'
import { fillMentions, mentionIdentity, mentionName, namedMentions } from './mentions.ts'
import { findNameKeys, type NameKey } from './names.ts'
import { draftIdentity } from './stage.ts'
import type { Draft, Mention, RowFault } from './types.ts'

/** Computes the upserts of staged rows: it resolves their mentions and finds the records of their external ids. */

/** A staged row that can be written. */
export interface ReadyRow {
  position: number
  locator: string
  drafts: Draft[]
}

/** The values that the last import of the scheme wrote to a record. */
export interface Mark {
  /** The version that it has left. */
  version: number
  digest: string
  /** Hashes of the values by property. */
  properties: Record<string, string>
}

/** A record that exists, with the mark of the last import. */
export interface Existing {
  key: string
  version: number
  mark: Mark | undefined
}

/** A record of a row to write: it is created, or changed if it exists. */
export interface Upsert {
  row: ReadyRow
  draft: Draft
  resource: Resource
  /** The document with keys in place of mentions. It is not yet checked. */
  document: Document
  /** Hash of the document. */
  digest: string
  existing: Existing | undefined
}

/** The upserts of some rows, the refused rows, and those that wait for the records of other rows. */
export interface Upserts {
  upserts: Upsert[]
  refused: Map<number, RowFault[]>
  waiting: number[]
}

/** How mentions of records of other rows are treated: they wait, are refused, or taken to be there (in a dry run). */
export type Absent = 'wait' | 'refuse' | 'assume'

/** How mentions are treated that stand for nothing. */
export interface UpsertOptions {
  absent: Absent
  /** Where the mention does not say it itself. */
  onUnresolved: 'refuse' | 'drop'
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

/** Finds the versions of records, and what the last import of the scheme wanted of each. */
async function findExisting(
  tx: Transaction,
  scheme: string,
  resource: Resource,
  keys: string[],
): Promise<Map<string, Existing>> {
  if (keys.length === 0) return new Map()
  const rows = await tx.query<{
    key: string
    version: number
    after: number | null
    digest: string
    properties: Record<string, string>
  }>({
    name: 'imported records',
    text: `select records.key, records.version, mark.version_after as after, mark.digest, mark.properties
      from records left join lateral (
        select version_after, digest, properties from import_records
        where resource = records.resource and key = records.key and scheme = $3 and not undone
        order by sequence desc limit 1
      ) mark on true
      where records.id = any($1::uuid[]) and records.resource = $2`,
    values: [keys.map((key) => recordId(resource, key)), resource.name, scheme],
  })
  return new Map(
    rows.map(({ key, version, after, digest, properties }) => [
      key,
      { key, version, mark: after === null ? undefined : { version: after, digest, properties } },
    ]),
  )
}

const nameFault = (mention: Mention, { status }: NameKey): RowFault => ({
  column: mention.column ?? '',
  value: mentionName(mention).slice(0, 200),
  detail:
    status === 'ambiguous'
      ? `may stand for several ${mention.resource}, or it is in doubt which: decide which in the list of names`
      : `stands for no record of ${mention.resource}: decide which in the list of names, or correct it`,
})

const absentFault = (mention: Mention): RowFault => ({
  column: mention.column ?? '',
  value: mentionName(mention).slice(0, 200),
  detail: `no record of ${mention.resource} has this external id, nor does another row make it`,
})

/** Resolves the drafts of rows. */
class Drafts {
  readonly #registry: Registry
  readonly #names: Map<string, NameKey>
  readonly #keys: Map<string, string>
  readonly #absent: Absent
  readonly #onUnresolved: 'refuse' | 'drop'
  /** Keys of records that these rows make and others of them refer to. */
  readonly #made = new Map<string, string>()
  readonly #coming: Set<string>

  constructor(
    registry: Registry,
    rows: readonly ReadyRow[],
    {
      names,
      keys,
      absent,
      onUnresolved,
    }: { names: Map<string, NameKey>; keys: Map<string, string> } & UpsertOptions,
  ) {
    this.#registry = registry
    this.#names = names
    this.#keys = keys
    this.#absent = absent
    this.#onUnresolved = onUnresolved
    this.#coming = new Set(rows.flatMap(({ drafts }) => drafts.map(draftIdentity)))
  }

  /** The key of the record of a draft; undefined when the registry has none. */
  keyOf({ resource: name, externalId, document }: Draft): string | undefined {
    const resource = this.#registry.get(name)
    const own = document[resource.key.property]
    if (resource.key.madeBy === 'client') return typeof own === 'string' ? own : undefined
    return this.#keys.get(`${name} ${externalName(externalId)}`)
  }

  /** Takes note that some drafts are not written now. @returns whether another draft refers to one of them. */
  forget(drafts: readonly Draft[]): boolean {
    let isReferredTo = false
    for (const draft of drafts) {
      const identity = draftIdentity(draft)
      this.#coming.delete(identity)
      if (this.#made.delete(identity)) isReferredTo = true
    }
    return isReferredTo
  }

  /** The key that a new record must have, since another one refers to it. */
  givenKey(draft: Draft): string | undefined {
    return this.#made.get(draftIdentity(draft))
  }

  /** What a mention stands for: a key, null for a value to drop, a fault, or `waits`. */
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
    // A dry run makes nothing.
    if (name.status === 'made')
      return this.#registry.get(mention.resource).key.madeBy === 'registry' ? timeOrderedUuid() : null
    return nameFault(mention, name)
  }

  #resolveId(mention: Mention, externalId: NonNullable<Mention['externalId']>): Resolved {
    const key = this.#keys.get(`${mention.resource} ${externalName(externalId)}`)
    if (key !== undefined) return key
    const identity = draftIdentity({ resource: mention.resource, externalId })
    const isMade = this.#registry.get(mention.resource).key.madeBy === 'registry'
    if (isMade && (this.#coming.has(identity) || this.#absent === 'assume')) {
      const made = this.#made.get(identity) ?? timeOrderedUuid()
      this.#made.set(identity, made)
      return made
    }
    if (this.#absent === 'wait') return 'waits'
    return this.#isDropped(mention) ? null : absentFault(mention)
  }
}

/** The document of a draft, with its external id among those that the mapping gives. */
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
  /** The records that the mentions of each draft stand for. */
  resolved: Resolved[][]
  faults: RowFault[]
  waits: boolean
}

function resolveRow(drafts: Drafts, row: ReadyRow): ResolvedRow {
  const resolved = row.drafts.map((draft) => draft.mentions.map((mention) => drafts.resolve(mention)))
  const all = resolved.flat()
  const faults = all.filter((one) => typeof one === 'object' && one !== null)
  return { row, resolved, faults, waits: all.includes('waits') }
}

/** Resolves the mentions of rows. Rows that refer to the record of one that is not written now are resolved again without it. */
function resolveRows(drafts: Drafts, rows: readonly ReadyRow[]): ResolvedRow[] {
  for (;;) {
    const resolved = rows.map((row) => resolveRow(drafts, row))
    const absent = resolved.filter(({ faults, waits }) => faults.length > 0 || waits)
    if (!drafts.forget(absent.flatMap(({ row }) => row.drafts))) return resolved
  }
}

/**
 * Computes the upserts of staged rows.
 */
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

/**
 * Computes the upserts of rows.
 * @param names what the names in them stand for, by their identities.
 */
export async function findUpserts(
  tx: Transaction,
  registry: Registry,
  scheme: string,
  rows: readonly ReadyRow[],
  { names, ...options }: UpsertOptions & { names: Map<string, NameKey> },
): Promise<Upserts> {
  const keys = await findKeys(tx, registry, rows)
  const drafts = new Drafts(registry, rows, { names, keys, ...options })
  const result: Upserts = { upserts: [], refused: new Map(), waiting: [] }
  for (const { row, resolved, faults, waits } of resolveRows(drafts, rows)) {
    if (faults.length > 0) result.refused.set(row.position, faults)
    else if (waits) result.waiting.push(row.position)
    else
      for (const [index, draft] of row.drafts.entries()) {
        const resource = registry.get(draft.resource)
        const ownKeys = (resolved[index] ?? []).map((one) => (typeof one === 'string' ? one : null))
        const document = documentOfDraft(resource, draft, ownKeys)
        const digest = hashValue(document)
        result.upserts.push({ row, draft, resource, document, digest, existing: undefined })
      }
  }
  for (const resource of registry.resources) {
    const own = result.upserts.filter((upsert) => upsert.resource === resource)
    const ownKeys = own.map(({ draft }) => drafts.keyOf(draft))
    const existing = await findExisting(
      tx,
      scheme,
      resource,
      ownKeys.filter((key) => key !== undefined),
    )
    for (const [index, upsert] of own.entries()) {
      upsert.existing = existing.get(ownKeys[index] ?? '')
      const given = upsert.existing ? undefined : drafts.givenKey(upsert.draft)
      if (given !== undefined) upsert.document = { ...upsert.document, [resource.key.property]: given }
    }
  }
  return result
}
