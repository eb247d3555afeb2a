import { z } from 'zod'
import { lazyFor } from '../../model/lazy.ts'
import { exampleKey, type Resource } from '../../model/resource.ts'
import { registerRequestSchema } from '../../model/schema-names.ts'
import { type ExternalId, externalId } from '../../model/schemas.ts'
import { checkValue, formatPointer } from '../../problems/faults.ts'
import { Problem, prefixPointer } from '../../problems/problem.ts'
import { inputSchema, patchSchema } from '../body-schemas.ts'
import { type ExpectedVersions, parseIfMatch } from '../entity-tags.ts'
import type { Document } from '../writing/documents.ts'
import { hasExternalIds } from '../writing/external-ids.ts'
import { checkWholeRecord } from '../writing/ndjson.ts'
import { checkValues, invalidBody, requireObject } from '../writing/validation.ts'

/** Parses and checks the body of a bulk request, one operation at a time. */

/** Maximum number of operations in one request. */
export const maxOperations = 1000

const kinds = ['create', 'replace', 'patch', 'remove', 'upsert'] as const

type Kind = (typeof kinds)[number]

/** Describes the properties of each kind of operation. The schema in the OpenAPI document does not have these rules. */
const operationProperties =
  '`create` has `document`. The others have the key of a record or, if the resource has external ids, its `externalId`. In addition, `upsert` has `document`, which lists this `externalId`; `replace` has `ifMatch` and `document`; `patch` has `ifMatch` and `patch`; `remove` has `ifMatch`.'

/** Identifies the record of an operation, by its key or by an external id. */
export interface Target {
  key?: string
  externalId?: ExternalId
}

/**
 * A parsed operation. The `body` of a change, and the order of dates in the `document` of an upsert, are validated when the
 * stored record is known. `keepsVisibility`: whether a stored record keeps its visibility, because the operation gives none. The
 * `document` then has the default.
 */
export type BulkOperation =
  | { kind: 'create'; document: Document }
  | { kind: 'upsert'; target: Target; document: Document; keepsVisibility: boolean }
  | { kind: 'remove'; target: Target; expected: ExpectedVersions }
  | { kind: 'replace' | 'patch'; target: Target; expected: ExpectedVersions; body: Document }

/**
 * Returns the problem of operation `index` with its pointers moved below `/operations/{index}/{path}`. A problem without faults
 * gets one at this pointer.
 */
export function atOperation(problem: Problem, index: number, path: PropertyKey[] = []): Problem {
  const { type, message, cause } = problem
  const prefix = formatPointer(['operations', index, ...path])
  if (problem.errors.length > 0 || problem.moreErrors > 0) return problem.mapErrors(prefixPointer(prefix))
  const errors = [{ pointer: prefix, code: type.replaceAll('-', '_'), message }]
  return new Problem(type, message, { errors, cause })
}

/** A version, an entity tag, or `*`. */
const ifMatchSchema = z
  .string()
  .max(100)
  .regex(/^(\*|[1-9]\d*|"[^"]*")$/, {
    error: 'must be a version as text, such as "3", or "*" for any version',
  })

/** Returns the properties that identify a record: its key, and `externalId` where the resource has external ids. */
function targetShape(resource: Resource): z.ZodRawShape {
  const { property, schema } = resource.key
  if (!hasExternalIds(resource)) return { [property]: schema }
  return { [property]: z.optional(schema), externalId: z.optional(externalId) }
}

/**
 * Returns the schema of the whole body for the OpenAPI document. There, an operation is one object instead of a union by
 * `op`, since many generators make unusable types from a union.
 */
export const bulkSchema = lazyFor((resource: Resource) => {
  const target = Object.entries(targetShape(resource)).map(([property, schema]) => [
    property,
    z.optional(schema),
  ])
  const operation = registerRequestSchema(
    `${resource.singular}Operation`,
    z
      .strictObject({
        op: z.enum(kinds).meta({ description: operationProperties }),
        ...Object.fromEntries(target),
        ifMatch: ifMatchSchema.optional(),
        document: inputSchema(resource).optional(),
        patch: patchSchema(resource).optional(),
      })
      .meta({
        examples: [{ op: 'create', document: resource.example }],
      }),
  )
  return registerRequestSchema(
    `${resource.singular}Bulk`,
    z
      .strictObject({ operations: z.array(operation).min(1).max(maxOperations) })
      .meta({ examples: [exampleBulk(resource)] }),
  )
})

/** Returns an example body for the OpenAPI document. */
export const exampleBulk = (resource: Resource) => ({
  operations: [{ op: 'remove', [resource.key.property]: exampleKey(resource), ifMatch: '*' }],
})

/** Schema of an operation, without the rules for its document or patch, which `readOperation` and `planBulk` check. */
const operationWithoutBodySchema = lazyFor((resource: Resource) => {
  const target = targetShape(resource)
  const body = z.unknown()
  const ifMatch = z.optional(ifMatchSchema)
  return z.discriminatedUnion('op', [
    z.strictObject({ op: z.literal('create'), document: body }),
    z.strictObject({ op: z.literal('replace'), ...target, ifMatch, document: body }),
    z.strictObject({ op: z.literal('patch'), ...target, ifMatch, patch: body }),
    z.strictObject({ op: z.literal('remove'), ...target, ifMatch }),
    z.strictObject({ op: z.literal('upsert'), ...target, document: body }),
  ])
})

const operationInput = z.looseObject({
  op: z.enum(kinds),
  ifMatch: z.string().optional(),
  externalId: externalId.optional(),
})

/** Reads the target of an operation. @throws Problem `invalid-body` unless there is exactly one of key and external id. */
function readTarget(resource: Resource, operation: z.output<typeof operationInput>): Target {
  const { property } = resource.key
  const key = operation[property]
  const { externalId: id } = operation
  if (typeof key === 'string' && id === undefined) return { key }
  if (key === undefined && id !== undefined) return { externalId: id }
  const [code, problem] =
    id === undefined ? ['required', 'names no record'] : ['not_exactly_one', 'names its record twice']
  const message = `${problem}: give exactly one of ${property} and externalId`
  throw invalidBody('operation', [{ pointer: '', code, message }])
}

/** Reads the versions that an operation expects. @throws Problem `precondition-required` without `ifMatch`. */
function readIfMatch(ifMatch: string | undefined): ExpectedVersions {
  if (ifMatch !== undefined) return parseIfMatch(/^[*"]/.test(ifMatch) ? ifMatch : `"${ifMatch}"`)
  const message = 'is required to change or remove a record: the version that was read, or * for any version'
  throw new Problem('precondition-required', 'An operation must say which version it changes.', {
    errors: [{ pointer: '/ifMatch', code: 'required', message }],
  })
}

/** Returns the property of an operation that holds its document or patch. */
export const bodyProperty = (kind: Kind) => (kind === 'patch' ? 'patch' : 'document')

/** Checks the document or patch of an operation. @throws Problem `invalid-body`; pointers start at the operation. */
function checkBody(
  operation: z.output<typeof operationInput>,
  check: (value: unknown) => Document,
): Document {
  const path = bodyProperty(operation.op)
  const value = operation[path]
  try {
    if (value === undefined)
      throw invalidBody(path, [{ pointer: '', code: 'required', message: 'is required' }])
    return check(value)
  } catch (error) {
    throw error instanceof Problem ? error.mapErrors(prefixPointer(`/${path}`)) : error
  }
}

const hasVisibility = (document: unknown) =>
  typeof document === 'object' && document !== null && Object.hasOwn(document, 'visibility')

/**
 * Parses one operation and checks what can be checked without the stored record.
 * @throws Problem with the faults of the first check that fails: of the properties, the key or external id, `ifMatch`, or the
 * document or patch. Pointers start at the operation.
 */
export function readOperation(resource: Resource, value: unknown): BulkOperation {
  const { faults } = checkValue(operationWithoutBodySchema(resource), value)
  if (faults) throw invalidBody('operation', faults)
  const operation = operationInput.parse(value)
  const { op: kind } = operation
  switch (kind) {
    case 'create':
      return { kind, document: checkBody(operation, (document) => checkWholeRecord(resource, document)) }
    case 'upsert': {
      const target = readTarget(resource, operation)
      // The stored record may have dates in a wrong order that the upsert keeps.
      const document = checkBody(operation, (body) => checkWholeRecord(resource, body, checkValues))
      return { kind, target, document, keepsVisibility: !hasVisibility(operation.document) }
    }
    case 'remove':
      return { kind, target: readTarget(resource, operation), expected: readIfMatch(operation.ifMatch) }
    default: {
      const target = readTarget(resource, operation)
      const expected = readIfMatch(operation.ifMatch)
      const body = checkBody(operation, (document) => requireObject(resource.noun, document))
      return { kind, target, expected, body }
    }
  }
}

/** Schema of a body with unparsed operations, which are counted before they are parsed. */
const envelope = z.strictObject({
  operations: z.array(z.unknown()).min(1),
})

/** Returns the unparsed operations of a body. @throws Problem `invalid-body` if there are none, `too-large` if too many. */
export function readOperations(body: unknown): unknown[] {
  const { data, faults } = checkValue(envelope, requireObject('body', body))
  if (faults) throw invalidBody('body', faults)
  const { length } = data.operations
  if (length <= maxOperations) return data.operations
  const detail = `The body has ${length} operations; the limit is ${maxOperations}.`
  throw new Problem('too-large', detail)
}
