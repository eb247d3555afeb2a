import type { Transaction } from '../../database/database.ts'
import type { ImportCounts } from './store.ts'
import type { RowFault } from './types.ts'
import type { ReadyRow } from './upserts.ts'

/** The staged rows of an import, as passes over them read and change them. */

/** Reads the next rows of a pass: in the first the ready ones, in later ones those that wait. */
export function readRows(
  tx: Transaction,
  { id, pass, doneThrough }: { id: string; pass: number; doneThrough: number },
  limit: number,
): Promise<ReadyRow[]> {
  return tx.query<ReadyRow>({
    name: `import rows ${pass === 0 ? 'ready' : 'waiting'}`,
    text: `select position, locator, drafts from import_rows
      where import = $1 and position > $2 and state = ${pass === 0 ? "'ready'" : "'waiting'"} order by position limit $3`,
    values: [id, doneThrough, limit],
  })
}

/** Marks rows as refused by the registry, with the reasons. */
export async function blockRows(
  tx: Transaction,
  id: string,
  refused: ReadonlyMap<number, RowFault[]>,
): Promise<void> {
  if (refused.size === 0) return
  await tx.query({
    text: `update import_rows set state = 'blocked', faults = given.faults
      from unnest($2::int[], $3::json[]) as given(position, faults)
      where import = $1 and import_rows.position = given.position`,
    values: [id, [...refused.keys()], [...refused.values()].map((faults) => JSON.stringify(faults))],
  })
}

/** Marks rows whose turn is in a later pass, or was in this one. */
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

/** Adds counts up. */
export const addCounts = (one: ImportCounts, other: ImportCounts): ImportCounts => ({
  skipped: one.skipped + other.skipped,
  refused: one.refused + other.refused,
  dropped: one.dropped + other.dropped,
  created: one.created + other.created,
  changed: one.changed + other.changed,
  unchanged: one.unchanged + other.unchanged,
  kept: one.kept + other.kept,
})

/** The records of a batch at most, citations not counted: a transaction writes no more than 1,000. */
const maxRecords = 500

/** Takes as many rows as a transaction may write, but at least one. */
export function takeBatch(rows: readonly ReadyRow[]): ReadyRow[] {
  let records = 0
  return rows.filter(({ drafts }, index) => {
    records += drafts.length
    return index === 0 || records <= maxRecords
  })
}

/** Chooses how many rows a transaction writes, so that it takes about as long as it should: the feed of changes waits for it. */
export class BatchSize {
  readonly #targetMs: number
  #rows = 100

  constructor(targetMs: number) {
    this.#targetMs = targetMs
  }

  get rows(): number {
    return this.#rows
  }

  /** Learns from a transaction. */
  note(rows: number, durationMs: number): void {
    const fitting = (rows * this.#targetMs) / Math.max(durationMs, 1)
    this.#rows = Math.round(Math.min(maxRecords, Math.max(10, Math.min(fitting, this.#rows * 2))))
  }
}
