import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { type RequestOptions, sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import {
  type CreatedRecord,
  createRecord,
  exampleDocument,
  listPath,
  nameProperty,
  sendAsEveryWrite,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

/** Media types, encodings and sizes of bodies. */

const api = await sharedApi()

describe.each(resources)('a body for $name', (resource) => {
  let testRecord: CreatedRecord
  beforeAll(async () => {
    testRecord = await createRecord(resource, api)
  })
  /** Sends the body as a create, a replace and a patch, and checks that nothing is written. */
  const sendWrites = (body: string | Uint8Array, options?: RequestOptions) =>
    sendAsEveryWrite(api, resource, testRecord.path, body, options)
  const withType = (type: string): RequestOptions => ({ headers: { 'content-type': type } })

  it.each(['text/plain', 'application/jsonx', 'multipart/form-data; boundary=x', 'json', '*/*'])(
    'with the Content-Type %s is refused with 415',
    async (type) => {
      const body = JSON.stringify(await exampleDocument(resource, api))
      for (const response of await sendWrites(body, withType(type))) expect(response.status).toBe(415)
    },
  )

  it('without a Content-Type is refused with 415', async () => {
    const body = Buffer.from(JSON.stringify(await exampleDocument(resource, api)))
    // The client of the tests sends a Content-Type with every body, so these requests use fetch.
    const headers = { authorization: `Bearer ${adminKey}`, 'if-match': '*' }
    for (const response of [
      await fetch(`${api.origin}${listPath(resource)}`, { method: 'POST', body, headers }),
      await fetch(`${api.origin}${testRecord.path}`, { method: 'PUT', body, headers }),
      await fetch(`${api.origin}${testRecord.path}`, { method: 'PATCH', body, headers }),
    ]) {
      expect(response.status).toBe(415)
    }
    expect((await api.get(testRecord.path)).json()).toEqual(testRecord.record)
  })

  it('that is a merge patch is refused with 415 where a whole document is expected', async () => {
    const options = withType('application/merge-patch+json')
    expect((await api.post(listPath(resource), await exampleDocument(resource, api), options)).status).toBe(
      415,
    )
    expect((await api.put(testRecord.path, testRecord.record, options)).status).toBe(415)
  })

  it('gets the accepted types in the 415: in Accept-Patch for a patch, otherwise in Accept-Post', async () => {
    const wrong = withType('text/plain')
    for (const { headers } of [
      await api.post(listPath(resource), '{}', wrong),
      await api.put(testRecord.path, '{}', wrong),
    ])
      expect(headers.get('accept-post')).toBe('application/json')
    const { headers: ofPatch } = await api.patch(testRecord.path, '{}', wrong)
    expect(ofPatch.get('accept-patch')).toContain('application/merge-patch+json')
    expect(ofPatch.has('accept-post')).toBe(false)
  })

  it('in a character set other than UTF-8 is refused with 415', async () => {
    const body = JSON.stringify(await exampleDocument(resource, api))
    for (const charset of ['latin1', '"UTF-16"']) {
      const responses = await sendWrites(body, withType(`application/json; charset=${charset}`))
      for (const response of responses) expect(response.status).toBe(415)
    }
  })

  it.each(['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"', 'application/json; v=1'])(
    'with the Content-Type %s is accepted',
    async (type) => {
      const response = await api.post(
        listPath(resource),
        await exampleDocument(resource, api),
        withType(type),
      )
      expect(response.status).toBe(201)
    },
  )

  it('that is compressed is refused with 415', async () => {
    const body = new Uint8Array(gzipSync(JSON.stringify(await exampleDocument(resource, api))))
    for (const encoding of ['gzip', 'br', 'identity, gzip']) {
      const responses = await sendWrites(body, { headers: { 'content-encoding': encoding } })
      for (const response of responses) expect(response.status).toBe(415)
    }
  })

  const maxBytes = 1024 * 1024
  /** Returns a body of `length` bytes, which is refused because of its content if its size is allowed. */
  const bodyOf = (length: number) => JSON.stringify({ [nameProperty(resource)]: 1 }).padEnd(length)

  it('of more than 1 MiB is refused with 413, and of 1 MiB is not', async () => {
    for (const response of await sendWrites(bodyOf(maxBytes + 1))) expect(response.status).toBe(413)
    for (const response of await sendWrites(bodyOf(maxBytes))) expect(response.status).toBe(422)
  })

  it('of more than 1 MiB is refused with 413 even without a Content-Length, and of 1 MiB is not', async () => {
    const sendChunks = async (text: string) => {
      const bytes = Buffer.from(text)
      const half = maxBytes / 2
      const body = ReadableStream.from([bytes.subarray(0, half), bytes.subarray(half)])
      const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }
      const init: RequestInit = { method: 'POST', body, headers, duplex: 'half' }
      return (await fetch(`${api.origin}${listPath(resource)}`, init)).status
    }
    expect(await sendChunks(bodyOf(maxBytes + 1))).toBe(413)
    expect(await sendChunks(bodyOf(maxBytes))).toBe(422)
  })

  it('in a DELETE request is refused with 400, and nothing is removed', async () => {
    const response = await api.delete(testRecord.path, { body: {} })
    expect(response.status).toBe(400)
    expect((await api.get(testRecord.path)).json()).toEqual(testRecord.record)
  })

  it.each(['application/json', 'text/plain'])(
    'may be absent where it is optional, even with the Content-Type %s',
    async (type) => {
      const { path } = await createRecord(resource, api)
      expect((await api.delete(path)).status).toBe(204)
      const restore = {
        method: 'POST',
        headers: { authorization: `Bearer ${adminKey}`, 'content-type': type },
      }
      expect((await fetch(`${api.origin}${path}/restore`, restore)).status).toBe(201)
    },
  )

  it('may be absent, even with a malformed Content-Type, where no body is expected', async () => {
    const { path } = await createRecord(resource, api)
    expect((await api.delete(path, { headers: { 'content-type': '??' } })).status).toBe(204)
  })
})
