import { z } from 'zod'
import { type Resource, recordSchema } from '../model/resource.ts'
import { nameOutput } from '../model/schema-names.ts'
import type { AnswerContract, HeaderContract } from './operation.ts'
import { etagHeader } from './tags.ts'

/** Schema of what a page says of itself. */
export const page = nameOutput(
  'Page',
  z
    .strictObject({
      limit: z.int().min(1).meta({ description: 'Most records in a page.' }),
      next: z.string().nullable().meta({ description: 'Cursor of the next page; null on the last.' }),
      total: z
        .strictObject({ count: z.int().min(0), relation: z.enum(['exact', 'estimated']) })
        .optional()
        .meta({ description: 'How many records match, when `count` asks for it.' }),
    })
    .meta({ description: 'Where a page stands in its list.', examples: [{ limit: 25, next: null }] }),
)

/** Makes one thing a resource, once: schemas have names, which are given once. */
export const memo = <T>(make: (resource: Resource) => T) => {
  const made = new WeakMap<Resource, T>()
  return (resource: Resource): T => {
    const known = made.get(resource) ?? make(resource)
    made.set(resource, known)
    return known
  }
}

/** Schema of a record of which only some properties were asked for. */
export const sparseOf = memo((resource) =>
  nameOutput(
    `Sparse${resource.singular}`,
    recordSchema(resource)
      .partial()
      .meta({
        description: `Some properties of the ${resource.noun}: those that \`fields\` asked for.`,
        examples: [{ [resource.key.property]: recordExample(resource)[resource.key.property] }],
      }),
  ),
)

/** Schema of a record, whole or in the properties that `fields` asked for. */
export const wholeOrSparse = (resource: Resource) => z.union([recordSchema(resource), sparseOf(resource)])

function recordExample(resource: Resource): Record<string, unknown> {
  const examples = z.array(z.unknown()).parse(recordSchema(resource).meta()?.examples)
  return z.record(z.string(), z.unknown()).parse(examples[0])
}

/** Schema of a page of records. */
export const pageOf = memo((resource) =>
  nameOutput(
    `${resource.singular}Page`,
    z.strictObject({ data: z.array(wholeOrSparse(resource)), page }).meta({
      description: `A page of ${resource.name.replaceAll('-', ' ')}.`,
      examples: [{ data: [recordExample(resource)], page: { limit: 25, next: null } }],
    }),
  ),
)

/** The answer that the client's copy is current. */
export const notModified: AnswerContract = {
  description: 'The representation that the client has is current.',
  headers: { etag: etagHeader },
}

/** Where a new record is. */
export const locationHeader: HeaderContract = {
  description: 'Path of the new record.',
  example: '/v1/agreements/01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
}
