import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import {
  cellText,
  mediaTypes,
  openWorkbook,
  readCsvObjects,
  readNdjson,
  rowsIn,
  withEscapedFormulas,
} from '../support/export-files.ts'

/** Tables in CSV and XLSX files, and positions in GeoJSON files. */

const api = useTestApi()

describe('an exported file', () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map((text) => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ').trim())
    .filter((text) => text !== '')
  const dangerous = fc.constantFrom(
    '=1+1',
    '+49',
    '-5',
    '@x',
    '＝1',
    '"',
    "'",
    ',',
    '_x0041_',
    'a"b,c',
    '中文',
  )
  const prose = fc
    .array(fc.oneof(line, dangerous, fc.constantFrom('\n', '\r\n', '\t', ';')), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join(''))
    .filter((text) => /\S/.test(text))

  it('has the values of any record, in CSV and in XLSX, and no cell is a formula', async () => {
    const documents = fc.sample(
      fc.record({
        title: fc.oneof(line, dangerous),
        kind: fc.constantFrom('treaty', 'other'),
        summary: fc.option(prose),
        signedOn: fc.option(fc.constantFrom('2011-04', '2011-04-05', '-0044', '1850-01-01', '201X')),
        languages: fc.constantFrom([], ['en'], ['en', 'zh-Hans']),
        parties: fc.constantFrom(
          [],
          [{ country: 'CHN', role: 'party' }],
          [
            { country: 'PAK', role: 'party', contribution: '=x' },
            { region: '150', role: 'observer' },
          ],
        ),
      }),
      40,
    )
    const inOnePlace = documents.map((document) => ({ ...document, place: 'Exported' }))
    const response = await api.post(
      '/v1/agreements/import',
      inOnePlace.map((one) => JSON.stringify(one)).join('\n'),
      {
        headers: { 'content-type': mediaTypes.ndjson },
      },
    )
    expect(response.status, response.text).toBe(201)
    const query = 'place[contains]=Exported&sort=id'
    const records = readNdjson((await api.get(`/v1/agreements/export?format=ndjson&${query}`)).text)
    expect(records.length).toBe(40)
    const participantsIn = (list: unknown) =>
      (Array.isArray(list) ? list : []).map((one) => `${one.country ?? one.region} (${one.role})`).join('; ')

    const rows = readCsvObjects((await api.get(`/v1/agreements/export?format=csv&${query}`)).text)
    expect(
      rows.map(({ title, summary, signedOn, languages, parties }) => [
        title,
        summary,
        signedOn,
        languages,
        parties,
      ]),
    ).toEqual(
      records.map(({ title, summary, signedOn, languages, parties }) => [
        withEscapedFormulas(cellText(title)),
        withEscapedFormulas(cellText(summary)),
        withEscapedFormulas(cellText(signedOn)),
        Array.isArray(languages) ? languages.join('; ') : '',
        participantsIn(parties),
      ]),
    )

    const [header = [], ...cells] = rowsIn(
      (await openWorkbook(api, `/v1/agreements/export?format=xlsx&${query}`)).worksheets[0],
    )
    const column = (name: string) => cells.map((row) => row[header.indexOf(name)] ?? null)
    expect(column('title')).toEqual(records.map(({ title }) => title))
    expect(column('summary')).toEqual(records.map(({ summary }) => summary))
    expect(column('version')).toEqual(records.map(() => 1))
    expect(column('signedOn')).toEqual(
      records.map(({ signedOn }) => (signedOn === '2011-04-05' ? new Date('2011-04-05') : signedOn)),
    )

    const flat = readCsvObjects(
      (await api.get(`/v1/agreements/export?format=csv&per=participant&${query}`)).text,
    )
    expect(
      flat.map((row) => [row.id, row['parties.country'], row['parties.region'], row['parties.contribution']]),
    ).toEqual(
      records.flatMap(({ id, parties }) => {
        const list = Array.isArray(parties) ? parties : []
        return list.length === 0
          ? [[id, '', '', '']]
          : list.map((one) => [
              id,
              one.country ?? '',
              one.region ?? '',
              one.contribution ? `'${one.contribution}` : '',
            ])
      }),
    )
  })

  it('as CSV has JSON without a formula after a semicolon, and with the same value', async () => {
    const alternativeTitles = ['a;=1', 'b; "-2"', 'c;d', 'e;\\;@f', ';＝g'].map((name) => ({
      name,
      language: null,
    }))
    const created = await api.post('/v1/agreements', {
      title: 'Semicolons',
      kind: 'other',
      alternativeTitles,
      externalIds: [{ scheme: 'semicolons', id: '1' }],
    })
    expect(created.status, created.text).toBe(201)
    const { text } = await api.get('/v1/agreements/export?format=csv&externalId=semicolons:1')
    expect(text).not.toMatch(/;[\s"]*[=+@＝-]/)
    const [row] = readCsvObjects(text)
    expect(row?.alternativeTitles).toContain('c;d')
    expect(JSON.parse(row?.alternativeTitles ?? '')).toEqual(alternativeTitles)
  })

  it.each([
    ['a;=1+1', "a;'=1+1"],
    ['a; "=1+1', 'a; "\'=1+1'],
    ['a;;@x;+49;-5', "a;;'@x;'+49;'-5"],
    ['=1;=2', "'=1;'=2"],
    ['a;b = c; d-e', 'a;b = c; d-e'],
  ])(
    'escapes a formula after a semicolon, which some spreadsheets read as a delimiter: %s',
    async (title, cell) => {
      const { id } = (await api.post('/v1/agreements', { title, kind: 'other' })).json()
      const { text } = await api.get(`/v1/agreements/export?format=csv&id=${id}`)
      expect(readCsvObjects(text)[0]?.title).toBe(cell)
      expect(text).toContain(`,"${cell.replaceAll('"', '""')}",`)
      const sheet = (await openWorkbook(api, `/v1/agreements/export?format=xlsx&id=${id}`)).worksheets[0]
      const [header = [], cells = []] = rowsIn(sheet)
      expect(cells[header.indexOf('title')]).toBe(title)
    },
  )

  it.each([
    ['a\n=1+1\nb', "a\n'=1+1\nb"],
    ['a\r\n "@x', 'a\r\n "\'@x'],
    ['a\n\n\t＝1\n', "a\n\n\t'＝1\n"],
    ['a\n\n\tb = c\n', 'a\n\n\tb = c\n'],
  ])(
    'escapes a formula after a line break, where some spreadsheets begin a row: %j',
    async (summary, cell) => {
      const { id } = (await api.post('/v1/agreements', { title: 'Lines', kind: 'other', summary })).json()
      const { text } = await api.get(`/v1/agreements/export?format=csv&id=${id}`)
      expect(readCsvObjects(text)[0]?.summary).toBe(cell)
    },
  )

  it('as XLSX has columns that are wide enough for timestamps', async () => {
    const sheet = (await openWorkbook(api, '/v1/sources/export?format=xlsx')).worksheets[0]
    const headers = rowsIn(sheet)[0] ?? []
    const width = sheet?.getColumn(headers.indexOf('createdAt') + 1).width
    expect(width).toBeGreaterThanOrEqual('2011-04-05 10:30:00'.length)
  })

  it('has texts with line breaks, tabs or escape codes as rich texts, which LibreOffice keeps', async () => {
    const summaries = ['line 1\nline 2', 'a\tb', '_x0041_', 'plain']
    const cells = []
    const heights = []
    for (const summary of summaries) {
      const { id } = (await api.post('/v1/agreements', { title: 'Rich', kind: 'other', summary })).json()
      const path = `/v1/agreements/export?format=xlsx&fields=summary&id=${id}`
      const sheet = (await openWorkbook(api, path)).worksheets[0]
      cells.push(sheet?.getCell('A2').value)
      heights.push(sheet?.getRow(2).height)
    }
    const rich = summaries.slice(0, 3).map((text) => ({ richText: [{ text }] }))
    expect(cells).toEqual([...rich, 'plain'])
    // Without a fixed height, LibreOffice draws the second line over the next row.
    expect(heights).toEqual([15, 15, 15, undefined])
  })

  it('has numbers as numbers, and GeoJSON positions with the longitude first', async () => {
    const document = {
      name: 'A place below the sea',
      kind: 'other',
      location: { latitude: -33.5, longitude: -70.25, elevationMetres: -12 },
    }
    const { id } = (await api.post('/v1/cooperation-bases', document)).json()
    const [row] = readCsvObjects((await api.get(`/v1/cooperation-bases/export?format=csv&id=${id}`)).text)
    expect(row?.['location.latitude']).toBe('-33.5')
    const sheet = (await openWorkbook(api, `/v1/cooperation-bases/export?format=xlsx&id=${id}`)).worksheets[0]
    const [header = [], cells = []] = rowsIn(sheet)
    expect(cells[header.indexOf('location.longitude')]).toBe(-70.25)
    const { features } = (await api.get(`/v1/cooperation-bases/export?format=geojson&id=${id}`)).json<{
      features: { geometry: unknown }[]
    }>()
    expect(features[0]?.geometry).toEqual({ type: 'Point', coordinates: [-70.25, -33.5, -12] })
  })

  it('has an empty cell for an included record that does not exist', async () => {
    const document = { name: 'A place without a host', kind: 'other' }
    const { id } = (await api.post('/v1/cooperation-bases', document)).json()
    const query = `id=${id}&include=hostCountryDetails`
    const [row] = readCsvObjects((await api.get(`/v1/cooperation-bases/export?format=csv&${query}`)).text)
    expect(row?.hostCountryDetails).toBe('')
    const book = await openWorkbook(api, `/v1/cooperation-bases/export?format=xlsx&${query}`)
    const [header = [], cells = []] = rowsIn(book.worksheets[0])
    expect(cellText(cells[header.indexOf('hostCountryDetails')])).toBe('')
  })

  it('has a GeoJSON position for each location that has coordinates', async () => {
    const locations = [
      { latitude: 1, longitude: 2 },
      { name: 'Somewhere' },
      { latitude: 3, longitude: 4, elevationMetres: 5 },
    ]
    const { id } = (await api.post('/v1/projects', { title: 'Places', kind: 'other', locations })).json()
    const path = `/v1/projects/export?format=geojson&id=${id}`
    const { features } = (await api.get(path)).json<{ features: { geometry: unknown }[] }>()
    const coordinates = [
      [2, 1],
      [4, 3, 5],
    ]
    expect(features[0]?.geometry).toEqual({ type: 'MultiPoint', coordinates })
  })

  it('marks texts that are truncated to the size of an XLSX cell, and lists them', async () => {
    const aliases = Array.from({ length: 100 }, (_, index) => ({
      name: `${index} ${'多'.repeat(297)}`,
      language: 'zh',
    }))
    const { id } = (
      await api.post('/v1/organizations', { name: 'Many names', kind: 'other', aliases })
    ).json()
    const book = await openWorkbook(api, `/v1/organizations/export?format=xlsx&id=${id}`)
    const [header = [], cells = []] = rowsIn(book.worksheets[0])
    const text = cellText(cells[header.indexOf('aliases')])
    expect(text.length).toBe(32_767)
    expect(text.endsWith('…')).toBe(true)
    expect(rowsIn(book.getWorksheet('truncated'))[1]?.slice(0, 3)).toEqual(['organizations', 2, 'aliases'])
  })
})
