import { expect, it } from 'vitest'
import { z } from 'zod'
import { sharedApi } from '../support/api.ts'

/** Every list, map and text of a request has a maximum in the OpenAPI document. */

const api = await sharedApi()

const schemaForm = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
})

type Schema = z.output<typeof schemaForm>

/** Formats that limit the length of a text. */
const boundedFormats = ['uuid', 'date', 'date-time']

/** Whether a pattern is anchored at both ends and has no unbounded repetition. */
const isBounded = (pattern: string) =>
  /^\^.*\$$/s.test(pattern) && !/[*+]|\{\d+,\}/.test(pattern.replaceAll(/\\.|\[[^\]]*\]/g, ''))

const isFixed = (schema: Schema) => 'const' in schema || 'enum' in schema

const isBoundedText = (schema: Schema) =>
  'maxLength' in schema ||
  isFixed(schema) ||
  boundedFormats.includes(schema.format ?? '') ||
  isBounded(schema.pattern ?? '')

/** Yields a message for each text, list and map without a maximum in a schema. */
function* findUnbounded(
  document: object,
  schemaOrTrue: unknown,
  path: string,
  seen: Set<string>,
): Generator<string> {
  const schema = schemaForm.parse(schemaOrTrue === true ? {} : schemaOrTrue)
  if (schema.$ref !== undefined) {
    if (seen.has(schema.$ref)) return
    seen.add(schema.$ref)
    const steps = schema.$ref.slice(2).split('/')
    const target = steps.reduce<unknown>((value, step) => Object(value)[step], document)
    yield* findUnbounded(document, target, schema.$ref, seen)
    return
  }
  const types = [schema.type ?? []].flat()
  if (types.includes('string') && !isBoundedText(schema)) yield `${path} has no maxLength`
  if (types.includes('array') && !('maxItems' in schema)) yield `${path} has no maxItems`
  if (types.includes('object') && schema.additionalProperties !== false && !('maxProperties' in schema)) {
    yield `${path} has no maxProperties`
  }
  for (const [name, inner] of Object.entries(Object(schema.properties))) {
    yield* findUnbounded(document, inner, `${path}/${name}`, seen)
  }
  for (const keyword of ['items', 'additionalProperties', 'not']) {
    const inner = schema[keyword]
    if (typeof inner === 'object') yield* findUnbounded(document, inner, `${path}/${keyword}`, seen)
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
    for (const inner of z.array(z.unknown()).parse(schema[keyword] ?? [])) {
      yield* findUnbounded(document, inner, `${path}/${keyword}`, seen)
    }
  }
}

const content = z.record(z.string(), z.looseObject({ schema: z.unknown() }))
const operationForm = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), schema: z.unknown() })).default([]),
  requestBody: z.looseObject({ content }).optional(),
})

it('every list, map and text of a request has a maximum in the OpenAPI document', () => {
  const paths = z.record(z.string(), z.record(z.string(), operationForm)).parse(api.document.paths)
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  expect(operations.length).toBeGreaterThan(100)
  const seen = new Set<string>()
  const unbounded = operations.flatMap(({ operationId, parameters, requestBody }) => [
    ...parameters.flatMap(({ name, schema }) => [
      ...findUnbounded(api.document, schema, `${operationId} ${name}`, seen),
    ]),
    ...Object.entries(requestBody?.content ?? {}).flatMap(([type, { schema }]) => [
      ...findUnbounded(api.document, schema, `${operationId} ${type}`, seen),
    ]),
  ])
  expect(unbounded).toEqual([])
})
