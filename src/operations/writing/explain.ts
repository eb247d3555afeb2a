import { sql } from 'drizzle-orm'
import type pg from 'pg'
import { autocommitReads, type DatabaseClient, type Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { getDatabaseError } from '../../database/errors.ts'
import { records } from '../../database/tables/records.ts'
import { formatRecordKey } from '../../model/keys.ts'
import { recordPath } from '../../model/paths.ts'
import type { Resource } from '../../model/resource.ts'
import { formatPointer } from '../../problems/faults.ts'
import { type Fault, Problem } from '../../problems/problem.ts'
import { findDanglingReferences, findReferences, type ReferenceValue } from './references.ts'
import {
  type DocumentToWrite,
  findTakenExternalIds,
  findTakenKeys,
  findTakenProperties,
  findTakenUniqueValues,
} from './taken-values.ts'
import { invalidBody } from './validation.ts'

/** A refusal of documents of a resource. */
interface Refusal {
  error: unknown
  /** The error of PostgreSQL that caused `error`. */
  databaseError: pg.DatabaseError
  resource: Resource
  /** The keys of the documents that were to be created together. */
  createdKeys: ReadonlySet<string>
}

const ownKey = (resource: Resource, { document, key }: DocumentToWrite) =>
  key ?? document[resource.key.property]

async function explainReferences(
  tx: Transaction,
  { error, resource, createdKeys }: Refusal,
  entries: readonly DocumentToWrite[],
): Promise<(Problem | undefined)[]> {
  const isCreatedToo = (found: ReferenceValue) =>
    found.resource === resource.name && createdKeys.has(found.key)
  const documents = entries.map(({ document }) => document)
  const found = await findDanglingReferences(tx, resource, documents, isCreatedToo)
  return found.map((faults) => (faults.length > 0 ? invalidBody(resource.noun, faults, error) : undefined))
}

/** Returns whether one of the documents changes a property of the stored record with a key, so that its value becomes free. */
function isReleasedBy(entries: readonly DocumentToWrite[]): (key: string, property: string) => boolean {
  const stored = new Map(entries.flatMap((entry) => (entry.key === undefined ? [] : [[entry.key, entry]])))
  return (key, property) => {
    const entry = stored.get(key)
    return entry?.before !== undefined && entry.before[property] !== entry.document[property]
  }
}

async function explainTakenValues(
  tx: Transaction,
  { error, databaseError, resource }: Refusal,
  entries: readonly DocumentToWrite[],
): Promise<(Problem | undefined)[]> {
  const found = entries.map(({ document }) => findTakenProperties(resource, document, databaseError))
  // PostgreSQL names one value at a time. The client gets all of them at once.
  const taken = [
    ...(await findTakenKeys(tx, resource, entries)),
    ...(await findTakenExternalIds(tx, resource, entries)),
    ...(await findTakenUniqueValues(tx, resource, entries, isReleasedBy(entries))),
  ]
  for (const [index, fault] of taken) found[index]?.push(fault)
  // If nobody has the key of a new record, a concurrent transaction has used the key and released it.
  if (databaseError.constraint === 'revisions_version_unique' && found.every(({ length }) => length === 0)) {
    const detail = `The ${resource.noun} was removed and created again concurrently; nothing was written. Retry the request.`
    return entries.map(() => new Problem('conflict', detail, { cause: error }))
  }
  return found.map((faults) => {
    const first = new Map<string | undefined, Fault>()
    for (const fault of faults) if (!first.has(fault.pointer)) first.set(fault.pointer, fault)
    if (first.size === 0) return undefined
    const detail = `The ${resource.noun} has values that must be unique and belong to another record; nothing was written.`
    return new Problem('conflict', detail, { errors: [...first.values()], cause: error })
  })
}

/** Returns the faults of references of a record to itself. PostgreSQL refuses all of them. */
export const findReferencesToItself = (resource: Resource, written: DocumentToWrite): Fault[] =>
  findReferences(resource.document, written.document)
    .filter((found) => found.resource === resource.name && found.key === ownKey(resource, written))
    .map(({ path }) => ({
      pointer: formatPointer(path),
      code: 'itself',
      message: `is the ${resource.noun} itself`,
    }))

function explainReferenceToItself({ error, resource }: Refusal, entry: DocumentToWrite): Problem | undefined {
  const faults = findReferencesToItself(resource, entry)
  return faults.length > 0 ? invalidBody(resource.noun, faults, error) : undefined
}

/**
 * Finds the record that the database has refused because it would be below itself.
 * @param advice the end of the message, which says what to change.
 * @returns the key of the record, and the fault of its property; undefined for another error.
 */
export function findCycle(
  error: unknown,
  { noun }: Resource,
  advice: string,
): { key: string; fault: Fault } | undefined {
  const { code, column = '', message: refusal = '' } = getDatabaseError(error) ?? {}
  if (code !== 'EN001') return undefined
  // The message of the database begins with the key.
  const [key = ''] = refusal.split(' ', 1)
  const message = `would put the ${noun} below itself${advice}`
  return { key, fault: { pointer: formatPointer([column]), code: 'cycle', message } }
}

function explainCycle(
  { error, databaseError, resource, createdKeys }: Refusal,
  entry: DocumentToWrite,
): Problem | undefined {
  const cycle = findCycle(databaseError, resource, ': choose a record that is not below this one')
  // The database may have refused another document. A document without a key is the cause only if it was to be created alone.
  const key = ownKey(resource, entry)
  if (!cycle || (cycle.key !== key && (key !== undefined || createdKeys.size > 0))) return undefined
  return invalidBody(resource.noun, [cycle.fault], error)
}

/** The message of `check_visibility()`: resource and key of a public record, and of the internal one to which it refers. */
const internalReference = /^(\S+ \S+) is public and refers to (\S+ \S+), which is internal$/

/** Whether a record cannot exist without a reference. Such a record is only as visible as the record to which it refers. */
const isRequired = (resource: Resource, { path }: ReferenceValue): boolean =>
  path.every((step) => typeof step !== 'number') &&
  resource.document.shape[String(path[0])]?.safeParse(null).success === false

/** Returns, for each document, those references that must not lead to an internal record. */
const listPublicReferences = (resource: Resource, entries: readonly DocumentToWrite[]): ReferenceValue[][] =>
  entries.map(({ document }) =>
    document.visibility === 'internal'
      ? []
      : findReferences(resource.document, document).filter((reference) => !isRequired(resource, reference)),
  )

/** Finds the stored records that are internal among those to which references refer. @returns their resources and keys. */
async function findInternalTargets(
  tx: Transaction,
  { registry }: Resource,
  found: readonly ReferenceValue[],
): Promise<Set<string>> {
  const ids = found.map((reference) => registry.recordId(reference))
  if (ids.length === 0) return new Set()
  const rows = await tx.query<{ target: string }>(
    compileSql(sql`select resource || ' ' || key as target from ${records}
      where id = any(${sql.param([...new Set(ids)])}::uuid[]) and visibility = 'internal'`),
  )
  return new Set(rows.map(({ target }) => target))
}

/**
 * Explains the refusal of a public record that refers to an internal one; PostgreSQL's message names both. If a document makes
 * the second one internal, this document is the cause. Otherwise, every public document that refers to an internal record is a
 * cause.
 * @returns the problem of each document, in the order of the documents; undefined for a document that is not a cause.
 */
async function explainInternalReferences(
  tx: Transaction,
  { error, databaseError: { message }, resource }: Refusal,
  entries: readonly DocumentToWrite[],
): Promise<(Problem | undefined)[]> {
  const [, referrer, target = ''] = internalReference.exec(message) ?? []
  const formatEntry = (entry: DocumentToWrite) => `${resource.name} ${ownKey(resource, entry)}`
  const references = listPublicReferences(resource, entries)
  const internal = await findInternalTargets(tx, resource, references.flat())
  for (const entry of entries)
    if (entry.document.visibility === 'internal') internal.add(formatEntry(entry))
    else internal.delete(formatEntry(entry))
  internal.add(target)
  const faulty = references.map((found) =>
    found.filter((reference) => internal.has(formatRecordKey(reference))),
  )
  const hides = (entry: DocumentToWrite) =>
    formatEntry(entry) === target && entry.before?.visibility === 'public'
  const isHidden = entries.some(hides)
  return entries.map((entry, index) => {
    const found = faulty[index] ?? []
    const refers = formatEntry(entry) === referrer || found.length > 0
    if (entries.length > 1 && !(isHidden ? hides(entry) : refers)) return undefined
    const [first] = found
    const subject = entry.key === undefined ? `the ${resource.noun}` : formatEntry(entry)
    const pair =
      first === undefined || isHidden
        ? message
        : `${subject} is public and refers to ${formatRecordKey(first)}, which is internal`
    const detail = `A public record cannot refer to an internal one: ${pair}. Make both public or both internal, or leave the reference out; nothing was written.`
    const errors = found.map((reference) => ({
      pointer: formatPointer(reference.path),
      code: 'conflict',
      message: `refers to ${recordPath(reference)}, which is internal`,
    }))
    return new Problem('conflict', detail, { errors, cause: error })
  })
}

/**
 * Finds which documents the database refused, and why, with a few statements for any number of documents. Only refused
 * writes have this cost.
 * @param entries the documents of the refused write.
 * @param createdKeys the keys of the documents that were to be created together.
 * @returns the problem of each document, in the order of the documents; undefined where no cause is found.
 */
export async function explainRefusals(
  tx: Transaction,
  resource: Resource,
  error: unknown,
  entries: readonly DocumentToWrite[],
  createdKeys: ReadonlySet<string> = new Set(),
): Promise<(Problem | undefined)[]> {
  const databaseError = getDatabaseError(error)
  if (!databaseError) return entries.map(() => undefined)
  const refusal = { error, databaseError, resource, createdKeys }
  switch (databaseError.code) {
    case '23503':
      return explainReferences(tx, refusal, entries)
    case '23505':
      return explainTakenValues(tx, refusal, entries)
    case '23514':
      return entries.map((entry) => explainReferenceToItself(refusal, entry))
    case 'EN001':
      return entries.map((entry) => explainCycle(refusal, entry))
    case 'EN002':
      return explainInternalReferences(tx, refusal, entries)
    default:
      return entries.map(() => undefined)
  }
}

/** Finds why the database refused a document. @returns the problem, or `error` itself when no cause is found. */
export async function explainRefusal(
  database: DatabaseClient,
  resource: Resource,
  error: unknown,
  written: DocumentToWrite,
): Promise<unknown> {
  const [problem] = await explainRefusals(autocommitReads(database), resource, error, [written])
  return problem ?? error
}

/**
 * Returns a problem of a document that the service makes of a stored one, with its faults at a property of the request: the
 * client has not sent the document.
 * @param pointer JSON pointer into the request.
 * @param key key of the record whose document it is.
 */
export const problemAt = (pointer: string, problem: Problem, resource: Resource, key: string): Problem =>
  problem.mapErrors((fault) => {
    const place = fault.pointer ? `${fault.pointer} of ` : ''
    const message = `makes ${place}${recordPath({ resource: resource.name, key })} invalid: ${fault.message}`
    return { ...fault, pointer, message }
  })
