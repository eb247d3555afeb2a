import { z } from 'zod'
import type { Resource } from '../../src/model/resource.ts'
import { references } from '../../src/model/schemas.ts'
import type { Api } from './api.ts'
import { buildDocument } from './build-document.ts'
import { type CreatedRecord, createRecord, type Document, fullDocument, keyIn } from './documents.ts'
import { registry } from './registry.ts'

/** Documents that refer to other records, one for each reference property of every resource. */

/** A reference property, by its pointer in the documents of one resource, and the resource that it refers to. */
export interface Link {
  referrer: Resource
  pointer: string
  target: Resource
}

const resourcesNamed = (name: string) => registry.resources.filter((resource) => resource.name === name)

/** Returns all links in the documents of resources. A citation refers to records of all other resources. */
export const linksFrom = (referrers: readonly Resource[]): Link[] =>
  referrers.flatMap((referrer): Link[] => {
    const found: Link[] = []
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
  const inner = (at: string, old: unknown) => (at === step ? withValue(old, rest, value) : old)
  if (Array.isArray(document)) return document.map((item, index) => inner(String(index), item))
  return Object.fromEntries(Object.entries(Object(document)).map(([name, old]) => [name, inner(name, old)]))
}

const object = z.record(z.string(), z.unknown())

/** Returns a full document of the referrer that refers to a record. */
export async function referringDocument(
  api: Api,
  { referrer, pointer, target }: Link,
  record: Document,
): Promise<Document> {
  const document = await fullDocument(referrer, api)
  if (pointer === '/record/id') {
    return { ...document, record: { resource: target.name, id: keyIn(target, record) }, property: null }
  }
  const value = keyIn(target, record)
  return object.parse(withValue(document, pointer.slice(1).split('/'), value))
}

/** Creates a record that documents of the link can refer to. */
export const createTarget = (api: Api, { target }: Link): Promise<CreatedRecord> => createRecord(target, api)
