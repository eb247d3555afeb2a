// @module-tag slow

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { packageRoot } from '../../../src/package-root.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { type FormPart, sendForm } from '../../support/send-form.ts'

/** Previews of imports over HTTP: the records of the first rows, and the faults of a mapping. */

const api = useTestApi()

interface Preview {
  scheme: string | null
  mappingFaults: { line: number | null; column: number | null; message: string }[]
  columns: string[]
  notes: string[]
  rows: {
    locator: string
    state: string
    reason: string | null
    values: Record<string, unknown>
    records: { resource: string; action: string; key: string | null; document: Record<string, unknown> }[]
    faults: { column: string; value: string; detail: string }[]
  }[]
  names: Record<string, Record<string, string>>
}

async function getPreview(
  mapping: string,
  file?: string,
  query = '',
  lists: FormPart[] = [],
): Promise<Preview> {
  const parts: FormPart[] = [['mapping', mapping, 'mapping.yaml'], ...lists]
  if (file !== undefined) parts.push(['file', file, 'treaties.csv'])
  const response = await sendForm(api, `/v1/imports/preview${query}`, parts)
  expect(response.status, response.text).toBe(200)
  return response.json<Preview>()
}

describe('POST /v1/imports/preview', () => {
  it('notes which names of the mapping the rows of a JSON file do not have', async () => {
    const mapping = treatyMapping(newScheme()).replace('Party,', 'Parti,')
    const preview = await getPreview(
      mapping,
      '[{"Id": "1", "Title": "One", "Signed": null, "Party": "China"}]',
    )
    expect(preview.notes).toEqual([
      'These names of the mapping do not occur in the rows that were read (1): "Parti".',
    ])
  })

  it('joins the beginning of a file to itself by its name', async () => {
    const join = 'join: {parents: {file: treaties.csv, key: Id, equals: Party}}'
    const mapping = `scheme: ${newScheme()}
${join}
records: {agreements: {id: Id, properties: {title: Title, kind: =treaty, summary: parents/Title}}}`
    const preview = await getPreview(mapping, 'Id,Title,Party\n1,One,2\n2,Two,1\n3,"Thr')
    expect(preview.mappingFaults).toEqual([])
    expect(preview.rows.slice(0, 2).map(({ records }) => records[0]?.document.summary)).toEqual([
      'Two',
      'One',
    ])
  })

  it('shows the records of the first ten rows, with names, and stores nothing', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, index) => `${index},Treaty ${index},2001-02,"Korea, Republic of"`,
    )
    const preview = await getPreview(treatyMapping(newScheme()), [treatyHeader, ...rows].join('\n'))
    expect(preview.rows).toHaveLength(10)
    expect(preview.columns).toEqual(treatyHeader.split(','))
    expect(preview.rows[0]).toMatchObject({
      locator: 'row 2',
      state: 'ready',
      values: { Title: 'Treaty 0' },
      records: [
        {
          resource: 'agreements',
          action: 'create',
          key: null,
          document: { title: 'Treaty 0', signedOn: '2001-02', parties: [{ country: 'KOR', role: 'party' }] },
        },
      ],
    })
    expect(preview.names).toEqual({ countries: { KOR: expect.stringContaining('Korea') } })
    const { rows: stored } = await api.pool.query('select from imports')
    expect(stored).toHaveLength(0)
  })

  it('shows for each row why it is refused or skipped', async () => {
    const mapping = `${treatyMapping(newScheme())}when: {Title: {not: draft}}\n`
    const { rows } = await getPreview(
      mapping,
      `${treatyHeader}\n1,A,31/02/2003,China\n2,B,2001,Atlantis\n3,draft,2001,China\n4,,2001,China\n`,
    )
    expect(rows.map(({ state }) => state)).toEqual(['refused', 'refused', 'skipped', 'refused'])
    expect(rows.map(({ faults }) => faults[0]?.column)).toEqual(['Signed', 'Party', undefined, 'Title'])
    expect(rows[1]?.faults[0]).toMatchObject({
      value: 'Atlantis',
      detail: expect.stringContaining('no record'),
    })
    expect(rows[2]?.reason).toContain('Title')
  })

  it('refuses a row with the id of an earlier row that is refused', async () => {
    const lines = [treatyHeader, '1,A,31/02/2003,China', '1,B,1999,China']
    const { rows } = await getPreview(treatyMapping(newScheme()), lines.join('\n'))
    expect(rows.map(({ state }) => state)).toEqual(['refused', 'refused'])
    expect(rows[1]?.faults[0]?.detail).toContain('has the id of row 2')
  })

  it('refuses a row with the id of an earlier row, and one that refers to a refused row', async () => {
    const other = newScheme()
    await api.post('/v1/agreements', {
      title: 'Rival',
      kind: 'treaty',
      externalIds: [{ scheme: other, id: 'B' }],
    })
    const mapping = treatyMapping(newScheme()).replace(
      'kind: =treaty',
      `kind: =treaty
      externalIds: {scheme: =${other}, id: Title}
      relations: {agreement: {from: Amends, by: id}, kind: =amends}`,
    )
    const lines = [
      '1,A,2001,China,',
      '1,C,2001,China,',
      '2,B,2001,China,',
      '3,D,2001,China,2',
      '4,E,2001,China,9',
    ]
    const { rows } = await getPreview(mapping, [`${treatyHeader},Amends`, ...lines].join('\n'))
    expect(rows.map(({ state }) => state)).toEqual(['ready', 'refused', 'refused', 'refused', 'ready'])
    expect(rows.map(({ faults }) => faults[0]?.detail)).toEqual([
      undefined,
      expect.stringMatching(
        /^has the id of row 2: only one row may describe a record of agreements\. .*rows\.groupBy/,
      ),
      expect.stringContaining('is already the id of /v1/agreements/'),
      expect.stringContaining('No other row creates such a record, or the row that does is refused'),
      undefined,
    ])
    expect(rows[1]?.records).toEqual([])
  })

  it('applies earlier decisions about names of the register', async () => {
    const scheme = newScheme()
    const csv = `${treatyHeader}\n1,A,2001,Lemuria\n`
    const decisions = 'resource,name,decision\ncountries,Lemuria,CHN\n'
    const sent = await sendForm(api, '/v1/imports', [
      ['mapping', treatyMapping(scheme), 'mapping.yaml'],
      ['decisions', decisions, 'decisions.csv'],
      ['file', csv, 'treaties.csv'],
    ])
    expect(sent.status).toBe(201)
    const { rows, names } = await getPreview(treatyMapping(scheme), csv)
    expect(rows[0]?.records[0]?.document.parties).toMatchObject([{ country: 'CHN' }])
    expect(names.countries).toEqual({ CHN: 'China' })
  })

  it('names the records that the import would create', async () => {
    const mapping = treatyMapping(newScheme()).replace(
      'country: Party',
      'organization: {from: Party, create: true}',
    )
    const { rows, names } = await getPreview(mapping, `${treatyHeader}\n1,A,2001,Academy of Lemuria\n`)
    const parties = z.tuple([z.object({ organization: z.string() })])
    const [{ organization }] = parties.parse(rows[0]?.records[0]?.document.parties)
    expect(names.organizations?.[organization]).toBe('Academy of Lemuria')
  })

  it.each([
    ['an unknown key', 'titel: Title', 7, 7, 'did you mean "title"'],
    ['an unknown word', 'kind: =treatie', 7, 7, 'did you mean'],
    [
      'a column that the file does not have',
      'kind: =treaty\n      summary: Titel',
      8,
      7,
      'did you mean "Title"',
    ],
    ['text that is not YAML', 'summary: [Title', 8, 7, 'Flow sequence'],
  ])(
    'reports %s with its line, its column and an explanation',
    async (_what, mappingLine, line, column, message) => {
      const mapping = treatyMapping(newScheme()).replace('kind: =treaty', mappingLine)
      const { mappingFaults, rows } = await getPreview(mapping, `${treatyHeader}\n1,A,2001,China\n`)
      expect(mappingFaults).toContainEqual({
        line,
        column,
        message: expect.stringContaining(message),
      })
      expect(rows).toEqual([])
    },
  )

  it('names the missing parts of a mapping', async () => {
    const mapping = treatyMapping(newScheme())
      .replace('properties:', 'propertys:')
      .replace(/^scheme: .*$/m, '')
    const { mappingFaults } = await getPreview(mapping)
    expect(mappingFaults.map(({ message }) => message)).toEqual([
      '"scheme" is required',
      '"properties" is required',
      '"propertys" is not known here; did you mean "properties"?',
    ])
  })

  it('checks a mapping without a file, and lists the columns of a file with a wrong mapping', async () => {
    expect(await getPreview(treatyMapping('a-register'))).toMatchObject({
      scheme: 'a-register',
      mappingFaults: [],
    })
    const wrong = await getPreview('', `${treatyHeader}\n1,A,2001,China\n`)
    expect(wrong.columns).toEqual(treatyHeader.split(','))
    expect(wrong.mappingFaults[0]?.line).toBeNull()
  })

  it('reports the faults of a mapping whose faulty `rows` leave the file unreadable', async () => {
    const rows = 'rows: {quote: none}\n'
    const mapping = `${treatyMapping(newScheme())}${rows}`
    const csv = `${treatyHeader}\n1,"A,2001,China\n`
    expect((await getPreview(mapping, csv)).rows).toHaveLength(1)
    const wrong = await getPreview(mapping.replace('quote:', 'qoute:'), csv)
    expect(wrong.mappingFaults).toMatchObject([{ message: expect.stringContaining('"quote"') }])
    expect(wrong).toMatchObject({ format: null, columns: [], notes: [expect.stringContaining('quote')] })
  })

  it('lists the columns that `rows` finds, even if the rest of the mapping has faults', async () => {
    const file = ['List of treaties', '', 'No.;Name', '1;Treaty', '2;Protocol'].join('\n')
    const mapping = `scheme: ${newScheme()}\nrows: {header: 3}\nrecords: {agreements: {id: No., properties: {tite: Name}}}`
    const preview = await getPreview(mapping, file)
    expect(preview).toMatchObject({ columns: ['No.', 'Name'], notes: [], mappingFaults: [{ line: 3 }] })
    const wrongRows = await getPreview(mapping.replace('header: 3', 'header: no'), file)
    expect(wrongRows.columns).toEqual(['List of treaties'])
  })

  it('accepts the name of a built-in mapping, and suggests a name for a mistyped one', async () => {
    expect(await getPreview('iati')).toMatchObject({ scheme: expect.any(String), mappingFaults: [] })
    const { mappingFaults } = await getPreview('itai')
    expect(mappingFaults).toMatchObject([{ line: null, message: expect.stringContaining('"iati"') }])
  })

  it('reports a missing code list where the mapping names it, and reads an uploaded one', async () => {
    const mapping = treatyMapping(newScheme()).replace(
      'kind: =treaty',
      'kind: {from: Title, codes: kinds.csv}',
    )
    const csv = `${treatyHeader}\n1,A,2001,China\n`
    const missing = await getPreview(mapping, csv)
    expect(missing.mappingFaults).toMatchObject([{ line: 7, message: expect.stringContaining('kinds.csv') }])
    const { rows } = await getPreview(mapping, csv, '', [['list', 'code,word\nA,agreement\n', 'kinds.csv']])
    expect(rows[0]?.records[0]?.document.kind).toBe('agreement')
  })

  it('names the guessed encoding of a code list that is neither UTF-8 nor UTF-16', async () => {
    const mapping = treatyMapping(newScheme()).replace(
      'title: Title',
      'title: {from: Title, codes: titles.csv}',
    )
    const titles = Buffer.from('code,word\nA,Accord créé à Genève où règne la liberté\n', 'latin1')
    const csv = `${treatyHeader}\n1,A,2001,China\n`
    const { notes, rows } = await getPreview(mapping, csv, '', [['list', titles, 'titles.csv']])
    expect(rows[0]?.records[0]?.document.title).toBe('Accord créé à Genève où règne la liberté')
    expect(notes).toEqual([expect.stringContaining('The encoding of the file titles.csv is most likely ')])
  })

  it('reports a further file that the mapping does not name, and one that is sent twice', async () => {
    const mapping = treatyMapping(newScheme())
    const csv = `${treatyHeader}\n1,A,2001,China\n`
    const list: FormPart = ['list', csv, 'more.csv']
    const message = expect.stringContaining('does not name the file more.csv')
    expect(await getPreview(mapping, csv, '', [list])).toMatchObject({
      mappingFaults: [{ message }],
      rows: [],
    })
    const naming = mapping.replace('kind: =treaty', 'kind: {from: Title, codes: more.csv}')
    const twice = await getPreview(naming, csv, '', [list, list])
    expect(twice.mappingFaults).toMatchObject([
      { message: 'Two files have the name more.csv: send one of them.' },
    ])
  })

  it('reads only the beginning of a CSV or XML file', async () => {
    const folder = join(packageRoot, 'docs/examples')
    const xml = await readFile(join(folder, 'activities.xml'), 'utf8')
    const mapping = await readFile(join(folder, 'activities.yaml'), 'utf8')
    const whole = await getPreview(mapping, xml, '?limit=1')
    const beginning = await getPreview(
      mapping,
      xml.slice(0, xml.indexOf('</iati-activity>') + 30),
      '?limit=1',
    )
    expect(beginning.rows).toHaveLength(1)
    expect(beginning.rows[0]).toMatchObject({ state: 'ready', values: whole.rows[0]?.values })
    const rows = Array.from({ length: 20_000 }, (_, index) => `${index},A,2001,China\n`)
    const csv = await getPreview(treatyMapping(newScheme()), `${treatyHeader}\n${rows.join('')}2,"cut`)
    expect(csv.rows).toHaveLength(10)
    const cut = await getPreview(
      treatyMapping(newScheme()),
      `${treatyHeader}\n${rows.slice(0, 3).join('')}2,"cut`,
    )
    expect(cut.rows).toHaveLength(3)
    expect(cut.notes).toEqual([
      expect.stringMatching(/^The last row is not shown: a quote that opens on line 5 /),
    ])
  })

  it.each([
    ['JSON', '[{"Id":"1","Title":"A"},{"Id":"2","Title":"B"},{"Id":"3","Ti'],
    ['NDJSON', '{"Id":"1","Title":"A"}\n{"Id":"2","Title":"B"}\n{"Id":"3","Ti'],
    ['XML', '<all><row Id="1"><Title>A</Title></row><row Id="2"><Title>B</Title></row><row Id="3"><Ti'],
  ])('shows the rows of the beginning of a %s file, even if they are few', async (format, beginning) => {
    const mapping = treatyMapping(newScheme()).replace(': Id', format === 'XML' ? ": '@Id'" : ': Id')
    const { rows } = await getPreview(mapping, beginning)
    expect(rows.map(({ state, values }) => [state, values.Title])).toEqual([
      ['ready', 'A'],
      ['ready', 'B'],
    ])
  })

  it('shortens long texts, so that the response stays small', async () => {
    const csv = `${treatyHeader}\n1,${'long '.repeat(30_000)},2001,${'China|'.repeat(3000)}\n`
    const response = await sendForm(api, '/v1/imports/preview', [
      ['mapping', treatyMapping(newScheme()), 'mapping.yaml'],
      ['file', csv, 'treaties.csv'],
    ])
    expect(response.status).toBe(200)
    expect(response.text.length).toBeLessThan(5000)
  })

  it('does not count the time of the upload toward its limit of 20 seconds', async () => {
    // A signal of 20 seconds that is created before the end of the upload is aborted immediately, as if the time had passed.
    const { timeout } = AbortSignal
    let isUploaded = false
    const spy = vi
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((ms) =>
        ms !== 20_000 || isUploaded ? timeout.call(AbortSignal, ms) : AbortSignal.abort(),
      )
    onTestFinished(() => spy.mockRestore())
    const form = new FormData()
    form.append('mapping', new Blob([treatyMapping(newScheme())]), 'mapping.yaml')
    form.append('file', new Blob([`${treatyHeader}\n1,A,2001,China\n`]), 'treaties.csv')
    const encoded = new Response(form)
    const bytes = new Uint8Array(await encoded.arrayBuffer())
    async function* sendSlowly() {
      yield bytes.subarray(0, -10)
      await delay(500)
      isUploaded = true
      yield bytes.subarray(-10)
    }
    const response = await fetch(`${api.origin}/v1/imports/preview`, {
      method: 'POST',
      body: ReadableStream.from(sendSlowly()),
      duplex: 'half',
      headers: {
        'content-type': encoded.headers.get('content-type') ?? '',
        authorization: `Bearer ${adminKey}`,
      },
    })
    expect(await response.json()).toMatchObject({ rows: [{ state: 'ready' }] })
  })

  it('refuses more lists than the OpenAPI document allows', async () => {
    const mapping: FormPart = ['mapping', treatyMapping(newScheme()), 'mapping.yaml']
    const lists = Array.from({ length: 48 }, (_, index): FormPart => ['list', 'a', `${index}.csv`])
    const response = await sendForm(api, '/v1/imports/preview', [mapping, ...lists])
    expect(response.json<object>()).toMatchObject({
      status: 413,
      detail: 'The body has more than 47 parts named list.',
    })
  })

  it('refuses unknown parts and unreadable files', async () => {
    const mapping: FormPart = ['mapping', treatyMapping(newScheme()), 'mapping.yaml']
    const unknown = await sendForm(api, '/v1/imports/preview', [mapping, ['rows', '', 'rows.csv']])
    expect(unknown.json<object>()).toMatchObject({ status: 422, detail: expect.stringContaining('"rows"') })
    const unreadable = await sendForm(api, '/v1/imports/preview', [
      mapping,
      ['file', 'PK\u0003\u0004', 'a.xlsx'],
    ])
    expect(unreadable.json<object>()).toMatchObject({ status: 422, type: '/problems/unreadable-file' })
  })
})
