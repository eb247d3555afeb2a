// @module-tag slow

import { describe, expect, it } from 'vitest'
import { countInList } from '../support/aggregates.ts'
import { type HttpResponse, startTestApi, useTestApi } from '../support/api.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import { type Document, pointersIn, readProblem } from '../support/documents.ts'
import { readNdjson } from '../support/export-files.ts'

/** Imports: one request creates many records from NDJSON, in the form in which exports write them. */

const api = useTestApi()

const asNdjson = { headers: { 'content-type': 'application/x-ndjson' } }
const importRecords = (resource: string, ...records: unknown[]) =>
  api.post(`/v1/${resource}/import`, records.map((record) => JSON.stringify(record)).join('\n'), asNdjson)
const keysIn = (response: HttpResponse) =>
  response.json<{ data: { id: string }[] }>().data.map(({ id }) => id)

it('a registry that imports an export exports the same records, except versions and times', async () => {
  const other = await startTestApi()
  try {
    // No record refers to a record of a resource that comes after its own.
    const names = [
      'organizations',
      'sources',
      'agreements',
      'projects',
      'cooperation-bases',
      'assistance-programs',
      'figures',
      'citations',
    ]
    for (const name of names.toReversed()) await other.pool.query(`delete from ${name.replaceAll('-', '_')}`)
    for (const name of names) {
      const { text } = await api.get(`/v1/${name}/export?format=ndjson`)
      const response = await other.post(`/v1/${name}/import`, text, asNdjson)
      expect(response.status, response.text).toBe(201)
      const documentsIn = (exported: string) =>
        readNdjson(exported).map(({ version, createdAt, updatedAt, ...document }) => document)
      const again = await other.get(`/v1/${name}/export?format=ndjson`)
      expect(documentsIn(again.text).length).toBeGreaterThan(0)
      expect(documentsIn(again.text)).toEqual(documentsIn(text))
      expect(keysIn(response)).toEqual(documentsIn(text).map(({ id }) => id))
    }
  } finally {
    await other.close()
  }
})

describe('NDJSON records', () => {
  const ids = Array.from({ length: 6 }, (_, index) => `0190aaaa-0000-7000-8000-00000000000${index}`)
  const agreement = (more: Document) => ({ title: 'An agreement', kind: 'other', ...more })

  it('are refused at the lines that would make a public record refer to an internal one', async () => {
    const organization = { name: 'An institute', kind: 'academic' }
    const hidden = await api.post('/v1/organizations', { ...organization, visibility: 'internal' })
    const parent = hidden.json<{ id: string }>().id
    const response = await importRecords('organizations', organization, { ...organization, parent })
    expect([response.status, pointersIn(response)]).toEqual([409, ['/2/parent']])
    expect(readProblem(response).detail).toContain('one error in the 2 lines')
  })

  it('may have a byte order mark before the first line, and are refused with one before another', async () => {
    const line = JSON.stringify(agreement({}))
    const post = (body: string) => api.post('/v1/agreements/import', body, asNdjson)
    expect((await post(`\ufeff${line}\n${line}`)).status).toBe(201)
    for (const body of [`${line}\n\ufeff${line}\n`, `\ufeff${line}\n\ufeff${line}`]) {
      const response = await post(body)
      expect(response.status).toBe(400)
      const [fault] = readProblem(response).errors ?? []
      expect(fault).toMatchObject({
        pointer: '/2',
        message: expect.stringContaining('byte order mark (U+FEFF)'),
      })
    }
    expect((await post(`\ufeff\ufeff${line}`)).status).toBe(400)
    expect((await api.post('/v1/agreements', `\ufeff${line}`)).status).toBe(201)
  })

  it('may refer to one another in any order, and start at version 1', async () => {
    const response = await importRecords(
      'agreements',
      agreement({ id: ids[0], version: 7, relations: [{ kind: 'renews', agreement: ids[1] }] }),
      agreement({ id: ids[1] }),
      agreement({}),
    )
    expect(response.status, response.text).toBe(201)
    const [, , created] = keysIn(response)
    expect(created).toMatch(/^[0-9a-f-]{36}$/)
    expect((await api.get(`/v1/agreements/${ids[0]}`)).json()).toMatchObject({
      version: 1,
      relations: [{ kind: 'renews', agreement: ids[1] }],
    })
    const bases = [
      { id: ids[4], name: 'Part', kind: 'other', partOf: ids[5] },
      { id: ids[5], name: 'Whole', kind: 'other' },
    ]
    expect((await importRecords('cooperation-bases', ...bases)).status).toBe(201)
  })

  it('with faults are all reported in one response, and nothing is written', async () => {
    const before = await countInList(api, '/v1/agreements')
    const response = await importRecords(
      'agreements',
      agreement({}),
      agreement({ kind: 'none', version: 0 }),
      { kind: 'other', unheardOf: 1 },
      7,
    )
    expect(response.status).toBe(422)
    expect(pointersIn(response)).toEqual(['/2/kind', '/2/version', '/3/title', '/3/unheardOf', '/4'])
    expect(await countInList(api, '/v1/agreements')).toBe(before)
  })

  it('with unknown references are reported, but references to other lines are not', async () => {
    const response = await importRecords(
      'agreements',
      agreement({
        id: ids[2],
        relations: [{ kind: 'renews', agreement: '0190aaaa-0000-7000-8000-00000000000f' }],
      }),
      agreement({ relations: [{ kind: 'renews', agreement: ids[2] }], topics: ['no-such-topic'] }),
    )
    expect(response.status).toBe(422)
    expect(pointersIn(response)).toEqual(['/1/relations/0/agreement', '/2/topics/0'])
  })

  it('with a taken key or external id return 409 with the line', async () => {
    const keys = keysIn(
      await importRecords('agreements', agreement({ externalIds: [{ scheme: 'x', id: '1' }] })),
    )
    const response = await importRecords('agreements', agreement({}), agreement({ id: keys[0] }))
    expect(response.status).toBe(409)
    expect(pointersIn(response)).toEqual(['/2/id'])
    const second = await importRecords(
      'agreements',
      agreement({}),
      agreement({ externalIds: [{ scheme: 'x', id: '1' }] }),
    )
    expect(second.status).toBe(409)
    expect(pointersIn(second)).toEqual(['/2/externalIds/0'])
    const country = await api.get('/v1/countries/PAK')
    const third = await importRecords('countries', country.json())
    expect(third.status).toBe(409)
    expect(pointersIn(third)).toContain('/1/code')
  })

  it('of a single line with an error are refused with a message about one line', async () => {
    const invalid = await importRecords('agreements', { kind: 'other' })
    expect(readProblem(invalid).detail).toBe('The body of one line has one error; nothing was written.')
    const [key] = keysIn(await importRecords('agreements', agreement({})))
    const taken = await importRecords('agreements', agreement({ id: key }))
    expect(readProblem(taken).detail).toBe('Nothing was written, because of one error in the line.')
  })

  it('with a key that a concurrent transaction uses and releases are refused with the reason', async () => {
    const other = await api.pool.connect()
    try {
      await other.query('begin')
      await other.query(`insert into revisions (resource, key, version, operation, document, actor, "time")
        values ('countries', 'XAA', 1, 'remove', '{}', '{"kind":"database","id":null,"name":null}', now())`)
      const sent = importRecords(
        'countries',
        { code: 'XAA', name: 'Country A' },
        { code: 'XAB', name: 'Country B' },
      )
      await waitUntilBlocked(api.pool)
      await other.query('commit')
      const response = await sent
      expect(response.status, response.text).toBe(409)
      expect(readProblem(response).detail).toContain('was removed and created again concurrently')
    } finally {
      other.release()
    }
  })

  it('with the key or external id of an earlier line are refused', async () => {
    const response = await importRecords(
      'agreements',
      agreement({ id: ids[2] }),
      agreement({}),
      agreement({ id: ids[2] }),
    )
    expect(response.status).toBe(422)
    expect(readProblem(response).errors).toEqual([
      { pointer: '/3/id', code: 'repeated', message: 'is the same as in line 1' },
    ])
    const identified = agreement({ externalIds: [{ scheme: 'y', id: '1' }] })
    const second = await importRecords('agreements', identified, identified)
    expect(second.status).toBe(422)
    expect(pointersIn(second)).toEqual(['/2/externalIds/0'])
  })

  it.each([
    ['{"title":"A"}\n{"title":', '/2'],
    ['{"title":"A"}\n\n{"title":"B"}', '/2'],
    ['{"title":"A","title":"B"}\n', '/1/title'],
  ])('that cannot be parsed return 400 with the line: %j', async (body, pointer) => {
    const response = await api.post('/v1/agreements/import', body, asNdjson)
    expect(response.status).toBe(400)
    expect(pointersIn(response)).toEqual([pointer])
  })

  it('are required: an empty body returns 400', async () => {
    expect((await api.post('/v1/agreements/import', '', asNdjson)).status).toBe(400)
  })

  it('that are blank or incomplete are refused with a message about the line', async () => {
    for (const [body, message] of [
      ['{"title":"A"}\r\n \t\r\n', 'The line is empty where JSON is expected.'],
      ['{"title":"A"}\n{"title":\n', 'The text is not JSON: it ends too early.'],
    ] as const) {
      const { errors } = readProblem(await api.post('/v1/agreements/import', body, asNdjson))
      expect(errors).toEqual([{ pointer: '/2', code: 'invalid', message }])
    }
  })

  it('are accepted up to a thousand, even if each has many values', async () => {
    const parties = ['CHN', 'PAK', 'DEU'].flatMap((country) =>
      ['party', 'observer', 'beneficiary'].map((role) => ({ country, role, contribution: 'What it brings' })),
    )
    const lines = Array.from({ length: 1000 }, () => agreement({ parties }))
    expect((await importRecords('agreements', ...lines, agreement({}))).status).toBe(413)
    const response = await importRecords('agreements', ...lines)
    expect(response.status, response.text).toBe(201)
    const last = keysIn(response).at(-1)
    expect((await api.get(`/v1/agreements/${last}`)).json()).toMatchObject({ parties })
  })

  it('are accepted by /import only, which refuses application/json', async () => {
    const line = JSON.stringify(agreement({}))
    expect((await api.post('/v1/agreements', line, asNdjson)).status).toBe(415)
    expect((await api.put(`/v1/agreements/${ids[0]}`, line, asNdjson)).status).toBe(415)
    expect((await api.post('/v1/agreements/search', '{}', asNdjson)).status).toBe(415)
    const refused = await api.post('/v1/agreements/import', line)
    expect(refused.status).toBe(415)
    expect(readProblem(refused).detail).toContain('application/x-ndjson')
  })

  it('may be sent to /import as application/octet-stream, as generated clients do', async () => {
    const line = JSON.stringify(agreement({}))
    const headers = { 'content-type': 'application/octet-stream' }
    const response = await api.post('/v1/agreements/import', `${line}\n${line}\n`, { headers })
    expect(response.status).toBe(201)
    expect(keysIn(response)).toHaveLength(2)
    expect((await api.post('/v1/agreements', line, { headers })).status).toBe(415)
  })
})
