import { describe, expect, it } from 'vitest'
import {
  CompanionRows,
  companionFiles,
  parseMapping,
  readCompanions,
} from '../../../src/features/imports/mapping/index.ts'
import { openRows } from '../../../src/features/imports/row-source.ts'
import type { Row } from '../../../src/features/imports/types.ts'
import { registry } from '../../../src/resources/registry.ts'
import { convertRow, documentWithNames, draftsOf } from '../../support/conversion.ts'
import { makeXlsx, messageOf, textRow, withFile } from '../../support/import-files.ts'

describe('the files that a mapping names', () => {
  it.each([
    ['{ list: states }', ['states']],
    ['{ list: states.csv, value: word }', ['states.csv']],
    ['{ list: signed, Active: in_force }', []],
  ])('with the codes %s are %j', (codes, expected) => {
    const properties = `{ title: Title, kind: =treaty, status: { from: Status, codes: ${codes} } }`
    const mapping = `{ scheme: x, records: { agreements: { id: Id, properties: ${properties} } } }`
    expect(companionFiles(parseMapping(mapping, registry)).map(({ name }) => name)).toEqual(expected)
  })
})

describe('a joined file', () => {
  const columns = ['id', 'Amount', 'Day']
  const mapping = `
scheme: joined
join: { budgets: { file: budgets.xlsx, key: id, equals: Id } }
records:
  projects:
    id: { from: Id, default: none }
    properties:
      title: =Observatory
      kind: =observatory
      startsOn: { from: Start, date: excel }
      amounts: [{ each: budgets, kind: =budget, amount: Amount, currency: =EUR, date: { from: Day, date: excel } }]`
  const rows = [{ locator: 'row 2', values: { id: '1', Amount: 5, Day: 38_717 } }]

  it('has its own date system', () => {
    const companions = new Map([['budgets.xlsx', new CompanionRows(columns, rows, { dateSystem: '1904' })]])
    const [draft] = draftsOf(convertRow(mapping, { Id: '1', Start: 40_179 }, companions))
    expect(draft && documentWithNames(draft)).toMatchObject({
      startsOn: '2010-01-01',
      amounts: [{ date: '2010-01-01' }],
    })
  })

  it('has its own date system in paths to it; paths with / have that of the imported file', () => {
    const companions = new Map([['budgets.xlsx', new CompanionRows(columns, rows, { dateSystem: '1904' })]])
    const paths = mapping
      .replace('from: Start, date: excel', 'from: budgets/Day, date: excel')
      .replace('from: Day, date: excel', 'from: /Start, date: excel')
    const [draft] = draftsOf(convertRow(paths, { Id: '1', Start: 40_179 }, companions))
    expect(draft && documentWithNames(draft)).toMatchObject({
      startsOn: '2010-01-01',
      amounts: [{ date: '2010-01-01' }],
    })
  })

  it('has a note about its unmatched rows, even if no row of the imported file has a key', () => {
    const budgets = new CompanionRows(columns, rows)
    convertRow(mapping, { Id: null, Start: null }, new Map([['budgets.xlsx', budgets]]))
    expect(budgets.describeUnmatched('budgets.xlsx')).toContain(': 1 of 1, such as row 2 (id "1").')
  })
})

describe('a companion file that cannot be read', () => {
  const properties =
    'title: Title, kind: { from: Kind, codes: kinds.csv }, parties: [{ each: partners, country: Land, role: =party }]'
  const text = `
scheme: x
join: { partners: { file: partners.csv, key: agreement, equals: Id, rows: { header: 3 } } }
records: { agreements: { id: Id, properties: { ${properties} } } }`
  it.each([
    [
      'partners.csv',
      'agreement,Land\n1,KEN\n',
      'In the file partners.csv (join.partners): The file has no row 3. Set rows.header to the number of the row with the column names.',
    ],
    [
      'partners.csv',
      '\n\nagreement,Land\n1,KEN,2\n',
      'In the file partners.csv (join.partners): Row 4: The row has 3 values, and the header 2 columns. Extra values: 2. Most likely a value has a delimiter or a line break without quotes around it, or the row is cut off.',
    ],
    [
      'kinds.csv',
      'Code,Code\n',
      'In the file kinds.csv (codes): The columns A and B have the same name, "Code". Rename one of them.',
    ],
    [
      'kinds.csv',
      'Code,Kind\nV,"treaty\n',
      'In the file kinds.csv (codes): A quote that opens on line 2 or later is never closed: the file is cut off, or the quote is a part of a value. Close the quote, or double it within a quoted value.',
    ],
    [
      'kinds.csv',
      Buffer.from([0xff, 0x81, 0x0a, 0x80]),
      'In the file kinds.csv (codes): The encoding of the file could not be detected. Save it as UTF-8.',
    ],
    [
      'kinds.json',
      '{"codes": [{"Code": "V"}]}',
      'In the file kinds.json (codes): The JSON has no list at its top. Save the list alone.',
    ],
    [
      'kinds.csv',
      'rows.csv,rows.csv\n',
      'In the file kinds.csv (codes): The columns A and B have the same name, "rows.csv". Rename one of them.',
    ],
  ])('is named, with advice that applies to it: %s, %j', async (name, content, message) => {
    const named = parseMapping(name.endsWith('.json') ? text.replace('kinds.csv', name) : text, registry)
    expect(await messageOf(withFile(name, content, (file) => readCompanions(named, [file])))).toBe(message)
  })
})

describe('a companion file that is neither UTF-8 nor UTF-16', () => {
  const words = Buffer.from('code,word\n1,Accord créé à Genève où règne la liberté\n', 'latin1')
  const notesOf = (mapping: string) =>
    withFile('words.csv', words, (list) =>
      withFile('rows.csv', 'Id,Kind\n1,1\n', async (file) => {
        const { signal } = new AbortController()
        const { close, companionNotes } = await openRows(mapping, [file, list], { registry, signal })
        await close()
        return companionNotes
      }),
    )

  it('has one note with its guessed encoding, even if it is both joined and a code list', async () => {
    const mapping = `
scheme: x
join: { words: { file: words.csv, key: code, equals: Kind } }
records: { agreements: { id: Id, properties: { title: { from: Kind, codes: words.csv }, kind: =treaty } } }`
    expect(await notesOf(mapping)).toEqual([
      'The encoding of the file words.csv is most likely windows-1252. If letters are wrong, save the file as UTF-8.',
    ])
  })

  it('has no note if the mapping states its encoding', async () => {
    const mapping = `
scheme: x
join: { words: { file: words.csv, key: code, equals: Kind, rows: { encoding: windows-1252 } } }
records: { agreements: { id: Id, properties: { title: words/word, kind: =treaty } } }`
    expect(await notesOf(mapping)).toEqual([])
  })
})

describe('a workbook that is joined twice', () => {
  const sheet = (number: number, ...rows: string[]) => ({
    [`xl/worksheets/sheet${number}.xml`]: `<worksheet><sheetData>${rows.join('')}</sheetData></worksheet>`,
  })
  const workbook = makeXlsx('', {
    'xl/workbook.xml':
      '<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="Donors" sheetId="1" r:id="rId1"/><sheet name="Recipients" sheetId="2" r:id="rId2"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>',
    ...sheet(1, textRow('id', 'donor'), textRow('1', 'China'), textRow('2', 'Peru')),
    ...sheet(2, textRow('id', 'recipient'), textRow('1', 'Kenya')),
  })
  const mapping = `
scheme: twice
join:
  donors: { file: book.xlsx, key: id, equals: Id, rows: { sheet: Donors } }
  recipients: { file: book.xlsx, key: id, equals: Id, rows: { sheet: Recipients } }
records:
  projects:
    id: Id
    properties:
      title: =Observatory
      kind: =observatory
      summary: { from: Donor, codes: book.xlsx }
      participants:
        - { each: donors, country: donor, role: =funder }
        - { each: recipients, country: recipient, role: =beneficiary }`

  it('has the rows of the sheet of each join, and as a code list those of its first sheet', async () => {
    const { signal } = new AbortController()
    await withFile('book.xlsx', workbook, (book) =>
      withFile('rows.csv', 'Id,Donor\n1,2\n', async (file) => {
        const source = await openRows(mapping, [file, book], { registry, signal })
        const rows: Row[] = []
        for await (const batch of source.batches) rows.push(...batch)
        expect(rows.flatMap((row) => draftsOf(source.convert(row)).map(documentWithNames))).toMatchObject([
          { summary: 'Peru', participants: [{ country: 'China' }, { country: 'Kenya' }] },
        ])
        expect(source.getNotes()).toEqual([
          'Rows of book.xlsx that match no row of the imported file: 1 of 2, such as sheet Donors, row 3 (id "2").',
        ])
      }),
    )
  })

  it('is given once if its first sheet is imported', async () => {
    const { signal } = new AbortController()
    const joined = mapping
      .replaceAll('equals: Id', 'equals: id')
      .replace('id: Id', 'id: id')
      .replace('from: Donor', 'from: id')
    await withFile('book.xlsx', workbook, async (book) => {
      const source = await openRows(joined, [book], { registry, signal })
      const rows: Row[] = []
      for await (const batch of source.batches) rows.push(...batch)
      expect(rows.flatMap((row) => draftsOf(source.convert(row)).map(documentWithNames))).toMatchObject([
        { summary: 'China', participants: [{ country: 'China' }, { country: 'Kenya' }] },
        { summary: 'Peru', participants: [{ country: 'Peru' }] },
      ])
    })
  })
})
