import type { Transaction } from '../../database/database.ts'
import type { Resource } from '../../model/resource.ts'
import { type ExternalId, externalIdKey } from '../../model/schemas.ts'
import { formatPointer } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import { startSlices } from '../../time-slice.ts'
import { requireVersion } from '../entity-tags.ts'
import { findAllMergedInto, mergedProblem } from '../merged.ts'
import { recordNotFound } from '../read.ts'
import { type Document, documentOf } from '../writing/documents.ts'
import { findByExternalIds, formatExternalId, getExternalIds } from '../writing/external-ids.ts'
import { findRepeatedIdentities, type Identity, listIdentities } from '../writing/identities.ts'
import { acquireManyRecordsLock, type LockedRecord, lockRecords } from '../writing/locks.ts'
import { mergePatch } from '../writing/merge-patch.ts'
import {
  changedKeyProblem,
  checkReplacement,
  invalidBody,
  requireOrder,
  requireSameKey,
  withoutManaged,
} from '../writing/validation.ts'
import { Refusals } from './refusals.ts'
import { atOperation, type BulkOperation, bodyProperty, type Target } from './request.ts'

/** Plans the changes of a bulk request: locks the stored records, and applies the operations to their documents. */

/** The write that an operation results in. `index` is the index of the operation. */
export type PlannedChange = { index: number } & (
  | { kind: 'create'; document: Document }
  | { kind: 'replace' | 'patch'; locked: LockedRecord; before: Document; after: Document }
  | { kind: 'remove'; locked: LockedRecord }
)

/** The changes to write, and the problems of refused operations. */
export interface BulkPlan {
  changes: PlannedChange[]
  refused: Refusals
}

/** An operation with its index in the request. */
export interface IndexedOperation {
  index: number
  operation: BulkOperation
}

const notFound = (resource: Resource, { key, externalId }: Target): Problem =>
  externalId === undefined
    ? recordNotFound(resource, key ?? '')
    : new Problem(
        'not-found',
        `There is no ${resource.noun} with the external id ${formatExternalId(externalId)}.`,
      )

const getTarget = (operation: BulkOperation): Target => (operation.kind === 'create' ? {} : operation.target)

/**
 * Returns the key of each operation's record, by index. A `create` or an unknown external id has no entry. If an operation has
 * an external id, the transaction takes the lock of `acquireManyRecordsLock`.
 */
async function resolveKeys(
  tx: Transaction,
  resource: Resource,
  operations: IndexedOperation[],
): Promise<Map<number, string>> {
  const ids = operations.flatMap(({ operation }) => getTarget(operation).externalId ?? [])
  // Of two requests that upsert an unknown external id, the second one must find the record that the first one creates. So
  // bulk requests with external ids run one after another.
  if (ids.length > 0) await acquireManyRecordsLock(tx)
  const found = await findByExternalIds(tx, resource, ids)
  return new Map(
    operations.flatMap(({ index, operation }): [number, string][] => {
      const { key, externalId } = getTarget(operation)
      const recordKey = key ?? (externalId && found.get(formatExternalId(externalId)))
      return recordKey === undefined ? [] : [[index, recordKey]]
    }),
  )
}

/** Returns a problem with one fault in the document of an operation. */
const documentProblem = (resource: Resource, path: PropertyKey[], code: string, message: string) =>
  invalidBody(resource.noun, [{ pointer: formatPointer(path), code, message }])

const hasExternalId = (document: Document, wanted: ExternalId): boolean =>
  getExternalIds(document).some((externalId) => externalIdKey(externalId) === externalIdKey(wanted))

/** Plans an upsert: a create without a stored record, otherwise a replace. @throws Problem `invalid-body`. */
function planUpsert(
  resource: Resource,
  index: number,
  operation: BulkOperation & { kind: 'upsert' },
  stored?: LockedRecord,
): PlannedChange {
  const { property, assignedBy } = resource.key
  const { key, externalId } = operation.target
  const { document } = operation
  if (externalId && !hasExternalId(document, externalId))
    throw documentProblem(
      resource,
      ['externalIds'],
      'missing',
      `must contain ${formatExternalId(externalId)}, the external id of the operation`,
    )
  if (!stored) {
    requireOrder(resource, document)
    const newKey = document[property] ?? key
    if (key !== undefined && newKey !== key)
      throw documentProblem(resource, [property], 'read_only', `must be "${key}", the key of the operation`)
    return {
      index,
      kind: 'create',
      document: newKey === undefined ? document : { ...document, [property]: newKey },
    }
  }
  const record: Document = JSON.parse(stored.document)
  const { [property]: given = record[property], ...others } = document
  if (given !== record[property]) throw changedKeyProblem(resource, stored.key)
  const before = documentOf(resource, record)
  requireOrder(resource, document, before)
  const after = assignedBy === 'client' ? document : others
  return {
    index,
    kind: 'replace',
    locked: stored,
    before,
    after: operation.keepsVisibility ? { ...after, visibility: before.visibility } : after,
  }
}

/** Plans a change to a stored record. @throws Problem `stale-version` or `invalid-body`. */
function planChange(
  resource: Resource,
  index: number,
  operation: Exclude<BulkOperation, { kind: 'create' | 'upsert' }>,
  stored: LockedRecord,
): PlannedChange {
  try {
    requireVersion(operation.expected, stored.version, resource.noun)
  } catch (error) {
    throw error instanceof Problem ? atOperation(error, index, ['ifMatch']) : error
  }
  if (operation.kind === 'remove') return { index, kind: 'remove', locked: stored }
  const record: Document = JSON.parse(stored.document)
  const before = documentOf(resource, record)
  const body = withoutManaged(resource, operation.body, record)
  const after = checkReplacement(
    resource,
    before,
    operation.kind === 'patch' ? mergePatch(before, body) : body,
  )
  requireSameKey(resource, stored.key, after)
  return { index, kind: operation.kind, locked: stored, before, after }
}

/**
 * Plans one operation.
 * @param key key of the record; undefined for a `create` or an unknown external id.
 * @param stored the locked record; undefined if there is none with the key.
 * @param mergedInto key of the record into which the record of the operation was merged, if it was.
 * @throws Problem with pointers into the whole body.
 */
function planOperation(
  resource: Resource,
  { index, operation }: IndexedOperation,
  key: string | undefined,
  stored: LockedRecord | undefined,
  mergedInto: string | undefined,
): PlannedChange {
  if (operation.kind === 'create') return { index, kind: operation.kind, document: operation.document }
  const { externalId } = operation.target
  const targetProperty = externalId === undefined ? resource.key.property : 'externalId'
  if (key !== undefined && mergedInto !== undefined)
    throw atOperation(mergedProblem(resource, key, mergedInto), index, [targetProperty])
  // A concurrent request may have removed the external id from the record before the record was locked.
  if (stored && externalId && !hasExternalId(JSON.parse(stored.document), externalId)) {
    const detail = `Concurrent update: the ${resource.noun} no longer has the external id ${formatExternalId(externalId)}. Retry the request.`
    throw atOperation(new Problem('conflict', detail), index, [targetProperty])
  }
  try {
    if (operation.kind === 'upsert') return planUpsert(resource, index, operation, stored)
    if (stored) return planChange(resource, index, operation, stored)
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== 'invalid-body') throw error
    throw atOperation(error, index, [bodyProperty(operation.kind)])
  }
  throw atOperation(notFound(resource, operation.target), index, [targetProperty])
}

/**
 * Lists the key of the record and its external ids, which no other operation may claim. A removal claims only the key. Paths
 * begin at the operation.
 */
function listClaims(resource: Resource, change: PlannedChange): Identity[] {
  if (change.kind === 'create')
    return listIdentities(resource, change.document).map((identity) => ({
      ...identity,
      path: ['document', ...identity.path],
    }))
  const keyClaim: Identity = { kind: 'key', value: change.locked.key, path: [] }
  if (change.kind === 'remove') return [keyClaim]
  const { [resource.key.property]: _, ...others } = change.after
  const claims = listIdentities(resource, others).map((identity) => ({
    ...identity,
    path: [bodyProperty(change.kind), ...identity.path],
  }))
  return [keyClaim, ...claims]
}

/** Refuses an operation whose record or external id is already claimed by an earlier operation. */
function refuseRepeated(resource: Resource, { changes, refused }: BulkPlan): void {
  const entries = changes.map((change) => ({
    index: change.index,
    identities: listClaims(resource, change),
  }))
  for (const { index, identity, firstIndex } of findRepeatedIdentities(entries, { isRefusedAlone: true })) {
    if (refused.byIndex.has(index)) continue
    const what = identity.kind === 'key' ? 'is for the same record as' : 'has the same external id as'
    const message = `${what} operation ${firstIndex}: send one operation for each record`
    const pointer = formatPointer(identity.path)
    const problem = invalidBody('operation', [{ pointer, code: 'repeated', message }])
    refused.add(index, atOperation(problem, index))
  }
}

/**
 * Locks the records of all operations and plans their changes.
 * @returns the changes, and the problems of refused operations with pointers into the whole body.
 */
export async function planBulk(
  tx: Transaction,
  resource: Resource,
  operations: IndexedOperation[],
): Promise<BulkPlan> {
  const keys = await resolveKeys(tx, resource, operations)
  const stored = await lockRecords(tx, resource, [...keys.values()])
  const toRecord = (key: string) => ({ resource: resource.name, key })
  const missing = [...keys.values()].filter((key) => !stored.has(key)).map(toRecord)
  const getMergedInto = await findAllMergedInto(tx, resource.registry, missing)
  const plan: BulkPlan = { changes: [], refused: new Refusals() }
  const pause = startSlices()
  for (const indexed of operations) {
    const key = keys.get(indexed.index)
    try {
      const record = key === undefined ? undefined : stored.get(key)
      const mergedInto = key === undefined ? undefined : getMergedInto(toRecord(key))
      plan.changes.push(planOperation(resource, indexed, key, record, mergedInto))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      plan.refused.add(indexed.index, error)
    }
    await pause()
  }
  refuseRepeated(resource, plan)
  return { ...plan, changes: plan.changes.filter(({ index }) => !plan.refused.byIndex.has(index)) }
}
