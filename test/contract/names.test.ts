import { beforeAll, describe, expect, it } from 'vitest'
import { type Resource, recordSchema } from '../../src/model/resource.ts'
import { findReferences } from '../../src/operations/writing/references.ts'
import { sharedApi } from '../support/api.ts'
import { createRecord, type Document } from '../support/documents.ts'
import { resources } from '../support/registry.ts'

type Names = Record<string, Record<string, string>>
interface Page {
  data: Document[]
  names: Names
}

const api = await sharedApi()

/** Reads from the API the name of the record with this key. */
async function nameOf(resource: Resource, key: string): Promise<string> {
  const title = resource.search.title.name
  const list = `/v1/${resource.name}?${resource.key.property}=${key}&fields=${title}`
  return String((await api.get(list)).json<Page>().data[0]?.[title])
}

/** A record, and the records that it includes, each with its resource. */
function flatten(resource: Resource, record: Document): { resource: Resource; record: Document }[] {
  const includes = Object.entries(resource.includes()).flatMap(([name, { records }]) =>
    records
      ? [record[name] ?? []]
          .flat()
          .map((included) => ({ resource: records.resource, record: Object(included) }))
      : [],
  )
  return [{ resource, record }, ...includes.flatMap((one) => flatten(one.resource, one.record))]
}

/** The names of all records to which `records` and their included records refer, by resource, found with the schemas of the documents. */
async function expectedNames(resource: Resource, records: Document[]): Promise<Names> {
  const expected: Names = {}
  for (const one of records.flatMap((record) => flatten(resource, record))) {
    for (const { key, resource: target } of findReferences(recordSchema(one.resource), one.record)) {
      const name = await nameOf(resource.registry.get(target), key)
      expected[target] = { ...expected[target], [key]: name }
    }
  }
  return expected
}

const withoutEmpty = (names: Names): Names =>
  Object.fromEntries(Object.entries(names).filter(([, section]) => Object.keys(section).length > 0))

describe.each(resources)('include=names on $name', (resource) => {
  let key: string
  beforeAll(async () => {
    key = (await createRecord(resource, api)).key
  })

  it('adds to a page the names of all records to which its records refer', async () => {
    const page = (await api.get(`/v1/${resource.name}?limit=20&include=names`)).json<Page>()
    expect(page.data.length).toBeGreaterThan(0)
    expect(withoutEmpty(page.names)).toEqual(await expectedNames(resource, page.data))
  })

  it('adds the names to one record', async () => {
    const { names, ...record } = (await api.get(`/v1/${resource.name}/${key}?include=names`)).json<
      Document & { names: Names }
    >()
    expect(withoutEmpty(names)).toEqual(await expectedNames(resource, [record]))
    expect(record).toEqual((await api.get(`/v1/${resource.name}/${key}`)).json())
  })

  it('adds the same names to a search as to a list', async () => {
    const list = (await api.get(`/v1/${resource.name}?limit=3&include=names&lang=zh`)).json<Page>()
    const search = await api.post(`/v1/${resource.name}/search?lang=zh`, { limit: 3, include: ['names'] })
    expect(search.json<Page>().names).toEqual(list.names)
    expect(search.headers.get('content-language')).toBe('zh')
  })

  it('has no names when the chosen fields refer to no record', async () => {
    const fields = resource.key.property
    const page = (await api.get(`/v1/${resource.name}?limit=3&include=names&fields=${fields}`)).json<Page>()
    expect(page.names).toEqual({})
  })

  it('also has the names of the records to which included records refer', async () => {
    const path = `/v1/${resource.name}/${key}?include=names`
    for (const include of Object.keys(resource.includes())) {
      const { names, ...record } = (await api.get(`${path},${include}`)).json<Document & { names: Names }>()
      expect(withoutEmpty(names), include).toEqual(await expectedNames(resource, [record]))
    }
  })
})
