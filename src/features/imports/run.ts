import { autocommitReads, type Database } from '../../database/database.ts'
import { isSchemaIncomplete, toProblem } from '../../database/errors.ts'
import { errorMessage } from '../../error-message.ts'
import type { Registry } from '../../model/registry.ts'
import { checkRows } from './check.ts'
import { clearImport, removeFiles } from './cleanup.ts'
import { commitRows, importAuthorship } from './commit.ts'
import { withStoredFiles } from './files.ts'
import { noCounts } from './job-schemas.ts'
import { withSchemeLock } from './lock.ts'
import { storeMissing } from './missing.ts'
import { createNamedRecords } from './named-records.ts'
import { resolveImportNames } from './names.ts'
import { cleanText } from './reading/clean.ts'
import type { LocalFile } from './reading/file.ts'
import { storeReport } from './report.ts'
import { openRows } from './row-source.ts'
import { readStoredSettings } from './settings.ts'
import { checkSource } from './source.ts'
import { stageRows } from './stage.ts'
import { autoCommitStep, takeStep } from './steps.ts'
import {
  type ImportChange,
  type ImportJob,
  type ImportState,
  pendingStates,
  readImport,
  requireImport,
  TakenOver,
} from './store.ts'
import { undoImport } from './undo.ts'

/** The services that an import uses. */
export interface ImportContext {
  database: Database
  registry: Registry
}

/** The progress of an import. */
export interface Progress {
  state: ImportState
  /** Rows that are done or, during an undo, records. */
  done: number
  /** Number of all rows or records; undefined while the file is read. */
  total: number | undefined
}

/** Options of a run. */
export interface RunOptions {
  signal: AbortSignal
  onProgress?: (progress: Progress) => void
  /** The files on this machine. Default: the uploaded files. */
  files?: readonly LocalFile[]
}

/** Maximum length of the stored reason of a failure, in characters. */
const maxFailureLength = 2000

/** Returns the reason of a failure, for people: the message of the problem, and its first errors. */
function describeFailure(error: unknown): string {
  const problem = toProblem(error)
  const message = problem?.message ?? errorMessage(error)
  const errors = (problem?.errors ?? [])
    .slice(0, 10)
    .map((fault) => `${fault.pointer ?? ''} ${fault.message}`.trim())
  // The message may quote a part of the file, or be cut off within a character.
  return cleanText([message, ...errors].join('\n').slice(0, maxFailureLength))
}

/**
 * Whether an import can continue later: it was aborted or taken over, the database is unreachable or busy, or temporary files cannot
 * be written. A schema that is incomplete does not become complete by itself.
 */
export const isTemporary = (error: unknown, signal?: AbortSignal): boolean =>
  signal?.aborted === true ||
  error instanceof TakenOver ||
  (toProblem(error)?.status === 503 && !isSchemaIncomplete(error))

const isFinished = ({ state }: ImportJob) => ['committed', 'undone', 'failed'].includes(state)

/** One run of an import, under the lock of its scheme. */
class Run {
  readonly #context: ImportContext
  readonly #options: RunOptions
  readonly #signal: AbortSignal

  constructor(context: ImportContext, options: RunOptions) {
    this.#context = context
    this.#options = options
    this.#signal = options.signal
  }

  #reportProgress(state: ImportState, done: number, total?: number): void {
    this.#options.onProgress?.({ state, done, total })
  }

  /**
   * Ends a step that has written records: changes the import, and stores its report.
   * @throws TakenOver if another process has changed the import.
   */
  async #finish(job: ImportJob, change: ImportChange): Promise<void> {
    if (await storeReport(this.#context.database, job, change)) return
    throw new TakenOver(job.id)
  }

  /** Runs the steps of an import until it is done or waits for a person. */
  async runSteps(id: string): Promise<void> {
    const { database } = this.#context
    for (;;) {
      this.#signal.throwIfAborted()
      const job = await readImport(autocommitReads(database), id)
      if (!job) throw new TakenOver(id)
      if (job.state === 'uploaded' && this.#options.files) await this.#stageFiles(job)
      else if (job.state === 'staging') await this.#stage(job)
      else if (job.state === 'committing') await this.#commit(job)
      else if (job.state === 'undoing') await this.#undo(job)
      else if (isFinished(job) && !job.cleared) await clearImport(database, id)
      else return
    }
  }

  /**
   * Stages and checks an import. An import that commits itself is not checked: its commit begins instead. A decision about a
   * name restarts the check; then this step ends without a result.
   */
  async #stage(job: ImportJob): Promise<void> {
    if (job.rowsRead === null) return this.#stageFiles(job)
    const { database, registry } = this.#context
    // A dry run that continues keeps the names as they were resolved for its first rows.
    if (job.doneThrough === 0) await resolveImportNames(database, registry, job, { signal: this.#signal })
    if (job.autoCommit) {
      // If a decision about a name begins another pass meanwhile, the step is not taken, and the names are resolved again.
      const step = { ...autoCommitStep, pass: job.pass }
      if (await database.transaction((tx) => takeStep(tx, job.id, step))) return
      throw new TakenOver(job.id)
    }
    const { onEdited, onUnresolved } = readStoredSettings(job.mapping, registry)
    const total = job.rowsRead
    const checked = await checkRows(database, registry, job, {
      onEdited,
      onUnresolved,
      signal: this.#signal,
      onProgress: (row) => this.#reportProgress('staging', row, total),
    })
    if (!checked) return
    await storeMissing(database, registry, job, this.#signal)
    const change = { state: 'staged' as const, stagedAt: 'now' as const, doneThrough: total }
    await storeReport(database, checked, change)
  }

  async #stageFiles(job: ImportJob): Promise<void> {
    const { database, registry } = this.#context
    checkSource(registry, job, readStoredSettings(job.mapping, registry).source)
    const stage = async (files: readonly LocalFile[]) => {
      const source = await openRows(job.mapping, files, { registry, signal: this.#signal })
      await stageRows(database, { ...job, counts: noCounts }, source, {
        signal: this.#signal,
        onProgress: (rows) => this.#reportProgress('staging', rows),
      }).finally(source.close)
    }
    if (this.#options.files) await stage(this.#options.files)
    else await withStoredFiles(database, job, stage)
    await removeFiles(database, job.id)
  }

  async #commit(job: ImportJob): Promise<void> {
    const { database, registry } = this.#context
    const { onEdited, onUnresolved, source } = readStoredSettings(job.mapping, registry)
    const authorship = importAuthorship(job)
    await resolveImportNames(database, registry, job, { signal: this.#signal, onlyGone: true })
    await createNamedRecords(database, registry, job, { authorship, onUnresolved, signal: this.#signal })
    const total = job.rowsRead ?? 0
    const committed = await commitRows(database, registry, job, {
      onEdited,
      onUnresolved,
      source,
      signal: this.#signal,
      onProgress: ({ doneThrough }) => this.#reportProgress('committing', doneThrough, total),
    })
    await storeMissing(database, registry, job, this.#signal)
    await this.#finish(committed, { state: 'committed', committedAt: 'now', doneThrough: total })
  }

  async #undo(job: ImportJob): Promise<void> {
    const { database, registry } = this.#context
    const { created, changed } = job.counts
    const undone = await undoImport(database, registry, job, {
      authorship: importAuthorship(job, 'Undo of import'),
      signal: this.#signal,
      onProgress: (records) => this.#reportProgress('undoing', records, Math.max(records, created + changed)),
    })
    await this.#finish(undone, { state: 'undone', undoneAt: 'now', doneThrough: job.rowsRead ?? 0 })
  }
}

/** Sets an import to `failed`, with the reason, unless it is finished or deleted. @returns whether it was set. */
async function setFailed({ database }: ImportContext, id: string, error: unknown): Promise<boolean> {
  const rows = await database.transaction((tx) =>
    tx.query({
      text: "update imports set state = 'failed', failure = $2 where id = $1 and state = any($3) returning id",
      values: [id, describeFailure(error), pendingStates],
    }),
  )
  return rows.length > 0
}

/**
 * Continues an import where it stopped, until it is done or waits for a person. Only one process works on the imports of a
 * scheme.
 * @returns whether it ran; false when another process works on the scheme.
 * @throws a temporary error (`isTemporary`): the import can be continued later; Problem `not-found` if there is no such import; an
 * error of the removal of its rows when it is finished. Any other error is not thrown, but sets the import to `failed`, with the
 * reason.
 */
export async function runImport(context: ImportContext, id: string, options: RunOptions): Promise<boolean> {
  const { scheme } = await requireImport(autocommitReads(context.database), id)
  return withSchemeLock(context.database, scheme, async (lockLost) => {
    const signal = AbortSignal.any([options.signal, lockLost])
    try {
      await new Run(context, { ...options, signal }).runSteps(id)
    } catch (error) {
      if (isTemporary(error, signal)) throw error
      if (await setFailed(context, id, error)) return
      // The import was deleted meanwhile, or it is finished, and its rows could not be removed.
      const job = await readImport(autocommitReads(context.database), id)
      if (job?.cleared === false) throw error
    }
  })
}
