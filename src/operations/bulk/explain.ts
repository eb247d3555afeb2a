import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../database/database.ts'
import { getDatabaseError, toProblem } from '../../database/errors.ts'
import { addTo } from '../../group-by.ts'
import type { Resource } from '../../model/resource.ts'
import { type Fault, Problem, toFaultList } from '../../problems/problem.ts'
import type { Document } from '../writing/documents.ts'
import { explainRefusals } from '../writing/explain.ts'
import { findDanglingReferences, findReferences } from '../writing/references.ts'
import { findReferrers, referredToProblem, referrerFault } from '../writing/referrers.ts'
import { findTakenProperties } from '../writing/taken-values.ts'
import { invalidBody } from '../writing/validation.ts'
import {
  type ChangeOfKind,
  filterCreations,
  filterRemovals,
  listWrites,
  type Write,
  writtenDocument,
} from './changes.ts'
import type { PlannedChange } from './plan.ts'
import { atOperation, bodyProperty } from './request.ts'

/** Finds which changes of a bulk request PostgreSQL refused, and why. */

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

/** Returns the key that the client has given a record to create, as text; `undefined` as text if the registry assigns it. */
const createdKey = (resource: Resource, { document }: ChangeOfKind<'create'>): string =>
  String(document[resource.key.property])

async function explainWrites(
  tx: Transaction,
  resource: Resource,
  writes: Write[],
  refusal: unknown,
): Promise<[number, Problem][]> {
  const creations = filterCreations(writes)
  const createdKeys = new Set(creations.map((change) => createdKey(resource, change)))
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
export async function explain(
  tx: Transaction,
  resource: Resource,
  changes: readonly PlannedChange[],
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

/**
 * Finds the changes that refer to records which are not created, directly or through further new records.
 * @param left the changes that are still to be written.
 * @param leftOut the changes that are not written with them.
 * @returns the problems of these changes, by the index of the operation; none for a change whose record exists anyway.
 */
export async function explainDependents(
  tx: Transaction,
  resource: Resource,
  left: readonly PlannedChange[],
  leftOut: readonly PlannedChange[],
  refusal: unknown,
): Promise<[number, Problem][]> {
  const missing = filterCreations(leftOut).map((change) => createdKey(resource, change))
  if (missing.length === 0) return []
  const referring = new Map<string, Write[]>()
  for (const change of listWrites(left))
    for (const key of listReferredKeys(resource, writtenDocument(change))) addTo(referring, key, change)
  const dependents = new Set<Write>()
  // The list grows while it is read.
  for (const key of missing)
    for (const change of referring.get(key) ?? []) {
      if (change.kind === 'create' && !dependents.has(change)) missing.push(createdKey(resource, change))
      dependents.add(change)
    }
  if (dependents.size === 0) return []
  const created = new Set(
    filterCreations(left)
      .filter((change) => !dependents.has(change))
      .map((change) => createdKey(resource, change)),
  )
  const changes = [...dependents]
  const faults = await findDanglingReferences(
    tx,
    resource,
    changes.map(writtenDocument),
    (found) => found.resource === resource.name && created.has(found.key),
  )
  return changes.flatMap((change, index): [number, Problem][] => {
    const own = faults[index] ?? []
    const problem = own.length > 0 ? invalidBody(resource.noun, own, refusal) : undefined
    const written = toWriteProblem(change, problem)
    return written ? [[change.index, written]] : []
  })
}

/** Returns the problem of one change that was refused when written alone. @throws the refusal if its cause is unknown. */
export async function explainAlone(
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
export function listContenders(
  resource: Resource,
  changes: readonly PlannedChange[],
  refusal: unknown,
): Write[] {
  const error = getDatabaseError(refusal)
  if (!error) return []
  const contenders = listWrites(changes).filter((change) =>
    change.kind === 'create'
      ? findTakenProperties(resource, change.document, error).length > 0
      : findTakenProperties(resource, change.after, error).some((fault) => !isUntouched(change, fault)),
  )
  return contenders.length > 1 ? contenders : []
}
