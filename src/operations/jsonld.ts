import { z } from 'zod'
import { propertiesOf } from '../model/document.ts'
import { lazyFor } from '../model/lazy.ts'
import type { Resource } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { ifNoneMatch, versionAndBodyTag } from './entity-tags.ts'
import { toLinkedData } from './linked-data.ts'
import type { Operation } from './operation.ts'
import { recordNotFound } from './read.ts'
import { readRecord } from './records.ts'
import { readResponses } from './response-schemas.ts'

/** Schema of linked data, whose properties depend on the record. */
const linkedData = registerResponseSchema(
  'LinkedData',
  z
    .looseObject({ '@id': z.string().meta({ description: 'URL or path of the record.' }) })
    .meta({ description: 'A record as JSON-LD.', examples: [{ '@id': '/v1/countries/PAK' }] }),
)

/**
 * Returns the representation with all properties and the sources: the same object in each call for a resource, since
 * `readRecord` batches only reads with the same `Representation` object.
 */
const getRepresentation = lazyFor((resource: Resource) => ({
  fields: propertiesOf(resource),
  include: ['citations', 'sourceDetails'].filter((name) => name in resource.includes()),
}))

/** `GET /v1/{resource}/{key}/jsonld`: one record as linked data, with the sources that it comes from. */
export const jsonld: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.singular}LinkedData`,
    summary: `Read one ${resource.noun} as JSON-LD`,
    description: 'Uses the vocabularies of schema.org and W3C PROV.',
    details:
      'The record uses the vocabulary of schema.org, and its sources that of W3C PROV. `@id` is a URL if `PUBLIC_URL` is set, or else a path.',
    path: '/jsonld',
    scope: 'record',
    access: 'read',
    query: {},
    headers: [ifNoneMatch],
    mediaType: 'application/ld+json',
    responses: readResponses('The record as linked data.', () => linkedData),
    problems: ['not-found'],
  }),

  async handle(resource, { key }, { database, publisher }) {
    const found = await readRecord(database, resource, key, getRepresentation(resource))
    if (!found) throw recordNotFound(resource, key)
    const body = JSON.stringify(toLinkedData(resource, key, JSON.parse(found.document), publisher))
    return {
      status: 200,
      headers: { etag: versionAndBodyTag(found.version, body) },
      type: 'application/ld+json; charset=utf-8',
      body,
    }
  },
}
