import type { Resource } from '../../src/model/resource.ts'
import { references } from '../../src/model/schemas.ts'
import type { Api } from './api.ts'
import { buildDocument } from './build-document.ts'
import { type Document, documentSchema, keyIn } from './documents.ts'
import { fullDocument } from './full-document.ts'
import { registry } from './registry.ts'

/** The reference properties of resources, and documents that refer to a record by one of them. */

/** A reference property, by its pointer in the documents of one resource, and the resource to which it refers. */
export interface ReferenceProperty {
  referrer: Resource
  pointer: string
  target: Resource
}

const resourcesNamed = (name: string) => registry.resources.filter((resource) => resource.name === name)

/** Returns all reference properties of resources. `/record/id` of citations occurs once for each resource that they can cite. */
export const listReferenceProperties = (referrers: readonly Resource[]): ReferenceProperty[] =>
  referrers.flatMap((referrer): ReferenceProperty[] => {
    const found: ReferenceProperty[] = []
    // Only visits the leaves of the schema: the document that is built is not used.
    buildDocument(referrer.document, (schema, pointer) => {
      if (pointer === '/record/id') return undefined
      const name = references.get(schema) ?? ''
      found.push(...resourcesNamed(name).map((target) => ({ referrer, pointer, target })))
    })
    if (referrer.name !== 'citations') return found
    const cited = registry.resources.filter(({ name }) => name !== 'citations')
    return [...found, ...cited.map((target) => ({ referrer, pointer: '/record/id', target }))]
  })

/** Returns a copy of a document with another value at a pointer. */
function withValue(document: unknown, [step = '', ...rest]: string[], value: unknown): unknown {
  if (step === '') return value
  const inner = (name: string, part: unknown) => (name === step ? withValue(part, rest, value) : part)
  if (Array.isArray(document)) return document.map((item, index) => inner(String(index), item))
  return Object.fromEntries(Object.entries(Object(document)).map(([name, part]) => [name, inner(name, part)]))
}

/** Returns a full document of the referrer that refers to a record. */
export async function referringDocument(
  api: Api,
  { referrer, pointer, target }: ReferenceProperty,
  record: Document,
): Promise<Document> {
  const document = await fullDocument(referrer, api)
  const key = keyIn(target, record)
  if (pointer === '/record/id') {
    return { ...document, record: { resource: target.name, id: key }, property: null }
  }
  return documentSchema.parse(withValue(document, pointer.slice(1).split('/'), key))
}
