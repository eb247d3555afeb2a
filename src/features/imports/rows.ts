import { type SQL, sql } from 'drizzle-orm'
import { literal } from '../../database/columns.ts'
import type { DatabaseClient, Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { conflictWithOthers } from '../../database/errors.ts'
import { boundedRows, maxPageBytesSql, placeholder, statement } from '../../query/statement.ts'
import { cleanText } from './reading/clean.ts'
import type { Draft, JsonObject, ReadyRow, RowFault } from './types.ts'

/** Reads and updates the staged rows of an import. */

/** The states that count as refused (`importRowStates` explains them). After a failed commit, rows may still be `waiting`. */
export const refusedStates = ['refused', 'blocked', 'waiting'] as const

const waitingFault: RowFault = {
  column: '',
  value: '',
  detail: 'refers to the record of another row, which has not been written',
}

/** SQL of the faults of a row as JSON: why it is not written, or which of its values were dropped; null for none. */
export const faultsSql = `case when state = 'waiting' then '${JSON.stringify([waitingFault])}'::json else faults end`

/**
 * Returns the SQL of the first rows of a query, up to the row with which they reach the size of a page (`maxPageBytesSql`), since
 * a row may have 8 Mi characters. Each has `hasNext`: whether the query has a further row.
 * @param rows the query, with a limit, in the order of the file.
 * @param size the size of a row in bytes. It is computed only for rows within the limit.
 */
function firstRows(rows: SQL, size: SQL): SQL {
  const orderBy = sql`order by position`
  return sql`select *, place < found as "hasNext" from ${boundedRows(rows, orderBy, size)}
    where bytes_before < ${maxPageBytesSql} ${orderBy}`
}

/** A row as it is in the file, with its faults. */
export interface FaultyRow {
  position: number
  locator: string
  values: JsonObject
  faults: RowFault[] | null
  /** Whether a further row was found. */
  hasNext: boolean
}

/** Reads the next rows with faults, of some states, as they are in the file: at most `limit`, and at most a page (`firstRows`). */
export function readFaultyRows(
  database: DatabaseClient,
  { id, states, after }: { id: string; states: readonly string[]; after: number },
  limit: number,
): Promise<FaultyRow[]> {
  const faults = sql.raw(faultsSql)
  const rows = sql`select position, locator, values, ${faults} as faults from import_rows
    where import = ${id} and position > ${after} and state = any(${sql.param(states)}) and ${faults} is not null
    order by position limit ${limit}`
  const size = sql`octet_length(values::text) + octet_length(faults::text)`
  // Not a prepared statement: PostgreSQL uses the index of rows that are not ready only for known states.
  return database.read<FaultyRow>(compileSql(firstRows(rows, size)))
}

/** The rows that are read: ready rows in a dry run and in the first pass of a commit, waiting rows in later passes. */
type StagedState = 'ready' | 'waiting'

/** Reads the next rows of a state, in the order of the file: at most `limit`, and at most a page (`firstRows`). */
export function readStagedRows(
  tx: Transaction,
  { id, state, doneThrough }: { id: string; state: StagedState; doneThrough: number },
  limit: number,
): Promise<ReadyRow[]> {
  const build = () => {
    const rows = sql`select position, locator, drafts from import_rows
      where import = ${placeholder('id')} and position > ${placeholder('doneThrough')} and state = ${literal(state)}
      order by position limit ${placeholder('limit')}`
    return firstRows(rows, sql`octet_length(drafts::text)`)
  }
  return tx.query<ReadyRow>(statement(`import rows ${state}`, build, { id, doneThrough, limit }))
}

/** Yields all rows of a state in pages of at most `limit` rows, in the order of the file. */
export async function* readPages(
  tx: Transaction,
  { id, state }: { id: string; state: StagedState },
  limit: number,
): AsyncGenerator<ReadyRow[]> {
  for (let doneThrough = 0; ; ) {
    const rows = await readStagedRows(tx, { id, state, doneThrough }, limit)
    const last = rows.at(-1)
    if (!last) return
    yield rows
    doneThrough = last.position
  }
}

/** Reads staged rows. @param positions their positions. @returns them in the order of the file. */
export const readRowsAt = (tx: Transaction, id: string, positions: readonly number[]): Promise<ReadyRow[]> =>
  tx.query<ReadyRow>({
    name: 'import rows at positions',
    text: `select position, locator, drafts from import_rows
      where import = $1 and position = any($2::int[]) order by position`,
    values: [id, positions],
  })

/**
 * Returns faults, or drafts with dropped values, as JSON that PostgreSQL can read: replaces NULs, which faults quote from
 * damaged files, and unpaired surrogates, which a value or a detail has if it was cut off within a character.
 */
export const toStorableJson = (value: readonly (RowFault | Draft)[]): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? cleanText(part) : part))

/**
 * Sets rows to `blocked`, except those that a redaction has emptied meanwhile, since faults quote values.
 * @param faults why the registry refuses each row, by position.
 */
export async function blockRows(
  tx: Transaction,
  id: string,
  faults: ReadonlyMap<number, RowFault[]>,
): Promise<void> {
  if (faults.size === 0) return
  await tx.query({
    text: `update import_rows set state = 'blocked', faults = given.faults
      from unnest($2::int[], $3::json[]) as given(position, faults)
      where import = $1 and import_rows.position = given.position and json_array_length(drafts) > 0`,
    values: [id, [...faults.keys()], [...faults.values()].map(toStorableJson)],
  })
}

/**
 * Checks that no redaction has emptied rows since they were read. A redaction holds the lock of its record, so call
 * this after the records of the rows are locked.
 * @throws an error after which the transaction is repeated, if rows have been emptied.
 */
export async function requireNotEmptied(
  tx: Transaction,
  id: string,
  rows: readonly ReadyRow[],
): Promise<void> {
  const emptied = await tx.query({
    text: `select from import_rows
      where import = $1 and position = any($2::int[]) and json_array_length(drafts) = 0`,
    values: [id, rows.filter(({ drafts }) => drafts.length > 0).map(({ position }) => position)],
  })
  if (emptied.length > 0) throw conflictWithOthers('rows of the import were redacted meanwhile')
}

/** Sets the `blocked` rows of an import back to `ready`, and their faults back to those of staging: the dropped values. */
export async function resetBlocked(database: DatabaseClient, id: string): Promise<void> {
  for (let reset = 1; reset > 0; ) {
    const rows = await database.transaction((tx) =>
      tx.query({
        text: `update import_rows set state = 'ready', faults = drafts -> 0 -> 'dropped'
          where import = $1 and position = any(array(
            select position from import_rows where import = $1 and state = 'blocked' limit 5000)) returning position`,
        values: [id],
      }),
    )
    reset = rows.length
  }
}

/** Sets rows to `waiting`, for a later pass, or back to `ready`. */
export async function setWaiting(
  tx: Transaction,
  id: string,
  positions: readonly number[],
  isWaiting: boolean,
): Promise<void> {
  if (positions.length === 0) return
  await tx.query({
    text: 'update import_rows set state = $3 where import = $1 and position = any($2::int[])',
    values: [id, positions, isWaiting ? 'waiting' : 'ready'],
  })
}

/**
 * Maximum number of records in a batch, unless a single row, or a single group of waiting rows, has more. Each may have a
 * citation, so a batch of this size writes about 1,000 records.
 */
export const maxRecords = 500

/** Returns the first rows, as many as one transaction may write, but at least one. */
export function takeBatch(rows: readonly ReadyRow[]): ReadyRow[] {
  let records = 0
  return rows.filter(({ drafts }, index) => {
    records += drafts.length
    return index === 0 || records <= maxRecords
  })
}

/** Maximum number of rows in a transaction, unless a single group of waiting rows has more. */
const maxRows = 500

/** Minimum of the number to which `BatchSize` adapts. */
const minRows = 10

/** Adapts the number of rows in a transaction to a target duration, since the feed of changes waits for each transaction. */
export class BatchSize {
  readonly #targetMs: number
  #rows = 100

  constructor(targetMs: number) {
    this.#targetMs = targetMs
  }

  get rows(): number {
    return this.#rows
  }

  /** Adapts the number of rows after a transaction. @param rows the number of rows that the transaction wrote. */
  adapt(rows: number, durationMs: number): void {
    const fitting = (rows * this.#targetMs) / Math.max(durationMs, 1)
    this.#rows = Math.round(Math.min(maxRows, Math.max(minRows, Math.min(fitting, this.#rows * 2))))
  }
}
