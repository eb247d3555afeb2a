import { autocommitReads, type Database, type Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import { formatCount } from '../../format-count.ts'
import type { Registry } from '../../model/registry.ts'
import { type ApplyContext, applyUpserts } from './apply.ts'
import { findDecidingIds } from './file-ids.ts'
import { draftIdentities } from './identities.ts'
import { addCounts } from './job-schemas.ts'
import type { OnEdited } from './plan.ts'
import { addKept, withStoredFaults } from './report.ts'
import {
  BatchSize,
  blockRows,
  readRowsAt,
  readStagedRows,
  requireNotEmptied,
  setWaiting,
  takeBatch,
} from './rows.ts'
import { type SourceProperties, writeSource } from './source.ts'
import { type ImportJob, storeProgress } from './store.ts'
import type { OnBadValue, ReadyRow } from './types.ts'
import { readUpserts } from './upserts.ts'
import { combineGroups, maxRecordsTogether, type RowGroup, readWaitingGroups } from './waiting.ts'

/** Target duration of a transaction. Other transactions wait for its locks, and the feed of changes for its end. */
const transactionMs = 300

/** The options of a commit. */
export interface CommitOptions {
  onEdited: OnEdited
  onUnresolved: OnBadValue
  source: SourceProperties
  signal: AbortSignal
  /** Called with the import after each batch, even after the empty one that ends the first pass. */
  onProgress: (job: ImportJob) => void
}

/**
 * Returns the actor, request and reason of the changes that an import or its undo makes. The actor is who started the commit or the
 * undo; of an import that commits itself, who started the import.
 */
export const importAuthorship = (
  { actor, requestId, stepActor, stepRequestId, files, id }: ImportJob,
  step: 'Import' | 'Undo of import' = 'Import',
): Authorship => ({
  ...(stepActor ? { actor: stepActor, requestId: stepRequestId } : { actor, requestId }),
  reason: `${step} ${id} of ${files[0]?.name ?? 'a file'}`.slice(0, 500),
})

/** Commits the staged rows of an import. */
class Commit {
  readonly #database: Database
  readonly #registry: Registry
  readonly #options: CommitOptions
  readonly #decidingIds: ReadonlySet<string>
  readonly #size = new BatchSize(transactionMs)
  /** Identities of the records whose rows wait again, in a later pass. */
  readonly #waiting = new Set<string>()
  #job: ImportJob

  constructor(
    database: Database,
    registry: Registry,
    job: ImportJob,
    options: CommitOptions,
    decidingIds: ReadonlySet<string>,
  ) {
    this.#database = database
    this.#registry = registry
    this.#job = job
    this.#options = options
    this.#decidingIds = decidingIds
  }

  get job(): ImportJob {
    return this.#job
  }

  /**
   * Writes rows in one transaction, which also reads them and stores the progress. In the first pass, a row is set to `waiting`
   * if it refers to a record that does not exist yet. In every pass, a row waits if it refers to a new record of the batch that
   * PostgreSQL has refused, or to the record of a row that waits, in any batch of the pass, and if another record has one of its
   * unique values, since a further row may give the value up.
   * @param refusesLacking whether a row that lacks such a record of its batch, or a unique value, is refused, and does not wait.
   * @returns the number of rows.
   */
  async #writeBatch(
    readRows: (tx: Transaction) => Promise<ReadyRow[]>,
    refusesLacking = false,
  ): Promise<number> {
    const started = performance.now()
    let count = 0
    let postponed: readonly ReadyRow[] = []
    await this.#run(async (tx, before) => {
      const rows = await readRows(tx)
      count = rows.length
      if (count === 0) return before
      const written = await this.#writeIn(tx, before, rows, refusesLacking)
      postponed = rows.filter(({ position }) => written.postponed.has(position))
      return written.job
    })
    // In the first pass, a row waits for any record that does not exist.
    if (this.#job.pass > 0)
      for (const identity of postponed.flatMap(({ drafts }) => drafts.flatMap(draftIdentities)))
        this.#waiting.add(identity)
    if (count > 0) this.#size.adapt(count, performance.now() - started)
    return count
  }

  /** Refuses the rows of a group that is too large for a transaction. */
  #refuseGroup({ positions, recordCount }: RowGroup): Promise<void> {
    const [rows, records, limit] = [positions.length, recordCount, maxRecordsTogether].map(formatCount)
    const detail = `is one of ${rows} rows that refer to one another and have ${records} records: at most ${limit} can be written together. Import them without these references first`
    const refused = new Map(positions.map((position) => [position, [{ column: '', value: '', detail }]]))
    return this.#run(async (tx, before) => {
      await blockRows(tx, before.id, refused)
      return storeProgress(tx, before, {
        doneThrough: before.doneThrough + refused.size,
        counts: addCounts(before.counts, { refused: refused.size }),
      })
    })
  }

  /** Runs a step of the commit in one transaction. */
  async #run(step: (tx: Transaction, before: ImportJob) => Promise<ImportJob>): Promise<void> {
    const before = this.#job
    this.#job = await this.#database.transaction((tx) => step(tx, before))
    this.#options.onProgress(this.#job)
  }

  async #writeIn(
    tx: Transaction,
    before: ImportJob,
    rows: ReadyRow[],
    refusesLacking: boolean,
  ): Promise<{ job: ImportJob; postponed: ReadonlySet<number> }> {
    const isFirstPass = before.pass === 0
    let source = before.source
    const authorship = importAuthorship(before)
    const context: ApplyContext = {
      registry: this.#registry,
      id: before.id,
      scheme: before.scheme,
      onEdited: this.#options.onEdited,
      authorship,
      getSourceKey: async (transaction) => {
        source ??= await writeSource(transaction, this.#registry, before, this.#options.source, authorship)
        return source
      },
    }
    const { upserts, refused, waiting } = await readUpserts(tx, this.#registry, before, rows, {
      onAbsent: isFirstPass ? 'wait' : 'unresolved',
      waiting: this.#waiting,
      onUnresolved: this.#options.onUnresolved,
      decidingIds: this.#decidingIds,
    })
    const outcome = await applyUpserts(tx, context, upserts)
    await requireNotEmptied(tx, before.id, rows)
    const all = new Map([...refused, ...outcome.refused, ...(refusesLacking ? outcome.lacking : [])])
    await blockRows(tx, before.id, all)
    const postponed = new Set(
      [...waiting, ...outcome.lacking.keys()].filter((position) => !all.has(position)),
    )
    if (isFirstPass) await setWaiting(tx, before.id, [...postponed], true)
    else {
      const done = rows
        .map(({ position }) => position)
        .filter((position) => !all.has(position) && !postponed.has(position))
      await setWaiting(tx, before.id, done, false)
    }
    const counts = addCounts(before.counts, { ...outcome.counts, refused: all.size })
    const next = await storeProgress(tx, before, {
      // Waiting rows are not written in the order of the file.
      doneThrough: isFirstPass ? (rows.at(-1)?.position ?? 0) : before.doneThrough + rows.length,
      counts,
      ...(outcome.kept.length > 0 && {
        report: await withStoredFaults(tx, before.id, addKept(before.report, outcome.kept, counts.kept)),
      }),
    })
    return { job: { ...next, source }, postponed }
  }

  /** Writes the rows in the order of the file, except those that wait. */
  async makeFirstPass(): Promise<void> {
    for (let count = 1; count > 0; ) {
      this.#options.signal.throwIfAborted()
      count = await this.#writeBatch(async (tx) =>
        takeBatch(await readStagedRows(tx, { ...this.#job, state: 'ready' }, this.#size.rows)),
      )
    }
  }

  /**
   * Writes the waiting rows in later passes. In each, a row waits again only if a row to whose record it refers was refused or
   * waits. If a pass has no fewer rows than the pass before, it refuses the rows that would wait again, so none waits for ever.
   */
  async writeWaiting(): Promise<void> {
    for (let before = Number.POSITIVE_INFINITY; before > 0; ) before = await this.#makeLaterPass(before)
  }

  /** Writes the waiting rows. @param before the number of rows of the pass before. @returns the number of rows. */
  async #makeLaterPass(before: number): Promise<number> {
    const reads = autocommitReads(this.#database)
    const { id } = this.#job
    const groups = [...(await readWaitingGroups(reads, id))]
    const count = groups.reduce((sum, { positions }) => sum + positions.length, 0)
    if (count > 0) await this.#beginNextPass()
    // Rows of a group may keep one another from being written. Then each group is a batch of its own, and rows that lack a record
    // of their batch are refused. So the size of a batch does not decide which rows are refused: if a row of another group refers
    // to a refused row, the reference is treated as `onUnresolved` says.
    const isStuck = count >= before
    for (const group of isStuck ? groups : combineGroups(groups, () => this.#size.rows)) {
      const { positions, recordCount } = group
      this.#options.signal.throwIfAborted()
      if (recordCount > maxRecordsTogether) await this.#refuseGroup(group)
      else await this.#writeBatch((tx) => readRowsAt(tx, id, positions), isStuck)
    }
    return count
  }

  async #beginNextPass(): Promise<void> {
    const before = this.#job
    const progress = { pass: before.pass + 1, doneThrough: 0 }
    this.#job = await this.#database.transaction((tx) => storeProgress(tx, before, progress))
    this.#waiting.clear()
  }
}

/**
 * Writes the records of the staged rows of an import, in short transactions (`takeBatch`). Each transaction also stores the
 * progress of the import, so an interrupted commit continues where it stopped, and writes nothing twice.
 * @returns the import with its counts. `kept` of its report lists the records with properties that were not overwritten.
 * @throws the database error that stopped the commit, TakenOver, or the reason of `signal`. The batches that were committed
 * before stay.
 */
export async function commitRows(
  database: Database,
  registry: Registry,
  job: ImportJob,
  options: CommitOptions,
): Promise<ImportJob> {
  const decidingIds = await findDecidingIds(autocommitReads(database), job)
  const commit = new Commit(database, registry, job, options, decidingIds)
  if (job.pass === 0) await commit.makeFirstPass()
  await commit.writeWaiting()
  return commit.job
}
