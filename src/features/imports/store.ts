import { getTableColumns } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Transaction } from '../../database/database.ts'
import { imports } from '../../database/tables/imports.ts'
import type { Author } from '../../database/tables/revisions.ts'
import type { importStates } from '../../database/vocabularies.ts'
import { Problem } from '../../problems/problem.ts'
import type { FileInfo, RowFault } from './types.ts'

/** Reads and writes the table `imports`. */

/** The state of an import. */
export type ImportState = (typeof importStates)[number]

/** The states in which an import has pending work: its upload, or a step that runs in the background. */
export const pendingStates: readonly ImportState[] = ['uploaded', 'staging', 'committing', 'undoing']

/** A file of an import. */
export interface ImportFile {
  name: string
  bytes: number
  /** In hexadecimal. */
  sha256: string
}

/** What an import has counted so far: rows, values, records and properties. */
export interface ImportCounts {
  /** Rows that the mapping leaves out. */
  skipped: number
  /** Refused rows: the file has a fault there, or the mapping or the registry refuses them. */
  refused: number
  /** Values that were dropped or changed: in rows that are not refused or, during the first step, in all converted rows. */
  dropped: number
  /** Records that the import creates, changes, and leaves unchanged. */
  created: number
  changed: number
  unchanged: number
  /** Properties that are not overwritten: others have set them, another row changes the record, or the row has no value. */
  kept: number
}

/** Counts that are all zero. */
export const noCounts: ImportCounts = {
  skipped: 0,
  refused: 0,
  dropped: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  kept: 0,
}

/** A column with faults, and the number of rows in which it has them. */
export interface FaultyColumn {
  column: string
  rows: number
  /** One of the faults. */
  example: RowFault
}

/** A record with properties that an import did not overwrite, or a record that an undo could not fully revert, and why. */
export interface KeptRecord {
  resource: string
  key: string
  reason: string
}

/** The report of a finished step, for people. */
export interface ImportReport {
  /** Columns with faults, in rows that are refused. */
  refusedBy: FaultyColumn[]
  /** Columns of which values were dropped or changed, in rows that are not refused. */
  droppedBy: FaultyColumn[]
  /** Names that need a decision, and their rows: a row with two such names counts twice. */
  names: { unresolved: number; rows: number }
  /** Number of records that earlier files of the register had and this file does not have. */
  missing: number
  /** The first records with properties that were not overwritten; after an undo, the first that were not fully reverted. */
  kept: KeptRecord[]
  /** Number of all properties that were not overwritten; after an undo, of all records that were not fully reverted. */
  keptCount: number
}

/** Returns a report without kept records: a commit, dry run or undo starts with it, and adds the records that it keeps. */
export const withoutKept = (report: ImportReport | null): ImportReport | null =>
  report && { ...report, kept: [], keptCount: 0 }

/** An import: a row of `imports`. */
export interface ImportJob {
  id: string
  scheme: string
  state: ImportState
  /** The text of the mapping. */
  mapping: string
  files: ImportFile[]
  /** Until all rows are read, null, or a note about the encoding of the file of decisions. */
  fileInfo: FileInfo | null
  /** Whether the import is committed without a dry run. */
  autoCommit: boolean
  /** Number of rows of the file. Null until all are read. */
  rowsRead: number | null
  /**
   * Position of the last row that the current pass has processed. In later passes of a commit, the number of processed rows;
   * during an undo, the number of undone entries.
   */
  doneThrough: number
  /** Number of the pass of a commit over the rows, from 0; before the commit, a number that increases with each new dry run. */
  pass: number
  counts: ImportCounts
  report: ImportReport | null
  /** Key of the record of `sources` that represents the import. */
  source: string | null
  actor: Author
  requestId: string | null
  failure: string | null
  /** Whether the staged rows that are no longer needed have been removed. */
  cleared: boolean
  createdAt: Date
  stagedAt: Date | null
  committedAt: Date | null
  undoneAt: Date | null
}

const columnsByProperty = getTableColumns(imports) satisfies Record<keyof ImportJob, PgColumn>

const columns = Object.entries(columnsByProperty)
  .map(([property, { name }]) => `${name} "${property}"`)
  .join(', ')

/** The values of a new import. */
export interface NewImport {
  scheme: string
  mapping: string
  state: ImportState
  autoCommit: boolean
  actor: Author
  requestId: string | null
}

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

/** Returns an import by its id. */
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

/** Returns the ids of imports whose upload is incomplete after a day; at most 100. */
export async function listStaleUploads(reads: Transaction): Promise<string[]> {
  const rows = await reads.query<{ id: string }>({
    text: `select id from imports where state = 'uploaded' and created_at < now() - interval '1 day' order by id limit 100`,
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
    | 'source'
    | 'failure'
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
 * Changes an import like `changeImport`, in the transaction of the work on which the change depends.
 * @throws TakenOver if another process or request has changed or removed the import, so that the work is rolled back.
 */
export async function requireChange(
  tx: Transaction,
  expected: Parameters<typeof changeImport>[1],
  change: ImportChange,
): Promise<void> {
  if (await changeImport(tx, expected, change)) return
  throw new TakenOver(expected.id)
}
