import type { Transaction } from '../../database/database.ts'
import { conflictWithOthers } from '../../database/errors.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { PlannedChange } from '../../operations/bulk/plan.ts'
import type { OperationResult } from '../../operations/bulk/write.ts'
import { writeEach } from '../../operations/bulk/write-each.ts'
import { acquireAdvisoryLocks, lockRecords } from '../../operations/writing/locks.ts'
import { startSlices } from '../../time-slice.ts'
import { writeCitations } from './citations.ts'
import { type RecordEntry, writeEntries } from './entries.ts'
import type { ImportCounts, KeptRecord } from './job-schemas.ts'
import {
  countResults,
  faultsOfProblem,
  hasSameRow,
  isUnchanged,
  listKept,
  type OnEdited,
  otherRowId,
  type PlannedRecord,
  planRecord,
  type RefusalKind,
  refusalKind,
} from './plan.ts'
import type { ReadyRow, RowFault } from './types.ts'
import type { Upsert } from './upserts.ts'

/** Writes the records of rows, each with its revision, citation and import entry. */

/** The result of a batch of rows. */
export interface Outcome {
  /** The numbers of created, changed and unchanged records, and of kept properties. */
  counts: Partial<ImportCounts>
  /** The faults of refused rows, by position. */
  refused: Map<number, RowFault[]>
  /**
   * The faults, by position, of rows that only lack the record of another row, or a unique value that another row may give up.
   * These rows can be tried again.
   */
  lacking: Map<number, RowFault[]>
  /** The records with properties that were not overwritten, and why. */
  kept: KeptRecord[]
}

/** The import for which a batch is written. */
export interface ApplyContext {
  registry: Registry
  id: string
  scheme: string
  onEdited: OnEdited
  authorship: Authorship
  /** Returns the key of the source for citations. If the import has no source yet, creates it. */
  getSourceKey: (tx: Transaction) => Promise<string>
}

interface Written {
  record: PlannedRecord
  result: OperationResult
}

/** The rows of a batch that are not written. */
class Unwritten {
  /** The faults of rows by position, and the kind of fault that decides what becomes of the row. */
  readonly #rows = new Map<number, { kind: RefusalKind; faults: RowFault[] }>()

  /**
   * Adds the faults of a record to those of the other records of its row. If a record of the row has a fault of another kind,
   * the faults about absent records are dropped: an absent record may be another record of the row, which is absent only because
   * it has that fault.
   */
  add({ position }: ReadyRow, faults: RowFault[], kind: RefusalKind): void {
    const earlier = this.#rows.get(position)
    if (!earlier || (earlier.kind === 'absent' && kind !== 'absent'))
      this.#rows.set(position, { kind, faults })
    else if (earlier.kind === 'absent' || kind !== 'absent')
      this.#rows.set(position, {
        kind: earlier.kind === 'other' ? 'other' : kind,
        faults: [...earlier.faults, ...faults],
      })
  }

  has({ position }: ReadyRow): boolean {
    return this.#rows.has(position)
  }

  /** Returns the faults of the rows that only lack records or unique values, and of the rows with another fault. */
  split(): { lacking: Map<number, RowFault[]>; refused: Map<number, RowFault[]> } {
    const select = (isRefused: boolean) =>
      new Map(
        [...this.#rows].flatMap(([position, { kind, faults }]) =>
          (kind === 'other') === isRefused ? [[position, faults]] : [],
        ),
      )
    return { lacking: select(false), refused: select(true) }
  }
}

/**
 * Locks the records of one resource, and plans their writes. Refused rows are added to `unwritten`.
 * @throws an error after which the transaction is repeated, if a record was removed or merged in the meantime.
 */
async function planResource(
  tx: Transaction,
  resource: Resource,
  upserts: Upsert[],
  onEdited: OnEdited,
  unwritten: Unwritten,
): Promise<{ records: PlannedRecord[]; changes: PlannedChange[] }> {
  const keys = upserts.flatMap(({ existing }) => (existing ? [existing.key] : []))
  const locked = await lockRecords(tx, resource, keys)
  const records: PlannedRecord[] = []
  const changes: PlannedChange[] = []
  const pause = startSlices()
  for (const upsert of upserts) {
    const stored = upsert.existing && locked.get(upsert.existing.key)
    if (upsert.existing && !stored)
      throw conflictWithOthers(
        `the record ${upsert.existing.key} of ${resource.name} was removed or merged in the meantime`,
      )
    const planned = planRecord(upsert, stored?.document, onEdited)
    if ('faults' in planned) unwritten.add(upsert.row, planned.faults, 'other')
    else {
      const record = planned.result
      const { before, after } = record
      const index = records.push(record) - 1
      if (!stored || !before) changes.push({ index, kind: 'create', document: after })
      else changes.push({ index, kind: 'replace', locked: stored, before, after })
    }
    await pause()
  }
  return { records, changes }
}

/** Writes the records of one resource. The rows that PostgreSQL refuses are added to `unwritten`. */
async function writeResource(
  tx: Transaction,
  resource: Resource,
  upserts: Upsert[],
  { onEdited, authorship }: ApplyContext,
  unwritten: Unwritten,
): Promise<Written[]> {
  const { records, changes } = await planResource(tx, resource, upserts, onEdited, unwritten)
  const outcome = await writeEach(tx, resource, changes, authorship)
  for (const [index, problem] of outcome.refused) {
    const record = records[index]
    if (!record) continue
    const { upsert, after } = record
    const faults = faultsOfProblem(problem, after, upsert)
    unwritten.add(upsert.row, faults, refusalKind(problem, after, upsert))
  }
  return records.flatMap((record, index) => {
    const result = outcome.done.get(index)
    return result ? [{ record, result }] : []
  })
}

/** Whether an unwritten row has several records, so that some of them may have been written. */
const hasPartlyWrittenRow = (upserts: Upsert[], unwritten: Unwritten) =>
  upserts.some(({ row }) => row.drafts.length > 1 && unwritten.has(row))

/** Writes the records of all resources, referenced resources first. All records of a row are written, or none. */
async function writeRecords(
  tx: Transaction,
  context: ApplyContext,
  upserts: Upsert[],
  unwritten: Unwritten,
): Promise<Written[]> {
  await acquireAdvisoryLocks(
    tx,
    upserts.flatMap(({ resource, existing }) =>
      existing ? [{ resource: resource.name, key: existing.key }] : [],
    ),
  )
  for (let remaining = upserts; ; ) {
    await tx.query({ text: 'savepoint import' })
    const written: Written[] = []
    for (const resource of context.registry.resources) {
      const ofResource = remaining.filter((upsert) => upsert.resource === resource)
      if (ofResource.length === 0) continue
      written.push(...(await writeResource(tx, resource, ofResource, context, unwritten)))
    }
    if (!hasPartlyWrittenRow(remaining, unwritten)) {
      await tx.query({ text: 'release savepoint import' })
      return written
    }
    await tx.query({ text: 'rollback to savepoint import; release savepoint import' })
    remaining = remaining.filter(({ row }) => !unwritten.has(row))
  }
}

/**
 * Whether an entry is needed: the record was created or changed; or its row differs from that of the last import, and is the row
 * that changes the record (`otherRowId`).
 */
const needsEntry = ({ upsert, action }: PlannedRecord): boolean =>
  action !== 'none' || (!hasSameRow(upsert) && otherRowId(upsert) === undefined)

function toEntry({ record, result }: Written, citation: string | null): RecordEntry {
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

/**
 * Writes the records of rows, within the caller's transaction.
 * @returns the result. Nothing is written for the rows in its `refused` and `lacking`.
 * @throws an error after which the transaction is repeated, if a record was removed or merged in the meantime.
 */
export async function applyUpserts(
  tx: Transaction,
  context: ApplyContext,
  upserts: Upsert[],
): Promise<Outcome> {
  const unwritten = new Unwritten()
  const pending = upserts.filter((upsert) => !isUnchanged(upsert))
  const written = pending.length > 0 ? await writeRecords(tx, context, pending, unwritten) : []
  const changed = written.filter(({ record }) => record.action !== 'none')
  const citations = await writeCitations(
    tx,
    context,
    changed.map(({ record, result }) => ({ key: result.key, draft: record.upsert.draft })),
  )
  const citationsByRecord = new Map(
    changed.map((writtenRecord, index) => [writtenRecord, citations[index] ?? null]),
  )
  await writeEntries(
    tx,
    context,
    written
      .filter(({ record }) => needsEntry(record))
      .map((writtenRecord) => toEntry(writtenRecord, citationsByRecord.get(writtenRecord) ?? null)),
  )
  const planned = written.map(({ record }) => record)
  return {
    counts: countResults(planned, upserts.length - pending.length),
    ...unwritten.split(),
    kept: listKept(planned),
  }
}
