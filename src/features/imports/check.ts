import {
  autocommitReads,
  type Database,
  type DatabaseClient,
  type Transaction,
} from '../../database/database.ts'
import { groupBy } from '../../group-by.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { findReferencesToItself } from '../../operations/writing/explain.ts'
import { getExternalIds } from '../../operations/writing/external-ids.ts'
import { findDanglingReferences } from '../../operations/writing/references.ts'
import { listUniqueProperties } from '../../operations/writing/released-values.ts'
import { findTakenExternalIds, findTakenUniqueValues } from '../../operations/writing/taken-values.ts'
import { invalidBody } from '../../operations/writing/validation.ts'
import { readStatement } from '../../query/list-sql.ts'
import { wholeRepresentation } from '../../query/representation.ts'
import { startSlices } from '../../time-slice.ts'
import { findDecidingIds, ReadyRowIds } from './file-ids.ts'
import { addCounts, noCounts, withoutKept } from './job-schemas.ts'
import { mentionedRecords } from './mentions.ts'
import {
  countResults,
  faultsOfProblem,
  isUnchanged,
  listKept,
  type OnEdited,
  type PlannedRecord,
  planRecord,
} from './plan.ts'
import { addKept, withStoredFaults } from './report.ts'
import { blockRows, readStagedRows, resetBlocked, takeBatch } from './rows.ts'
import { changeImport, type ImportJob } from './store.ts'
import type { OnBadValue, ReadyRow, RowFault } from './types.ts'
import { readUpserts, type Upsert, type Upserts } from './upserts.ts'

/** The dry run: computes the result of a commit without writing a record. */

/** Number of rows that are checked together. */
const batchSize = 500

/** Reads the stored documents of the existing records of upserts. */
async function readDocuments(
  database: Pick<DatabaseClient, 'read'>,
  upserts: readonly Upsert[],
): Promise<Map<Upsert, string>> {
  const documents = new Map<Upsert, string>()
  const updates = upserts.filter(({ existing }) => existing)
  for (const [resource, ofResource] of groupBy(updates, (upsert) => upsert.resource)) {
    const keys = ofResource.flatMap(({ existing }) => existing?.key ?? [])
    const rows = await database.read<{ key: string; document: string }>(
      readStatement(resource, keys, wholeRepresentation(resource), { compose: true }),
    )
    const byKey = new Map(rows.map(({ key, document }) => [key, document]))
    for (const upsert of ofResource) {
      const document = byKey.get(upsert.existing?.key ?? '')
      if (document !== undefined) documents.set(upsert, document)
    }
  }
  return documents
}

/** An upsert with its plan, or with the faults for which the registry refuses it. */
type CheckedUpsert = { upsert: Upsert } & ({ result: PlannedRecord } | { faults: RowFault[] })

/** Identifies a property of a record whose value a row replaces, so that another row may take the value. */
const releaseIdentity = (resource: Resource, key: string, property: string) =>
  `${resource.name} ${key} ${property}`

/** What a dry run knows of unique values that the rows of a file replace. */
interface Releases {
  /** The values that earlier rows replace (`releaseIdentity`). */
  values: Set<string>
  /** Whether a row was refused for a value that another record has, and that no row checked so far replaces. */
  hasRefused: boolean
}

/** Returns the state before the first row of a file. */
export const noReleases = (): Releases => ({ values: new Set(), hasRefused: false })

/** Returns the properties with unique values that a planned record gets or changes. */
const changedUniqueProperties = ({ upsert: { resource }, before, after }: PlannedRecord): string[] =>
  listUniqueProperties(resource)
    .flatMap(({ properties }) => properties)
    .filter((property) => before?.[property] !== after[property])

/** Returns the properties with unique values that planned records replace (`releaseIdentity`). */
const listReleases = (planned: readonly PlannedRecord[]): string[] =>
  planned.flatMap((record) => {
    const { resource, existing } = record.upsert
    if (!record.before) return []
    return changedUniqueProperties(record).map((property) =>
      releaseIdentity(resource, existing?.key ?? '', property),
    )
  })

/**
 * Finds why PostgreSQL would refuse planned records: references to missing records or to the record itself, and unique values of
 * other records.
 */
async function findRefusals(
  tx: Transaction,
  outcomes: readonly CheckedUpsert[],
  releases: Releases,
): Promise<Map<Upsert, RowFault[]>> {
  const planned = outcomes.flatMap((outcome) =>
    'result' in outcome && outcome.result.action !== 'none' ? [outcome.result] : [],
  )
  const released = new Set(listReleases(planned))
  const refusals = new Map<Upsert, RowFault[]>()
  for (const [resource, ofResource] of groupBy(planned, ({ upsert }) => upsert.resource)) {
    const documents = ofResource.map(({ before, after, upsert }) => ({
      document: after,
      ...(before && { before }),
      key: upsert.existing?.key,
    }))
    const mentioned = new Set(ofResource.flatMap(({ upsert }) => upsert.mentionKeys))
    const faults = await findDanglingReferences(
      tx,
      resource,
      documents.map(({ document }) => document),
      ({ key }) => mentioned.has(key),
    )
    for (const [index, document] of documents.entries())
      faults[index]?.push(...findReferencesToItself(resource, document))
    // A record with a single id was looked up by this id, so no other record has it.
    if (documents.some(({ document }) => getExternalIds(document).length > 1))
      for (const [index, fault] of await findTakenExternalIds(tx, resource, documents))
        faults[index]?.push(fault)
    const isReleased = (key: string, property: string) =>
      [released, releases.values].some((known) => known.has(releaseIdentity(resource, key, property)))
    for (const [index, fault] of await findTakenUniqueValues(tx, resource, documents, isReleased)) {
      faults[index]?.push(fault)
      releases.hasRefused = true
    }
    for (const [index, { upsert, after }] of ofResource.entries()) {
      const found = faults[index] ?? []
      if (found.length > 0)
        refusals.set(upsert, faultsOfProblem(invalidBody(resource.noun, found), after, upsert))
    }
  }
  return refusals
}

/** Plans upserts, except those whose row and record are unchanged since the last import. */
async function planUpserts(
  database: DatabaseClient,
  upserts: readonly Upsert[],
  onEdited: OnEdited,
  releases: Releases,
): Promise<CheckedUpsert[]> {
  const pending = upserts.filter((upsert) => !isUnchanged(upsert))
  const documents = await readDocuments(database, pending)
  const pause = startSlices()
  const outcomes: CheckedUpsert[] = []
  for (const upsert of pending) {
    outcomes.push({ upsert, ...planRecord(upsert, documents.get(upsert), onEdited) })
    await pause()
  }
  const refusals = await findRefusals(autocommitReads(database), outcomes, releases)
  return outcomes.map((outcome) => {
    const faults = refusals.get(outcome.upsert)
    return faults ? { upsert: outcome.upsert, faults } : outcome
  })
}

/** Whether a record of a row may depend on a refused record: on another record of the row, or on one mentioned by its id. */
const mayDependOnRefused = ({ drafts }: ReadyRow): boolean =>
  drafts.length > 1 || mentionedRecords(drafts).length > 0

/** Whether a planned record gets a unique value, which a refused record may not give up after all. */
const getsUniqueValue = (outcome: CheckedUpsert): boolean =>
  'result' in outcome &&
  changedUniqueProperties(outcome.result).some(
    (property) => typeof outcome.result.after[property] === 'string',
  )

/** The result for rows that are checked together. */
interface CheckedBatch {
  /** The upserts of the rows that are not refused. */
  upserts: Upsert[]
  /** The plans of these upserts, except those that are unchanged since the last import. */
  planned: PlannedRecord[]
  /**
   * The faults of refused rows, by position. These rows get the state `blocked`; `refused` is the state of rows that staging
   * refuses.
   */
  refused: Map<number, RowFault[]>
}

/**
 * Checks rows. If the registry refuses some of them, the others are checked again without the records of the refused ones, until
 * it refuses no further row.
 * @param releases the values that earlier rows of the file replace. The values that the checked rows replace are added.
 * @param resolve computes the upserts of rows, as if the refused rows created no records.
 */
export async function checkBatch(
  database: DatabaseClient,
  rows: readonly ReadyRow[],
  { onEdited, releases }: { onEdited: OnEdited; releases: Releases },
  resolve: (rows: readonly ReadyRow[], refusedRows: readonly ReadyRow[]) => Promise<Upserts>,
): Promise<CheckedBatch> {
  const refused = new Map<number, RowFault[]>()
  const isRefused = ({ position }: ReadyRow) => refused.has(position)
  for (;;) {
    const remaining = rows.filter((row) => !isRefused(row))
    const { upserts, refused: unresolved } = await resolve(remaining, rows.filter(isRefused))
    for (const [position, faults] of unresolved) refused.set(position, faults)
    const outcomes = await planUpserts(database, upserts, onEdited, releases)
    const faulty = outcomes.flatMap((outcome) => ('faults' in outcome ? [outcome] : []))
    for (const { upsert, faults } of faulty)
      refused.set(upsert.row.position, [...(refused.get(upsert.row.position) ?? []), ...faults])
    if (faulty.length > 0 && (rows.some(mayDependOnRefused) || outcomes.some(getsUniqueValue))) continue
    const planned = outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result] : []))
    for (const release of listReleases(planned)) releases.values.add(release)
    return { upserts: upserts.filter(({ row }) => !isRefused(row)), planned, refused }
  }
}

/**
 * Resets `blocked` rows to `ready`, since names may have been decided since the last check. Returns the import without kept records,
 * and with the counts of staging.
 */
async function beginCheck(database: Database, job: ImportJob): Promise<ImportJob> {
  const { id } = job
  await resetBlocked(database, id)
  const [row] = await database.read<{ refused: number }>({
    text: "select count(*)::int as refused from import_rows where import = $1 and state = 'refused'",
    values: [id],
  })
  const { skipped, dropped } = job.counts
  return {
    ...job,
    report: withoutKept(job.report),
    counts: { ...noCounts, skipped, dropped, refused: row?.refused ?? 0 },
  }
}

/**
 * Checks all staged rows of an import as a commit would, and stores the faults of refused rows. The check continues where an
 * earlier process stopped.
 * @param onProgress gets the position of the last checked row.
 * @returns the import after the check; undefined if it must start again, such as after a decision about a name, or if another
 *   process has taken over.
 * @throws the reason of `signal`, between two batches. The batches that were checked before stay stored.
 */
export async function checkRows(
  database: Database,
  registry: Registry,
  job: ImportJob,
  {
    onEdited,
    onUnresolved,
    signal,
    onProgress,
  }: {
    onEdited: OnEdited
    onUnresolved: OnBadValue
    signal: AbortSignal
    onProgress: (row: number) => void
  },
): Promise<ImportJob | undefined> {
  const reads = autocommitReads(database)
  const beginning = job.doneThrough === 0 ? await beginCheck(database, job) : job
  const decidingIds = await findDecidingIds(reads, job)
  const readyRowIds = new ReadyRowIds(reads, job.id)
  const releases = noReleases()
  for (let current = beginning; ; ) {
    signal.throwIfAborted()
    // A dry run reads the same rows as the first pass of a commit.
    const rows = takeBatch(await readStagedRows(reads, { ...current, state: 'ready' }, batchSize))
    const last = rows.at(-1)
    if (!last) return current
    const before = current
    const checked = await checkBatch(database, rows, { onEdited, releases }, (remaining, refusedRows) => {
      readyRowIds.remove(refusedRows.flatMap(({ drafts }) => drafts))
      return readUpserts(reads, registry, before, remaining, {
        onAbsent: 'unresolved',
        findInFile: (identities) => readyRowIds.find(identities),
        onUnresolved,
        decidingIds,
      })
    })
    if (releases.hasRefused && job.doneThrough > 0) {
      // A row that an earlier process has checked may replace the value. Only a check of all rows can tell.
      const restart = { doneThrough: 0, pass: before.pass + 1 }
      await database.transaction((tx) => changeImport(tx, before, restart))
      return undefined
    }
    const { upserts, planned, refused } = checked
    const results = countResults(planned, upserts.length - planned.length)
    const counts = addCounts(before.counts, { ...results, refused: refused.size })
    const report = addKept(before.report, listKept(planned), counts.kept)
    const change = { doneThrough: last.position, counts }
    const isStored = await database.transaction(async (tx) => {
      const stored = await withStoredFaults(tx, before.id, report)
      if (!(await changeImport(tx, before, { ...change, report: stored }))) return false
      await blockRows(tx, before.id, refused)
      return true
    })
    if (!isStored) return undefined
    readyRowIds.remove(rows.flatMap(({ position, drafts }) => (refused.has(position) ? drafts : [])))
    current = { ...before, ...change, report }
    onProgress(last.position)
  }
}
