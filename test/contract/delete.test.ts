import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Resource } from '../../src/model/resource.ts'
import { references } from '../../src/model/schemas.ts'
import { type Api, openApi } from '../support/api.ts'
import {
  all,
  createRecord,
  type Document,
  documentOf,
  fullDocument,
  ifMatch,
  keyIn,
  pathTo,
  refusal,
  unusedKey,
} from '../support/documents.ts'
import { registry, resources } from '../support/registry.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

/** A place in the documents of one resource that refers to records of another. */
interface Link {
  referrer: Resource
  pointer: string
  target: Resource
}

const named = (name: string) => registry.resources.filter((resource) => resource.name === name)

/** Every such place that the documents of resources have; a citation refers to records of all others. */
const linksFrom = (referrers: readonly Resource[]): Link[] =>
  referrers.flatMap((referrer): Link[] => {
    const found: Link[] = []
    documentOf(referrer.document, (schema, pointer) => {
      if (pointer === '/record/id') return undefined
      const name = references.get(schema)?.resource ?? ''
      found.push(...named(name).map((target) => ({ referrer, pointer, target })))
    })
    if (referrer.name !== 'citations') return found
    const cited = registry.resources.filter(({ name }) => name !== 'citations')
    return [...found, ...cited.map((target) => ({ referrer, pointer: '/record/id', target }))]
  })

const links = linksFrom(resources)

/** A document with another value at a pointer. */
function withValue(document: unknown, [step = '', ...rest]: string[], value: unknown): unknown {
  if (step === '') return value
  const inner = (at: string, old: unknown) => (at === step ? withValue(old, rest, value) : old)
  if (Array.isArray(document)) return document.map((item, at) => inner(String(at), item))
  return Object.fromEntries(Object.entries(Object(document)).map(([name, old]) => [name, inner(name, old)]))
}

const object = z.record(z.string(), z.unknown())

/** A document of the referrer that refers to a record. */
async function referring({ referrer, pointer, target }: Link, record: Document): Promise<Document> {
  const document = await fullDocument(referrer, api)
  if (pointer === '/record/id') {
    return { ...document, record: { resource: target.name, id: keyIn(target, record) }, property: null }
  }
  const value = keyIn(target, record)
  return object.parse(withValue(document, pointer.slice(1).split('/'), value))
}

/** A record to be referred to. */
const referred = ({ target }: Link) => createRecord(target, api)

describe.each(resources)('removing $name', (resource) => {
  it('returns 204 without a body, and the record is gone from reads, changes and lists', async () => {
    const { key, path, etag } = await createRecord(resource, api, await fullDocument(resource, api))
    const answer = await api.delete(path, ifMatch(etag))
    expect(answer.status).toBe(204)
    expect(answer.text).toBe('')
    expect((await api.get(path)).status).toBe(404)
    expect((await api.patch(path, {})).status).toBe(404)
    expect((await api.delete(path)).status).toBe(404)
    expect(await all(api, resource, `${resource.key.property}=${key}`)).toEqual([])
  })

  it('frees the key and the external ids: the same document can be created again', async () => {
    const document = await fullDocument(resource, api)
    const { path } = await createRecord(resource, api, document)
    expect((await api.post(`/v1/${resource.name}`, document)).status).toBe(409)
    await api.delete(path)
    expect((await api.post(`/v1/${resource.name}`, document)).status).toBe(201)
  })

  it('succeeds for only one of two concurrent clients', async () => {
    const { path } = await createRecord(resource, api)
    const answers = await Promise.all([api.delete(path), api.delete(path)])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404])
  })

  it('returns 404 for an unknown key', async () => {
    expect((await api.delete(pathTo(resource, unusedKey(resource)))).status).toBe(404)
  })
})

it('covers references to every resource but citations, which nothing can refer to', () => {
  const targets = new Set(linksFrom(registry.resources).map(({ target }) => target.name))
  expect([...targets].sort()).toEqual(
    registry.resources
      .map(({ name }) => name)
      .filter((name) => name !== 'citations')
      .sort(),
  )
})

describe.each(links.map((link) => ({ link, ...link })))(
  'removing one of $target.name that $pointer of one of $referrer.name refers to',
  ({ link, referrer }) => {
    it('returns 409 with the records that refer to it, until none does', async () => {
      const made = await referred(link)
      const other = await createRecord(referrer, api, await referring(link, made.record))
      const refused = await api.delete(made.path)
      expect(refused.status).toBe(409)
      expect(refusal(refused).errors).toMatchObject([
        { code: 'referred_to', message: expect.stringContaining(other.path) },
      ])
      expect((await api.get(made.path)).json()).toEqual(made.record)
      expect((await api.get(other.path)).json()).toEqual(other.record)

      expect((await api.delete(other.path)).status).toBe(204)
      expect((await api.delete(made.path)).status).toBe(204)
    })
  },
)
