import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import {
  createRecord,
  type Document,
  etagOf,
  faultAt,
  getDefaults,
  getInputSchema,
  ifMatch,
  nameProperty,
  pathTo,
  pointersIn,
  unusedKey,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = await sharedApi()

/**
 * For properties whose value is an object (all except `labelPoint`), a patch of one inner property. `budget` is a property of the
 * example resource in `test/extending`.
 */
const innerChanges: Record<string, Document> = {
  location: { name: 'Elsewhere' },
  locator: { page: '12' },
  budget: { currency: 'USD' },
  record: { id: 'science-and-technology' },
}

describe.each(resources)('patching $name', (resource) => {
  const name = nameProperty(resource)

  it.each(['application/merge-patch+json', 'application/json'])(
    'changes the property that is sent and no other, as %s',
    async (type) => {
      const { path, etag, record } = await createRecord(resource, api, await fullDocument(resource, api))
      const response = await api.patch(
        path,
        { [name]: 'Changed' },
        { headers: { 'if-match': etag, 'content-type': type } },
      )
      expect(response.status).toBe(200)
      expect(etagOf(response)).toBe('"2"')
      const { updatedAt, ...rest } = response.json<Document & { updatedAt: string }>()
      const { updatedAt: before, ...unchanged } = record
      expect(rest).toEqual({ ...unchanged, [name]: 'Changed', version: 2 })
      expect(updatedAt >= String(before)).toBe(true)
      expect((await api.get(path)).text).toBe(response.text)
    },
  )

  it('with null sets optional properties to their default values', async () => {
    const { path, record } = await createRecord(resource, api, await fullDocument(resource, api))
    const empty = getDefaults(api, resource)
    const nulls = Object.fromEntries(Object.keys(empty).map((property) => [property, null]))
    const response = await api.patch(path, nulls)
    expect(response.status).toBe(200)
    const { updatedAt, ...rest } = response.json()
    const { updatedAt: before, ...unchanged } = record
    expect(rest).toEqual({ ...unchanged, ...empty, version: 2 })
  })

  it('with null for a required property is refused and changes nothing', async () => {
    const { path, record } = await createRecord(resource, api)
    const { required } = getInputSchema(api, resource)
    const response = await api.patch(path, Object.fromEntries(required.map((property) => [property, null])))
    expect(response.status).toBe(422)
    expect(pointersIn(response)).toEqual(required.map((property) => `/${property}`).sort())
    expect((await api.get(path)).json()).toEqual(record)
  })

  it('with null for an unknown property is refused', async () => {
    const { path, record } = await createRecord(resource, api)
    const response = await api.patch(path, { [`${name}x`]: null })
    expect(response.status).toBe(422)
    expect(faultAt(response, `/${name}x`)?.message).toContain(`did you mean "${name}"?`)
    expect((await api.get(path)).json()).toEqual(record)
  })

  it('replaces lists as a whole', async () => {
    const { path, record } = await createRecord(resource, api, await fullDocument(resource, api))
    const other = await fullDocument(resource, api)
    const lists = Object.fromEntries(Object.entries(other).filter(([, value]) => Array.isArray(value)))
    expect(Object.keys(lists)).not.toEqual([])
    const response = await api.patch(path, lists)
    expect(response.status).toBe(200)
    // In `toMatchObject`, an array matches only an array of the same length.
    expect(response.json()).toMatchObject(lists)

    const none = Object.fromEntries(Object.keys(lists).map((property) => [property, []]))
    const { updatedAt, version, ...rest } = (await api.patch(path, none)).json()
    const { updatedAt: before, version: first, ...unchanged } = record
    expect(rest).toEqual({ ...unchanged, ...none })
  })

  it('with the stored values changes nothing, not even the version', async () => {
    const { path, etag, record } = await createRecord(resource, api, await fullDocument(resource, api))
    for (const same of [{}, { [name]: record[name] }, { version: record.version }]) {
      const response = await api.patch(path, same, ifMatch(etag))
      expect(response.status).toBe(200)
      expect(response.json()).toEqual(record)
      expect(etagOf(response)).toBe(etag)
    }
  })

  it('cannot change the key or the properties that the registry sets', async () => {
    const { path, record } = await createRecord(resource, api)
    const property = resource.key.property
    for (const [changed, value] of [
      [property, unusedKey(resource)],
      ['version', 9],
      ['version', null],
      ['createdAt', '2000-01-01T00:00:00.000Z'],
      ['updatedAt', '2000-01-01T00:00:00.000Z'],
    ]) {
      const response = await api.patch(path, { [name]: 'Changed', [String(changed)]: value })
      expect(response.status).toBe(422)
      expect(faultAt(response, `/${changed}`)?.code).toBe('read_only')
    }
    expect((await api.get(path)).json()).toEqual(record)
  })

  it('loses no concurrent change: each has its own version, and times never decrease', async () => {
    const { path } = await createRecord(resource, api)
    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, index) => api.patch(path, { [name]: `Change ${index}` })),
    )
    const records = responses.map((response) => response.json<{ version: number; updatedAt: string }>())
    const inOrder = records.sort((a, b) => a.version - b.version)
    expect(inOrder.map(({ version }) => version)).toEqual(Array.from({ length: 12 }, (_, index) => index + 2))
    const times = inOrder.map(({ updatedAt }) => updatedAt)
    expect(times).toEqual(times.toSorted())
  })

  it('returns 404 for an unknown key and creates no record', async () => {
    const path = pathTo(resource, unusedKey(resource))
    expect((await api.patch(path, { [name]: 'Changed' })).status).toBe(404)
    expect((await api.get(path)).status).toBe(404)
  })
})

describe.each(
  resources.flatMap((resource) =>
    Object.keys(innerChanges)
      .filter((property) => property in resource.document.shape)
      .map((property) => ({ resource, property, name: resource.name })),
  ),
)('patching $property of $name', ({ resource, property }) => {
  it('changes the inner properties that the patch has and keeps the others', async () => {
    const { path, record } = await createRecord(resource, api, await fullDocument(resource, api))
    const change = innerChanges[property]
    const response = await api.patch(path, { [property]: change })
    expect(response.status).toBe(200)
    expect(response.json()[property]).toEqual({ ...Object(record[property]), ...change })
  })
})
