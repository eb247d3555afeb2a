import type { Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import { Problem } from '../../problems/problem.ts'
import { noCounts, withoutKept } from './job-schemas.ts'
import { findWriterSinceCheck, type NamedImport } from './stale.ts'
import {
  changeImport,
  type ImportChange,
  type ImportJob,
  type ImportState,
  importNotFound,
  readImport,
} from './store.ts'

/**
 * The steps of an import. Taking a step only changes the state of the import: `run.ts` then does the work. People take steps through
 * the API or on the command line, except `autoCommitStep`, which `run.ts` takes.
 */

/** A step, and when it can be taken. */
export interface Step {
  /** The states in which the step can be taken. */
  from: readonly ImportState[]
  /** The states of an import for which the step has already been taken. */
  taken: readonly ImportState[]
  /** If set, the step is taken only in this pass. */
  pass?: number
  /** The end of the message for other states: what to do instead, or the rule. */
  hint: string
  /** Returns why the step cannot be taken now; undefined if it can. */
  findObstacle?: (tx: Transaction, job: ImportJob) => Promise<string | undefined>
  change: (job: ImportJob) => ImportChange
}

/**
 * Returns why an import has to wait: another import of the same register is running.
 * @param condition SQL condition on the state of the other import.
 * @param activity what is done with it, such as `committed`.
 * @returns undefined when there is none.
 */
async function findRunning(
  tx: Transaction,
  { id, scheme }: ImportJob,
  condition: string,
  activity: string,
): Promise<string | undefined> {
  const [running] = await tx.query<NamedImport & Pick<ImportJob, 'state'>>({
    text: `select id as import, files->0->>'name' as file, state from imports
      where scheme = $2 and id <> $1 and (${condition}) limit 1`,
    values: [id, scheme],
  })
  if (!running) return undefined
  if (running.state !== 'uploaded') return waitFor(running, activity)
  // Nothing continues an upload that was interrupted.
  return `The import ${nameImport(running)} of the same register is being uploaded. Wait until that is done, or delete that import if its upload was interrupted.`
}

/** Names an import, for people. The names of its files are stored when all files have arrived. */
const nameImport = ({ import: id, file }: NamedImport) => (file === null ? id : `${id} (${file})`)

const waitFor = (running: NamedImport, activity: string) =>
  `The import ${nameImport(running)} of the same register is being ${activity}. Wait until that is done.`

/** Returns why a commit has to wait: a running undo of the register would not revert records that the commit changes first. */
const findUndo = (tx: Transaction, job: ImportJob) => findRunning(tx, job, "state = 'undoing'", 'undone')

/**
 * Returns why a staged import cannot be committed: an undo is running, or the report of its dry run no longer shows what a commit
 * would do, since another import has written the same records.
 */
async function findCommitObstacle(tx: Transaction, job: ImportJob): Promise<string | undefined> {
  const undo = await findUndo(tx, job)
  if (undo !== undefined) return undo
  const writer = await findWriterSinceCheck(tx, job)
  if (!writer) return undefined
  if (writer.isCommitting) return waitFor(writer, 'committed')
  return `The import ${nameImport(writer)} of the same register has written records of this import since its dry run. Start this import again to see what it would change now.`
}

/** Begins a commit with the first pass over the rows. The counts of records and kept properties start at 0. */
export const commitStep: Step = {
  from: ['staged'],
  taken: ['committing', 'committed'],
  hint: 'wait for the dry run, or start another import',
  findObstacle: findCommitObstacle,
  change: ({ counts, report }) => ({
    state: 'committing',
    report: withoutKept(report),
    doneThrough: 0,
    pass: 0,
    counts: { ...noCounts, skipped: counts.skipped, dropped: counts.dropped, refused: counts.refused },
  }),
}

/** Begins the commit of an import that commits itself, once its file has been read. */
export const autoCommitStep: Step = {
  ...commitStep,
  from: ['staging'],
  hint: 'start another import',
  // There is no report that could be out of date.
  findObstacle: findUndo,
  change: () => ({ state: 'committing', pass: 0, stagedAt: 'now' }),
}

/**
 * Returns why an import cannot be undone yet: a later import of the same register has changed its records, or a running commit
 * may change them before the undo begins. An undo would not revert these records.
 * @returns undefined when the import can be undone.
 */
async function findUndoObstacle(tx: Transaction, job: ImportJob): Promise<string | undefined> {
  const isCommitting = "state = 'committing' or (state in ('uploaded', 'staging') and commits_itself)"
  const running = await findRunning(tx, job, isCommitting, 'committed')
  if (running !== undefined) return running
  const { id, scheme } = job
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

/** Begins the undo of a commit, even if the commit failed before its end. */
export const undoStep: Step = {
  from: ['committed', 'failed'],
  taken: ['undoing', 'undone'],
  hint: 'only what has been committed can be undone',
  findObstacle: findUndoObstacle,
  change: () => ({ state: 'undoing', doneThrough: 0 }),
}

/** Locks an import until the transaction ends. @returns the import; undefined if it does not exist. */
export async function lockImport(tx: Transaction, id: string): Promise<ImportJob | undefined> {
  await tx.query({ text: 'select from imports where id = $1 for update', values: [id] })
  return readImport(tx, id)
}

/** Locks an import until the transaction ends. @returns the import. @throws Problem `not-found` if it does not exist. */
export async function lockExisting(tx: Transaction, id: string): Promise<ImportJob> {
  const job = await lockImport(tx, id)
  if (!job) throw importNotFound(id)
  return job
}

/**
 * Returns whether the state of an import allows a step; false if the step has been taken already.
 * @throws Problem `conflict` when the import is in another state.
 */
function mayTake({ from, taken, hint }: Step, { state }: ImportJob): boolean {
  if (taken.includes(state)) return false
  if (from.includes(state)) return true
  throw new Problem('conflict', `The import is ${state} and must be ${from.join(' or ')}: ${hint}.`)
}

/** Who starts a step; the changes of the step have this actor and request. */
export type StepStarter = Pick<Authorship, 'actor' | 'requestId'>

/**
 * Takes a step of an import, unless it has been taken already.
 * @param starter undefined for `autoCommitStep`: the changes then have the actor who started the import.
 * @returns whether there is such an import.
 * @throws Problem `conflict` when the import is in another state, or something else must be done first.
 */
export async function takeStep(
  tx: Transaction,
  id: string,
  step: Step,
  starter?: StepStarter,
): Promise<boolean> {
  const found = await readImport(tx, id)
  if (!found) return false
  if (!mayTake(step, found)) return true
  // This lock prevents two imports of one register from taking steps at the same time, each without seeing the other. The row of
  // the import is locked only after `findObstacle`, since a row lock gives the transaction an id, and the feed of changes waits
  // for the end of each transaction with an id.
  await tx.query({
    text: "select pg_advisory_xact_lock(hashtextextended('step of an import of ' || $1, 0))",
    values: [found.scheme],
  })
  const obstacle = await step.findObstacle?.(tx, found)
  const job = await lockImport(tx, id)
  if (!job) return false
  if (!mayTake(step, job) || (step.pass !== undefined && step.pass !== job.pass)) return true
  if (obstacle !== undefined) throw new Problem('conflict', obstacle)
  await changeImport(tx, job, {
    ...step.change(job),
    ...(starter && { stepActor: starter.actor, stepRequestId: starter.requestId }),
  })
  return true
}
