// @module-tag slow

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { countInList } from '../../support/aggregates.ts'
import { type HttpResponse, useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { findByExternalId } from '../../support/find-records.ts'
import { newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { sendForm } from '../../support/send-form.ts'
import { type UploadedImport, waitForImport } from '../../support/uploaded-imports.ts'

/** Imports over HTTP: upload, dry run, refused rows, unresolved names, commit and undo. */

const api = useTestApi({ env: { IMPORT_MB: '1' } })

const withKey = { key: adminKey }

interface UploadOptions {
  decisions?: string
  query?: string
  headers?: Record<string, string>
}

/** Uploads a mapping, a file of treaties and, if there are any, decisions. */
async function upload(
  mapping: string,
  csv: string,
  { decisions, query = '', headers = {} }: UploadOptions = {},
): Promise<HttpResponse> {
  const parts = [
    ['mapping', mapping, 'mapping.yaml'],
    ...(decisions === undefined ? [] : [['decisions', decisions, 'decisions.csv'] as const]),
    ['file', csv, 'treaties.csv'],
  ] as const
  return sendForm(api, `/v1/imports${query}`, parts, headers)
}

/** Uploads a mapping and a file, and waits until the dry run has ended. */
async function dryRun(mapping: string, csv: string, options: UploadOptions = {}): Promise<UploadedImport> {
  const response = await upload(mapping, csv, options)
  expect(response.status, response.text).toBe(201)
  const { id } = response.json<{ id: string }>()
  expect(response.headers.get('location')).toBe(`/v1/imports/${id}`)
  return waitForImport(api, id)
}

const countAgreements = (scheme: string) => countInList(api, `/v1/agreements?externalIdScheme=${scheme}`)

describe('an uploaded file', () => {
  it('is checked without writing a record, and committed on request', async () => {
    const scheme = newScheme()
    const csv = `${treatyHeader}\n1,First,2001-02-03,China\n2,Second,2001,Pakistan\n3,,2001,Pakistan\n`
    const staged = await dryRun(treatyMapping(scheme), csv)
    expect(staged).toMatchObject({ state: 'staged', doneRows: 3, counts: { created: 2, refused: 1 } })
    expect(await countAgreements(scheme)).toBe(0)
    expect((await api.post(`/v1/imports/${staged.id}/commit`, undefined)).status).toBe(202)
    expect(await waitForImport(api, staged.id)).toMatchObject({
      state: 'committed',
      doneRows: 3,
      counts: { created: 2, refused: 1 },
    })
    expect(await countAgreements(scheme)).toBe(2)
    expect((await api.post(`/v1/imports/${staged.id}/commit`, undefined)).status).toBe(202)
    expect((await api.delete(`/v1/imports/${staged.id}`)).status).toBe(409)
    expect((await api.post(`/v1/imports/${staged.id}/undo`, undefined)).status).toBe(202)
    expect(await waitForImport(api, staged.id)).toMatchObject({ state: 'undone' })
    expect(await countAgreements(scheme)).toBe(0)
  })

  it('can be undone only after the undo of later imports that changed its records', async () => {
    const mapping = treatyMapping(newScheme())
    const importNow = async (title: string) => {
      const csv = `${treatyHeader}\n1,${title},2001,China\n`
      const response = await upload(mapping, csv, { query: '?commit=true' })
      return waitForImport(api, response.json<{ id: string }>().id)
    }
    const undo = (id: string) => api.post(`/v1/imports/${id}/undo`, undefined)
    const [first, second] = [await importNow('First'), await importNow('Second')]
    const refused = await undo(first.id)
    expect(refused.status).toBe(409)
    expect(refused.json<{ detail: string }>().detail).toBe(
      `The later import ${second.id} (treaties.csv) has changed 1 of the records of this import. Undo the later import first.`,
    )
    for (const { id } of [second, first]) {
      expect((await undo(id)).status).toBe(202)
      expect(await waitForImport(api, id)).toMatchObject({ state: 'undone', report: { keptCount: 0 } })
    }
  })

  it('is checked when the previous dry run for its register ends, not at the next poll', async () => {
    const mapping = treatyMapping(newScheme())
    const durationsMs: number[] = []
    for (let index = 0; index < 6; index += 1) {
      const startedAt = performance.now()
      expect((await dryRun(mapping, `${treatyHeader}\n${index},First,2001,China\n`)).state).toBe('staged')
      durationsMs.push(performance.now() - startedAt)
    }
    // Polls are 15 s apart.
    expect(Math.max(...durationsMs)).toBeLessThan(7000)
  })

  it('returns its refused rows unchanged with reasons, and accepts them corrected', async () => {
    const scheme = newScheme()
    const staged = await dryRun(
      treatyMapping(scheme),
      `${treatyHeader}\n1,First,no date,China\n2,"A ""B"", C",2001,China\n`,
    )
    const { text, headers } = await api.get(`/v1/imports/${staged.id}/rejected.csv`, withKey)
    expect(headers.get('content-type')).toContain('text/csv')
    const [columns, row, end] = text.split('\r\n')
    expect(columns).toBe(
      `${treatyHeader},import.row,import.column,import.reason,import.suggestion,import.extra`,
    )
    expect(row).toMatch(/^1,First,no date,China,row 2,Signed,/)
    expect(end).toBe('')
    const corrected = await dryRun(treatyMapping(scheme), text.replace('no date', '2001'))
    expect(corrected).toMatchObject({ state: 'staged', counts: { created: 1, refused: 0 } })
  })

  it('reports dropped values by column', async () => {
    const csv = `${treatyHeader}\n1,First\u0085 treaty,2001,China\n2,Sec\u009dond,2001,China\n`
    const { counts, report } = await dryRun(treatyMapping(newScheme()), csv)
    expect(counts).toMatchObject({ created: 2, refused: 0, dropped: 2 })
    expect(report?.droppedBy).toMatchObject([
      { column: 'Title', rows: 2, example: { detail: expect.stringContaining('left out') } },
    ])
  })

  it('has its progress streamed as events until its dry run is done', async () => {
    const response = await upload(treatyMapping(newScheme()), `${treatyHeader}\n1,First,2001,China\n`)
    const { id } = response.json<{ id: string }>()
    const events = await api.get(`/v1/imports/${id}/events`, withKey)
    const states = [...events.text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data).state)
    expect(states.at(-1)).toBe('staged')
  })

  it('appears in the list of imports of its register', async () => {
    const scheme = newScheme()
    const staged = await dryRun(treatyMapping(scheme), `${treatyHeader}\n1,First,2001,China\n`)
    const list = await api.get(`/v1/imports?scheme=${scheme}`, withKey)
    expect(list.json<{ data: UploadedImport[] }>().data.map(({ id }) => id)).toEqual([staged.id])
  })
})

describe('an upload with an Idempotency-Key', () => {
  const csv = `${treatyHeader}\n1,First,2001,China\n`
  const importsOf = async (scheme: string) =>
    (await api.pool.query('select id from imports where scheme = $1', [scheme])).rows

  it('creates one import and gets the same response, however often it is sent', async () => {
    const scheme = newScheme()
    const headers = { 'idempotency-key': randomUUID() }
    const first = await upload(treatyMapping(scheme), csv, { headers })
    const second = await upload(treatyMapping(scheme), csv, { headers })
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(second.text).toBe(first.text)
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(await importsOf(scheme)).toHaveLength(1)
  })

  it('is refused when the file or the mapping differs', async () => {
    const scheme = newScheme()
    const headers = { 'idempotency-key': randomUUID() }
    expect((await upload(treatyMapping(scheme), csv, { headers })).status).toBe(201)
    for (const [mapping, file] of [
      [treatyMapping(scheme), csv.replace('First', 'Other')],
      [treatyMapping(`${scheme}-2`), csv],
    ] as const) {
      const other = await upload(mapping, file, { headers })
      expect(other.status).toBe(422)
      expect(other.text).toContain('idempotency-key-reused')
    }
    expect(await importsOf(scheme)).toHaveLength(1)
    expect(await importsOf(`${scheme}-2`)).toHaveLength(0)
  })
})

describe('a name that matches no record', () => {
  const csv = `${treatyHeader}\n1,First,2001,Atlantis\n2,Second,2001,Atlantis\n3,Third,2001,China\n`

  it('is listed, its rows are refused, and a decision resolves it for this and later imports', async () => {
    const scheme = newScheme()
    const staged = await dryRun(treatyMapping(scheme), csv)
    expect(staged).toMatchObject({
      counts: { created: 1, refused: 2 },
      report: { names: { unresolved: 1, rows: 2 } },
    })
    const names = await api.get(`/v1/imports/${staged.id}/names`, withKey)
    expect(names.json<{ data: unknown[] }>().data).toMatchObject([
      { resource: 'countries', name: 'Atlantis', rows: 2, status: 'unresolved' },
    ])
    const decision = { resource: 'countries', name: 'Atlantis', key: 'PAK' }
    const decided = await api.put(`/v1/imports/${staged.id}/names`, { decisions: [decision] })
    expect(decided.status, decided.text).toBe(200)
    expect(await waitForImport(api, staged.id)).toMatchObject({
      state: 'staged',
      counts: { created: 3, refused: 0 },
      report: { names: { unresolved: 0 } },
    })
    expect(await dryRun(treatyMapping(scheme), csv)).toMatchObject({ counts: { created: 3, refused: 0 } })
  })

  it('is resolved again when a decision is replaced by another one', async () => {
    const scheme = newScheme()
    const { id } = await dryRun(treatyMapping(scheme), csv)
    for (const key of ['PAK', 'DEU']) {
      const decisions = [{ resource: 'countries', name: 'Atlantis', key }]
      expect((await api.put(`/v1/imports/${id}/names`, { decisions })).status).toBe(200)
      await waitForImport(api, id)
    }
    expect((await api.post(`/v1/imports/${id}/commit`, undefined)).status).toBe(202)
    expect(await waitForImport(api, id)).toMatchObject({ state: 'committed' })
    expect(await findByExternalId(api, 'agreements', `${scheme}:1`)).toMatchObject({
      parties: [{ country: 'DEU' }],
    })
  })

  it('is listed once, even if its rows have different dates', async () => {
    const staged = await dryRun(treatyMapping(newScheme()), csv.replace('Second,2001', 'Second,1950'))
    expect(staged.report?.names).toEqual({ unresolved: 1, rows: 2 })
    const { data } = (await api.get(`/v1/imports/${staged.id}/names`, withKey)).json<{ data: object[] }>()
    expect(data).toMatchObject([{ resource: 'countries', name: 'Atlantis', rows: 2 }])
  })

  it('is resolved by an uploaded file of decisions', async () => {
    const scheme = newScheme()
    const staged = await dryRun(treatyMapping(scheme), csv)
    const { text } = await api.get(`/v1/imports/${staged.id}/names.csv`, withKey)
    const [head, line = ''] = text.split('\r\n')
    const decisions = `${head}\r\n${line.replace('Atlantis,,,2,,', 'Atlantis,,,2,DEU,')}\r\n`
    expect(await dryRun(treatyMapping(scheme), csv, { decisions })).toMatchObject({
      counts: { created: 3, refused: 0 },
    })
  })

  it('is not resolved by a file with a faulty decision, whose line the problem names', async () => {
    const decisions = 'resource,name,decision\ncountries,Utopia,\ncountries,Atlantis,QQQ\n'
    const response = await upload(treatyMapping(newScheme()), csv, { decisions })
    expect(response.status).toBe(422)
    expect(response.json<object>()).toMatchObject({ errors: [{ pointer: '/decisions/3' }] })
  })

  it('is not resolved by a long text in place of a key, which the problem shortens', async () => {
    const decisions = `resource,name,decision\ncountries,Atlantis,${'Q'.repeat(10_000)}\n`
    const response = await upload(treatyMapping(newScheme()), csv, { decisions })
    expect(response.json<{ errors: object[] }>().errors).toMatchObject([
      { pointer: '/decisions/2', message: expect.stringMatching(/^there is no "Q{50,60}… in countries$/) },
    ])
  })

  it('is not resolved by a file without the column of decisions; the problem names line 1', async () => {
    const decisions = 'resource,name\na,b\nc,d\n'
    const response = await upload(treatyMapping(newScheme()), csv, { decisions })
    expect(response.json<{ errors: object[] }>().errors).toMatchObject([{ pointer: '/decisions/1' }])
  })

  it('cannot be resolved to an unknown record', async () => {
    const staged = await dryRun(treatyMapping(newScheme()), csv)
    const decisions = [
      { resource: 'countries', name: 'Atlantis', key: 'QQQ' },
      { resource: 'contries', name: 'Atlantis', key: null },
    ]
    const response = await api.put(`/v1/imports/${staged.id}/names`, { decisions })
    expect(response.status).toBe(422)
    expect(response.text).toContain('there is no \\"QQQ\\" in countries')
    expect(response.text).toContain('did you mean \\"countries\\"?')
    const { errors } = response.json<{ errors: { pointer: string }[] }>()
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/decisions/0/key', '/decisions/1/resource'])
  })
})

describe('an upload', () => {
  it.each([
    ['a mapping with an unknown key', 'scheme: a\nrecord: {}', 'record'],
    ['a mapping that is not YAML', '{', 'mapping'],
  ])('with %s is refused', async (_, mapping, text) => {
    const response = await upload(mapping, treatyHeader)
    expect(response.status, response.text).toBe(422)
    expect(response.text).toContain(text)
  })

  it('of a file larger than the limit is refused, and nothing is stored', async () => {
    const scheme = newScheme()
    const response = await upload(treatyMapping(scheme), `${treatyHeader}\n${'x'.repeat(2 * 1024 * 1024)}`)
    expect(response.status, response.text).toBe(413)
    const { rows } = await api.pool.query('select from imports where scheme = $1', [scheme])
    expect(rows).toHaveLength(0)
  })

  it.each([
    ['without a mapping', ['decisions'], 'The part mapping is missing.'],
    ['without a file', ['mapping'], 'The part file is missing.'],
    ['with the file before the mapping', ['file', 'mapping'], 'mapping must come before file and list.'],
  ])('%s is refused, and the error says what is wrong', async (_what, parts, message) => {
    const texts: Record<string, string> = {
      mapping: treatyMapping(newScheme()),
      decisions: '',
      file: treatyHeader,
    }
    const form = parts.map((part) => [part, texts[part] ?? '', `${part}.txt`] as const)
    const response = await sendForm(api, '/v1/imports', form)
    expect(response.status, response.text).toBe(422)
    expect(response.text).toContain(message)
  })

  it('of a file without a column of the mapping leads to a failed import with a reason', async () => {
    const failed = await dryRun(treatyMapping(newScheme()), 'Id,Title,Signed,Partie\n1,First,2001,China\n')
    expect(failed.state).toBe('failed')
    expect(failed.failure).toContain('Party')
  })

  it('with a malformed multipart/form-data body is refused', async () => {
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=there-is-none']) {
      const response = await api.post('/v1/imports', '{}', { headers: { 'content-type': type } })
      expect(response.status, response.text).toBe(400)
      expect(response.text).toContain('multipart/form-data body cannot be parsed')
    }
  })
})

describe('the endpoints of an import', () => {
  it('return its mapping as it was sent', async () => {
    const mapping = `${treatyMapping(newScheme())}# A comment\n`
    const { id } = await dryRun(mapping, `${treatyHeader}\n1,First,2001,China\n`)
    const response = await api.get(`/v1/imports/${id}/mapping.yaml`, withKey)
    expect(response.headers.get('content-type')).toContain('application/yaml')
    expect(response.text).toBe(mapping)
  })

  it('return pages of rows with faults, each with its column and value', async () => {
    const csv = `${treatyHeader}\n1,First,no date,China\n2,Second,2001,China\n3,Third,2001,Atlantis\n`
    const { id } = await dryRun(treatyMapping(newScheme()), csv)
    const first = (await api.get(`/v1/imports/${id}/rows?limit=1`, withKey)).json<{
      page: { next: string }
    }>()
    expect(first).toMatchObject({
      data: [
        { locator: 'row 2', values: { Title: 'First' }, faults: [{ column: 'Signed', value: 'no date' }] },
      ],
    })
    const second = await api.get(`/v1/imports/${id}/rows?limit=1&cursor=${first.page.next}`, withKey)
    expect(second.json<object>()).toMatchObject({
      data: [{ locator: 'row 4', faults: [{ column: 'Party', value: 'Atlantis' }] }],
      page: { next: null },
    })
  })

  it('return the written records with name, row and action, without the name after an undo', async () => {
    const { id } = await dryRun(
      treatyMapping(newScheme()),
      `${treatyHeader}\n1,First,2001,China\n2,Second,2001,China\n`,
    )
    await api.post(`/v1/imports/${id}/commit`, undefined)
    await waitForImport(api, id)
    const read = async () =>
      (await api.get(`/v1/imports/${id}/records`, withKey)).json<{ data: object[] }>().data
    expect(await read()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          resource: 'agreements',
          name: 'Second',
          row: 'row 3',
          action: 'create',
          undone: false,
        }),
      ]),
    )
    await api.post(`/v1/imports/${id}/undo`, undefined)
    await waitForImport(api, id)
    expect(await read()).toEqual(
      expect.arrayContaining([expect.objectContaining({ resource: 'agreements', name: null, undone: true })]),
    )
  })
})
