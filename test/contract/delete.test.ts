import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { createRecord, ifMatch, listAll, pathTo, readProblem, unusedKey } from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { listReferenceProperties, referringDocument } from '../support/references.ts'
import { registry, resources } from '../support/registry.ts'

const api = await sharedApi()

describe.each(resources)('removing $name', (resource) => {
  it('returns 204 without a body; then reads and changes return 404, and lists omit the record', async () => {
    const { key, path, etag } = await createRecord(resource, api, await fullDocument(resource, api))
    const response = await api.delete(path, ifMatch(etag))
    expect(response.status).toBe(204)
    expect(response.text).toBe('')
    expect((await api.get(path)).status).toBe(404)
    expect((await api.patch(path, {})).status).toBe(404)
    expect((await api.delete(path)).status).toBe(404)
    expect(await listAll(api, resource, `${resource.key.property}=${key}`)).toEqual([])
  })

  it('frees the key and the external ids, so that the same document can be created again', async () => {
    const document = await fullDocument(resource, api)
    const { path } = await createRecord(resource, api, document)
    expect((await api.post(`/v1/${resource.name}`, document)).status).toBe(409)
    await api.delete(path)
    expect((await api.post(`/v1/${resource.name}`, document)).status).toBe(201)
  })

  it('succeeds for only one of two concurrent clients', async () => {
    const { path } = await createRecord(resource, api)
    const responses = await Promise.all([api.delete(path), api.delete(path)])
    expect(responses.map(({ status }) => status).sort()).toEqual([204, 404])
  })

  it('returns 404 for an unknown key', async () => {
    expect((await api.delete(pathTo(resource, unusedKey(resource)))).status).toBe(404)
  })
})

it('there are references to every resource except citations, to which nothing refers', () => {
  const targets = new Set(listReferenceProperties(registry.resources).map(({ target }) => target.name))
  expect([...targets].sort()).toEqual(
    registry.resources
      .map(({ name }) => name)
      .filter((name) => name !== 'citations')
      .sort(),
  )
})

describe.each(listReferenceProperties(resources).map((property) => ({ property, ...property })))(
  'removing a record of $target.name to which $pointer of $referrer.name refers',
  ({ property, referrer, target }) => {
    it('returns 409 with the referring records, until there are none', async () => {
      const created = await createRecord(target, api)
      const other = await createRecord(referrer, api, await referringDocument(api, property, created.record))
      const refused = await api.delete(created.path)
      expect(refused.status).toBe(409)
      expect(readProblem(refused).errors).toMatchObject([
        { code: 'referred_to', message: expect.stringContaining(other.path) },
      ])
      expect((await api.get(created.path)).json()).toEqual(created.record)
      expect((await api.get(other.path)).json()).toEqual(other.record)

      expect((await api.delete(other.path)).status).toBe(204)
      expect((await api.delete(created.path)).status).toBe(204)
    })
  },
)
