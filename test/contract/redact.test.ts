// @module-tag slow

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { verify } from '../../src/features/integrity/verify.ts'
import type { Resource } from '../../src/model/resource.ts'
import { useTestApi } from '../support/api.ts'
import {
  createRecord,
  exampleDocument,
  faultAt,
  listPath,
  nameProperty,
  readProblem,
} from '../support/documents.ts'
import { registry, resources } from '../support/registry.ts'

const api = useTestApi()

/** Creates a record whose name contains the name of a person. */
async function createAbout(resource: Resource, person: string) {
  const document = await exampleDocument(resource, api)
  return createRecord(resource, api, { ...document, [nameProperty(resource)]: `Of ${person}` })
}

const defaultReason = { reason: 'Requested by the person.' }

const redact = (path: string, body: object, headers = {}) =>
  api.request('POST', `${path}/redact`, {
    body: { ...defaultReason, ...body },
    headers: { 'if-match': '*', ...headers },
  })

/** Returns the tables with a row that contains a word. Ignores case, since search terms are in lower case. */
async function tablesWith(word: string): Promise<string[]> {
  const { rows } = await api.pool.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema in ('public', 'history', 'drizzle') and table_type = 'BASE TABLE'`,
  )
  const found: string[] = []
  for (const { name } of rows) {
    const text = `select from ${name} as one where strpos(lower(to_jsonb(one)::text), $1) > 0 limit 1`
    if ((await api.pool.query(text, [word.toLowerCase()])).rowCount) found.push(name)
  }
  return found
}

/** A name that occurs nowhere else, and that stemming does not shorten. */
const madeUpName = () => `Zq${randomUUID().replaceAll(/[^a-f]/g, '')}x`

const versionsOf = async (path: string) =>
  (await api.get(`${path}/history`)).json<{
    data: { version: number; operation: string; reason: string | null; redactedBy: number | null }[]
  }>().data

const expectIntact = async () =>
  expect(await verify(api.database, registry, [], () => {})).toMatchObject({ faults: 0 })

describe.each(resources)('the redaction of a text of $name', (resource) => {
  const name = nameProperty(resource)

  it('removes it from all tables and responses, and the history stays verifiable', async () => {
    const person = madeUpName()
    const { path, record } = await createAbout(resource, person)
    const key = String(record[resource.key.property])
    const idempotent = { 'idempotency-key': randomUUID() }
    const reason = { 'change-reason': `Asked by ${person}` }
    const change = { [name]: `${person} once more` }
    expect((await api.patch(path, change, { headers: { ...idempotent, ...reason } })).status).toBe(200)
    expect((await api.patch(path, { [name]: 'Without' })).status).toBe(200)
    const before = (await api.get(`${path}/history/2`)).json<{ time: string }>().time
    expect(await tablesWith(person)).not.toEqual([])

    const response = await redact(path, { text: person })
    expect(response.status, response.text).toBe(200)
    expect(response.json()).toMatchObject({ [name]: 'Without', version: 4 })
    expect(await tablesWith(person)).toEqual([])
    const asOf = `asOf=${before}`
    // In a list of figures, `asOf` is a filter by their date.
    const asOfInList = resource.name === 'figures' ? `registryAsOf=${before}` : asOf
    const urls = [
      path,
      `${path}?${asOf}`,
      `${path}/history`,
      ...[1, 2, 3, 4].map((version) => `${path}/history/${version}`),
      `${listPath(resource)}?${asOfInList}&limit=200&sort=-createdAt`,
      `/v1/changes?limit=500&resource=${resource.name}`,
    ]
    for (const url of urls) {
      const read = await api.get(url)
      expect(read.status, url).toBe(200)
      expect(read.text, url).not.toContain(person)
    }
    expect((await api.get(`/v1/search?q=${person}`)).json()).toMatchObject({ data: [] })
    const earlier = (await api.get(`${path}?${asOf}`)).json()
    expect(earlier).toMatchObject({ [name]: '[redacted] once more', [resource.key.property]: key })
    expect(await versionsOf(path)).toMatchObject([
      { version: 4, operation: 'redact', reason: defaultReason.reason, redactedBy: null },
      { version: 3, redactedBy: null },
      { version: 2, reason: 'Asked by [redacted]', redactedBy: 4 },
      { version: 1, redactedBy: 4 },
    ])
    const repeated = await api.patch(path, change, { headers: { ...idempotent, ...reason } })
    expect(repeated.status).toBe(422)
    await expectIntact()
  })

  it('removes it from the history of a removed record, which stays removed', async () => {
    const person = madeUpName()
    const { path } = await createAbout(resource, person)
    expect((await api.delete(path)).status).toBe(204)
    expect((await redact(path, { text: person }, { 'if-match': '"1"' })).status).toBe(412)
    const response = await redact(path, { text: person }, { 'if-match': '"2"' })
    expect({ status: response.status, text: response.text }).toEqual({ status: 204, text: '' })
    expect(await tablesWith(person)).toEqual([])
    expect((await api.get(path)).status).toBe(404)
    expect(await versionsOf(path)).toMatchObject([
      { version: 3, operation: 'remove', reason: defaultReason.reason, redactedBy: null },
      { version: 2, operation: 'remove', redactedBy: 3 },
      { version: 1, operation: 'create', redactedBy: 3 },
    ])
    const restored = await api.request('POST', `${path}/restore`, {})
    expect(restored.status).toBe(201)
    expect(restored.json()).toMatchObject({ [name]: 'Of [redacted]', version: 4 })
    await expectIntact()
  })

  it('is refused when the text does not occur, and nothing is written', async () => {
    const { path, record } = await createRecord(resource, api)
    const response = await redact(path, { text: madeUpName() })
    expect(response.status).toBe(422)
    expect(faultAt(response, '/text')).toMatchObject({ code: 'not_found' })
    expect((await api.get(path)).json()).toEqual(record)
  })

  it('requires If-Match, a reason, and either a text or properties that can be redacted', async () => {
    const { path } = await createRecord(resource, api)
    const send = (body: object, headers = {}) => api.request('POST', `${path}/redact`, { body, headers })
    const anyVersion = { 'if-match': '*' }
    expect((await send({ text: 'somebody', ...defaultReason })).status).toBe(428)
    const wrong: [string, object][] = [
      ['/reason', { text: 'somebody' }],
      ['', defaultReason],
      ['/properties', { text: 'somebody', properties: [`/${name}`], ...defaultReason }],
      ['/reason', { text: 'somebody', reason: 'It is somebody.' }],
      ['/replacement', { text: 'somebody', replacement: 'not somebody', ...defaultReason }],
      ['/properties/0', { properties: [`/${resource.key.property}`], ...defaultReason }],
      ['/properties/0', { properties: [`/${name}s`], ...defaultReason }],
      ['/unheardOf', { text: 'somebody', unheardOf: 1, ...defaultReason }],
    ]
    for (const [pointer, body] of wrong) {
      const response = await send(body, anyVersion)
      expect(response.status, JSON.stringify(body)).toBe(422)
      expect(readProblem(response).errors?.map((fault) => fault.pointer)).toContain(pointer)
    }
  })
})
