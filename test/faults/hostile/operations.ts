import { z } from 'zod'
import { inlineComponents } from '../../support/inline-components.ts'

/** A request to the service. */
export interface Request {
  /** The operation that the request calls. */
  operationId: string
  method: string
  /** Path and query, percent-encoded as far as HTTP requires. */
  url: string
  headers: Record<string, string>
  body?: string | Buffer
}

const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.enum(['query', 'path', 'header']),
  required: z.boolean().optional(),
  style: z.string().optional(),
  schema: z.unknown(),
  example: z.unknown().optional(),
})

export type Parameter = z.output<typeof parameterSchema>

const content = z.record(z.string(), z.looseObject({ schema: z.unknown(), example: z.unknown().optional() }))

const operationSchema = z.looseObject({
  operationId: z.string(),
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.looseObject({ content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: content.optional() })),
})

export type Operation = z.output<typeof operationSchema> & { method: string; path: string }

const openApiDocumentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
})

/** The operations of an OpenAPI document except those with endless responses. */
export function operationsOf(document: unknown): Operation[] {
  const { paths } = openApiDocumentSchema.parse(inlineComponents(document))
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path }))
      .filter(({ responses }) => !responses[200]?.content?.['text/event-stream']),
  )
}
