import { v7 as timeOrderedUuid } from 'uuid'
import { autocommitReads, type DatabaseClient } from '../../database/database.ts'
import type { Language } from '../../model/languages.ts'
import type { Registry } from '../../model/registry.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { Problem } from '../../problems/problem.ts'
import { startSlices } from '../../time-slice.ts'
import { resolveMapping } from './built-in.ts'
import { checkBatch, noReleases } from './check.ts'
import { findDecisions } from './decisions.ts'
import { draftIdentities, recordIdentity } from './identities.ts'
import {
  checkMapping,
  createConverter,
  type LocatedFault,
  locateFaults,
  type Mapping,
  type ParsedYaml,
  parseMapping,
  parseYaml,
  readCompanions,
  readRowOptions,
} from './mapping/index.ts'
import { mentionIdentity, mentionName, mentionsToResolve, namedMentions } from './mentions.ts'
import { type NameResult, resolveMentions } from './names.ts'
import { chooseSlugs, topicIdentity } from './new-records.ts'
import type { LocalFile } from './reading/file.ts'
import { readRows } from './reading/index.ts'
import type { RowOptions } from './reading/options.ts'
import { readNames } from './record-names.ts'
import { repeatedFault } from './repeated-rows.ts'
import type { ConvertedRow, FileInfo, ReadyRow, Row, RowFault } from './types.ts'
import { findUpserts, type Upsert } from './upserts.ts'

/** A preview: the records that the first rows of a file become, and the faults of the mapping, without an import. */

/** A record that a row becomes. */
export interface PreviewRecord {
  resource: string
  externalId: { scheme: string; id: string }
  /** Key of the record that exists; null for a new one. */
  key: string | null
  action: 'create' | 'change' | 'none'
  document: Document
  /** Properties that are not overwritten: others have set them, another row supplies the record instead, or the row has no value. */
  kept: string[]
}

/** The preview of a row. */
export interface PreviewRow {
  row: Row
  state: 'ready' | 'refused' | 'skipped'
  /** Why the mapping leaves the row out. */
  reason: string | null
  records: PreviewRecord[]
  faults: readonly RowFault[]
  dropped: readonly RowFault[]
}

/** Names by resource and key. */
type PreviewNames = Record<string, Record<string, string>>

/** A record with its name. */
interface NamedRecord {
  resource: string
  key: string
  name: string
}

/** What a mapping makes of the first rows of a file. */
export interface Preview {
  scheme: string | null
  /** The faults of the mapping. If there are any, there are no rows. */
  mappingFaults: LocatedFault[]
  /** What is known of the file: only a note if it cannot be read and the mapping has faults. */
  fileInfo: Partial<FileInfo> | null
  rows: PreviewRow[]
  /** The names of the records to which the shown records refer by name or code. */
  names: PreviewNames
}

/** The input of a preview. */
export interface PreviewInput {
  mapping: string
  /** The file with the rows; without it, the mapping alone is checked. */
  file: LocalFile | undefined
  /** The code lists and joined files. If the mapping does not name all of them, the result has a fault. */
  companionFiles: readonly LocalFile[]
}

interface PreviewContext {
  database: DatabaseClient
  registry: Registry
  language: Language
  signal: AbortSignal
}

/** Runs work that may find faults of a mapping. @param yaml the parsed mapping. @returns the result of `work`, or the faults. */
async function tryMapping<T>(
  yaml: ParsedYaml,
  work: () => T | Promise<T>,
): Promise<{ result: T } | { faults: LocatedFault[] }> {
  try {
    return { result: await work() }
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== 'invalid-mapping') throw error
    return { faults: locateFaults(yaml, error) }
  }
}

/**
 * Returns what is known of a file whose mapping has faults: only a note if it cannot be read, since the `rows` of a mapping
 * without faults may make it readable.
 */
async function describeFile(
  file: LocalFile,
  options: RowOptions,
  signal: AbortSignal,
): Promise<Partial<FileInfo>> {
  try {
    const { fileInfo, close } = await readRows(file, options, { signal, mayBeCut: true })
    await close()
    return fileInfo
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== 'unreadable-file') throw error
    return { notes: [error.message] }
  }
}

async function collectRows(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of batches) rows.push(...batch)
  return rows
}

/** Resolves the names in rows. @returns the status and key of each, and the names of records that do not exist yet. */
async function resolveRowNames(
  { database, registry }: PreviewContext,
  scheme: string,
  rows: readonly ReadyRow[],
) {
  const mentions = rows.flatMap(({ drafts }) => mentionsToResolve(drafts))
  const distinct = new Map(mentions.map((mention) => [mentionIdentity(mention), mention]))
  const named = [...distinct].map(([identity, mention]) => ({ identity, mention }))
  const findDecision = await findDecisions(database, registry, scheme, [...distinct.values()])
  const resolved = await resolveMentions(database, registry, named, findDecision)
  const made = resolved.filter(({ status }) => status === 'made')
  const newTopics = made
    .flatMap(({ identity }) => distinct.get(identity) ?? [])
    .filter(({ resource }) => resource === 'topics')
  const slugs = await chooseSlugs(autocommitReads(database), registry, newTopics)
  const results = new Map<string, NameResult>()
  const newRecords: NamedRecord[] = []
  for (const { identity, status, key } of resolved) {
    const mention = distinct.get(identity)
    // Only names of new topics are certainly short enough for `topicIdentity`.
    const isNewTopic = status === 'made' && mention?.resource === 'topics'
    const slug = isNewTopic ? slugs.get(topicIdentity(mention)) : undefined
    const newKey = status === 'made' ? (slug ?? timeOrderedUuid()) : null
    results.set(identity, { status, key: key ?? newKey })
    if (mention && newKey !== null)
      newRecords.push({ resource: mention.resource, key: newKey, name: mentionName(mention) })
  }
  return { results, newRecords }
}

/** Returns the mentioned records that exist, with their names. */
async function readMentionedRecords(
  { database, registry, language }: PreviewContext,
  rows: readonly ReadyRow[],
  results: ReadonlyMap<string, NameResult>,
): Promise<NamedRecord[]> {
  const mentions = new Map(
    rows.flatMap(({ drafts }) => namedMentions(drafts)).map((mention) => [mentionIdentity(mention), mention]),
  )
  const records = [...mentions].flatMap(([identity, { resource }]) => {
    const { key = null, status } = results.get(identity) ?? {}
    return key === null || status === 'made' ? [] : [{ resource, key }]
  })
  const getName = await readNames(database, registry, records, language)
  return records.flatMap((record) => {
    const name = getName(record)
    return name === null ? [] : [{ ...record, name }]
  })
}

function toPreviewRow(row: Row, converted: ConvertedRow): PreviewRow {
  const none = { row, reason: null, records: [], faults: [], dropped: [] }
  if (converted.kind === 'refused') return { ...none, state: 'refused', faults: converted.faults }
  if (converted.kind === 'skipped') return { ...none, state: 'skipped', reason: converted.reason }
  return { ...none, state: 'ready', dropped: converted.dropped }
}

const unchangedRecord = ({ resource, draft, document, existing }: Upsert): PreviewRecord => ({
  resource: resource.name,
  externalId: draft.externalId,
  key: existing?.key ?? null,
  action: 'none',
  document,
  kept: [],
})

/** Returns the faults of ready rows that describe the same record as an earlier row, even a refused one, by position. */
function findRepeatedRows(rows: readonly Row[], converted: readonly ConvertedRow[]): Map<number, RowFault[]> {
  const first = new Map<string, number>()
  const faults = new Map<number, RowFault[]>()
  for (const [position, result] of converted.entries()) {
    if (result.kind === 'skipped') continue
    for (const record of result.kind === 'drafts' ? result.drafts : (result.records ?? [])) {
      const identity = recordIdentity(record)
      const earlier = first.get(identity) ?? position
      first.set(identity, earlier)
      if (earlier === position || result.kind === 'refused') continue
      const { locator = '' } = rows[earlier] ?? {}
      faults.set(position, [repeatedFault(record.resource, record.externalId.id, locator)])
    }
  }
  return faults
}

/** Checks rows as a dry run does. */
async function checkRows(context: PreviewContext, mapping: Mapping, rows: Row[], converted: ConvertedRow[]) {
  const { database, registry } = context
  const shown = rows.map((row, index) =>
    toPreviewRow(row, converted[index] ?? { kind: 'refused', faults: [] }),
  )
  const all = converted.flatMap((result, position): ReadyRow[] =>
    result.kind === 'drafts'
      ? [{ position, locator: rows[position]?.locator ?? '', drafts: [...result.drafts] }]
      : [],
  )
  const repeated = findRepeatedRows(rows, converted)
  const ready = all.filter(({ position }) => !repeated.has(position))
  const { results, newRecords } = await resolveRowNames(context, mapping.scheme, ready)
  const { upserts, planned, refused } = await checkBatch(
    database,
    ready,
    { onEdited: mapping.onEdited, releases: noReleases() },
    (remaining, refusedRows) => {
      const refusedIds = new Set(refusedRows.flatMap(({ drafts }) => drafts.flatMap(draftIdentities)))
      return findUpserts(autocommitReads(database), registry, mapping.scheme, remaining, {
        onAbsent: 'unresolved',
        // The rows that are not shown are not read: they may have any id.
        findInFile: async (identities) => identities.filter((identity) => !refusedIds.has(identity)),
        onUnresolved: mapping.onBadValue,
        decidingIds: new Set(ready.flatMap(({ drafts }) => drafts.map(recordIdentity))),
        names: results,
      })
    },
  )
  const records = new Map(upserts.map((upsert) => [upsert, unchangedRecord(upsert)]))
  for (const { upsert, action, after, kept } of planned)
    records.set(upsert, { ...unchangedRecord(upsert), action, document: after, kept })
  for (const [upsert, record] of records) shown[upsert.row.position]?.records.push(record)
  for (const [position, faults] of [...repeated, ...refused]) {
    const row = shown[position]
    if (row) shown[position] = { ...row, state: 'refused', faults, records: [] }
  }
  const names: PreviewNames = {}
  for (const { resource, key, name } of [
    ...newRecords,
    ...(await readMentionedRecords(context, ready, results)),
  ])
    names[resource] = { ...names[resource], [key]: name }
  return { rows: shown, names }
}

/**
 * Converts and checks the first rows of a file, as a dry run would, without storing anything. Faults of the mapping are part
 * of the result.
 * @param maxRows maximum number of rows to show.
 * @throws Problem `unreadable-file` if the mapping has no faults and the file cannot be read; the reason of `signal`.
 */
export async function previewImport(
  context: PreviewContext,
  { mapping: text, file, companionFiles }: PreviewInput,
  maxRows: number,
): Promise<Preview> {
  const { registry, signal } = context
  const nothing: Preview = { scheme: null, mappingFaults: [], fileInfo: null, rows: [], names: {} }
  const yaml = parseYaml(text)
  const parsed = await tryMapping(yaml, async () => {
    const resolved = await resolveMapping(text)
    return resolved === text ? checkMapping(yaml, registry) : parseMapping(resolved, registry)
  })
  const mapping = 'result' in parsed ? parsed.result : undefined
  const checked = {
    ...nothing,
    scheme: mapping?.scheme ?? null,
    mappingFaults: 'faults' in parsed ? parsed.faults : [],
  }
  if (!file) return checked
  if (!mapping) return { ...checked, fileInfo: await describeFile(file, readRowOptions(yaml), signal) }
  const { fileInfo, batches, close } = await readRows(file, mapping.rows, { signal, mayBeCut: true, maxRows })
  try {
    const prepared = await tryMapping(yaml, async () => {
      const options = { imported: file, mayBeCut: true, signal }
      const companions = await readCompanions(mapping, companionFiles, options)
      return createConverter(mapping, registry, fileInfo, companions)
    })
    if ('faults' in prepared) return { ...checked, fileInfo, mappingFaults: prepared.faults }
    const { convert, unused, companionNotes } = prepared.result
    const rows = await collectRows(batches)
    const converted: ConvertedRow[] = []
    const pause = startSlices()
    for (const row of rows) {
      unused.countRow(row.values)
      converted.push(convert(row))
      signal.throwIfAborted()
      await pause()
    }
    const result = await checkRows(context, mapping, rows, converted)
    const { notes, ...info } = unused.addNotes(fileInfo)
    return { ...checked, fileInfo: { ...info, notes: [...notes, ...companionNotes] }, ...result }
  } finally {
    await close()
  }
}
