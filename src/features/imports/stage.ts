import type pg from 'pg'
import { asTransaction } from '../../database/as-transaction.ts'
import { copyRows } from '../../database/copy-rows.ts'
import type { Database, StatementRunner } from '../../database/database.ts'
import { importRows } from '../../database/tables/index.ts'
import { Problem } from '../../problems/problem.ts'
import { startSlices } from '../../time-slice.ts'
import { removeStaged } from './cleanup.ts'
import { recordIdentity } from './identities.ts'
import type { ImportCounts } from './job-schemas.ts'
import { mentionsToResolve } from './mentions.ts'
import { NameCollector } from './names.ts'
import { RepeatedHeader } from './repeated-header.ts'
import { refuseRepeated } from './repeated-rows.ts'
import type { RowSource } from './row-source.ts'
import { toStorableJson } from './rows.ts'
import { changeImport, type ImportJob, readImport, TakenOver } from './store.ts'
import { TotalsRows } from './totals-rows.ts'
import type { ConvertedRow, Draft, Row, RowFault } from './types.ts'

/** Maximum number of rows that are staged in one transaction. */
const maxRows = 2000

/** Number of characters at which the collected rows are staged: a row may have `readLimits.rowCharacters`. */
const maxCharacters = 8 * 1024 * 1024

// A type and not an interface: `copyRows` takes a `Record`, to which no interface can be assigned.
type StagedRow = {
  import: string
  position: number
  locator: string
  state: 'ready' | 'refused' | 'skipped'
  values: string
  ids?: string[]
  drafts?: string
  faults?: string
}

/**
 * Adds the dropped values of a row to its first draft: `blockRows` overwrites the faults of the row, and `resetBlocked` restores
 * the dropped values from the draft.
 */
const withDropped = (drafts: readonly Draft[], dropped: readonly RowFault[]) =>
  drafts.map((draft, index) => (index === 0 ? { ...draft, dropped } : draft))

/** Collects the rows of an import with their drafts, and writes them to the database. */
class StagingBuffer {
  readonly #client: pg.ClientBase
  readonly #job: ImportJob
  readonly #names: NameCollector
  #rows: StagedRow[] = []
  #characters = 0
  readonly counts: ImportCounts
  position = 0

  constructor(client: pg.ClientBase, job: ImportJob) {
    this.#client = client
    this.#job = job
    this.#names = new NameCollector(job.id)
    this.counts = { ...job.counts }
  }

  add(row: Row, converted: ConvertedRow): void {
    this.position += 1
    const staged = {
      import: this.#job.id,
      position: this.position,
      locator: row.locator,
      values: JSON.stringify(row.values),
    }
    if (converted.kind === 'refused') {
      this.counts.refused += 1
      const { faults, records = [] } = converted
      this.#push({
        ...staged,
        state: 'refused',
        ids: records.map(recordIdentity),
        faults: toStorableJson(faults),
      })
    } else if (converted.kind === 'skipped') {
      this.counts.skipped += 1
      this.#push({ ...staged, state: 'skipped', ids: converted.records.map(recordIdentity) })
    } else {
      const { drafts, dropped } = converted
      this.counts.dropped += dropped.length
      this.#names.add(mentionsToResolve(drafts))
      this.#push({
        ...staged,
        state: 'ready',
        ids: drafts.map(recordIdentity),
        drafts: dropped.length > 0 ? toStorableJson(withDropped(drafts, dropped)) : JSON.stringify(drafts),
        ...(dropped.length > 0 && { faults: toStorableJson(dropped) }),
      })
    }
  }

  #push(row: StagedRow): void {
    this.#rows.push(row)
    this.#characters += row.values.length + (row.drafts?.length ?? 0) + (row.faults?.length ?? 0)
  }

  get isFull(): boolean {
    return this.#rows.length >= maxRows || this.#characters >= maxCharacters || this.#names.isFull
  }

  /**
   * Writes the collected rows in a separate, short transaction, since the feed of changes waits until it ends.
   * @throws like `refuseChanged` when the import has another state or pass, such as after its deletion has begun, or another
   *   process has begun to read the file.
   */
  async write(): Promise<void> {
    const client = this.#client
    const rows = this.#rows
    this.#rows = []
    this.#characters = 0
    await client.query('begin')
    await copyRows(client, importRows, rows)
    await this.#names.store(asTransaction(client))
    const { id, state, pass } = this.#job
    const progress = 'update imports set done_through = $4 where id = $1 and state = $2 and pass = $3'
    const { rowCount } = await client.query(progress, [id, state, pass, this.position])
    await client.query(rowCount === 1 ? 'commit' : 'rollback')
    if (rowCount !== 1) await refuseChanged(asTransaction(client), id)
  }
}

/**
 * Ends the reading of an import that has been changed meanwhile. If it has been removed, also removes its rows.
 * @throws Problem `not-found` if it has been removed, otherwise TakenOver.
 */
async function refuseChanged(runner: StatementRunner, id: string): Promise<never> {
  if (await readImport(runner, id)) throw new TakenOver(id)
  await removeStaged(runner, id)
  throw new Problem('not-found', `The import ${id} has been removed meanwhile.`)
}

/**
 * Begins the reading of a file: a new pass, without the rows of an earlier reading. A process that still reads the file, although it
 * has lost the lock of the scheme, stops at its next write. Otherwise, it could end the reading after its first rows were removed.
 * @returns the import with the new pass.
 * @throws like `refuseChanged` when the import has been changed meanwhile.
 */
async function beginReading(runner: StatementRunner, job: ImportJob): Promise<ImportJob> {
  const change = { pass: job.pass + 1, doneThrough: 0 }
  if (!(await changeImport(runner, job, change))) await refuseChanged(runner, job.id)
  await removeStaged(runner, job.id)
  return { ...job, ...change }
}

/**
 * Reads a file to its end and stages its rows. Memory does not grow with the number of rows. When all rows are staged, the state
 * is `staging` and `rowsRead` is set, so any process can continue with the dry run, the second part of `staging`. Until then, an
 * import of local files stays `uploaded`, since only its process can read them.
 * @param onProgress gets the number of rows so far.
 * @throws TakenOver when the import has been changed meanwhile, such as by another process that has begun to read its file, or
 * by the beginning of its deletion; Problem `not-found` when its deletion has ended; Problem for a file that cannot be read. The rows
 * that are already staged remain until `removeStaged` removes them, which happens at once for `not-found`.
 */
export async function stageRows(
  database: Database,
  job: ImportJob,
  { fileInfo, batches, convert, unused, companionNotes, getNotes }: RowSource,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (rows: number) => void },
): Promise<void> {
  await database.maintain(async (client) => {
    const begun = await beginReading(asTransaction(client), job)
    const buffer = new StagingBuffer(client, begun)
    const totals = new TotalsRows()
    const repeatedHeader = new RepeatedHeader(fileInfo.columns)
    const pause = startSlices()
    for await (const rows of batches) {
      for (const row of rows) {
        const converted = convert(row)
        totals.add(row, converted)
        repeatedHeader.add(row, converted)
        buffer.add(row, converted)
        unused.countRow(row.values)
        if (buffer.isFull) {
          signal.throwIfAborted()
          await buffer.write()
          onProgress(buffer.position)
        }
        await pause()
      }
    }
    await buffer.write()
    // The query planner needs statistics of the new rows.
    await client.query('analyze import_rows')
    const repeated = await refuseRepeated(client, job.id, signal)
    const counts = { ...buffer.counts, refused: buffer.counts.refused + repeated }
    const { notes, ...info } = unused.addNotes(fileInfo)
    const runner = asTransaction(client)
    const isStored = await changeImport(
      runner,
      { ...begun, doneThrough: buffer.position },
      {
        state: 'staging',
        fileInfo: {
          ...info,
          notes: [
            ...(job.fileInfo?.notes ?? []),
            ...notes,
            ...companionNotes,
            ...getNotes(),
            ...totals.notes,
            ...repeatedHeader.notes,
          ],
          unused: unused.list(),
        },
        rowsRead: buffer.position,
        doneThrough: 0,
        counts,
      },
    )
    if (!isStored) await refuseChanged(runner, job.id)
    onProgress(buffer.position)
  })
}
