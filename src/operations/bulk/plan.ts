import type { Transaction } from '../../database/database.ts'
import type { Resource } from '../../model/resource.ts'
import { pointerOf } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import { noSuch } from '../read.ts'
import { requireVersion } from '../tags.ts'
import { type Document, documentOf } from '../writing/documents.ts'
import { externalIdsIn, recordsOfExternalIds } from '../writing/external-ids.ts'
import { identitiesOf } from '../writing/lines.ts'
import { type Locked, lockRecords } from '../writing/locks.ts'
import { mergePatch } from '../writing/merge-patch.ts'
import { checkDocument, invalidBody, requireSameKey, withoutManaged } from '../writing/validation.ts'
import { inOperation, placeOf, type Target, type Wish } from './request.ts'

/** What operations come to, once it is known what is there. */

/** What an operation does to the database. */
export type Change = { at: number } & (
  | { kind: 'create'; document: Document }
  | { kind: 'replace' | 'patch'; locked: Locked; before: Document; after: Document }
  | { kind: 'remove'; locked: Locked }
)

/** What has been decided of operations, by their places: what they do, or why they are refused. */
export interface Plan {
  changes: Change[]
  refused: Map<number, Problem>
}

/** An operation with its place among all. */
export interface Placed {
  at: number
  wish: Wish
}

const nameOf = ({ scheme, id }: { scheme: string; id: string }) => `${scheme}:${id}`

const unknown = (resource: Resource, { key, externalId }: Target): Problem =>
  externalId === undefined
    ? noSuch(resource, key ?? '')
    : new Problem('not-found', `There is no ${resource.noun} with the external id ${nameOf(externalId)}.`)

const targetOf = (wish: Wish): Target => (wish.kind === 'create' ? {} : wish.target)

/** The keys of the records that operations name, by their places; without those that are called so by no record. */
async function keysOf(
  transaction: Transaction,
  resource: Resource,
  wishes: Placed[],
): Promise<Map<number, string>> {
  const ids = wishes.flatMap(({ wish }) => targetOf(wish).externalId ?? [])
  const found = await recordsOfExternalIds(transaction, resource, ids)
  return new Map(
    wishes.flatMap(({ at, wish }): [number, string][] => {
      const { key, externalId } = targetOf(wish)
      const known = key ?? (externalId && found.get(nameOf(externalId)))
      return known === undefined ? [] : [[at, known]]
    }),
  )
}

/** A fault of what an operation brings. */
const fault = (resource: Resource, path: PropertyKey[], code: string, message: string) =>
  invalidBody(resource.noun, [{ pointer: pointerOf(path), code, message }])

/** What an operation does that creates or replaces its record, whichever it comes to. */
function upsertion(resource: Resource, at: number, wish: Wish & { kind: 'upsert' }, stored?: Locked): Change {
  const { property, madeBy } = resource.key
  const { key, externalId } = wish.target
  const { document } = wish
  if (externalId && !externalIdsIn(document).some((own) => nameOf(own) === nameOf(externalId)))
    throw fault(
      resource,
      ['externalIds'],
      'missing',
      `must have ${nameOf(externalId)}, which names the record`,
    )
  if (!stored) {
    const own = document[property] ?? key
    if (key !== undefined && own !== key)
      throw fault(resource, [property], 'read_only', `is not the key "${key}" that names the record`)
    return { at, kind: 'create', document: own === undefined ? document : { ...document, [property]: own } }
  }
  const record: Document = JSON.parse(stored.document)
  const { [property]: given = record[property], ...others } = document
  if (given !== record[property])
    throw fault(resource, [property], 'read_only', `is the key of the record and stays "${record[property]}"`)
  return {
    at,
    kind: 'replace',
    locked: stored,
    before: documentOf(resource, record),
    after: madeBy === 'client' ? document : others,
  }
}

/** What an operation does to a record that is there. @throws Problem why it can't. */
function changeOf(
  resource: Resource,
  at: number,
  wish: Exclude<Wish, { kind: 'create' | 'upsert' }>,
  key: string,
  stored: Locked,
): Change {
  try {
    requireVersion(wish.expected, stored.version, resource.noun)
  } catch (error) {
    throw error instanceof Problem ? inOperation(error, at, ['ifMatch']) : error
  }
  if (wish.kind === 'remove') return { at, kind: 'remove', locked: stored }
  const record: Document = JSON.parse(stored.document)
  const before = documentOf(resource, record)
  const body = withoutManaged(resource, wish.body, record)
  const after = checkDocument(resource, wish.kind === 'patch' ? mergePatch(before, body) : body)
  requireSameKey(resource, key, after)
  return { at, kind: wish.kind, locked: stored, before, after }
}

/** What an operation does. @throws Problem why it can't, its faults at their places in the body. */
function decide(resource: Resource, { at, wish }: Placed, key: string | undefined, stored?: Locked): Change {
  if (wish.kind === 'create') return { at, kind: wish.kind, document: wish.document }
  const { externalId } = wish.target
  if (!stored && wish.kind !== 'upsert') {
    const property = externalId === undefined ? resource.key.property : 'externalId'
    throw inOperation(unknown(resource, wish.target), at, [property])
  }
  // Between finding the record by its external id and locking it, another one may have got that.
  if (stored && externalId) {
    const own = externalIdsIn(JSON.parse(stored.document))
    if (!own.some((one) => nameOf(one) === nameOf(externalId)))
      throw inOperation(
        new Problem('conflict', 'The external id has just been given to another record. Send it again.'),
        at,
        ['externalId'],
      )
  }
  try {
    if (wish.kind === 'upsert') return upsertion(resource, at, wish, stored)
    if (stored && key !== undefined) return changeOf(resource, at, wish, key, stored)
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== 'invalid-body') throw error
    throw inOperation(error, at, [placeOf(wish.kind)])
  }
  throw unknown(resource, wish.target)
}

/** What a change claims for one record: the record itself, and what no two records share. */
function claimsOf(resource: Resource, change: Change): { path: PropertyKey[]; identity: string }[] {
  if (change.kind === 'create')
    return identitiesOf(resource, change.document).map(({ path, identity }) => ({
      path: ['document', ...path],
      identity,
    }))
  const own = { path: [], identity: `key ${change.locked.key}` }
  if (change.kind === 'remove') return [own]
  const { [resource.key.property]: _, ...others } = change.after
  const claims = identitiesOf(resource, others).map(({ path, identity }) => ({
    path: [placeOf(change.kind), ...path],
    identity,
  }))
  return [own, ...claims]
}

/** Refuses operations that are about a record, or claim an external id, that an operation before them does. */
function refuseRepeated(resource: Resource, { changes, refused }: Plan): void {
  const before = new Map<string, number>()
  for (const change of changes) {
    for (const { path, identity } of claimsOf(resource, change)) {
      const first = before.get(identity)
      before.set(identity, first ?? change.at)
      if (first === undefined || first === change.at || refused.has(change.at)) continue
      const what = identity.startsWith('key ') ? 'is about the record of' : 'claims the external id of'
      const message = `${what} operation ${first}: send one operation for each record`
      const problem = invalidBody('operation', [{ pointer: pointerOf(path), code: 'repeated', message }])
      refused.set(change.at, inOperation(problem, change.at))
    }
  }
}

/**
 * Finds out what operations come to, and locks the records that they are about.
 * @returns what each does, or why it is refused, its faults at their places in the body.
 */
export async function planBulk(
  transaction: Transaction,
  resource: Resource,
  wishes: Placed[],
): Promise<Plan> {
  const keys = await keysOf(transaction, resource, wishes)
  const stored = await lockRecords(transaction, resource, [...keys.values()])
  const plan: Plan = { changes: [], refused: new Map() }
  for (const placed of wishes) {
    const key = keys.get(placed.at)
    try {
      plan.changes.push(decide(resource, placed, key, key === undefined ? undefined : stored.get(key)))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      plan.refused.set(placed.at, error)
    }
  }
  refuseRepeated(resource, plan)
  return { ...plan, changes: plan.changes.filter(({ at }) => !plan.refused.has(at)) }
}
