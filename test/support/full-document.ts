import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Resource } from '../../src/model/resource.ts'
import { references } from '../../src/model/schemas.ts'
import type { Api } from './api.ts'
import { buildDocument, isEdtfSchema } from './build-document.ts'
import { type Document, documentSchema, sharedKey, uniqueProperties } from './documents.ts'

/** Documents of every resource with a value in every property. */

/** Valid values of text properties, by the name of the property. `fullValue` invents the texts of most other properties. */
const textValues: Record<string, string> = {
  language: 'en',
  languages: 'en',
  url: 'https://example.org/page',
  website: 'https://example.org',
  query: '/v1/countries?partnerOf=CHN',
  property: '/visibility',
  indicator: 'partner_countries',
  scheme: 'test',
  currency: 'CNY',
}

/** Returns the last property name in a JSON pointer. */
const lastProperty = (pointer: string) => pointer.split('/').findLast((step) => !/^\d*$/.test(step)) ?? ''

/** Returns a well-formed ROR id. */
const ror = () =>
  `https://ror.org/0${randomUUID()
    .replaceAll(/[^a-f1-9]/g, '1')
    .slice(0, 6)}00`

function fullValue(schema: z.core.$ZodType, pointer: string, keys: Map<string, string>): unknown {
  const name = lastProperty(pointer)
  const text = textValues[name]
  // Most tests read without a key, and so see only public records.
  if (pointer === '/visibility') return 'public'
  if (schema instanceof z.ZodEnum) return schema.options.at(-1)
  if (schema instanceof z.ZodLiteral) return schema.value
  if (schema instanceof z.ZodNumber) return schema.format === 'safeint' ? 3 : 12.5
  if (text !== undefined) return text
  const refersTo = references.get(schema)
  if (refersTo !== undefined) return keys.get(refersTo)
  if (name === 'ror') return ror()
  if (isEdtfSchema(schema)) return '1985-04/..'
  const invented = `Text ${randomUUID().slice(0, 18)}`
  return z.safeParse(schema, invented).success ? invented : (schemaExample(schema) ?? invented)
}

/** Returns the first example of a schema, or undefined. */
const schemaExample = (schema: z.core.$ZodType): unknown =>
  schema instanceof z.ZodType ? [schema.meta()?.examples].flat()[0] : undefined

/** Returns the names of the resources to which documents of `resource` refer, each with the key of one of its records. */
async function keysFor(resource: Resource, api: Api): Promise<Map<string, string>> {
  const targets = new Set<string>()
  buildDocument(resource.document, (schema) => targets.add(references.get(schema) ?? ''))
  targets.delete('')
  const keys = [...targets].map(async (target) => [target, await sharedKey(api, target)] as const)
  return new Map(await Promise.all(keys))
}

/** Returns a valid document with a value in every property at every depth. */
export async function fullDocument(resource: Resource, api: Api): Promise<Document> {
  const keys = await keysFor(resource, api)
  const document = buildDocument(resource.document, (schema, pointer) => fullValue(schema, pointer, keys))
  return { ...documentSchema.parse(document), ...(await uniqueProperties(resource, api)) }
}
