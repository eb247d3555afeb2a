import { managed, type Resource } from '../../model/resource.ts'
import { faultMessage, formatPointer, toFaults } from '../../problems/faults.ts'
import { type Fault, Problem } from '../../problems/problem.ts'
import type { Document } from './documents.ts'

/** Returns the problem `invalid-body` with these faults. */
export function invalidBody(noun: string, errors: Fault[], cause?: unknown): Problem {
  const count = errors.length === 1 ? 'one fault' : `${errors.length} faults`
  return new Problem('invalid-body', `The ${noun} has ${count}; nothing was written.`, { errors, cause })
}

/**
 * Checks a document against the resource's schema and fills in defaults.
 * @throws Problem `invalid-body` with every fault.
 */
export function checkDocument(resource: Resource, body: unknown): Document {
  const result = resource.document.safeParse(body, { error: faultMessage })
  if (result.success) return result.data
  throw invalidBody(
    resource.noun,
    toFaults(result.error, (path) => ({ pointer: formatPointer(path) })),
  )
}

/** Returns the body as an object. @throws Problem `invalid-body` when it is no JSON object. */
export function requireObject(noun: string, body: unknown): Document {
  // A zod record would drop a property named __proto__ without an error.
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return Object.fromEntries(Object.entries(body))
  throw invalidBody(noun, [{ pointer: '', code: 'wrong_type', message: 'the body must be a JSON object' }])
}

/** Returns the properties that the registry sets: version, timestamps, and a generated key. */
export function managedProperties(resource: Resource): string[] {
  return [...(resource.key.madeBy === 'registry' ? [resource.key.property] : []), ...Object.keys(managed)]
}

/**
 * Removes the managed properties from a body, so that a record can be sent back as it was read.
 * @throws Problem `invalid-body` when one of them differs from its current value.
 */
export function withoutManaged(resource: Resource, body: Document, current: Document): Document {
  const properties = managedProperties(resource)
  const faults = properties
    .filter((property) => Object.hasOwn(body, property) && body[property] !== current[property])
    .map((property) => ({
      pointer: formatPointer([property]),
      code: 'read_only',
      message: `is set by the registry and is ${JSON.stringify(current[property])}: send that or leave it out`,
    }))
  if (faults.length > 0) throw invalidBody(resource.noun, faults)
  return Object.fromEntries(Object.entries(body).filter(([property]) => !properties.includes(property)))
}

/** Checks that the document keeps its key. @throws Problem `invalid-body` otherwise. */
export function requireSameKey(resource: Resource, key: string, document: Document): void {
  const { property, madeBy } = resource.key
  if (madeBy === 'registry' || document[property] === key) return
  throw invalidBody(resource.noun, [
    {
      pointer: formatPointer([property]),
      code: 'read_only',
      message: `is the key of the record and stays "${key}": create another record for another key`,
    },
  ])
}
