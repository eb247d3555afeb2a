import { autocommitReads, type Database, type Transaction } from '../../database/database.ts'
import { getDatabaseError } from '../../database/errors.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Registry } from '../../model/registry.ts'
import { type ApplyContext, applyUpserts } from './apply.ts'
import { readIdsInFile } from './file-ids.ts'
import type { OnEdited } from './plan.ts'
import { addKept } from './report.ts'
import { addCounts, BatchSize, blockRows, readStagedRows, setWaiting, takeBatch } from './rows.ts'
import { type SourceProperties, writeSource } from './source.ts'
import { changeImport, type ImportJob } from './store.ts'
import { type OnAbsent, type ReadyRow, readUpserts } from './upserts.ts'

/** Target duration of a transaction. Other transactions wait for its locks, and the feed of changes for its end. */
const transactionMs = 300

/** Maximum number of attempts to run a transaction that conflicts with others, including the first. */
const maxAttempts = 5

/** The options of a commit. */
export interface CommitOptions {
  onEdited: OnEdited
  onUnresolved: 'refuse' | 'drop'
  source: SourceProperties
  signal: AbortSignal
  /** Called with the import when the commit has made progress. */
  onProgress: (job: ImportJob) => void
}

/** The actor, request and reason of the changes of an import. */
export const importAuthorship = ({ actor, requestId, files, id }: ImportJob): Authorship => ({
  actor,
  requestId,
  reason: `Import ${id} of ${files[0]?.name ?? 'a file'}`.slice(0, 500),
})

/** Whether an error is a conflict with another transaction, so that a retry may succeed. */
const isTransient = (error: unknown) => /^(40|55)/.test(getDatabaseError(error)?.code ?? '')

async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= maxAttempts || !isTransient(error)) throw error
    }
  }
}

/** Commits the staged rows of an import. */
class Commit {
  readonly #database: Database
  readonly #registry: Registry
  readonly #options: CommitOptions
  readonly #idsInFile: ReadonlySet<string>
  readonly #size = new BatchSize(transactionMs)
  #current: ImportJob

  constructor(
    database: Database,
    registry: Registry,
    job: ImportJob,
    options: CommitOptions & { idsInFile: ReadonlySet<string> },
  ) {
    this.#database = database
    this.#registry = registry
    this.#current = job
    this.#options = options
    this.#idsInFile = options.idsInFile
  }

  get current(): ImportJob {
    return this.#current
  }

  /** Writes rows in one transaction, which also stores the progress. @returns false when another process has taken over. */
  async writeBatch(rows: ReadyRow[], onAbsent: OnAbsent): Promise<boolean> {
    const started = performance.now()
    const before = this.#current
    const next = await withRetries(() =>
      this.#database.transaction((tx) => this.#writeIn(tx, before, rows, onAbsent)),
    )
    this.#size.adapt(rows.length, performance.now() - started)
    if (!next) return false
    this.#current = next
    this.#options.onProgress(next)
    return true
  }

  async #writeIn(tx: Transaction, before: ImportJob, rows: ReadyRow[], onAbsent: OnAbsent) {
    let source = before.source
    const authorship = importAuthorship(before)
    const context: ApplyContext = {
      registry: this.#registry,
      id: before.id,
      scheme: before.scheme,
      onEdited: this.#options.onEdited,
      authorship,
      source: async (transaction) => {
        source ??= await writeSource(transaction, this.#registry, before, this.#options.source, authorship)
        return source
      },
    }
    const { upserts, refused, waiting } = await readUpserts(tx, this.#registry, before, rows, {
      onAbsent,
      onUnresolved: this.#options.onUnresolved,
      idsInFile: this.#idsInFile,
    })
    const outcome = await applyUpserts(tx, context, upserts)
    const all = new Map([...refused, ...outcome.refused])
    await blockRows(tx, before.id, all)
    if (before.pass === 0) await setWaiting(tx, before.id, waiting, true)
    else {
      const notWritten = new Set([...waiting, ...all.keys()])
      const done = rows.map(({ position }) => position).filter((position) => !notWritten.has(position))
      await setWaiting(tx, before.id, done, false)
    }
    const counts = addCounts(before.counts, { ...outcome.counts, refused: all.size })
    const change = {
      doneThrough: rows.at(-1)?.position ?? before.doneThrough,
      counts,
      ...(outcome.kept.length > 0 && { report: addKept(before.report, outcome.kept, counts.kept) }),
    }
    if (!(await changeImport(tx, before, change))) return undefined
    return { ...before, ...change, source }
  }

  /** Makes one pass over the rows. @returns false when another process has taken over. */
  async makePass(onAbsent: OnAbsent): Promise<boolean> {
    for (;;) {
      this.#options.signal.throwIfAborted()
      const rows = await readStagedRows(autocommitReads(this.#database), this.#current, this.#size.rows)
      if (rows.length === 0) return true
      if (!(await this.writeBatch(takeBatch(rows), onAbsent))) return false
    }
  }

  /** Begins the next pass. @returns false when another process has taken over. */
  async beginNextPass(): Promise<boolean> {
    const before = this.#current
    const change = { pass: before.pass + 1, doneThrough: 0 }
    const isStored = await this.#database.transaction((tx) => changeImport(tx, before, change))
    this.#current = { ...before, ...change }
    return isStored
  }
}

/** Counts the rows that wait for records of other rows. */
async function countWaiting(database: Database, id: string): Promise<number> {
  const [row] = await database.read<{ count: number }>({
    text: "select count(*)::int as count from import_rows where import = $1 and state = 'waiting'",
    values: [id],
  })
  return row?.count ?? 0
}

/** Makes passes over the waiting rows until no further one can be written, and refuses those that still wait. */
async function commitWaiting(database: Database, commit: Commit): Promise<boolean> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const waiting = await countWaiting(database, commit.current.id)
    if (waiting === 0) return true
    if (!(await commit.beginNextPass())) return false
    if (!(await commit.makePass(waiting < before ? 'wait' : 'refuse'))) return false
    before = waiting
  }
}

/**
 * Writes the records of the staged rows of an import, in short transactions (`takeBatch`). Each also stores the progress of
 * the import, so an interrupted commit continues where it stopped, and writes nothing twice.
 * @returns the import, whose report has the kept records; undefined when another process has taken over.
 * @throws the database error that stopped the commit; the batches that were committed before stay.
 */
export async function commitRows(
  database: Database,
  registry: Registry,
  job: ImportJob,
  options: CommitOptions,
): Promise<ImportJob | undefined> {
  const idsInFile = await readIdsInFile(autocommitReads(database), job)
  const commit = new Commit(database, registry, job, { ...options, idsInFile })
  const isDone = (job.pass > 0 || (await commit.makePass('wait'))) && (await commitWaiting(database, commit))
  return isDone ? commit.current : undefined
}
