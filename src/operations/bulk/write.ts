import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../database/database.ts'
import { databaseErrorOf, problemOf } from '../../database/errors.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Resource } from '../../model/resource.ts'
import { type Fault, Problem } from '../../problems/problem.ts'
import { deleteDocuments, insertDocuments, updateDocuments } from '../writing/documents.ts'
import { explainRefusal } from '../writing/explain.ts'
import { referredTo, referrersOf } from '../writing/referrers.ts'
import type { Change } from './plan.ts'
import { inOperation, placeOf } from './request.ts'

/** Changes in sets: one statement a table and kind, however many records. */

/** What an operation has come to. */
export interface Done {
  status: 200 | 201 | 204
  key: string
  version: number
}

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>

const creations = (changes: Change[]) =>
  changes.filter((change): change is Of<'create'> => change.kind === 'create')
const removals = (changes: Change[]) =>
  changes.filter((change): change is Of<'remove'> => change.kind === 'remove')
const updates = (changes: Change[]) =>
  changes.filter(
    (change): change is Of<'replace' | 'patch'> => change.kind === 'replace' || change.kind === 'patch',
  )

async function create(
  transaction: Transaction,
  resource: Resource,
  changes: Of<'create'>[],
  authorship: Authorship,
): Promise<[number, Done][]> {
  const documents = changes.map(({ document }) => document)
  const written = await insertDocuments(transaction, resource, documents, { kind: 'create', authorship })
  return changes.map(({ at }, index) => [
    at,
    { status: 201, key: written[index]?.key ?? '', version: written[index]?.version ?? 1 },
  ])
}

/** Writes what differs; what does not keeps its version. */
async function update(
  transaction: Transaction,
  resource: Resource,
  changes: Of<'replace' | 'patch'>[],
  authorship: Authorship,
): Promise<[number, Done][]> {
  const differing = changes.filter(({ before, after }) => !isDeepStrictEqual(before, after))
  const versions = new Map(changes.map(({ locked }) => [locked.key, locked.version]))
  for (const kind of ['replace', 'patch'] as const) {
    const updates = differing.filter((change) => change.kind === kind)
    const written = await updateDocuments(transaction, resource, updates, { kind, authorship })
    for (const { key, version } of written) versions.set(key, version)
  }
  return changes.map(({ at, locked: { key, version } }) => [
    at,
    { status: 200, key, version: versions.get(key) ?? version },
  ])
}

async function remove(
  transaction: Transaction,
  resource: Resource,
  changes: Of<'remove'>[],
  authorship: Authorship,
): Promise<[number, Done][]> {
  const removed = changes.map(({ locked }) => locked)
  const versions = await deleteDocuments(transaction, resource, removed, authorship)
  return changes.map(({ at, locked: { key } }, index) => [
    at,
    { status: 204, key, version: versions[index] ?? 1 },
  ])
}

/** Records that are created first can be referred to by those that change, and what refers to others can change before they go. */
async function write(
  transaction: Transaction,
  resource: Resource,
  changes: Change[],
  authorship: Authorship,
): Promise<Map<number, Done>> {
  return new Map([
    ...(await create(transaction, resource, creations(changes), authorship)),
    ...(await update(transaction, resource, updates(changes), authorship)),
    ...(await remove(transaction, resource, removals(changes), authorship)),
  ])
}

/** Whether PostgreSQL has refused a value or a rule of the registry is broken; anything else is nobody's fault. */
const isRefusal = (error: unknown) => /^(22|23|EN001)/.test(databaseErrorOf(error)?.code ?? '')

/** Writes changes, or nothing and the transaction goes on. @returns what each has come to, or what was refused. */
async function attempt(
  transaction: Transaction,
  resource: Resource,
  changes: Change[],
  authorship: Authorship,
): Promise<{ done: Map<number, Done> } | { refusal: unknown }> {
  await transaction.query({ text: 'savepoint bulk' })
  try {
    const done = await write(transaction, resource, changes, authorship)
    await transaction.query({ text: 'release savepoint bulk' })
    return { done }
  } catch (error) {
    if (!isRefusal(error)) throw error
    await transaction.query({ text: 'rollback to savepoint bulk' })
    return { refusal: error }
  }
}

/** Whether a fault is in a property that a change leaves as it is, so that it can't be what was refused. */
function isUntouched(change: Of<'replace' | 'patch'>, { pointer = '' }: Fault): boolean {
  const property = pointer.split('/')[1] ?? ''
  return property !== '' && isDeepStrictEqual(change.before[property], change.after[property])
}

async function writtenProblem(
  transaction: Transaction,
  resource: Resource,
  change: Of<'create' | 'replace' | 'patch'>,
  together: ReadonlySet<string>,
  refusal: unknown,
): Promise<Problem | undefined> {
  const place = change.kind === 'create' ? { together } : { together, key: change.locked.key }
  const document = change.kind === 'create' ? change.document : change.after
  const problem = await explainRefusal(refusal, transaction, resource, document, place)
  if (!(problem instanceof Problem)) return undefined
  const { type, message, cause } = problem
  const errors =
    change.kind === 'create' ? problem.errors : problem.errors.filter((fault) => !isUntouched(change, fault))
  if (problem.errors.length > 0 && errors.length === 0) return undefined
  return inOperation(new Problem(type, message, { errors, cause }), change.at, [placeOf(change.kind)])
}

async function removalProblem(
  transaction: Transaction,
  resource: Resource,
  { at, locked: { key } }: Of<'remove'>,
  removed: ReadonlySet<string>,
  refusal: unknown,
): Promise<Problem | undefined> {
  if (databaseErrorOf(refusal)?.code !== '23503') return undefined
  const referrers = await referrersOf(transaction, resource, key)
  const errors = referrers
    .filter((referrer) => referrer.resource !== resource.name || !removed.has(referrer.key))
    .map(referredTo)
  if (errors.length === 0) return undefined
  const detail = `Other records refer to the ${resource.noun} ${key}; remove or change them first.`
  return inOperation(new Problem('conflict', detail, { errors, cause: refusal }), at)
}

/** Finds out which changes PostgreSQL has refused, and why; none when there is no more to say. */
async function explain(
  transaction: Transaction,
  resource: Resource,
  changes: Change[],
  refusal: unknown,
): Promise<Map<number, Problem>> {
  const together = new Set(creations(changes).map(({ document }) => String(document[resource.key.property])))
  const removed = new Set(removals(changes).map(({ locked }) => locked.key))
  const found = new Map<number, Problem>()
  for (const change of changes) {
    const problem =
      change.kind === 'remove'
        ? await removalProblem(transaction, resource, change, removed, refusal)
        : await writtenProblem(transaction, resource, change, together, refusal)
    if (problem) found.set(change.at, problem)
  }
  return found
}

/** What changes have come to, by their places: done, or refused. */
export interface Outcome {
  done: Map<number, Done>
  refused: Map<number, Problem>
}

/**
 * Writes all changes, or none.
 * @returns why they are refused, if so.
 * @throws what PostgreSQL refuses where nothing more can be said of it.
 */
export async function writeTogether(
  transaction: Transaction,
  resource: Resource,
  changes: Change[],
  authorship: Authorship,
): Promise<Outcome> {
  const outcome = await attempt(transaction, resource, changes, authorship)
  if ('done' in outcome) return { done: outcome.done, refused: new Map() }
  const refused = await explain(transaction, resource, changes, outcome.refusal)
  if (refused.size === 0) throw outcome.refusal
  return { done: new Map(), refused }
}

/** The problem of one change that has been refused by itself. */
async function ownProblem(
  transaction: Transaction,
  resource: Resource,
  change: Change,
  refusal: unknown,
): Promise<Problem> {
  const explained = await explain(transaction, resource, [change], refusal)
  const problem = explained.get(change.at)
  if (problem) return problem
  const known = problemOf(refusal)
  if (!known) throw refusal
  return inOperation(known, change.at)
}

/** How often those are left out that were refused before all others go one by one. */
const mostRounds = 5

/**
 * Writes all changes that can be. Those that are refused are left out and the others tried again together, as long as it
 * is clear which they are; then they go one by one.
 */
export async function writeEach(
  transaction: Transaction,
  resource: Resource,
  changes: Change[],
  authorship: Authorship,
): Promise<Outcome> {
  const refused = new Map<number, Problem>()
  let left = changes
  for (let round = 0; round < mostRounds && left.length > 0; round += 1) {
    const outcome = await attempt(transaction, resource, left, authorship)
    if ('done' in outcome) return { done: outcome.done, refused }
    // Of several that want the same for themselves, one may have it.
    const found = await explain(transaction, resource, left, outcome.refusal)
    if (found.size === 0 || (found.size > 1 && databaseErrorOf(outcome.refusal)?.code === '23505')) break
    for (const [at, problem] of found) refused.set(at, problem)
    left = left.filter(({ at }) => !refused.has(at))
  }
  const done = new Map<number, Done>()
  for (const change of [...creations(left), ...updates(left), ...removals(left)]) {
    const outcome = await attempt(transaction, resource, [change], authorship)
    if ('done' in outcome) for (const [at, one] of outcome.done) done.set(at, one)
    else refused.set(change.at, await ownProblem(transaction, resource, change, outcome.refusal))
  }
  return { done, refused }
}
