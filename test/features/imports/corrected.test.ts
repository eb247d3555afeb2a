// @module-tag slow

import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import type { Document } from '../../support/documents.ts'
import { makeXlsx, textCell, textRow } from '../../support/import-files.ts'
import { importFile, newScheme } from '../../support/imports.ts'

/** Files of refused rows (`rejected.csv`) that are corrected and imported with the same mapping. */

const api = useTestApi()

const mappingOf = (rows: string, columns: { id: string; title: string; signedOn: string }, parties = '') => `
scheme: ${newScheme()}
rows: ${rows}
records:
  agreements:
    id: ${columns.id}
    properties:
      title: ${columns.title}
      kind: =treaty
      signedOn: ${columns.signedOn}
      ${parties}
`

const namedColumns = { id: 'Id', title: 'Title', signedOn: 'Signed' }

const stage = (mapping: string, name: string, content: string | Uint8Array) =>
  importFile(api.database, mapping, name, content, { autoCommit: false })

async function readRefused(
  mapping: string,
  content: string | Uint8Array,
  name = 'register.csv',
): Promise<string> {
  const { id, counts } = await stage(mapping, name, content)
  expect(counts.refused).toBe(1)
  return (await api.get(`/v1/imports/${id}/rejected.csv`, { key: adminKey })).text
}

/** The header and a row of an XLSX sheet. The id and the value of the row are numbers. */
const sheetRows = `${textRow('Id', 'Title', 'Signed', 'Value')}
  <row><c><v>1</v></c>${['Accord', 'no date'].map(textCell).join('')}<c><v>1.234</v></c></row>`

/** Imports a file with a refused row, and then the corrected `rejected.csv`. @returns the import of the latter. */
async function importCorrected(rows: string) {
  const mapping = mappingOf(rows, namedColumns)
  const content = 'Id,Title,Signed\n1,One,2001\n2,Two,no date\n3,Three,2003\n'
  await importFile(api.database, mapping, 'register.csv', content)
  const refused = await readRefused(mapping, content)
  return importFile(api.database, mapping, 'rejected.csv', refused.replace('no date', '2002'))
}

const agreementsOf = async (scheme: string) =>
  (await api.get(`/v1/agreements?externalIdScheme=${scheme}`)).json<{ data: Document[] }>().data

it('rejected.csv names the value in each reason, since a row may have several', async () => {
  const parties = 'parties: [{ country: Party, role: =party }, { country: Host, role: =party }]'
  const content = 'Id,Title,Signed,Party,Host\n1,One,2001,Atlantis,Lemuria\n'
  const [row] = parse(await readRefused(mappingOf('{}', namedColumns, parties), content), { from: 2 })
  const reason =
    'matches no record of countries: choose the record in the list of names before the commit, or correct the value'
  expect(row).toContain(`"Atlantis": ${reason}; "Lemuria": ${reason}`)
})

describe('rejected.csv is read with the mapping of the original file', () => {
  it.each([
    [
      'whose column names are in the third row',
      '{ header: 3 }',
      namedColumns,
      'A register\n\nId,Title,Signed\n1,Été,no date\n',
    ],
    ['without a header', '{ header: none }', { id: 'A', title: 'B', signedOn: 'C' }, '1,Été,no date\n'],
    ['with semicolons', '{ delimiter: ";" }', namedColumns, 'Id;Title;Signed\n1;Été, fin;no date\n'],
    [
      'whose mapping has `fillDown`, with the values of earlier rows',
      '{ fillDown: [Title] }',
      namedColumns,
      'Id,Title,Signed\n1,Été,2000\n2,,no date\n',
    ],
    [
      'in another encoding',
      '{ encoding: windows-1252 }',
      namedColumns,
      Buffer.from('Id,Title,Signed\n1,Été,no date\n', 'latin1'),
    ],
  ])('%s', async (_, rows, columns, content) => {
    const mapping = mappingOf(rows, columns)
    const refused = await readRefused(mapping, content)
    const corrected = refused.replace('no date', '2001')
    const { scheme, counts } = await importFile(api.database, mapping, 'rejected.csv', corrected)
    expect(counts).toMatchObject({ created: 1, refused: 0 })
    expect(await agreementsOf(scheme)).toMatchObject([{ title: expect.stringMatching(/^Été(, fin)?$/) }])
    // Spreadsheet programs may write another delimiter and another encoding.
    const resaved = Buffer.from(stringify(parse(corrected), { delimiter: ';' }), 'latin1')
    expect(await stage(mapping, 'resaved.csv', resaved)).toMatchObject({
      counts: { unchanged: 1, refused: 0 },
    })
  })

  it.each(['csv', 'ndjson'])('whose neighbouring rows are joined: %s', async (format) => {
    const parties = 'parties: {each: rows, country: Party, role: =party}'
    const mapping = mappingOf('{ groupBy: Id }', namedColumns, parties)
    const rows = ['China', 'Atlantis', 'Pakistan'].map((Party) => ({
      Id: '1',
      Title: 'Accord',
      Signed: '2001',
      Party,
    }))
    const csv = stringify(rows, { header: true })
    const ndjson = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    const refused = await readRefused(mapping, format === 'csv' ? csv : ndjson, `register.${format}`)
    expect(refused.split('\r\n').map((line) => line.split(',').slice(0, 4).join())).toEqual(csv.split('\n'))
    const { scheme } = await importFile(
      api.database,
      mapping,
      'rejected.csv',
      refused.replace(',Atlantis,', ',Nepal,'),
    )
    expect(await agreementsOf(scheme)).toMatchObject([
      { parties: [{ country: 'CHN' }, { country: 'NPL' }, { country: 'PAK' }] },
    ])
  })

  it.each(['\n', '\r', '\r\n'])('with the line breaks in its cells: %j', async (lineBreak) => {
    const mapping = mappingOf('{}', namedColumns, 'summary: Text')
    const content = `Id,Title,Signed,Text\n1,Accord,no date,"First${lineBreak}second"\n`
    const corrected = (await readRefused(mapping, content)).replace('no date', '2001')
    const { scheme } = await importFile(api.database, mapping, 'rejected.csv', corrected)
    expect(await agreementsOf(scheme)).toMatchObject([
      { summary: expect.stringMatching(/^First[\r\n]+second$/) },
    ])
  })

  it('again, if rows are still refused', async () => {
    const mapping = mappingOf('{}', namedColumns)
    const refused = await readRefused(mapping, 'Id,Title,Signed\n1,Accord,no date\n')
    const again = await readRefused(mapping, refused.replace('no date', 'no day'), 'rejected.csv')
    expect(again.split('\r\n')[0]).toBe(refused.split('\r\n')[0])
    const { counts } = await importFile(api.database, mapping, 'again.csv', again.replace('no day', '2001'))
    expect(counts).toMatchObject({ created: 1, refused: 0 })
  })

  it.each([
    ['XLSX', 'register.xlsx', makeXlsx(sheetRows)],
    ['JSON', 'register.json', JSON.stringify([{ Id: 1, Title: 'Accord', Signed: 'no date', Value: 1.234 }])],
  ])('with the numbers that cells of %s had', async (_, name, content) => {
    const mapping = mappingOf('{}', namedColumns, 'place: {from: Value, number: "1.234,5", round: 2}')
    const refused = await readRefused(mapping, content, name)
    // The row stays refused once more, so that the numbers are written and read twice.
    const again = await readRefused(mapping, refused.replace('no date', 'no day'))
    const importAgain = (text: string) => importFile(api.database, mapping, 'rejected.csv', text)
    const { scheme } = await importAgain(again.replace('no day', '2001'))
    expect(await agreementsOf(scheme)).toMatchObject([{ place: '1.23' }])
    await importAgain(again.replace('no day', '2001').replace('1.234', '"1.234,5"'))
    expect(await agreementsOf(scheme)).toMatchObject([{ place: '1234.5' }])
  })

  it.each([
    [
      '1904',
      '39176',
      '2011-04-05',
      {
        'xl/workbook.xml':
          '<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="Data" r:id="rId1"/></sheets></workbook>',
      },
    ],
    [
      'LibreOffice',
      '59',
      '1900-02-27',
      { 'docProps/app.xml': '<Properties><Application>LibreOffice/7.4</Application></Properties>' },
    ],
    ['1900', '59', '1900-02-28', {}],
  ])('with the date system that the workbook had: %s', async (_, serial, date, parts) => {
    const mapping = mappingOf('{}', namedColumns, 'inForceFrom: {from: Value, date: excel}')
    const workbook = makeXlsx(sheetRows.replace('1.234', serial), parts)
    const refused = await readRefused(mapping, workbook, 'register.xlsx')
    const again = await readRefused(mapping, refused, 'rejected.csv')
    const corrected = again.replace('no date', '2001')
    const { scheme } = await importFile(api.database, mapping, 'rejected.csv', corrected)
    expect(await agreementsOf(scheme)).toMatchObject([{ inForceFrom: date }])
  })

  it('but a row is refused if the list of its columns with numbers is damaged', async () => {
    const mapping = mappingOf('{}', namedColumns)
    const refused = await readRefused(mapping, makeXlsx(sheetRows), 'register.xlsx')
    const damaged = refused.replace('no date', '2001').replace('[""Id"",""Value""]', 'Value')
    const { id } = await stage(mapping, 'rejected.csv', damaged)
    const { text } = await api.get(`/v1/imports/${id}/rejected.csv`, { key: adminKey })
    expect(text).toContain('The value is not a list of columns.')
    expect(await stage(mapping, 'rejected.csv', text)).toMatchObject({ counts: { created: 0, refused: 1 } })
  })
})

describe('an unchanged rejected.csv', () => {
  it('is refused until extra values have been moved to their columns', async () => {
    const mapping = mappingOf('{}', namedColumns)
    const refused = await readRefused(mapping, 'Id,Title,Signed\n1,Accord, with a comma,2001\n')
    expect(refused).toContain('import.extra')
    const again = await readRefused(mapping, refused, 'rejected.csv')
    expect(again).toContain('"[""2001""]"')
    const corrected = again
      .replace('1,Accord, with a comma', '1,"Accord, with a comma",2001')
      .replace('"[""2001""]"', '')
    const { scheme, counts } = await importFile(api.database, mapping, 'rejected.csv', corrected)
    expect(counts).toMatchObject({ created: 1, refused: 0 })
    expect(await agreementsOf(scheme)).toMatchObject([{ title: 'Accord, with a comma', signedOn: '2001' }])
  })

  it('keeps the numbers of a row that has extra values', async () => {
    const mapping = mappingOf('{}', namedColumns, 'place: {from: Value, number: "1.234,5", round: 2}')
    const withExtra = sheetRows.replace('no date', '2001').replace('1.234</v></c>', `$&${textCell('extra')}`)
    const refused = await readRefused(mapping, makeXlsx(withExtra), 'register.xlsx')
    const again = await readRefused(mapping, refused, 'rejected.csv')
    const corrected = again.replace('"[""extra""]"', '')
    const { scheme } = await importFile(api.database, mapping, 'rejected.csv', corrected)
    expect(await agreementsOf(scheme)).toMatchObject([{ place: '1.23' }])
  })

  it('is refused until somebody has checked a row with too few values', async () => {
    const mapping = mappingOf('{}', namedColumns)
    const refused = await readRefused(mapping, 'Id,Title,Signed\n1,Accord 2001\n')
    const again = await readRefused(mapping, refused, 'rejected.csv')
    expect(again).toContain('The row had fewer values than columns.')
    const corrected = again.replace('1,Accord 2001,', '1,Accord,2001').replace('[]', '')
    const { scheme, counts } = await importFile(api.database, mapping, 'rejected.csv', corrected)
    expect(counts).toMatchObject({ created: 1, refused: 0 })
    expect(await agreementsOf(scheme)).toMatchObject([{ title: 'Accord', signedOn: '2001' }])
  })

  it('has whole values beside a value that is too long, which is refused again', async () => {
    const mapping = mappingOf('{}', namedColumns, 'summary: Text')
    const summary = 'A long text. '.repeat(100).trim()
    const content = `Id,Title,Signed,Text,Other\n1,Accord,2001,${summary},${'x'.repeat(200_001)}\n`
    const again = await readRefused(mapping, await readRefused(mapping, content), 'rejected.csv')
    const corrected = again.replace(/x{200001}/, 'short')
    const { scheme } = await importFile(api.database, mapping, 'rejected.csv', corrected)
    expect(await agreementsOf(scheme)).toMatchObject([{ summary }])
  })
})

it('rejected.csv names a column once if its value is wrong for two properties', async () => {
  const mapping = mappingOf('{}', namedColumns, 'inForceFrom: Signed')
  const refused = await readRefused(mapping, 'Id,Title,Signed\n1,Accord,no date\n')
  const [, line = []]: string[][] = parse(refused)
  expect(line.slice(3, 5)).toEqual(['row 2', 'Signed'])
})

it('rejected.csv of NDJSON has the properties that only later rows have', async () => {
  const rows = Array.from({ length: 1001 }, (_, index) => ({
    Id: `${index}`,
    Title: 'Accord',
    Signed: 'no date',
    ...(index === 1000 && { Remark: 'Last' }),
  }))
  const content = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const { id } = await stage(mappingOf('{ format: ndjson }', namedColumns), 'register.ndjson', content)
  const { text } = await api.get(`/v1/imports/${id}/rejected.csv`, { key: adminKey })
  const [header = [], ...lines]: string[][] = parse(text)
  expect(header.at(-1)).toBe('import.extra')
  expect(lines.filter((line) => line.at(-1) !== '')).toEqual([
    expect.arrayContaining(['1000', '{"Remark":"Last"}']),
  ])
})

describe('the report of a corrected rejected.csv', () => {
  it.each([
    ['that is read row by row', '{ format: csv }'],
    ['whose neighbouring rows are joined', '{ groupBy: Id }'],
  ])('%s has no missing records, and the additional columns do not count as unused', async (_, rows) => {
    expect(await importCorrected(rows)).toMatchObject({
      counts: { created: 1, refused: 0 },
      report: { missing: 0 },
      fileInfo: { unused: [] },
    })
  })
})

it.each(['{}', '{groupBy: Id}'])(
  'a row that repeats an id of the original file is refused until its id is new: rows: %s',
  async (rows) => {
    const mapping = mappingOf(rows, namedColumns)
    const scheme = /scheme: (\S+)/.exec(mapping)?.[1] ?? ''
    const content = 'Id,Title,Signed\n1,One,2001\n2,Two,no date\n1,Another,2003\n'
    const { id, counts } = await importFile(api.database, mapping, 'register.csv', content)
    expect(counts).toMatchObject({ created: 1, refused: 2 })
    const { text } = await api.get(`/v1/imports/${id}/rejected.csv`, { key: adminKey })
    const corrected = text.replace('no date', '2002')
    const again = await importFile(api.database, mapping, 'rejected.csv', corrected)
    expect(again.counts).toMatchObject({ created: 1, changed: 0, refused: 1 })
    expect(again.report?.refusedBy).toMatchObject([{ column: 'import.extra' }])
    const mended = corrected.replace('1,Another', '3,Another').replace('repeats row 2', '')
    expect((await importFile(api.database, mapping, 'rejected.csv', mended)).counts).toMatchObject({
      created: 1,
      changed: 0,
      refused: 0,
    })
    const titles = (await agreementsOf(scheme)).map(({ title }) => title)
    expect(titles.sort()).toEqual(['Another', 'One', 'Two'])
  },
)
