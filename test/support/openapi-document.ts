import { z } from 'zod'
import { endpoints } from '../../src/features/index.ts'
import { registry } from './registry.ts'

const schema = z.record(z.string(), z.unknown())
const media = z.record(z.string(), z.looseObject({ schema, example: z.unknown().optional() }))
const parameter = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  description: z.string().optional(),
  schema,
  example: z.unknown().optional(),
})
const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  description: z.string(),
  parameters: z.array(parameter).default([]),
  requestBody: z.looseObject({ content: media }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string(), content: media.optional() })),
})
/** The parts of an OpenAPI document that tests read. */
export const openApiDocumentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), schema) }),
})

/** An operation with its path and method. */
export type Operation = z.output<typeof operation> & { path: string; method: string }

/** Returns all operations of an OpenAPI document, with their paths and methods. */
export function operationsIn(document: z.output<typeof openApiDocumentSchema>): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, definition]) => ({ ...definition, path, method })),
  )
}

/** Returns the operations of resources, without the operations of other endpoints, such as `/v1/search`. */
export function resourceOperations(operations: Operation[]): Operation[] {
  const otherPaths = new Set(endpoints(registry).map(({ path }) => path))
  return operations.filter(({ path }) => path.startsWith('/v1/') && !otherPaths.has(path))
}
