import type { Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { Change } from '../../operations/bulk/plan.ts'
import { type OperationResult, writeEach } from '../../operations/bulk/write.ts'
import { lockRecords } from '../../operations/writing/locks.ts'
import { startSlices } from '../../time-slice.ts'
import { type Cited, writeCitations } from './citations.ts'
import { type EntryOfRecord, writeEntries } from './entries.ts'
import {
  faultsOf,
  faultsOfProblem,
  isUnchanged,
  type OnEdited,
  type PlannedRecord,
  planRecord,
} from './plan.ts'
import { type ImportCounts, noCounts } from './store.ts'
import type { RowFault } from './types.ts'
import type { Upsert } from './upserts.ts'

/** Writes the records of rows, with the history, citations and import entries of each. */

/** The result of a batch of rows. */
export interface Outcome {
  counts: ImportCounts
  refused: Map<number, RowFault[]>
  /** What was kept as others have changed it. */
  kept: { resource: string; key: string; properties: string[] }[]
}

/** The import on whose behalf a batch is written. */
export interface Applying {
  registry: Registry
  id: string
  scheme: string
  onEdited: OnEdited
  authorship: Authorship
  /** Returns the key of the source that citations name, which is made when first needed. */
  source: (tx: Transaction) => Promise<string>
}

interface Written {
  record: PlannedRecord
  result: OperationResult
}

/** Plans the records of one resource, under their locks. Refused rows are added to `refused`. */
async function planAll(
  tx: Transaction,
  resource: Resource,
  upserts: Upsert[],
  onEdited: OnEdited,
  refused: Map<number, RowFault[]>,
): Promise<{ records: PlannedRecord[]; changes: Change[] }> {
  const keys = upserts.flatMap(({ existing }) => (existing ? [existing.key] : []))
  const locked = await lockRecords(tx, resource, keys)
  const records: PlannedRecord[] = []
  const changes: Change[] = []
  const pause = startSlices()
  for (const upsert of upserts) {
    const own = upsert.existing && locked.get(upsert.existing.key)
    const planned = faultsOf(upsert.document, () => planRecord(upsert, own?.document, onEdited))
    if ('faults' in planned) refused.set(upsert.row.position, planned.faults)
    else {
      const record = planned.result
      const { before, after } = record
      const index = records.push(record) - 1
      if (!own || !before) changes.push({ index, kind: 'create', document: after })
      else changes.push({ index, kind: 'replace', locked: own, before, after })
    }
    await pause()
  }
  return { records, changes }
}

/** Writes the records of one resource. Refused rows are added to `refused`. */
async function writeResource(
  tx: Transaction,
  resource: Resource,
  upserts: Upsert[],
  { onEdited, authorship }: Applying,
  refused: Map<number, RowFault[]>,
): Promise<Written[]> {
  const { records, changes } = await planAll(tx, resource, upserts, onEdited, refused)
  const outcome = await writeEach(tx, resource, changes, authorship)
  for (const [index, problem] of outcome.refused) {
    const record = records[index]
    if (record) refused.set(record.upsert.row.position, faultsOfProblem(problem, record.after))
  }
  return records.flatMap((record, index) => {
    const result = outcome.done.get(index)
    return result ? [{ record, result }] : []
  })
}

/** Whether a row has several records, so that some may have been written when another one is refused. */
const hasSeveral = (upserts: Upsert[], refused: ReadonlyMap<number, unknown>) =>
  upserts.some(({ row }) => row.drafts.length > 1 && refused.has(row.position))

/** Writes the records of all resources, those first to which others refer. A row is written whole or not at all. */
async function writeRecords(
  tx: Transaction,
  applying: Applying,
  upserts: Upsert[],
  refused: Map<number, RowFault[]>,
): Promise<Written[]> {
  for (let remaining = upserts; ; ) {
    await tx.query({ text: 'savepoint import' })
    const written: Written[] = []
    for (const resource of applying.registry.resources) {
      const own = remaining.filter((upsert) => upsert.resource === resource)
      if (own.length > 0) written.push(...(await writeResource(tx, resource, own, applying, refused)))
    }
    if (!hasSeveral(remaining, refused)) {
      await tx.query({ text: 'release savepoint import' })
      return written
    }
    await tx.query({ text: 'rollback to savepoint import' })
    remaining = remaining.filter(({ row }) => !refused.has(row.position))
  }
}

const isNews = ({ upsert, action }: PlannedRecord): boolean =>
  action !== 'none' || upsert.existing?.mark?.digest !== upsert.digest

function entryOf({ record, result }: Written, citation: string | null): EntryOfRecord {
  const { upsert, action, properties, kept } = record
  return {
    resource: upsert.resource.name,
    key: result.key,
    row: upsert.row.position,
    action,
    versionBefore: upsert.existing ? (action === 'change' ? result.version - 1 : result.version) : null,
    versionAfter: result.version,
    digest: upsert.digest,
    properties,
    kept: kept.length > 0 ? kept : null,
    citation,
  }
}

const toCited = ({ record: { upsert }, result: { key } }: Written): Cited => ({
  resource: upsert.resource.name,
  key,
  externalId: upsert.draft.externalId,
  citation: upsert.draft.citation,
})

/**
 * Writes the records of rows, within the caller's transaction.
 * @returns the result. Refused rows have written nothing.
 */
export async function applyUpserts(tx: Transaction, applying: Applying, upserts: Upsert[]): Promise<Outcome> {
  const refused = new Map<number, RowFault[]>()
  const open = upserts.filter((upsert) => !isUnchanged(upsert))
  const written = open.length > 0 ? await writeRecords(tx, applying, open, refused) : []
  const changed = written.filter(({ record }) => record.action !== 'none')
  const citations = await writeCitations(tx, applying, changed.map(toCited))
  const citationOf = new Map(changed.map((one, index) => [one, citations[index] ?? null]))
  await writeEntries(
    tx,
    applying,
    written.filter(({ record }) => isNews(record)).map((one) => entryOf(one, citationOf.get(one) ?? null)),
  )
  const count = (action: PlannedRecord['action']) =>
    written.filter(({ record }) => record.action === action).length
  const kept = written.flatMap(({ record, result }) =>
    record.kept.length > 0
      ? [{ resource: record.upsert.resource.name, key: result.key, properties: record.kept }]
      : [],
  )
  return {
    counts: {
      ...noCounts,
      refused: refused.size,
      created: count('create'),
      changed: count('change'),
      unchanged: upserts.length - open.length + count('none'),
      kept: kept.reduce((sum, { properties }) => sum + properties.length, 0),
    },
    refused,
    kept,
  }
}
