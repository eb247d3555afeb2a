import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import {
  createRecord,
  etagOf,
  exampleDocument,
  faultAt,
  getDefaults,
  getInputSchema,
  ifMatch,
  pathTo,
  pointersIn,
  unusedKey,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = await sharedApi()

describe.each(resources)('replacing $name', (resource) => {
  const ownKey = (record: Record<string, unknown>) =>
    resource.key.assignedBy === 'client' ? { [resource.key.property]: record[resource.key.property] } : {}

  it('with an unchanged record changes nothing, not even the version', async () => {
    const { path, etag, record } = await createRecord(resource, api, await fullDocument(resource, api))
    const read = await api.get(path)
    const response = await api.put(path, read.json(), ifMatch(etag))
    expect(response.status).toBe(200)
    expect(response.json()).toEqual(record)
    expect(etagOf(response)).toBe(etag)
    expect((await api.get(path)).text).toBe(read.text)
  })

  it('sets every property to the value that was sent', async () => {
    const { path, etag, record } = await createRecord(resource, api, await fullDocument(resource, api))
    const document = { ...(await fullDocument(resource, api)), ...ownKey(record) }
    const response = await api.put(path, document, ifMatch(etag))
    expect(response.status).toBe(200)
    expect(response.json()).toMatchObject({ ...document, version: 2, createdAt: record.createdAt })
    expect(etagOf(response)).toBe('"2"')
    expect((await api.get(path)).text).toBe(response.text)
  })

  it('clears properties that are left out', async () => {
    const { path, etag, record } = await createRecord(resource, api, await fullDocument(resource, api))
    const { required } = getInputSchema(api, resource)
    const document = Object.fromEntries(required.map((property) => [property, record[property]]))
    const response = await api.put(path, document, ifMatch(etag))
    expect(response.status).toBe(200)
    const { version, createdAt, updatedAt, id, ...written } = response.json()
    expect(written).toEqual({ ...getDefaults(api, resource), ...document })
    expect({ version, createdAt }).toEqual({ version: 2, createdAt: record.createdAt })
  })

  it('returns a pointer to each read-only property that it would change, and changes nothing', async () => {
    const { path, etag, record } = await createRecord(resource, api)
    const time = '2000-01-01T00:00:00.000Z'
    const response = await api.put(
      path,
      { ...record, version: 7, createdAt: time, updatedAt: time },
      ifMatch(etag),
    )
    expect(response.status).toBe(422)
    expect(pointersIn(response)).toEqual(['/createdAt', '/updatedAt', '/version'])
    expect((await api.get(path)).json()).toEqual(record)
  })

  it('is refused when it would give the record another key', async () => {
    const { path, etag, record } = await createRecord(resource, api)
    const property = resource.key.property
    const response = await api.put(path, { ...record, [property]: unusedKey(resource) }, ifMatch(etag))
    expect(response.status).toBe(422)
    expect(faultAt(response, `/${property}`)?.code).toBe('read_only')
    expect((await api.get(path)).json()).toEqual(record)
    expect((await api.get(pathTo(resource, unusedKey(resource)))).status).toBe(404)
  })

  it('returns 404 for an unknown key and creates no record', async () => {
    const path = pathTo(resource, unusedKey(resource))
    const document = await exampleDocument(resource, api)
    const key = resource.key.assignedBy === 'client' ? { [resource.key.property]: unusedKey(resource) } : {}
    expect((await api.put(path, { ...document, ...key })).status).toBe(404)
    expect((await api.get(path)).status).toBe(404)
  })
})
