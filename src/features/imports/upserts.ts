import type { Transaction } from '../../database/database.ts'
import { groupBy } from '../../group-by.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { externalIdKey } from '../../model/schemas.ts'
import { findAllMergedInto } from '../../operations/merged.ts'
import { type Document, documentOf } from '../../operations/writing/documents.ts'
import {
  findByExternalIds,
  formatExternalId,
  getExternalIds,
  hasExternalIds,
} from '../../operations/writing/external-ids.ts'
import { moveReferences } from '../../operations/writing/merging.ts'
import { findReferences } from '../../operations/writing/references.ts'
import { hashValue } from '../../operations/writing/value-hash.ts'
import { recordIdentity } from './identities.ts'
import {
  fillMentions,
  mentionedRecords,
  mentionIdentity,
  mentionsToResolve,
  namedMentions,
} from './mentions.ts'
import { findNameResults, type NameResult } from './names.ts'
import { MentionResolver, resolveRows, type UpsertOptions } from './resolver.ts'
import type { Draft, ReadyRow, RowFault } from './types.ts'

/** Computes the upserts of rows: resolves mentions, and finds the records of external ids. */

/** What the last import of the scheme wrote to a record. */
export interface LastImport {
  /** The version of the record after that import. */
  version: number
  /** Hash of the imported document. */
  digest: string
  /** Hashes of the imported values, by property, with the references that merges have moved since. */
  properties: Record<string, string>
  /** Properties that the import did not overwrite; null for none. */
  kept: string[] | null
  /** Whether the import was undone. The record may still have some of its values. */
  undone: boolean
}

/** A record that exists. */
export interface ExistingRecord {
  key: string
  version: number
  /**
   * Its id in the scheme; undefined if it has none. After a merge, a record may have several: then this is the first one that
   * the file also has, or the first of all if the file has none of them.
   */
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
  /** The keys in place of mentions; null for a dropped value. Before a commit, some of the mentioned records do not exist. */
  mentionKeys: readonly (string | null)[]
  /** Hash of the document, without the key that a new record gets. */
  digest: string
  existing: ExistingRecord | undefined
}

/** The upserts of some rows, the faults of refused rows, and the positions of rows that wait for records of other rows. */
export interface Upserts {
  upserts: Upsert[]
  refused: Map<number, RowFault[]>
  waiting: number[]
}

/** Finds the records that drafts describe and mention by external id. @returns their keys by their identities. */
async function findKeys(tx: Transaction, registry: Registry, drafts: readonly Draft[]) {
  const keys = new Map<string, string>()
  const wanted = groupBy([...drafts, ...mentionedRecords(drafts)], ({ resource }) => resource)
  for (const [name, records] of wanted) {
    const resource = registry.get(name)
    if (!hasExternalIds(resource)) continue
    const ids = new Map(records.map((record) => [recordIdentity(record), record.externalId]))
    const found = await findByExternalIds(tx, resource, [...ids.values()])
    for (const [identity, externalId] of ids) {
      const key = found.get(formatExternalId(externalId))
      if (key !== undefined) keys.set(identity, key)
    }
  }
  return keys
}

/**
 * SQL of the documents of a record before and after each merge since the last import. Only merges of records to which the record
 * refers count: they made it refer to the remaining ones. A merge in which the record itself remained does not count: it added
 * values to the record.
 */
const movedReferences = `select coalesce(json_agg(json_build_array(earlier.document, moved.document) order by moved.version), '[]')
  from revisions moved join revisions earlier on earlier.resource = moved.resource and earlier.key = moved.key
    and earlier.version = moved.version - 1
  where moved.resource = records.resource and moved.key = records.key and moved.operation = 'merge'
    and records.version > last_import.version and moved.version > last_import.version
    and not exists (select from revisions removal where removal.transaction = moved.transaction
      and removal.resource = moved.resource and removal.merged_into = moved.key)`

/**
 * Returns the hashes of imported values, with references as merges have moved them. If others had set a value, its hash stays.
 */
function followMoved(
  resource: Resource,
  properties: Record<string, string>,
  merges: readonly [Document, Document][],
): Record<string, string> {
  const followed = { ...properties }
  for (const merge of merges) {
    const [before, after] = merge.map((document) => documentOf(resource, document))
    for (const [name, imported] of Object.entries(followed))
      if (hashValue(before?.[name]) === imported) followed[name] = hashValue(after?.[name])
  }
  return followed
}

/**
 * Finds existing records: their versions, and what the last import of the scheme wrote to each. An import that was undone
 * counts only if there is no other one: the record may still have some of its values. Of several such imports, the one that
 * created the record counts: the undo of the others has restored its values, as far as it could.
 */
async function findExisting(
  tx: Transaction,
  { scheme, resource, decidingIds }: { scheme: string; resource: Resource; decidingIds: ReadonlySet<string> },
  keys: string[],
): Promise<Map<string, ExistingRecord>> {
  if (keys.length === 0) return new Map()
  const rows = await tx.query<{
    key: string
    version: number
    ids: string[]
    lastImport: LastImport | null
    merges: [Document, Document][]
  }>({
    name: 'imported records',
    text: `select records.key, records.version, to_json(last_import) as "lastImport",
        array(select id from external_ids where record = records.id and scheme = $3 order by position) as ids,
        (${movedReferences}) as merges
      from records left join lateral (
        select version_after as version, digest, properties, kept, undone from import_records
        where resource = records.resource and key = records.key and scheme = $3
        order by undone, undone and action <> 'create', sequence desc limit 1
      ) last_import on true
      where records.id = any($1::uuid[]) and records.resource = $2 and records.merged_into is null`,
    values: [keys.map((key) => recordId(resource, key)), resource.name, scheme],
  })
  const isDeciding = (id: string) =>
    decidingIds.has(recordIdentity({ resource: resource.name, externalId: { scheme, id } }))
  return new Map(
    rows.map(({ key, version, ids, lastImport, merges }) => {
      const properties = followMoved(resource, lastImport?.properties ?? {}, merges)
      const ownId = ids.find(isDeciding) ?? ids[0]
      return [
        key,
        { key, version, ownId, lastImport: lastImport ? { ...lastImport, properties } : undefined },
      ]
    }),
  )
}

/** Returns the document of a draft. Its external ids are the id of the draft and the ids that the mapping states. */
function documentOfDraft(resource: Resource, draft: Draft, keys: (string | null)[]): Document {
  const document = fillMentions(draft, keys)
  if (!hasExternalIds(resource)) return document
  const others = getExternalIds(document).filter(
    (externalId) => externalIdKey(externalId) !== externalIdKey(draft.externalId),
  )
  return { ...document, externalIds: [draft.externalId, ...others] }
}

/** Returns the identities of the records that drafts mention by external id, and that do not exist. */
const listAbsent = (drafts: readonly Draft[], keys: ReadonlyMap<string, string>): string[] =>
  mentionedRecords(drafts)
    .map(recordIdentity)
    .filter((identity) => !keys.has(identity))

/** Computes the upserts of staged rows, by the stored results of the names in them. */
export async function readUpserts(
  tx: Transaction,
  registry: Registry,
  { id, scheme }: { id: string; scheme: string },
  rows: readonly ReadyRow[],
  options: UpsertOptions,
): Promise<Upserts> {
  const identities = new Set(rows.flatMap(({ drafts }) => mentionsToResolve(drafts)).map(mentionIdentity))
  const names = await findNameResults(tx, id, identities)
  return findUpserts(tx, registry, scheme, rows, { ...options, names })
}

/**
 * Finds the records that names mean, and those that drafts state by key, that were merged since.
 * @param names how the names in the drafts were resolved.
 * @returns the names with the keys of the records that remain, and a function that returns a draft with such keys.
 */
async function followMerges(
  tx: Transaction,
  registry: Registry,
  drafts: readonly Draft[],
  names: ReadonlyMap<string, NameResult>,
) {
  const named = namedMentions(drafts).flatMap((mention) => {
    const identity = mentionIdentity(mention)
    const { status, key } = names.get(identity) ?? { key: null }
    return key === null ? [] : [{ identity, status, key, resource: mention.resource }]
  })
  const stated = drafts
    .flatMap((draft) => findReferences(registry.get(draft.resource).document, draft.document))
    .filter(({ resource, key }) => registry.keySpec(resource).schema.safeParse(key).success)
  const mergedInto = await findAllMergedInto(tx, registry, [...named, ...stated])
  const followed = new Map(names)
  for (const { identity, status, ...record } of named)
    followed.set(identity, { status, key: mergedInto(record) ?? record.key })
  const follow = (draft: Draft): Draft => ({
    ...draft,
    document: moveReferences(registry.get(draft.resource), draft.document, mergedInto),
  })
  return { followed, follow: stated.length === 0 ? (draft: Draft) => draft : follow }
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
  { names, decidingIds, ...options }: UpsertOptions & { names: Map<string, NameResult> },
): Promise<Upserts> {
  const drafts = rows.flatMap((row) => row.drafts)
  const keys = await findKeys(tx, registry, drafts)
  const { followed, follow } = await followMerges(tx, registry, drafts, names)
  const inFile = (await options.findInFile?.(listAbsent(drafts, keys))) ?? []
  const resolver = new MentionResolver(registry, rows, { names: followed, keys, inFile, ...options })
  const result: Upserts = { upserts: [], refused: new Map(), waiting: [] }
  for (const { row, resolved, faults, waits } of resolveRows(resolver, rows)) {
    if (faults.length > 0) result.refused.set(row.position, faults)
    else if (waits) result.waiting.push(row.position)
    else
      for (const [index, draft] of row.drafts.entries()) {
        const resource = registry.get(draft.resource)
        const mentionKeys = (resolved[index] ?? []).map((key) => (typeof key === 'string' ? key : null))
        const document = documentOfDraft(resource, follow(draft), mentionKeys)
        const digest = hashValue(document)
        result.upserts.push({ row, draft, resource, document, mentionKeys, digest, existing: undefined })
      }
  }
  for (const [resource, ofResource] of groupBy(result.upserts, (upsert) => upsert.resource)) {
    const recordKeys = ofResource.map(({ draft }) => resolver.findKey(draft))
    const existing = await findExisting(
      tx,
      { scheme, resource, decidingIds },
      recordKeys.filter((key) => key !== undefined),
    )
    for (const [index, upsert] of ofResource.entries()) {
      upsert.existing = existing.get(recordKeys[index] ?? '')
      const newKey = upsert.existing ? undefined : resolver.findNewKey(upsert.draft)
      if (newKey !== undefined) upsert.document = { ...upsert.document, [resource.key.property]: newKey }
    }
  }
  return result
}
