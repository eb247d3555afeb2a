import { z } from 'zod'
import { keys } from '../model/keys.ts'
import { lazyFor } from '../model/lazy.ts'
import { exampleKey, exampleRecord, type Resource, recordSchema } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { pageSize } from '../query/list.ts'
import { etagHeader } from './entity-tags.ts'
import type { HeaderContract, ResponseContract } from './operation.ts'

/** Schema of the `page` object of a list: limit, next cursor and total. */
const pageInfoSchema = registerResponseSchema(
  'Page',
  z
    .strictObject({
      limit: z.int().min(1).meta({ description: '`limit` of the request, or its default.' }),
      next: z.string().nullable().meta({ description: 'Cursor of the next page; null on the last page.' }),
      total: z
        .strictObject({ count: z.int().min(0), relation: z.enum(['exact', 'estimated']) })
        .optional()
        .meta({ description: 'Number of matching records, if the request has `count`.' }),
    })
    .meta({
      description: 'Size of the page, cursor of the next page, and total.',
      examples: [{ limit: pageSize.defaultSize, next: null }],
    }),
)

/**
 * Caches a schema that depends only on the key of a resource. Resources with generated keys share one schema.
 * @param make its arguments: `schemaName`, which returns a name for the OpenAPI document; the definition of the key; an
 *   example of a key.
 */
export function memoizeByKey<T>(
  make: (schemaName: (word: string) => string, key: Resource['key'], example: unknown) => T,
): (resource: Resource) => T {
  let shared: T | undefined
  const byResource = lazyFor((resource: Resource) =>
    make((word) => `${resource.singular}${word}`, resource.key, exampleKey(resource)),
  )
  return (resource) => {
    if (resource.key.assignedBy === 'client') return byResource(resource)
    // Without the resource: an error would suggest a search for records of this one resource.
    shared ??= make((word) => word, { ...resource.key, schema: keys.uuid() }, exampleKey(resource))
    return shared
  }
}

/** Registers the schema of a page of items. @param id name of the schema. @param options `limit`: the default of the parameter. */
export const namedPageSchema = (
  id: string,
  item: z.ZodType,
  {
    description,
    example,
    limit = pageSize.defaultSize,
  }: { description: string; example: unknown; limit?: number },
) =>
  registerResponseSchema(
    id,
    z.strictObject({ data: z.array(item), page: pageInfoSchema }).meta({
      description,
      examples: [{ data: [example], page: { limit, next: null } }],
    }),
  )

/** Schema of a page of records. */
export const pageSchema = lazyFor((resource: Resource) =>
  registerResponseSchema(
    `${resource.singular}Page`,
    z
      .strictObject({
        data: z.array(recordSchema(resource)),
        page: pageInfoSchema,
        names: resource.registry.namesSchema.optional().meta({ description: 'With `include=names`.' }),
      })
      .meta({
        examples: [{ data: [exampleRecord(resource)], page: { limit: pageSize.defaultSize, next: null } }],
      }),
  ),
)

/** The 304 response: the client's copy is current. */
const notModified: ResponseContract = {
  description: 'The representation that the client has is current.',
  headers: { etag: etagHeader },
}

/** Returns the responses to a conditional read: 200 with an entity tag, and 304. */
export const readResponses = (
  description: string,
  schema: () => z.ZodType,
  headers: Record<string, HeaderContract> = {},
): Record<number, ResponseContract> => ({
  200: { description, schema, headers: { etag: etagHeader, ...headers } },
  304: notModified,
})

/** The `Location` header of a 201 response. */
export const locationHeader: HeaderContract = {
  description: 'Path of the new record, key or import.',
  example: '/v1/agreements/01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
}
