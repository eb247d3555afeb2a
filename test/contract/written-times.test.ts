import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { sendBulk } from '../support/bulk.ts'
import {
  createRecord,
  type Document,
  exampleDocument,
  faultAt,
  ifMatch,
  listPath,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

/** The times of a record in a body: clients write them in any form of RFC 3339. */

const api = await sharedApi()

/** Returns the local time at an offset in milliseconds: `2026-01-31T11:30:00.026`. */
const atOffset = (time: string, offsetMs: number) =>
  new Date(Date.parse(time) + offsetMs).toISOString().replace('Z', '')
const twoHoursMs = 2 * 3600 * 1000

const forms: [form: string, write: (time: string) => string][] = [
  ['without trailing zeros', (time) => time.replace(/\.?0*Z$/, 'Z')],
  ['with microseconds and the offset +00:00', (time) => time.replace('Z', '000+00:00')],
  ['with nanoseconds', (time) => time.replace('Z', '000000Z')],
  ['with another offset', (time) => `${atOffset(time, twoHoursMs)}+02:00`],
  ['in lower case', (time) => time.toLowerCase()],
]

/** Returns the record with its times in another form. */
const rewrite = (record: Document, write: (time: string) => string): Document => ({
  ...record,
  createdAt: write(String(record.createdAt)),
  updatedAt: write(String(record.updatedAt)),
})

describe.each(resources)('the times of a record of $name', (resource) => {
  it.each(forms)('may be sent back %s', async (_form, write) => {
    const { path, etag, record, key } = await createRecord(resource, api)
    const sent = rewrite(record, write)
    const target = { [resource.key.property]: key }
    for (const response of [
      await api.put(path, sent, ifMatch(etag)),
      await api.patch(path, sent, ifMatch(etag)),
    ]) {
      expect(response.status, response.text).toBe(200)
      expect(response.json()).toEqual(record)
    }
    for (const operation of [
      { op: 'replace', ...target, ifMatch: etag, document: sent },
      { op: 'patch', ...target, ifMatch: etag, patch: sent },
      { op: 'upsert', ...target, document: sent },
    ]) {
      const response = await sendBulk(api, resource, [operation])
      expect(response.status, response.text).toBe(200)
      expect(response.json()).toMatchObject({ results: [{ status: 200, version: 1, unchanged: true }] })
    }
  })

  it.each(forms)('may be imported %s', async (_form, write) => {
    const time = '2026-01-31T09:30:00.030Z'
    const document = rewrite(
      { ...(await exampleDocument(resource, api)), createdAt: time, updatedAt: time },
      write,
    )
    const headers = { 'content-type': 'application/x-ndjson' }
    const response = await api.post(`${listPath(resource)}/import`, JSON.stringify(document), { headers })
    expect(response.status, response.text).toBe(201)
  })

  it('must equal the stored times to the millisecond', async () => {
    const { path, etag, record } = await createRecord(resource, api)
    const createdAt = new Date(Date.parse(String(record.createdAt)) + 1).toISOString()
    for (const send of [api.put, api.patch]) {
      const response = await send(path, { ...record, createdAt }, ifMatch(etag))
      expect(response.status).toBe(422)
      expect(faultAt(response, '/createdAt')?.code).toBe('read_only')
    }
  })

  it('must be timestamps, and the message shows one', async () => {
    const document = { ...(await exampleDocument(resource, api)), createdAt: '31 January 2026' }
    const response = await sendBulk(api, resource, [{ op: 'create', document }])
    expect(response.status).toBe(422)
    expect(faultAt(response, '/operations/0/document/createdAt')).toMatchObject({
      code: 'wrong_format',
      message: 'must be an RFC 3339 timestamp such as 2026-01-31T09:30:00Z',
    })
  })
})
