import type { Transaction } from '../../database/database.ts'
import { getDatabaseError } from '../../database/errors.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Resource } from '../../model/resource.ts'
import type { Problem } from '../../problems/problem.ts'
import { deleteDocuments, insertDocuments, updateDocuments } from '../writing/documents.ts'
import { type ChangeOfKind, filterCreations, filterRemovals, filterUpdates, isDifferent } from './changes.ts'
import { explain } from './explain.ts'
import type { PlannedChange } from './plan.ts'

/** Writes changes in sets: with few statements for each kind of change, for any number of records. */

/** The result of one operation that was not refused. */
export interface OperationResult {
  status: 200 | 201 | 204
  key: string
  version: number
  /** Whether the record was already as requested, so that nothing was written. */
  unchanged: boolean
}

async function create(
  tx: Transaction,
  resource: Resource,
  changes: ChangeOfKind<'create'>[],
  authorship: Authorship,
): Promise<[number, OperationResult][]> {
  const documents = changes.map(({ document }) => document)
  const written = await insertDocuments(tx, resource, documents, { kind: 'create', authorship })
  return changes.map(({ index }, nth) => [
    index,
    {
      status: 201,
      key: written[nth]?.key ?? '',
      version: written[nth]?.version ?? 1,
      unchanged: false,
    },
  ])
}

/** Writes the records whose document differs. An unchanged record keeps its version. */
async function update(
  tx: Transaction,
  resource: Resource,
  changes: ChangeOfKind<'replace' | 'patch'>[],
  authorship: Authorship,
): Promise<[number, OperationResult][]> {
  const differing = changes.filter(isDifferent)
  const kinds = differing.map(({ kind }) => kind)
  // All records are written together, so that one of them may have an external id that another one releases.
  const written = await updateDocuments(tx, resource, differing, { kind: kinds, authorship })
  const versions = new Map(written.map(({ key, version }) => [key, version]))
  return changes.map(({ index, locked: { key, version } }) => [
    index,
    { status: 200, key, version: versions.get(key) ?? version, unchanged: !versions.has(key) },
  ])
}

async function remove(
  tx: Transaction,
  resource: Resource,
  changes: ChangeOfKind<'remove'>[],
  authorship: Authorship,
): Promise<[number, OperationResult][]> {
  const removed = changes.map(({ locked }) => locked)
  const versions = await deleteDocuments(tx, resource, removed, authorship)
  return changes.map(({ index, locked: { key } }, nth) => [
    index,
    { status: 204, key, version: versions[nth] ?? 1, unchanged: false },
  ])
}

/**
 * Creates, then updates, then removes. So an update may refer to a created record, and may drop its reference to a
 * record before that record is removed.
 */
async function writeAll(
  tx: Transaction,
  resource: Resource,
  changes: readonly PlannedChange[],
  authorship: Authorship,
): Promise<Map<number, OperationResult>> {
  return new Map([
    ...(await create(tx, resource, filterCreations(changes), authorship)),
    ...(await update(tx, resource, filterUpdates(changes), authorship)),
    ...(await remove(tx, resource, filterRemovals(changes), authorship)),
  ])
}

/** Whether the client caused the error: bad data (SQLSTATE 22), a constraint (23), a cycle (EN001) or visibility (EN002). */
const isRefusal = (error: unknown) => /^(22|23|EN00[12])/.test(getDatabaseError(error)?.code ?? '')

/** Checks visibility and releases the savepoint. If the check ran at the commit, the operation at fault could not be found. */
const releaseBulk =
  'set constraints records_visible immediate; set constraints records_visible deferred; release savepoint bulk'

/** Rolls back to the savepoint, and releases it: otherwise, the savepoints of later attempts would be nested in it. */
const undoBulk = 'rollback to savepoint bulk; release savepoint bulk'

/** Writes all changes in a savepoint, and rolls back to it on a refusal. @returns the results, or the refusal. */
export async function tryWrite(
  tx: Transaction,
  resource: Resource,
  changes: readonly PlannedChange[],
  authorship: Authorship,
): Promise<{ done: Map<number, OperationResult> } | { refusal: unknown }> {
  await tx.query({ text: 'savepoint bulk' })
  try {
    const done = await writeAll(tx, resource, changes, authorship)
    await tx.query({ text: releaseBulk })
    return { done }
  } catch (error) {
    if (!isRefusal(error)) throw error
    await tx.query({ text: undoBulk })
    return { refusal: error }
  }
}

/** The results of changes and the problems of refused ones, by the index of their operation. */
export interface BulkOutcome {
  done: ReadonlyMap<number, OperationResult>
  refused: ReadonlyMap<number, Problem>
}

/**
 * Writes all changes, or none.
 * @returns the results of all, or the problems of those that were refused.
 * @throws the database error when its cause is not found.
 */
export async function writeTogether(
  tx: Transaction,
  resource: Resource,
  changes: PlannedChange[],
  authorship: Authorship,
): Promise<BulkOutcome> {
  const outcome = await tryWrite(tx, resource, changes, authorship)
  if ('done' in outcome) return { done: outcome.done, refused: new Map() }
  const refused = await explain(tx, resource, changes, outcome.refusal)
  if (refused.size === 0) throw outcome.refusal
  return { done: new Map(), refused }
}
