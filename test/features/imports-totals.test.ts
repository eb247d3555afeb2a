import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { checkCsv, newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'

/** Rows of totals at the end of a table. */

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
