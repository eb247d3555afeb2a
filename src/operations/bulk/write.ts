import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../database/database.ts'
import { getDatabaseError, toProblem } from '../../database/errors.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import { addTo } from '../../group-by.ts'
import type { Resource } from '../../model/resource.ts'
import { type Fault, Problem, toFaultList } from '../../problems/problem.ts'
import { type Document, deleteDocuments, insertDocuments, updateDocuments } from '../writing/documents.ts'
import { explainRefusals } from '../writing/explain.ts'
import { findReferences } from '../writing/references.ts'
import { findReferrers, referredToProblem, referrerFault } from '../writing/referrers.ts'
import { findTakenProperties } from '../writing/taken-values.ts'
import type { PlannedChange } from './plan.ts'
import { atOperation, bodyProperty } from './request.ts'

/** Writes changes in sets: with few statements for each kind of change, for any number of records. */

/** The result of one operation that was not refused. */
export interface OperationResult {
  status: 200 | 201 | 204
  key: string
  version: number
  /** Whether the record was already as requested, so that nothing was written. */
  unchanged: boolean
}

type ChangeOfKind<Kind extends PlannedChange['kind']> = Extract<PlannedChange, { kind: Kind }>

/** A change that writes a document. */
type Write = ChangeOfKind<'create' | 'replace' | 'patch'>

const filterCreations = (changes: PlannedChange[]) =>
  changes.filter((change): change is ChangeOfKind<'create'> => change.kind === 'create')
const filterRemovals = (changes: PlannedChange[]) =>
  changes.filter((change): change is ChangeOfKind<'remove'> => change.kind === 'remove')
const filterUpdates = (changes: PlannedChange[]) =>
  changes.filter(
    (change): change is ChangeOfKind<'replace' | 'patch'> =>
      change.kind === 'replace' || change.kind === 'patch',
  )

const isDifferent = ({ before, after }: ChangeOfKind<'replace' | 'patch'>): boolean =>
  !isDeepStrictEqual(before, after)

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
  changes: PlannedChange[],
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
async function tryWrite(
  tx: Transaction,
  resource: Resource,
  changes: PlannedChange[],
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

/**
 * Whether a fault is in a property that the change leaves as it is, so that it cannot be the cause of the refusal. A record that
 * becomes public may no longer refer to internal records, even if it did before.
 */
function isUntouched({ before, after }: ChangeOfKind<'replace' | 'patch'>, { pointer = '' }: Fault): boolean {
  const property = pointer.split('/')[1] ?? ''
  const isSame = (name: string) => isDeepStrictEqual(before[name], after[name])
  return property !== '' && isSame('visibility') && isSame(property)
}

/** Returns the problem of a written document for its operation; undefined if the change did not cause it. */
function toWriteProblem(change: Write, problem: Problem | undefined): Problem | undefined {
  if (!problem) return undefined
  const { type, message, cause } = problem
  const caused =
    change.kind === 'create' ? problem.errors : problem.errors.filter((fault) => !isUntouched(change, fault))
  if (problem.errors.length > 0 && caused.length === 0) return undefined
  const errors = toFaultList(caused)
  errors.addUnlisted(problem.moreErrors)
  return atOperation(new Problem(type, message, { errors, cause }), change.index, [bodyProperty(change.kind)])
}

/** Returns the changes that write a document. An unchanged record is not written, so it cannot be the cause of a refusal. */
const listWrites = (changes: PlannedChange[]): Write[] => [
  ...filterCreations(changes),
  ...filterUpdates(changes).filter(isDifferent),
]

async function explainWrites(
  tx: Transaction,
  resource: Resource,
  writes: Write[],
  refusal: unknown,
): Promise<[number, Problem][]> {
  const creations = filterCreations(writes)
  const createdKeys = new Set(creations.map(({ document }) => String(document[resource.key.property])))
  const written = writes.map((change) =>
    change.kind === 'create'
      ? { document: change.document }
      : { document: change.after, before: change.before, key: change.locked.key },
  )
  const problems = await explainRefusals(tx, resource, refusal, written, createdKeys)
  return writes.flatMap((change, index): [number, Problem][] => {
    const problem = toWriteProblem(change, problems[index])
    return problem ? [[change.index, problem]] : []
  })
}

/** Returns the keys of the records to which a document refers, if they belong to the resource of the document. */
const listReferredKeys = (resource: Resource, document: Document): Set<string> =>
  new Set(
    findReferences(resource.document, document).flatMap((found) =>
      found.resource === resource.name ? [found.key] : [],
    ),
  )

/**
 * Returns a fault for each change that refers to a record of the resource, by the key of this record. It is a fault of the record's
 * removal.
 */
function findReferenceFaults(resource: Resource, writes: readonly Write[]): Map<string, Fault[]> {
  const faults = new Map<string, Fault[]>()
  for (const change of writes) {
    const [document, fault] =
      change.kind === 'create'
        ? [change.document, { code: 'referred_to', message: `operation ${change.index} refers to it` }]
        : [change.after, referrerFault({ resource: resource.name, key: change.locked.key })]
    for (const key of listReferredKeys(resource, document)) addTo(faults, key, fault)
  }
  return faults
}

/**
 * A record whose removal is refused remains, and so do its references. So this function adds a fault to the removal of each
 * record to which a remaining record refers.
 */
function addRemainingFaults(
  resource: Resource,
  removals: readonly ChangeOfKind<'remove'>[],
  faults: Map<string, Fault[]>,
): void {
  const documents = new Map(removals.map(({ locked }) => [locked.key, locked.document]))
  const remaining = [...documents.keys()].filter((key) => faults.has(key))
  // The list grows while it is read.
  for (const key of remaining)
    for (const referred of listReferredKeys(resource, JSON.parse(documents.get(key) ?? '{}'))) {
      if (!documents.has(referred) || referred === key) continue
      if (!faults.has(referred)) remaining.push(referred)
      addTo(faults, referred, referrerFault({ resource: resource.name, key }))
    }
}

/**
 * Finds the removals that are refused because records still refer to the removed ones after all other changes.
 * @param writes the changes of documents that were not refused themselves.
 */
async function explainRemovals(
  tx: Transaction,
  resource: Resource,
  removals: ChangeOfKind<'remove'>[],
  writes: Write[],
  refusal: unknown,
): Promise<[number, Problem][]> {
  if (getDatabaseError(refusal)?.code !== '23503' || removals.length === 0) return []
  const removed = removals.map(({ locked }) => locked.key)
  const changed = writes.flatMap((change) => (change.kind === 'create' ? [] : [change.locked.key]))
  // Neither the removed records nor the former versions of changed records refer to anything in the end.
  const referrers = await findReferrers(tx, resource, removed, { except: [...removed, ...changed] })
  const faults = findReferenceFaults(resource, writes)
  for (const [key, found] of referrers)
    faults.set(key, [...found.map(referrerFault), ...(faults.get(key) ?? [])])
  addRemainingFaults(resource, removals, faults)
  return removals.flatMap(({ index, locked: { key } }): [number, Problem][] => {
    const errors = faults.get(key)
    if (!errors) return []
    return [[index, atOperation(referredToProblem(resource, key, errors, refusal), index)]]
  })
}

/**
 * Finds which changes PostgreSQL refused, and why, with a few statements for all of them. The map is empty when no cause
 * is found.
 */
async function explain(
  tx: Transaction,
  resource: Resource,
  changes: PlannedChange[],
  refusal: unknown,
): Promise<Map<number, Problem>> {
  const writes = listWrites(changes)
  const refusedWrites = await explainWrites(tx, resource, writes, refusal)
  const refusedIndexes = new Set(refusedWrites.map(([index]) => index))
  const acceptedWrites = writes.filter(({ index }) => !refusedIndexes.has(index))
  const refusedRemovals = await explainRemovals(
    tx,
    resource,
    filterRemovals(changes),
    acceptedWrites,
    refusal,
  )
  const inOrder = [...refusedWrites, ...refusedRemovals].sort(([one], [other]) => one - other)
  return new Map(inOrder)
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

/** Returns the problem of one change that was refused when written alone. @throws the refusal if its cause is unknown. */
async function explainAlone(
  tx: Transaction,
  resource: Resource,
  change: PlannedChange,
  refusal: unknown,
): Promise<Problem> {
  const explained = await explain(tx, resource, [change], refusal)
  const problem = explained.get(change.index)
  if (problem) return problem
  const known = toProblem(refusal)
  if (!known) throw refusal
  return atOperation(known, change.index)
}

/**
 * Returns the changes that set the unique value which PostgreSQL refused, in the order of writing, if there are several of
 * them: the first one may be accepted without the others.
 */
function listContenders(resource: Resource, changes: PlannedChange[], refusal: unknown): Write[] {
  const error = getDatabaseError(refusal)
  if (!error) return []
  const contenders = listWrites(changes).filter((change) =>
    change.kind === 'create'
      ? findTakenProperties(resource, change.document, error).length > 0
      : findTakenProperties(resource, change.after, error).some((fault) => !isUntouched(change, fault)),
  )
  return contenders.length > 1 ? contenders : []
}

/** Maximum number of attempts of `writeEach` to write the changes together, before it writes one change at a time. */
const maxAttempts = 5

/**
 * Writes every change that PostgreSQL accepts: all together, then without the refused changes while these can be identified.
 * After `maxAttempts` attempts, or if the refused changes cannot be identified, it writes the remaining changes one at a time.
 * Of changes that set the same unique value, all but the first are written last, one at a time.
 * @throws the database error when its cause is not found.
 */
export async function writeEach(
  tx: Transaction,
  resource: Resource,
  changes: PlannedChange[],
  authorship: Authorship,
): Promise<BulkOutcome> {
  const done = new Map<number, OperationResult>()
  const refused = new Map<number, Problem>()
  const postponed = new Set<number>()
  let together = changes
  for (let attempt = 0; attempt < maxAttempts && together.length > 0; attempt += 1) {
    const outcome = await tryWrite(tx, resource, together, authorship)
    if ('done' in outcome) {
      for (const [index, result] of outcome.done) done.set(index, result)
      break
    }
    const found = await explain(tx, resource, together, outcome.refusal)
    if (found.size === 0) break
    const contenders = listContenders(resource, together, outcome.refusal).map(({ index }) => index)
    for (const index of contenders.slice(1)) postponed.add(index)
    for (const [index, problem] of found) if (!contenders.includes(index)) refused.set(index, problem)
    together = together.filter(({ index }) => !refused.has(index) && !postponed.has(index))
  }
  const alone = changes.filter(({ index }) => !done.has(index) && !refused.has(index))
  for (const change of [...filterCreations(alone), ...filterUpdates(alone), ...filterRemovals(alone)]) {
    const outcome = await tryWrite(tx, resource, [change], authorship)
    if ('done' in outcome) for (const [index, result] of outcome.done) done.set(index, result)
    else refused.set(change.index, await explainAlone(tx, resource, change, outcome.refusal))
  }
  return { done, refused }
}
