import type { Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Resource } from '../../model/resource.ts'
import type { Problem } from '../../problems/problem.ts'
import { filterCreations, filterRemovals, filterUpdates } from './changes.ts'
import { explain, explainAlone, explainDependents, listContenders } from './explain.ts'
import type { PlannedChange } from './plan.ts'
import { type BulkOutcome, type OperationResult, tryWrite } from './write.ts'

/** Writes every change that PostgreSQL accepts, without the others. */

/** What all attempts to write changes share. */
interface Writing {
  tx: Transaction
  resource: Resource
  authorship: Authorship
  /** Number of further attempts to write changes together. */
  attempts: number
}

/**
 * Writes changes together, without those that PostgreSQL refuses beside the others. Of changes that set the same unique value, only
 * the first is tried; if nothing can be written with it, the others are.
 * @returns the results of the written changes, and the problems of the refused ones, which may be accepted once the others are
 *   written. Changes in neither map were set aside. Undefined if the refused changes cannot be identified, or after too many attempts.
 */
async function writeAccepted(
  writing: Writing,
  changes: readonly PlannedChange[],
): Promise<BulkOutcome | undefined> {
  const { tx, resource, authorship } = writing
  const refused = new Map<number, Problem>()
  let postponed: PlannedChange[] = []
  let together = changes
  while (together.length > 0) {
    if (writing.attempts === 0) return undefined
    writing.attempts -= 1
    const outcome = await tryWrite(tx, resource, together, authorship)
    if ('done' in outcome) return { done: outcome.done, refused }
    const found = await explain(tx, resource, together, outcome.refusal)
    if (found.size === 0) return undefined
    const contenders = listContenders(resource, together, outcome.refusal)
    for (const [index, problem] of found)
      if (!contenders.some((contender) => contender.index === index)) refused.set(index, problem)
    const others = contenders.slice(1)
    const isLeft = ({ index }: PlannedChange) =>
      !refused.has(index) && !others.some((other) => other.index === index)
    const left = together.filter(isLeft)
    const leftOut = together.filter((change) => !isLeft(change))
    for (const [index, problem] of await explainDependents(tx, resource, left, leftOut, outcome.refusal))
      refused.set(index, problem)
    postponed.push(...others)
    together = left.filter(({ index }) => !refused.has(index))
    if (together.length === 0) [together, postponed] = [postponed, []]
  }
  return { done: new Map(), refused }
}

/** Writes changes one at a time. @throws the database error when the cause of a refusal is not found. */
async function writeAlone(
  { tx, resource, authorship }: Writing,
  changes: readonly PlannedChange[],
): Promise<BulkOutcome> {
  const done = new Map<number, OperationResult>()
  const refused = new Map<number, Problem>()
  for (const change of [...filterCreations(changes), ...filterUpdates(changes), ...filterRemovals(changes)]) {
    const outcome = await tryWrite(tx, resource, [change], authorship)
    if ('done' in outcome) for (const [index, result] of outcome.done) done.set(index, result)
    else refused.set(change.index, await explainAlone(tx, resource, change, outcome.refusal))
  }
  return { done, refused }
}

/** Maximum number of attempts of `writeEach` to write changes together. After these, it writes one change at a time. */
const maxAttempts = 10

/**
 * Writes every change that PostgreSQL accepts. The refused changes are tried again as long as others have been written: they may
 * have depended on these. So the reasons of the refusals apply to what is stored in the end, unless there were `maxAttempts` attempts:
 * then the remaining changes are written once, one at a time.
 * @throws the database error when its cause is not found.
 */
export async function writeEach(
  tx: Transaction,
  resource: Resource,
  changes: readonly PlannedChange[],
  authorship: Authorship,
): Promise<BulkOutcome> {
  const writing = { tx, resource, authorship, attempts: maxAttempts }
  const done = new Map<number, OperationResult>()
  let refused: BulkOutcome['refused'] = new Map()
  let pending = changes
  for (let isLast = false; pending.length > 0 && !isLast; ) {
    const accepted = await writeAccepted(writing, pending)
    const outcome = accepted ?? (await writeAlone(writing, pending))
    for (const [index, result] of outcome.done) done.set(index, result)
    refused = outcome.refused
    pending = pending.filter(({ index }) => !done.has(index))
    isLast = outcome.done.size === 0 || (!accepted && writing.attempts === 0)
  }
  return { done, refused }
}
