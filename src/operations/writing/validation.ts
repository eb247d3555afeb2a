import { findOrderFaults } from '../../model/date-order.ts'
import { managedSchemas, type Resource } from '../../model/resource.ts'
import { timestamp } from '../../model/schemas.ts'
import { checkValue, formatPointer, typeMessage } from '../../problems/faults.ts'
import { type Fault, FaultList, Problem, toFaultList } from '../../problems/problem.ts'
import type { Document } from './documents.ts'

/** Returns the problem `invalid-body` with these errors. */
export function invalidBody(noun: string, errors: Fault[] | FaultList, cause?: unknown): Problem {
  const count = errors instanceof FaultList ? errors.count : errors.length
  const detail = `The ${noun} has ${faultCountText(count)}; nothing was written.`
  return new Problem('invalid-body', detail, { errors, cause })
}

/** Returns a number of errors as text, for messages. */
export const faultCountText = (count: number): string => (count === 1 ? 'one error' : `${count} errors`)

/** Addition to messages about sizes that include the default values of properties. */
const countingDefaults = ', counting the default values of properties that were left out'

/**
 * Checks a document against the resource's schema and fills in defaults. The limits of size also apply to the result, so that
 * clients can send every record back as they have read it. It does not check the order of dates (`requireOrder`).
 * @throws Problem `invalid-body` with the faults of the first check that fails.
 */
export function checkValues(resource: Resource, body: unknown): Document {
  requireFewValues(resource.noun, body)
  const { data, faults } = checkValue(resource.document, body)
  if (faults) throw invalidBody(resource.noun, explainManaged(resource, faults))
  requireFewValues(resource.noun, data, countingDefaults)
  if (Buffer.byteLength(JSON.stringify(data)) <= maxRecordBytes) return data
  const message = `has more than 1 MiB as JSON${countingDefaults}`
  throw invalidBody(resource.noun, [{ pointer: '', code: 'too_big', message, limit: maxRecordBytes }])
}

/**
 * Checks that no end in a valid document is certainly before its start.
 * @param before the stored document, if there is one. Dates in a wrong order that are unchanged from it are no fault, so
 *   that the other properties of such a record can be changed.
 * @throws Problem `invalid-body`.
 */
export function requireOrder(resource: Resource, document: Document, before?: Document): void {
  const disorder = findOrderFaults(resource.fields, document)
  if (disorder.length === 0) return
  const known = before ? findOrderFaults(resource.fields, before).map(({ message }) => message) : []
  const added = disorder.filter(({ message }) => {
    const index = known.indexOf(message)
    // A further item of a list may have the same dates as an item that is known.
    if (index >= 0) known.splice(index, 1)
    return index < 0
  })
  if (added.length > 0) throw invalidBody(resource.noun, added)
}

/**
 * Checks a document like `checkValues` and `requireOrder`.
 * @param before the stored document, if there is one.
 * @throws Problem `invalid-body` with the faults of the first check that fails.
 */
export function checkDocument(resource: Resource, body: unknown, before?: Document): Document {
  const document = checkValues(resource, body)
  requireOrder(resource, document, before)
  return document
}

/** Whether a JSON value has more than `max` values. The value itself and all nested values count. */
function hasMoreValues(value: unknown, max: number): boolean {
  let count = 0
  const walk = (inner: unknown): boolean => {
    count += 1
    if (count > max) return true
    return typeof inner === 'object' && inner !== null && Object.values(inner).some(walk)
  }
  return walk(value)
}

/** Maximum number of JSON values in one record, nested ones included. Checking more would block other requests. */
export const maxRecordValues = 20_000

/** Maximum size of a record as JSON in bytes, and of the body of a request that writes one record. */
export const maxRecordBytes = 1024 * 1024

/**
 * Checks the number of values of a document.
 * @param addition text after the message.
 * @throws Problem `invalid-body` if the document has more than `maxRecordValues` values.
 */
function requireFewValues(noun: string, document: unknown, addition = ''): void {
  if (!hasMoreValues(document, maxRecordValues)) return
  const message = `has more than ${maxRecordValues} values${addition}`
  throw invalidBody(noun, [{ pointer: '', code: 'too_big', message, limit: maxRecordValues }])
}

/**
 * Checks the new document of a record. A body without `visibility` keeps the current one, so that a client that does not
 * know the property publishes nothing.
 * @throws what `checkDocument` throws.
 */
export function checkReplacement(resource: Resource, before: Document, body: unknown): Document {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return checkDocument(resource, body)
  const { visibility = before.visibility, ...rest }: Document = { ...body }
  return checkDocument(resource, { ...rest, visibility }, before)
}

/** Returns the body as an object. @throws Problem `invalid-body` when it is not a JSON object. */
export function requireObject(noun: string, body: unknown): Document {
  // `z.record()` would drop a property named __proto__ without an error.
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return Object.fromEntries(Object.entries(body))
  if (body === undefined) throw invalidBody(noun, [{ pointer: '', code: 'required', message: 'is required' }])
  const message = typeMessage('object', body)
  throw invalidBody(noun, [{ pointer: '', code: 'wrong_type', message }])
}

/** Returns the properties that the registry sets: version, timestamps, and a generated key. */
export function managedProperties(resource: Resource): string[] {
  return [
    ...(resource.key.assignedBy === 'registry' ? [resource.key.property] : []),
    ...Object.keys(managedSchemas),
  ]
}

/** Whether a body has the current value of a managed property. Times are equal if they are the same millisecond, in any form. */
function isUnchanged(given: unknown, current: unknown): boolean {
  if (given === current) return true
  const [time, currentTime] = [given, current].map((value) => timestamp.safeParse(value).data)
  return time !== undefined && currentTime !== undefined && Date.parse(time) === Date.parse(currentTime)
}

/** Returns the faults with another message about properties that the registry sets and a new record must not have. */
function explainManaged(resource: Resource, faults: FaultList): FaultList {
  const pointers = managedProperties(resource).map((property) => formatPointer([property]))
  const explained = toFaultList(
    faults.listed.map((fault) =>
      fault.code === 'unknown' && pointers.includes(fault.pointer ?? '')
        ? { ...fault, message: 'is set by the registry: leave it out' }
        : fault,
    ),
  )
  explained.addUnlisted(faults.unlistedCount)
  return explained
}

/**
 * Removes the managed properties from a body, so that a record can be sent back as it was read.
 * @throws Problem `invalid-body` if the body has another value of a managed property than the record.
 */
export function withoutManaged(resource: Resource, body: Document, current: Document): Document {
  const properties = managedProperties(resource)
  const faults = properties
    .filter((property) => Object.hasOwn(body, property) && !isUnchanged(body[property], current[property]))
    .map((property) => ({
      pointer: formatPointer([property]),
      code: 'read_only',
      message: `is set by the registry and is ${JSON.stringify(current[property])}: send that or leave it out`,
    }))
  if (faults.length > 0) throw invalidBody(resource.noun, faults)
  return Object.fromEntries(Object.entries(body).filter(([property]) => !properties.includes(property)))
}

/** Returns the problem of a document whose key differs from the key of its stored record. */
export const changedKeyProblem = ({ noun, key: { property } }: Resource, key: string): Problem =>
  invalidBody(noun, [
    {
      pointer: formatPointer([property]),
      code: 'read_only',
      message: `is the key of the record and stays "${key}": create another record for another key`,
    },
  ])

/** Checks that a document whose key clients assign keeps its key. @throws Problem `invalid-body` otherwise. */
export function requireSameKey(resource: Resource, key: string, document: Document): void {
  const { property, assignedBy } = resource.key
  if (assignedBy === 'client' && document[property] !== key) throw changedKeyProblem(resource, key)
}
