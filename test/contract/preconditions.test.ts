import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/model/resource.ts'
import { type HttpResponse, sharedApi } from '../support/api.ts'
import {
  type CreatedRecord,
  count,
  createRecord,
  etagOf,
  exampleDocument,
  ifMatch,
  listPath,
  nameProperty,
  pathTo,
  readProblem,
  unusedKey,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

const api = await sharedApi()

/** Expects that a request was refused because of a header that its operation does not accept. */
function expectUnknownHeader(response: HttpResponse, header: string): void {
  expect(response.status, response.text).toBe(400)
  expect(readProblem(response).errors).toMatchObject([{ header, code: 'unknown' }])
}

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

describe.each(resources)('If-Match of a change to $name', (resource) => {
  const name = nameProperty(resource)

  it.each(methods)('is required: %s without it is refused with 428 and changes nothing', async (method) => {
    const created = await createRecord(resource, api)
    const response = await change(method, resource, created, {})
    expect(response.status).toBe(428)
    expect(readProblem(response)).toMatchObject({
      detail: expect.stringContaining('If-Match'),
      errors: [{ header: 'If-Match', code: 'required' }],
    })
    expect((await api.get(created.path)).json()).toEqual(created.record)
  })

  it.each(methods)(
    'must be current: %s with a stale ETag gets 412 with the current ETag, and changes nothing',
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
    // Reading the record again through a proxy that compresses would return the weak ETag again.
    expect(readProblem(response).detail).toContain('Send the version that was read, in quotes, such as "1"')
    expect((await api.get(created.path)).json()).toEqual(created.record)
  })

  it.each(methods)(
    'must be an ETag: %s with anything else is refused with 400 and changes nothing',
    async (method) => {
      const created = await createRecord(resource, api)
      for (const header of ['1', '"1', '"1" "2"', '"1, "2"', ',', '']) {
        const response = await change(method, resource, created, { 'if-match': header })
        expect({ header, status: response.status }).toEqual({ header, status: 400 })
        expect(readProblem(response).errors).toMatchObject([{ header: 'If-Match', code: 'invalid' }])
        const isEmpty = ['', ','].includes(header)
        expect(response.text.includes('has no entity tag: send the ETag'), header).toBe(isEmpty)
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

  it('may have empty list elements, and tags with commas (RFC 9110)', async () => {
    const created = await createRecord(resource, api)
    for (const header of [`,${created.etag}`, `${created.etag} , ,`, `"a,b",${created.etag}`]) {
      const response = await api.patch(created.path, {}, ifMatch(header))
      expect({ header, status: response.status }).toEqual({ header, status: 200 })
    }
  })

  it('that contains no version gets 412, and the message says so', async () => {
    const created = await createRecord(resource, api)
    for (const header of ['""', '"abc"', '"a,b"']) {
      const response = await change('PATCH', resource, created, { 'if-match': header })
      expect(response.status).toBe(412)
      expect(readProblem(response).detail).toContain('the request has no strong ETag of a version.')
    }
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

  it('must, if sent, be the last version in the history or * to restore a removed record', async () => {
    const { path } = await createRecord(resource, api)
    await api.patch(path, { [name]: 'Changed' })
    await api.delete(path)
    const restore = (header: string) => api.post(`${path}/restore`, undefined, ifMatch(header))
    const refused = await restore('"1"')
    expect([refused.status, etagOf(refused)]).toEqual([412, '"3"'])
    expect((await restore('3')).status).toBe(400)
    expect((await api.get(path)).status).toBe(404)
    expect((await restore('"3"')).status).toBe(201)
    await api.delete(path)
    expect((await restore('*')).status).toBe(201)
  })

  it('is not compared for an unknown key, which returns 404', async () => {
    const path = pathTo(resource, unusedKey(resource))
    for (const method of methods) {
      const response = await change(
        method,
        resource,
        { key: '', path, etag: '', record: {} },
        { 'if-match': '"1"' },
      )
      expect(response.status).toBe(404)
    }
  })
})

describe.each(resources)('a precondition that the operation does not accept, for $name,', (resource) => {
  it('is refused: If-Match of a read, a creation, an import or a bulk request', async () => {
    const { path, record } = await createRecord(resource, api)
    const list = listPath(resource)
    const before = await count(api, resource)
    const document = await exampleDocument(resource, api)
    const options = ifMatch('"999"')
    const lines = { headers: { ...options.headers, 'content-type': 'application/x-ndjson' } }
    for (const response of [
      await api.get(path, options),
      await api.get(`${list}?limit=1`, options),
      await api.get(`${path}/history`, options),
      await api.get(`${list}/export?format=ndjson`, options),
      await api.post(`${list}/search`, {}, options),
      await api.post(list, document, options),
      await api.post(`${list}/bulk`, { operations: [{ op: 'create', document }] }, options),
      await api.post(`${list}/import`, JSON.stringify(document), lines),
    ])
      expectUnknownHeader(response, 'If-Match')
    expect(await count(api, resource)).toBe(before)
    expect((await api.get(path)).json()).toEqual(record)
  })

  it('is refused: If-None-Match of a change or creation', async () => {
    const created = await createRecord(resource, api)
    for (const tag of ['*', created.etag]) {
      const ifNoneMatch = { 'if-none-match': tag }
      for (const method of methods) {
        const response = await change(method, resource, created, { 'if-match': '*', ...ifNoneMatch })
        expectUnknownHeader(response, 'If-None-Match')
      }
      const document = await exampleDocument(resource, api)
      const response = await api.post(listPath(resource), document, { headers: ifNoneMatch })
      expectUnknownHeader(response, 'If-None-Match')
    }
    expect((await api.get(created.path)).json()).toEqual(created.record)
  })
})

it('a Change-Reason is refused where no reason is stored, and ignored by reads', async () => {
  const headers = { 'change-reason': 'The ministry asked for it' }
  const response = await api.post('/v1/keys', { name: 'A key', role: 'reader' }, { headers })
  expectUnknownHeader(response, 'Change-Reason')
  expect((await api.get('/v1/topics?limit=1', { headers })).status).toBe(200)
})
