import type { Transaction } from '../../database/database.ts'
import { draftIdentities, recordIdentity } from './identities.ts'
import { mentionedRecords } from './mentions.ts'
import { maxRecords, readPages } from './rows.ts'

/** The order in which a commit writes the rows that wait for records of other rows. */

/** Maximum number of records that refer to one another: one transaction writes them all or, in an undo, removes them all. */
export const maxRecordsTogether = 5000

/** Number of rows that are read together. */
const pageSize = 500

/** A waiting row, with the state of the search for groups of rows (`findGroups`). */
class WaitingRow {
  readonly position: number
  readonly recordCount: number
  /** The waiting rows to whose records it refers. */
  references: WaitingRow[] = []
  /** The number of the row in the order in which the search finds rows, from 1; 0 before it is found. */
  index = 0
  /** The lowest `index` of a row on the stack that the search has reached from the row. */
  lowLink = 0
  /** Whether the row is on the stack: the search has found it, but not all rows of its group. */
  isOnStack = false
  /** Number of references that the search has followed. */
  followed = 0

  constructor(position: number, recordCount: number) {
    this.position = position
    this.recordCount = recordCount
  }
}

/** Reads the waiting rows of an import, and finds to which of them each refers. */
async function readWaiting(tx: Transaction, id: string): Promise<WaitingRow[]> {
  const waiting: WaitingRow[] = []
  const byIdentity = new Map<string, WaitingRow>()
  const mentionedIdentities: string[][] = []
  for await (const page of readPages(tx, { id, state: 'waiting' }, pageSize))
    for (const { position, drafts } of page) {
      const row = new WaitingRow(position, drafts.length)
      waiting.push(row)
      for (const identity of drafts.flatMap(draftIdentities)) byIdentity.set(identity, row)
      mentionedIdentities.push(mentionedRecords(drafts).map(recordIdentity))
    }
  for (const [index, row] of waiting.entries())
    row.references = (mentionedIdentities[index] ?? []).flatMap((identity) => byIdentity.get(identity) ?? [])
  return waiting
}

/**
 * Waiting rows that one transaction writes: rows that refer to one another, directly or through others (`findGroups`), or
 * several such groups (`combineGroups`).
 */
export interface RowGroup {
  positions: number[]
  /** Number of the records of all rows. */
  recordCount: number
}

/** Removes `row` and the rows above it from the stack. @returns them as a group. */
function takeGroup(row: WaitingRow, stack: WaitingRow[]): RowGroup {
  const group: RowGroup = { positions: [], recordCount: 0 }
  for (let last = stack.pop(); last; last = last === row ? undefined : stack.pop()) {
    last.isOnStack = false
    group.positions.push(last.position)
    group.recordCount += last.recordCount
  }
  return group
}

/** Finds the groups of rows with Tarjan's algorithm for strongly connected components, without recursion. */
function* findGroups(rows: readonly WaitingRow[]): Generator<RowGroup> {
  const stack: WaitingRow[] = []
  let found = 0
  for (const root of rows) {
    const path = root.index === 0 ? [root] : []
    for (let row = path.at(-1); row; row = path.at(-1)) {
      if (row.index === 0) {
        found += 1
        row.index = found
        row.lowLink = found
        row.isOnStack = true
        stack.push(row)
      }
      const reference = row.references[row.followed]
      row.followed += 1
      if (reference) {
        if (reference.index === 0) path.push(reference)
        else if (reference.isOnStack) row.lowLink = Math.min(row.lowLink, reference.index)
        continue
      }
      path.pop()
      const referrer = path.at(-1)
      if (referrer) referrer.lowLink = Math.min(referrer.lowLink, row.lowLink)
      if (row.lowLink === row.index) yield takeGroup(row, stack)
    }
  }
}

/**
 * Groups the waiting rows of an import. A row that is in no cycle of references is a group of its own. Each group comes after
 * the groups to whose records its rows refer, so that one pass writes them all. The positions of all waiting rows, and the
 * identities of the records that they have and mention, are held in memory.
 */
export async function readWaitingGroups(tx: Transaction, id: string): Promise<Iterable<RowGroup>> {
  return findGroups(await readWaiting(tx, id))
}

/**
 * Combines groups, in their order, into batches of at most `maxRows()` rows and `maxRecords` records, unless a single group has
 * more. A row that a redaction has emptied has no records, and is in a batch, too: the commit sets it back to `ready`.
 */
export function* combineGroups(groups: Iterable<RowGroup>, maxRows: () => number): Generator<RowGroup> {
  let batch: RowGroup = { positions: [], recordCount: 0 }
  for (const group of groups) {
    const recordCount = batch.recordCount + group.recordCount
    const rowCount = batch.positions.length + group.positions.length
    if (batch.positions.length > 0 && (rowCount > maxRows() || recordCount > maxRecords)) {
      yield batch
      batch = group
    } else batch = { positions: [...batch.positions, ...group.positions], recordCount }
  }
  if (batch.positions.length > 0) yield batch
}
