import { z } from 'zod'
import type { Resource } from '../../model/resource.ts'
import { nameInput } from '../../model/schema-names.ts'
import { externalId } from '../../model/schemas.ts'
import { faultMessage, faultsOf, pointerOf } from '../../problems/faults.ts'
import { type Fault, Problem } from '../../problems/problem.ts'
import { didYouMean, listed } from '../../problems/suggest.ts'
import { memo } from '../answers.ts'
import { patchOf, replacementOf } from '../bodies.ts'
import { type Expected, expectedVersions } from '../tags.ts'
import type { Document } from '../writing/documents.ts'
import { hasExternalIds } from '../writing/external-ids.ts'
import { documentIn } from '../writing/lines.ts'
import { invalidBody, requireObject } from '../writing/validation.ts'

/** What a body of operations asks, each by itself. */

/** Most operations that are sent together. */
export const mostOperations = 1000

const kinds = ['create', 'replace', 'patch', 'remove', 'upsert'] as const

type Kind = (typeof kinds)[number]

/** How an operation names its record: by its key or by an external id. */
export interface Target {
  key?: string
  externalId?: z.output<typeof externalId>
}

/** One operation, its form checked. */
export type Wish =
  | { kind: 'create'; document: Document }
  | { kind: 'upsert'; target: Target; document: Document }
  | { kind: 'remove'; target: Target; expected: Expected }
  | { kind: 'replace' | 'patch'; target: Target; expected: Expected; body: Document }

/** An operation's own problem, as one of the whole body: its faults are told by their places there. */
export function inOperation(problem: Problem, at: number, place: PropertyKey[] = []): Problem {
  const here = pointerOf(['operations', at, ...place])
  const told: Fault[] =
    problem.errors.length > 0
      ? problem.errors
      : [{ code: problem.type.replaceAll('-', '_'), message: problem.message }]
  const errors = told.map(({ pointer = '', code, message }) => ({
    pointer: `${here}${pointer}`,
    code,
    message,
  }))
  return new Problem(problem.type, problem.message, { errors, cause: problem.cause })
}

const ifMatchForm = z
  .string()
  .regex(/^(\*|[1-9]\d*|"[^"]*")$/, { error: 'must be a version, such as 3, or * to insist' })
  .meta({ description: 'Version that was read; `*` insists.', examples: ['3'] })

interface Bodies {
  made: z.ZodType
  replacement: z.ZodType
  patch: z.ZodType
  ifMatch: z.ZodType
}

/** Properties that name a record: its key or, where there are any, an external id in its place. */
function targetShape(resource: Resource): z.ZodRawShape {
  const { key, noun } = resource
  const description = `The ${key.property} of the ${noun}.`
  if (!hasExternalIds(resource))
    return { [key.property]: key.schema.meta({ ...key.schema.meta(), description }) }
  return {
    [key.property]: z.optional(key.schema).meta({ description }),
    externalId: z
      .optional(externalId)
      .meta({ description: `An external id of the ${noun}, in place of its ${key.property}.` }),
  }
}

/** The schema of one operation, by those of what it brings. */
function operationForm(resource: Resource, { made, replacement, patch, ifMatch }: Bodies) {
  const target = targetShape(resource)
  return z.discriminatedUnion(
    'op',
    [
      z.strictObject({ op: z.literal('create'), document: made }),
      z.strictObject({ op: z.literal('replace'), ...target, ifMatch, document: replacement }),
      z.strictObject({ op: z.literal('patch'), ...target, ifMatch, patch }),
      z.strictObject({ op: z.literal('remove'), ...target, ifMatch }),
      z.strictObject({ op: z.literal('upsert'), ...target, document: made }),
    ],
    {
      error: ({ input }) => {
        if (typeof input !== 'object' || input === null) return undefined
        const op = Object(input).op
        if (op === undefined) return 'is required'
        // Other JSON may be such that it can't become a text: {"toString": 1}.
        return typeof op === 'string'
          ? `${JSON.stringify(op)} is not known${didYouMean(op, kinds)}`
          : `must be one of ${listed(kinds)}`
      },
    },
  )
}

/** The body as the contract shows it. */
export const bulkOf = memo((resource) => {
  const document = replacementOf(resource)
  const operation = nameInput(
    `${resource.singular}Operation`,
    operationForm(resource, {
      made: document,
      replacement: document,
      patch: patchOf(resource),
      ifMatch: ifMatchForm,
    }).meta({
      description: `One operation on ${resource.name.replaceAll('-', ' ')}.`,
      examples: [bulkExample(resource).operations[0]],
    }),
  )
  return nameInput(
    `${resource.singular}Bulk`,
    z
      .strictObject({ operations: z.array(operation).min(1).max(mostOperations) })
      .meta({ description: 'Operations that are done together.', examples: [bulkExample(resource)] }),
  )
})

/** The key of a record in examples. */
export const keyExample = ({ key, example }: Resource) =>
  key.madeBy === 'client' ? example[key.property] : '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90'

/** A body for the OpenAPI document. */
export function bulkExample(resource: Resource) {
  const { key, example } = resource
  const value = keyExample(resource)
  const property = Object.keys(example).find((name) => name !== key.property) ?? ''
  return {
    operations: [
      { op: 'create', document: example },
      { op: 'patch', [key.property]: value, ifMatch: '3', patch: { [property]: example[property] } },
      { op: 'remove', [key.property]: value, ifMatch: '*' },
    ],
  }
}

/** The same for reading: what operations bring is checked when it is known what it is brought to. */
const readForm = memo((resource) =>
  operationForm(resource, {
    made: z.unknown(),
    replacement: z.unknown(),
    patch: z.unknown(),
    ifMatch: z.optional(ifMatchForm),
  }),
)

const given = z.looseObject({
  op: z.enum(kinds),
  ifMatch: z.string().optional(),
  externalId: externalId.optional(),
})

/** The record that an operation names. @throws Problem `invalid-body` when it names none, or two. */
function targetIn(resource: Resource, operation: z.output<typeof given>): Target {
  const { property } = resource.key
  const key = operation[property]
  const { externalId: id } = operation
  if (typeof key === 'string' && id === undefined) return { key }
  if (key === undefined && id !== undefined) return { externalId: id }
  const count = id === undefined ? 'no record' : 'its record twice'
  const message = `names ${count}: give exactly one of ${property} and externalId`
  throw invalidBody('operation', [{ pointer: '', code: 'required', message }])
}

/** The versions that an operation is meant for. @throws Problem `precondition-required`. */
function expectedIn(ifMatch: string | undefined): Expected {
  if (ifMatch !== undefined) return expectedVersions(/^[*"]/.test(ifMatch) ? ifMatch : `"${ifMatch}"`)
  const message = 'is required to change or remove a record: the version that was read, or * to insist'
  throw new Problem('precondition-required', 'An operation must say which version it changes.', {
    errors: [{ pointer: '/ifMatch', code: 'required', message }],
  })
}

/** The property of an operation with what it brings. */
export const placeOf = (kind: Kind) => (kind === 'patch' ? 'patch' : 'document')

/** Checks what an operation brings. @throws Problem `invalid-body` with the faults at their places in the operation. */
function brought(operation: z.output<typeof given>, check: (value: unknown) => Document): Document {
  const place = placeOf(operation.op)
  const value = operation[place]
  try {
    if (value === undefined)
      throw invalidBody(place, [{ pointer: '', code: 'required', message: 'is required' }])
    return check(value)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const errors = error.errors.map((fault) => ({ ...fault, pointer: `/${place}${fault.pointer ?? ''}` }))
    throw new Problem(error.type, error.message, { errors, cause: error })
  }
}

/**
 * Reads one operation.
 * @throws Problem with all faults that it has by itself, at their places in it.
 */
export function wishIn(resource: Resource, value: unknown): Wish {
  const { error } = readForm(resource).safeParse(value, { error: faultMessage })
  if (error)
    throw invalidBody(
      'operation',
      faultsOf(error, (path) => ({ pointer: pointerOf(path) })),
    )
  const operation = given.parse(value)
  const { op: kind } = operation
  switch (kind) {
    case 'create':
      return { kind, document: brought(operation, (document) => documentIn(resource, document)) }
    case 'upsert': {
      const target = targetIn(resource, operation)
      return { kind, target, document: brought(operation, (document) => documentIn(resource, document)) }
    }
    case 'remove':
      return { kind, target: targetIn(resource, operation), expected: expectedIn(operation.ifMatch) }
    default: {
      const target = targetIn(resource, operation)
      const expected = expectedIn(operation.ifMatch)
      const body = brought(operation, (document) => requireObject(resource.noun, document))
      return { kind, target, expected, body }
    }
  }
}

const envelope = z.strictObject({ operations: z.array(z.unknown()).min(1) })

/** The operations of a body, not yet looked at. @throws Problem when it has none, or too many. */
export function operationsIn(body: unknown): unknown[] {
  const { data, error } = envelope.safeParse(requireObject('body', body), { error: faultMessage })
  if (error)
    throw invalidBody(
      'body',
      faultsOf(error, (path) => ({ pointer: pointerOf(path) })),
    )
  const { length } = data.operations
  if (length <= mostOperations) return data.operations
  const detail = `The body has ${length} operations; at most ${mostOperations} are done together.`
  throw new Problem('too-large', detail)
}
