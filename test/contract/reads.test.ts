import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/model/resource.ts'
import { sharedApi } from '../support/api.ts'
import {
  createRecord,
  type Document,
  exampleDocument,
  faultAt,
  keyIn,
  listAll,
  listPath,
  type Page,
  pages,
  pathTo,
  readProblem,
  resourceOf,
  unusedKey,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = await sharedApi()

const propertiesOf = (resource: Resource) => [
  ...(resource.key.assignedBy === 'registry' ? ['id'] : []),
  ...Object.keys(resource.document.shape),
  'version',
  'createdAt',
  'updatedAt',
]

describe.each(resources)('reading $name', (resource) => {
  const includes = Object.keys(resource.includes())
  const [firstInclude = ''] = includes

  it('by key returns the same record as the list', async () => {
    await createRecord(resource, api, await fullDocument(resource, api))
    const { data } = (await api.get(`${listPath(resource)}?limit=5&sort=-createdAt`)).json<Page>()
    expect(data).not.toEqual([])
    for (const record of data) {
      expect((await api.get(pathTo(resource, keyIn(resource, record)))).json()).toEqual(record)
    }
  })

  it('by many keys concurrently returns the record of each key, and 404 for unknown keys', async () => {
    await createRecord(resource, api)
    const { data } = (await api.get(`${listPath(resource)}?limit=40`)).json<Page>()
    const known = data.map((record) => ({ key: keyIn(resource, record), status: 200, record }))
    const missing = { key: unusedKey(resource), status: 404, record: undefined }
    const requests = [...known, missing, ...known.toReversed(), missing]
    // No response comes from the cache.
    const fresh = { headers: { 'cache-control': 'no-cache' } }
    const responses = await Promise.all(requests.map(({ key }) => api.get(pathTo(resource, key), fresh)))
    expect(responses.map(({ status }) => status)).toEqual(requests.map(({ status }) => status))
    expect(responses.map((response) => (response.status === 200 ? response.json() : undefined))).toEqual(
      requests.map(({ record }) => record),
    )
  })

  it('returns every property of the record, always in the same order', async () => {
    const { path } = await createRecord(resource, api)
    expect(Object.keys((await api.get(path)).json())).toEqual(propertiesOf(resource))
  })

  it('with fields returns exactly these properties, for one record and in lists', async () => {
    const { path, record, key } = await createRecord(resource, api, await fullDocument(resource, api))
    const properties = propertiesOf(resource)
    const list = `${listPath(resource)}?${resource.key.property}=${key}`
    const some = properties.filter((_, index) => index % 2 === 1)
    const only = (fields: string[]) =>
      Object.fromEntries(fields.map((property) => [property, record[property]]))
    for (const property of properties) {
      expect((await api.get(`${path}?fields=${property}`)).json()).toEqual(only([property]))
    }
    for (const fields of [some, some.toReversed(), properties]) {
      expect((await api.get(`${path}?fields=${fields}`)).json()).toEqual(only(fields))
      expect((await api.get(`${list}&fields=${fields}`)).json<Page>().data).toEqual([only(fields)])
    }
  })

  it.each(includes)('with include=%s adds that property and changes nothing else', async (include) => {
    const { path, record, key } = await createRecord(resource, api, await fullDocument(resource, api))
    const { [include]: added, ...rest } = (await api.get(`${path}?include=${include}`)).json()
    expect(rest).toEqual(record)
    expect(typeof added).toBe('object')
    const list = await api.get(`${listPath(resource)}?${resource.key.property}=${key}&include=${include}`)
    expect(list.json<Page>().data).toEqual([{ ...record, [include]: added }])
    const narrow = await api.get(`${path}?include=${include}&fields=version`)
    expect(narrow.json()).toEqual({ version: 1, [include]: added })
  })

  it('with all includes at once adds the same as each include alone', async () => {
    const { path } = await createRecord(resource, api, await fullDocument(resource, api))
    const together = (await api.get(`${path}?include=${includes}`)).json()
    for (const include of includes) {
      const alone = (await api.get(`${path}?include=${include}`)).json()
      expect(together[include]).toEqual(alone[include])
    }
  })

  it('with all includes at once returns every record of the list with all of them', async () => {
    const records = (await pages(api, resource, `limit=50&include=${includes}`)).flat()
    expect(records).not.toEqual([])
    for (const record of records)
      expect(Object.keys(record)).toEqual([...propertiesOf(resource), ...includes.toSorted()])
  })

  it('refuses unknown fields and includes with a suggestion, and refuses repeated ones', async () => {
    const { path } = await createRecord(resource, api)
    const property = resource.key.property
    for (const url of [path, listPath(resource)]) {
      for (const [parameter, word] of [
        ['fields', property],
        ['include', firstInclude],
      ] as const) {
        const response = await api.get(`${url}?${parameter}=${word}x`)
        expect(response.status).toBe(400)
        expect(faultAt(response, parameter)).toMatchObject({
          code: 'unknown_value',
          message: expect.stringContaining(`did you mean "${word}"?`),
        })
        const twice = await api.get(`${url}?${parameter}=${word},${word}`)
        expect(twice.status).toBe(400)
        expect(faultAt(twice, parameter)?.code).toBe('repeated')
      }
    }
  })

  it('by key refuses parameters that only lists have and unknown ones, and names each', async () => {
    const { path } = await createRecord(resource, api)
    for (const parameter of ['limit', 'sort', 'cursor', 'q', 'createdAt', 'constructor', '__proto__']) {
      const response = await api.get(`${path}?${parameter}=1`)
      expect({ parameter, status: response.status }).toEqual({ parameter, status: 400 })
      expect(faultAt(response, parameter)?.code).toBe('unknown')
    }
  })

  it('by a malformed key is refused with 400, which describes the format of keys', async () => {
    const formats: Record<string, RegExp> = {
      regions: /three digits/,
      countries: /three capital letters/,
      topics: /slug/,
    }
    const key = unusedKey(resource)
    const wrong = ['x_y', 'ENERGY!', '%00', '%F0%9F%9A%80', `${key}%20`, ` ${key}`, '..%2f', 'é', "'or'1'='1"]
    for (const other of [...wrong, 'a'.repeat(99).concat('_')]) {
      const response = await api.get(`${listPath(resource)}/${other}`)
      expect({ other, status: response.status }).toEqual({ other, status: 400 })
      expect(faultAt(response, resource.key.property)?.message).toMatch(
        formats[resource.name] ?? /UUID in lower case/,
      )
    }
  })

  it('by a key of 200 to 8,000 characters is refused with 400', async () => {
    for (const length of [200, 2_000, 8_000]) {
      const response = await api.get(`${listPath(resource)}/${'9'.repeat(length)}`)
      expect(response.status).toBe(400)
    }
  })

  it('by a key with percent-encoding that is malformed or not UTF-8 is refused with 400', async () => {
    for (const wrong of ['%', '%zz', '%E4%B8', '%C0%80']) {
      const response = await api.get(`${listPath(resource)}/${wrong}`)
      expect({ wrong, status: response.status }).toEqual({ wrong, status: 400 })
    }
  })

  it('by an unknown key returns 404, which names the key', async () => {
    const response = await api.get(pathTo(resource, unusedKey(resource)))
    expect(response.status).toBe(404)
    expect(readProblem(response).detail).toContain(unusedKey(resource))
  })
})

describe.each(resources.filter((resource) => 'citations' in resource.includes()))(
  'the citations included in $name',
  (resource) => {
    it('are the same as in the list of citations, each with its source', async () => {
      const citations = resourceOf('citations')
      const { path, key } = await createRecord(resource, api)
      expect((await api.get(`${path}?include=citations`)).json().citations).toEqual([])
      for (const rank of ['preferred', 'deprecated']) {
        const document = await exampleDocument(citations, api)
        await createRecord(citations, api, {
          ...document,
          rank,
          property: null,
          record: { resource: resource.name, id: key },
        })
      }
      const { citations: included } = (await api.get(`${path}?include=citations`)).json<{
        citations: Document[]
      }>()
      const query = `resource=${resource.name}&record=${key}&include=sourceDetails`
      expect(included).toEqual(await listAll(api, citations, query))
      expect(included.map(({ rank }) => rank)).toEqual(['preferred', 'deprecated'])
    })
  },
)
