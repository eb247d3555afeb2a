import type { Transaction } from '../../database/database.ts'
import { Problem } from '../../problems/problem.ts'
import {
  changeImport,
  type ImportChange,
  type ImportJob,
  type ImportState,
  importNotFound,
  noCounts,
  readImport,
  withoutKept,
} from './store.ts'

/** The steps of an import that a person starts, by the API or on the command line. `run.ts` does the work. */

/** A step, and when it can be taken. */
export interface Step {
  /** The states in which the step can be taken. */
  from: readonly ImportState[]
  /** The states of an import for which the step has already been taken. */
  taken: readonly ImportState[]
  /** The end of the message for other states: what to do instead, or the rule. */
  hint: string
  /** Returns why the step cannot be taken now. */
  findObstacle?: (tx: Transaction, job: ImportJob) => Promise<string | undefined>
  change: (job: ImportJob) => ImportChange
}

/** Begins a commit with the first pass over the rows. The counts of records and kept properties start at 0. */
export const commitStep: Step = {
  from: ['staged'],
  taken: ['committing', 'committed'],
  hint: 'wait for the dry run, or start another import',
  change: ({ counts, report }) => ({
    state: 'committing',
    report: withoutKept(report),
    doneThrough: 0,
    pass: 0,
    counts: { ...noCounts, skipped: counts.skipped, dropped: counts.dropped, refused: counts.refused },
  }),
}

/**
 * Returns why an import cannot be undone yet: a later import of the same register has changed its records. An undo would not
 * revert these records.
 * @returns undefined when the import can be undone.
 */
async function findUndoObstacle(tx: Transaction, { id, scheme }: ImportJob): Promise<string | undefined> {
  const [later] = await tx.query<{ import: string; file: string; records: number }>({
    text: `select later.import, imports.files->0->>'name' as file, count(*)::int as records
      from imports join import_records later on later.import = imports.id
      join import_records earlier on earlier.resource = later.resource and earlier.key = later.key
        and earlier.scheme = later.scheme
      where imports.scheme = $2 and later.import <> $1 and later.sequence > earlier.sequence and not later.undone and later.action <> 'none'
        and earlier.import = $1 and not earlier.undone
      group by 1, 2 order by 1 desc limit 1`,
    values: [id, scheme],
  })
  if (!later) return undefined
  return `The later import ${later.import} (${later.file}) has changed ${later.records} of the records of this import. Undo the later import first.`
}

/** Begins the undo of a commit, which may have failed before its end. */
export const undoStep: Step = {
  from: ['committed', 'failed'],
  taken: ['undoing', 'undone'],
  hint: 'only what has been committed can be undone',
  findObstacle: findUndoObstacle,
  change: () => ({ state: 'undoing' }),
}

/** Locks an import until the transaction ends. @returns the import; undefined if it does not exist. */
export async function lockImport(tx: Transaction, id: string): Promise<ImportJob | undefined> {
  await tx.query({ text: 'select from imports where id = $1 for update', values: [id] })
  return readImport(tx, id)
}

/** Locks an import until the transaction ends. @throws Problem `not-found` if it does not exist. */
export async function lockExisting(tx: Transaction, id: string): Promise<ImportJob> {
  const job = await lockImport(tx, id)
  if (!job) throw importNotFound(id)
  return job
}

/**
 * Takes a step of a locked import, unless it has been taken already.
 * @throws Problem `conflict` when the import is in another state, or something else must be done first.
 */
export async function takeStep(tx: Transaction, job: ImportJob, step: Step): Promise<void> {
  const { state } = job
  if (step.taken.includes(state)) return
  if (!step.from.includes(state)) {
    const detail = `The import is ${state} and must be ${step.from.join(' or ')}: ${step.hint}.`
    throw new Problem('conflict', detail)
  }
  const obstacle = await step.findObstacle?.(tx, job)
  if (obstacle !== undefined) throw new Problem('conflict', obstacle)
  await changeImport(tx, job, step.change(job))
}
