import { getTableColumns } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { imports } from '../../database/tables/imports.ts'
import type { importStates } from '../../database/vocabularies.ts'
import { Problem } from '../../problems/problem.ts'
import { type ImportCounts, type ImportReport, noCounts } from './job-schemas.ts'
import type { FileInfo } from './types.ts'

/** Reads and writes the table `imports`. */

/** The state of an import. */
export type ImportState = (typeof importStates)[number]

/** The states in which an import has pending work: its upload, or a step that runs in the background. */
export const pendingStates: readonly ImportState[] = ['uploaded', 'staging', 'committing', 'undoing']

/** An import: a row of `imports`, which explains its properties. */
export type ImportJob = Omit<typeof imports.$inferSelect, 'fileInfo' | 'counts' | 'report'> & {
  /** Until all rows are read, null, or a note about the encoding of the file of decisions. */
  fileInfo: FileInfo | null
  counts: ImportCounts
  report: ImportReport | null
}

/** A file of an import; its SHA-256 is in hexadecimal. */
export type ImportFile = ImportJob['files'][number]

const columnsByProperty = getTableColumns(imports)

const columns = Object.entries(columnsByProperty)
  .map(([property, { name }]) => `${name} "${property}"`)
  .join(', ')

/** The values of a new import. */
export type NewImport = Pick<ImportJob, 'scheme' | 'mapping' | 'state' | 'autoCommit' | 'actor' | 'requestId'>

/** Creates an import. */
export async function createImport(tx: Transaction, values: NewImport): Promise<ImportJob> {
  const { scheme, mapping, state, autoCommit, actor, requestId } = values
  const [row] = await tx.query<ImportJob>({
    text: `insert into imports (scheme, mapping, state, commits_itself, actor, request_id, files, counts)
      values ($1, $2, $3, $4, $5, $6, '[]', $7) returning ${columns}`,
    values: [scheme, mapping, state, autoCommit, actor, requestId, noCounts],
  })
  if (!row) throw new Error('an import could not be read after it was created')
  return row
}

/** Returns an import by its id; undefined if it does not exist. */
export async function readImport(tx: Transaction, id: string): Promise<ImportJob | undefined> {
  const [row] = await tx.query<ImportJob>({
    text: `select ${columns} from imports where id = $1`,
    values: [id],
  })
  return row
}

/** Returns the problem for an import that does not exist. */
export const importNotFound = (id: string) => new Problem('not-found', `There is no import ${id}.`)

/** Returns an import by its id. @throws Problem `not-found` if it does not exist. */
export async function requireImport(tx: Transaction, id: string): Promise<ImportJob> {
  const job = await readImport(tx, id)
  if (!job) throw importNotFound(id)
  return job
}

/** Lists at most `limit` imports, newest first: if given, only those of the register `scheme`, and those older than `after`. */
export function listImports(
  tx: Transaction,
  { limit, after, scheme }: { limit: number; after?: string | undefined; scheme?: string | undefined },
): Promise<ImportJob[]> {
  return tx.query<ImportJob>({
    text: `select ${columns} from imports where ($2::uuid is null or id < $2::uuid) and ($3::text is null or scheme = $3)
      order by id desc limit $1`,
    values: [limit, after, scheme],
  })
}

/**
 * Returns the ids of the imports that have a step in the background or staged rows to remove, oldest first; at most 1,000.
 * Imports in the state `uploaded` are not among them.
 */
export async function listUnfinished(reads: Transaction): Promise<string[]> {
  const rows = await reads.query<{ id: string }>({
    text: `select id from imports where state in ('staging', 'committing', 'undoing')
        or (state in ('committed', 'undone', 'failed') and not cleared) order by id limit 1000`,
  })
  return rows.map(({ id }) => id)
}

/** New values of some properties of an import. */
export type ImportChange = Partial<
  Pick<
    ImportJob,
    | 'state'
    | 'files'
    | 'fileInfo'
    | 'autoCommit'
    | 'rowsRead'
    | 'doneThrough'
    | 'pass'
    | 'counts'
    | 'report'
    | 'stepActor'
    | 'stepRequestId'
  >
> & { stagedAt?: 'now'; committedAt?: 'now'; undoneAt?: 'now' }

const timeProperties = new Set(['stagedAt', 'committedAt', 'undoneAt'])

/**
 * Changes an import if it still has the state, pass and `doneThrough` of `expected` (optimistic locking), so that a process
 * stops when another one has taken over.
 * @returns whether the import was changed.
 */
export async function changeImport(
  tx: Transaction,
  expected: Pick<ImportJob, 'id' | 'state' | 'pass' | 'doneThrough'>,
  change: ImportChange,
): Promise<boolean> {
  const { id, state, pass, doneThrough } = expected
  const values: unknown[] = [id, state, pass, doneThrough]
  const assigned = Object.entries(change).map(([property, value]) => {
    // Callers write changes as literals, so TypeScript has checked the names.
    const column = columnsByProperty[property as keyof ImportChange].name
    if (timeProperties.has(property)) return `${column} = now()`
    values.push(typeof value === 'object' && value !== null ? JSON.stringify(value) : value)
    return `${column} = $${values.length}`
  })
  const rows = await tx.query({
    text: `update imports set ${assigned.join(', ')} where id = $1 and state = $2 and pass = $3 and done_through = $4 returning id`,
    values,
  })
  return rows.length > 0
}

/** The error of a run whose import another process or request has changed or removed. */
export class TakenOver extends Error {
  /** @param id the id of the import. */
  constructor(id: string) {
    super(`another process or request has changed or removed the import ${id}`)
  }
}

/**
 * Stores the progress of a step like `changeImport`, in the transaction of the work on which it depends.
 * @returns the import with the progress.
 * @throws TakenOver if another process or request has changed or removed the import, so that the work is rolled back.
 */
export async function storeProgress(
  tx: Transaction,
  job: ImportJob,
  progress: Partial<Pick<ImportJob, 'doneThrough' | 'pass' | 'counts' | 'report'>>,
): Promise<ImportJob> {
  if (await changeImport(tx, job, progress)) return { ...job, ...progress }
  throw new TakenOver(job.id)
}
