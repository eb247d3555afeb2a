import { managed, type Resource } from '../../model/resource.ts'
import { faultMessage, faultsOf, pointerOf } from '../../problems/faults.ts'
import { type Fault, Problem } from '../../problems/problem.ts'
import type { Document } from './documents.ts'

/** The problem that a body's faults make. */
export function invalidBody(noun: string, errors: Fault[], cause?: unknown): Problem {
  const count = errors.length === 1 ? 'one fault' : `${errors.length} faults`
  return new Problem('invalid-body', `The ${noun} has ${count}; nothing was written.`, { errors, cause })
}

/**
 * Checks a document against the resource's public contract and fills in what was left out.
 * @throws Problem `invalid-body` with every fault.
 */
export function checkDocument(resource: Resource, body: unknown): Document {
  const result = resource.document.safeParse(body, { error: faultMessage })
  if (result.success) return result.data
  throw invalidBody(
    resource.noun,
    faultsOf(result.error, (path) => ({ pointer: pointerOf(path) })),
  )
}

/** @throws Problem `invalid-body` when a body is no JSON object. */
export function requireObject(noun: string, body: unknown): Document {
  // zod's records would drop a property named __proto__ in silence.
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return Object.fromEntries(Object.entries(body))
  throw invalidBody(noun, [{ pointer: '', code: 'wrong_type', message: 'the body must be a JSON object' }])
}

/** Properties that the registry sets: those of every record, and the key where the registry makes it. */
export function managedProperties(resource: Resource): string[] {
  return [...(resource.key.madeBy === 'registry' ? [resource.key.property] : []), ...Object.keys(managed)]
}

/**
 * Takes out of a body what the registry sets, so that a record can be sent back as it was read.
 * @throws Problem `invalid-body` when one of these properties is not what it is now: it can't be set.
 */
export function withoutManaged(resource: Resource, body: Document, current: Document): Document {
  const properties = managedProperties(resource)
  const faults = properties
    .filter((property) => Object.hasOwn(body, property) && body[property] !== current[property])
    .map((property) => ({
      pointer: pointerOf([property]),
      code: 'read_only',
      message: `is set by the registry and is ${JSON.stringify(current[property])}: send that or leave it out`,
    }))
  if (faults.length > 0) throw invalidBody(resource.noun, faults)
  return Object.fromEntries(Object.entries(body).filter(([property]) => !properties.includes(property)))
}

/** @throws Problem `invalid-body` when the body gives the record another key than it has. */
export function requireSameKey(resource: Resource, key: string, document: Document): void {
  const { property, madeBy } = resource.key
  if (madeBy === 'registry' || document[property] === key) return
  throw invalidBody(resource.noun, [
    {
      pointer: pointerOf([property]),
      code: 'read_only',
      message: `is the key of the record and stays "${key}": make another record for another key`,
    },
  ])
}
