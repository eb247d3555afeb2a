// @module-tag slow

import { describe, expect, it } from 'vitest'
import { TotalsRows } from '../../../src/features/imports/totals-rows.ts'
import { sharedApi } from '../../support/api.ts'
import { makeXlsx, readContent, textRow } from '../../support/import-files.ts'
import { checkCsv, newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'

/** Rows of a table that are no records: totals at its end, and repeated headers. */

const api = await sharedApi()

it.each(['合计', '合 计', '总计：', 'Total', 'Grand total', 'SUBTOTAL'])(
  'a row whose id is a word for totals is named in a note: %s',
  async (id) => {
    const csv = `${treatyHeader}\n1,On fire,2003,China\n${id},1,,\n`
    const { fileInfo, counts } = await checkCsv(api.database, treatyMapping(newScheme()), csv)
    expect(counts).toMatchObject({ created: 2 })
    expect(fileInfo?.notes).toEqual([
      `The id of row 3 is "${id}". If this is a row of totals, leave such rows out with when in the mapping.`,
    ])
  },
)

it('ids that only contain a word for totals have no note', async () => {
  const csv = `${treatyHeader}\nTotal-1,On fire,2003,China\n合计1,On sand,2004,China\n`
  const { fileInfo } = await checkCsv(api.database, treatyMapping(newScheme()), csv)
  expect(fileInfo?.notes).toEqual([])
})

describe('a row of a group', () => {
  const notesOf = async (rows: readonly string[]) => {
    const mapping = `scheme: ${newScheme()}
rows: {groupBy: Id}
records: {projects: {id: Id, properties: {title: Id, kind: =joint_research,
  amounts: [{each: rows, kind: =budget, amount: Amount, currency: =CNY}]}}}`
    const { fileInfo } = await checkCsv(api.database, mapping, `Id,Unit,Amount\n${rows.join('\n')}\n`)
    return fileInfo?.notes
  }

  it('is named in a note if a value is a word for totals, since its amount is imported, too', async () => {
    expect(await notesOf(['A,Lab,1', 'B,Lab,1', 'B,Office,2', 'B,小计,3'])).toEqual([
      'In the group of rows 3–5, a row has "小计" in the column "Unit". If this is a row of totals, leave its values out with when beside each in the mapping, unless the mapping does so already.',
    ])
  })

  it('is named in a note also if the file is XLSX', async () => {
    const cells = [
      ['Id', 'Unit'],
      ['A', 'Lab'],
      ['B', 'Lab'],
      ['B', 'Total'],
    ]
    const file = makeXlsx(cells.map((row) => textRow(...row)).join(''))
    const { rows } = await readContent('file.xlsx', file, { groupBy: 'Id' })
    const totals = new TotalsRows()
    for (const row of rows) totals.add(row, { kind: 'drafts', drafts: [], dropped: [] })
    expect(totals.notes).toEqual([
      expect.stringMatching(/^In the group of sheet .*, rows 3–4, a row has "Total"/),
    ])
  })

  it('has no note if it is alone in its group, or if a value only contains such a word', async () => {
    expect(await notesOf(['A,Total,1', 'B,Total energy,1', 'B,Lab,2'])).toEqual([])
  })
})

describe('a row whose values are the names of the columns', () => {
  const when = 'when: {"Id": {not: "Id"}}'
  const mappingOf = (scheme: string) => treatyMapping(scheme).replace('signedOn: Signed', 'place: Signed')
  const notesOf = async (row: string, more = '') => {
    const csv = `${treatyHeader}\n1,On fire,2003,China\n${row}\n2,On sand,2004,China\n`
    const { fileInfo } = await checkCsv(api.database, `${more}\n${mappingOf(newScheme())}`, csv)
    return fileInfo?.notes
  }

  it('is named in a note with the condition that leaves it out', async () => {
    const note = `The values of row 3 are the names of the columns. If the header is repeated there, leave such rows out with when in the mapping, such as ${when}.`
    expect(await notesOf(treatyHeader)).toEqual([note])
    expect(await notesOf('Id,Title,,')).toEqual([note])
    expect(await notesOf(treatyHeader, when)).toEqual([])
  })

  it.each(['3,Title,Signed,Party', 'Id,,,', 'Title,Id,Signed,Party'])(
    'has no note if it has another value, only one name, or names in other columns: %s',
    async (row) => {
      expect(await notesOf(row)).toEqual([])
    },
  )
})
