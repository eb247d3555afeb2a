import { beforeAll, describe, expect, it } from 'vitest'
import type { Resource } from '../../src/model/resource.ts'
import { type Api, type HttpResponse, sharedApi } from '../support/api.ts'
import {
  type CreatedRecord,
  createRecord,
  etagOf,
  faultAt,
  ifMatch,
  nameProperty,
  pathTo,
  readProblem,
  unusedKey,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

let api: Api
beforeAll(async () => {
  api = await sharedApi()
})

const methods = ['PUT', 'PATCH', 'DELETE'] as const

/** Sends a valid change with the given headers. */
function change(
  method: (typeof methods)[number],
  resource: Resource,
  { path, record }: CreatedRecord,
  headers: Record<string, string>,
): Promise<HttpResponse> {
  const changed = { [nameProperty(resource)]: 'Changed' }
  const body = { PUT: { ...record, ...changed }, PATCH: changed, DELETE: undefined }[method]
  return api.request(method, path, { headers, ...(body && { body }) })
}

describe.each(resources)('If-Match of a change of $name', (resource) => {
  const name = nameProperty(resource)

  it.each(methods)('is required: %s without it is refused with 428 and changes nothing', async (method) => {
    const created = await createRecord(resource, api)
    const response = await change(method, resource, created, {})
    expect(response.status).toBe(428)
    expect(readProblem(response).errors).toMatchObject([{ header: 'If-Match', code: 'required' }])
    expect((await api.get(created.path)).json()).toEqual(created.record)
  })

  it.each(methods)(
    'must be current: %s with a stale ETag gets 412 with the current one and changes nothing',
    async (method) => {
      const created = await createRecord(resource, api)
      const patch = { [name]: 'Changed by somebody else' }
      const current = await api.patch(created.path, patch, ifMatch(created.etag))
      expect(etagOf(current)).toBe('"2"')
      const response = await change(method, resource, created, { 'if-match': created.etag })
      expect(response.status).toBe(412)
      expect(etagOf(response)).toBe('"2"')
      expect((await api.get(created.path)).json()).toEqual(current.json())
    },
  )

  it.each(methods)('may be * for any version: %s', async (method) => {
    const created = await createRecord(resource, api)
    await api.patch(created.path, { [name]: 'Changed by somebody else' })
    // The record is sent without the properties that the registry sets, since their values have changed.
    const { id, version, createdAt, updatedAt, ...document } = created.record
    const response = await change(method, resource, { ...created, record: document }, { 'if-match': '*' })
    expect(response.status).toBe(method === 'DELETE' ? 204 : 200)
    expect((await api.get(created.path)).status).toBe(method === 'DELETE' ? 404 : 200)
  })

  it.each(methods)('is compared strongly: %s with a weak ETag never matches', async (method) => {
    const created = await createRecord(resource, api)
    const response = await change(method, resource, created, { 'if-match': `W/${created.etag}` })
    expect(response.status).toBe(412)
    expect((await api.get(created.path)).json()).toEqual(created.record)
  })

  it.each(methods)(
    'must be an ETag: %s with anything else is refused with 400 and changes nothing',
    async (method) => {
      const created = await createRecord(resource, api)
      for (const header of ['1', '"1', '"1" "2"', '']) {
        const response = await change(method, resource, created, { 'if-match': header })
        expect({ header, status: response.status }).toEqual({ header, status: 400 })
        expect(readProblem(response).errors).toMatchObject([{ header: 'If-Match', code: 'invalid' }])
      }
      expect((await api.get(created.path)).json()).toEqual(created.record)
    },
  )

  it('may be a list of ETags, one of which must match', async () => {
    const created = await createRecord(resource, api)
    expect((await change('PATCH', resource, created, { 'if-match': '"7", "8"' })).status).toBe(412)
    const listed = { 'if-match': `"7", ${created.etag}` }
    expect((await change('PATCH', resource, created, listed)).status).toBe(200)
  })

  it('may be the ETag of a read with include, until the record changes', async () => {
    const created = await createRecord(resource, api)
    const [include] = Object.keys(resource.includes())
    const etag = etagOf(await api.get(`${created.path}?include=${include}`))
    const first = await change('PATCH', resource, created, { 'if-match': etag })
    expect(first.status).toBe(200)
    expect(etagOf(first)).toBe('"2"')
    expect((await change('PATCH', resource, created, { 'if-match': etag })).status).toBe(412)
  })

  it('lets one of two concurrent clients succeed, and returns 412 to the other', async () => {
    const created = await createRecord(resource, api)
    const responses = await Promise.all(
      ['First', 'Second'].map((word) => api.patch(created.path, { [name]: word }, ifMatch(created.etag))),
    )
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 412])
    const winner = responses.find(({ status }) => status === 200)
    expect((await api.get(created.path)).json()).toEqual(winner?.json())
  })

  it('is not checked for an unknown key, which returns 404', async () => {
    const path = pathTo(resource, unusedKey(resource))
    for (const method of methods) {
      const response = await change(
        method,
        resource,
        { key: '', path, etag: '', record: {} },
        { 'if-match': '"1"' },
      )
      expect(response.status).toBe(404)
      expect(faultAt(response, 'If-Match')).toBeUndefined()
    }
  })
})
