import { z } from 'zod'
import { lazyFor } from '../../../model/lazy.ts'
import { schemaPrefix } from '../../openapi/shared-parts.ts'

/** The parts of the OpenAPI document that the pages of the API reference show. */

const schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  examples: z.array(z.unknown()).optional(),
  items: z.looseObject({}).optional(),
})
const media = z.looseObject({ schema: schema.optional(), example: z.unknown().optional() })
const parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional(),
  description: z.string().optional(),
  /** False if several values are separated by commas. By default, the name is repeated for each value. */
  explode: z.boolean().optional(),
  schema,
})
const response = z.looseObject({
  description: z.string(),
  content: z.record(z.string(), media).optional(),
})
const operation = z.looseObject({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string(),
  parameters: z.array(parameter).default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), media) }).optional(),
  responses: z.record(z.string(), response),
})
const documentSchema = z.looseObject({
  info: z.looseObject({ description: z.string() }),
  tags: z.array(z.looseObject({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), schema) }),
})

/** A schema of the document. */
export type DescribedSchema = z.output<typeof schema>

/** A parameter of an operation. */
export type DescribedParameter = z.output<typeof parameter>

/** An operation with its method and path. */
export type DescribedOperation = z.output<typeof operation> & { method: string; path: string }

/** The OpenAPI document in the form that the pages show. */
export interface ApiDescription {
  description: string
  tags: { name: string; description: string }[]
  operations: DescribedOperation[]
  schemas: Record<string, DescribedSchema>
}

const sharedReference = /^#\/components\/(parameters|requestBodies|responses|headers)\/(.+)$/

/** Replaces references to shared parameters, bodies, responses and headers with the components. */
function inlineReferences(value: unknown, components: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => inlineReferences(item, components))
  if (typeof value !== 'object' || value === null) return value
  const [, section = '', name = ''] = sharedReference.exec('$ref' in value ? String(value.$ref) : '') ?? []
  if (section !== '') return inlineReferences(Object(components[section])[name], components)
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, inlineReferences(child, components)]),
  )
}

/** Reads the OpenAPI document of the service, once. @throws ZodError when it lacks a part that the pages need. */
export const readApiDescription = lazyFor((document: object): ApiDescription => {
  const { components, paths, ...rest } = Object(document)
  const parsed = documentSchema.parse({ ...rest, components, paths: inlineReferences(paths, components) })
  return {
    description: parsed.info.description,
    tags: parsed.tags,
    schemas: parsed.components.schemas,
    operations: Object.entries(parsed.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, found]) => ({ ...found, path, method: method.toUpperCase() })),
    ),
  }
})

/** Returns the name of the component that a schema refers to. */
export const referencedName = ({ $ref }: DescribedSchema): string | undefined =>
  $ref?.startsWith(schemaPrefix) ? $ref.slice(schemaPrefix.length) : undefined

/** Returns the schema that a reference points to, or the given schema if it is no reference. */
export function resolveSchema(given: DescribedSchema, { schemas }: ApiDescription): DescribedSchema {
  const name = referencedName(given)
  return (name === undefined ? undefined : schemas[name]) ?? given
}
