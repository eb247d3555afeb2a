import { describe, expect, it } from 'vitest'
import { CompanionRows, companionFiles, parseMapping } from '../../../src/features/imports/mapping/index.ts'
import { openRows } from '../../../src/features/imports/row-source.ts'
import type { Row } from '../../../src/features/imports/types.ts'
import { registry } from '../../../src/resources/registry.ts'
import { convertRow, documentWithNames, draftsOf } from '../../support/conversion.ts'
import { makeXlsx, withFile } from '../../support/import-files.ts'

describe('the files that a mapping names', () => {
  it.each([
    ['{ list: states }', ['states']],
    ['{ list: states.csv, value: word }', ['states.csv']],
    ['{ list: signed.old, Active: in_force }', []],
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
    const companions = new Map([['budgets.xlsx', new CompanionRows(columns, rows, '1904')]])
    const [draft] = draftsOf(convertRow(mapping, { Id: '1', Start: 40_179 }, companions))
    expect(draft && documentWithNames(draft)).toMatchObject({
      startsOn: '2010-01-01',
      amounts: [{ date: '2010-01-01' }],
    })
  })

  it('has its own date system in a path from the row, and the imported file in one with /', () => {
    const companions = new Map([['budgets.xlsx', new CompanionRows(columns, rows, '1904')]])
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

describe('a workbook that is joined twice', () => {
  const cells = (...texts: string[]) =>
    `<row>${texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`
  const sheet = (number: number, ...rows: string[]) => ({
    [`xl/worksheets/sheet${number}.xml`]: `<worksheet><sheetData>${rows.join('')}</sheetData></worksheet>`,
  })
  const workbook = makeXlsx('', {
    'xl/workbook.xml':
      '<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="Donors" sheetId="1" r:id="rId1"/><sheet name="Recipients" sheetId="2" r:id="rId2"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>',
    ...sheet(1, cells('id', 'donor'), cells('1', 'China'), cells('2', 'Peru')),
    ...sheet(2, cells('id', 'recipient'), cells('1', 'Kenya')),
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
        expect(source.describeUnmatched()).toEqual([
          'Rows of book.xlsx that match no row of the imported file: 1 of 2, such as sheet Donors, row 3 (id "2").',
        ])
      }),
    )
  })
})
