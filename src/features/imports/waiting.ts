import type { Transaction } from '../../database/database.ts'
import { draftIdentities } from './file-ids.ts'
import { readStagedRows } from './rows.ts'
import { draftIdentity } from './stage.ts'

/** The order in which a commit writes the rows that wait for records of other rows. */

/** Number of rows that are read together. */
const pageSize = 500

/** A waiting row. */
class WaitingRow {
  readonly position: number
  /** Number of its records. */
  readonly records: number
  /** The waiting rows to whose records it refers. */
  references: WaitingRow[] = []
  /** When the search has found the row, as a number from 1; 0 before. */
  foundAs = 0
  /** The lowest `foundAs` that the search has reached from the row. */
  lowest = 0
  /** Whether the search has found the row, but not all rows of its group. */
  isOpen = false
  /** Number of references that the search has followed. */
  followed = 0

  constructor(position: number, records: number) {
    this.position = position
    this.records = records
  }
}

/** Reads the waiting rows of an import, and finds to which of them each refers. */
async function readWaiting(tx: Transaction, id: string): Promise<WaitingRow[]> {
  const waiting: WaitingRow[] = []
  const byIdentity = new Map<string, WaitingRow>()
  const wanted: string[][] = []
  for (;;) {
    const doneThrough = waiting.at(-1)?.position ?? 0
    const page = await readStagedRows(tx, { id, pass: 1, doneThrough }, pageSize)
    if (page.length === 0) break
    for (const { position, drafts } of page) {
      const row = new WaitingRow(position, drafts.length)
      waiting.push(row)
      for (const identity of drafts.flatMap(draftIdentities)) byIdentity.set(identity, row)
      wanted.push(
        drafts.flatMap(({ mentions }) =>
          mentions.flatMap(({ resource, externalId }) =>
            externalId ? [draftIdentity({ resource, externalId })] : [],
          ),
        ),
      )
    }
  }
  for (const [index, row] of waiting.entries())
    row.references = (wanted[index] ?? []).flatMap((identity) => byIdentity.get(identity) ?? [])
  return waiting
}

/** Waiting rows that refer to one another, directly or by way of others: their records can only be written together. */
export interface RowGroup {
  positions: number[]
  /** Number of the records of the rows. */
  records: number
}

/** Removes the rows from `row` on from the end of a list. @returns them as a group. */
function takeGroup(row: WaitingRow, open: WaitingRow[]): RowGroup {
  const group: RowGroup = { positions: [], records: 0 }
  for (let last = open.pop(); last; last = last === row ? undefined : open.pop()) {
    last.isOpen = false
    group.positions.push(last.position)
    group.records += last.records
  }
  return group
}

/** Finds the groups of rows by the algorithm of Tarjan for strongly connected components, without recursion. */
function* findGroups(rows: readonly WaitingRow[]): Generator<RowGroup> {
  const open: WaitingRow[] = []
  let found = 0
  for (const root of rows) {
    const path = root.foundAs === 0 ? [root] : []
    for (let row = path.at(-1); row; row = path.at(-1)) {
      if (row.foundAs === 0) {
        found += 1
        row.foundAs = found
        row.lowest = found
        row.isOpen = true
        open.push(row)
      }
      const reference = row.references[row.followed]
      row.followed += 1
      if (reference) {
        if (reference.foundAs === 0) path.push(reference)
        else if (reference.isOpen) row.lowest = Math.min(row.lowest, reference.foundAs)
        continue
      }
      path.pop()
      const before = path.at(-1)
      if (before) before.lowest = Math.min(before.lowest, row.lowest)
      if (row.lowest === row.foundAs) yield takeGroup(row, open)
    }
  }
}

/**
 * Groups the waiting rows of an import. A row that refers to no row which also refers to it, directly
 * or by way of others, is a group of its own. Each group comes after
 * the groups to whose records its rows refer, so that one pass writes them all. The ids of all waiting rows are held in memory.
 */
export async function readWaitingGroups(tx: Transaction, id: string): Promise<Iterable<RowGroup>> {
  return findGroups(await readWaiting(tx, id))
}

/** Combines groups, in their order, into batches of at most `limit()` records, unless a single group has more. */
export function* combineGroups(groups: Iterable<RowGroup>, limit: () => number): Generator<RowGroup> {
  let batch: RowGroup = { positions: [], records: 0 }
  for (const group of groups) {
    const records = batch.records + group.records
    if (batch.records > 0 && records > limit()) {
      yield batch
      batch = group
    } else batch = { positions: [...batch.positions, ...group.positions], records }
  }
  if (batch.records > 0) yield batch
}
