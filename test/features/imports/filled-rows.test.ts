import { expect, it } from 'vitest'
import { makeXlsx, messageOf, readContent } from '../../support/import-files.ts'

it('rows that take a value of a row with a fault have a fault, until a row has its own value', async () => {
  const long = 'x'.repeat(200_001)
  const lines = [
    'A,China,1',
    ',Pakistan,,2',
    ',,3',
    'B,,4',
    ',Peru,5',
    `${long},,6`,
    ',,7',
    'C,Kenya,8',
    ',,9',
  ]
  const text = `Treaty,Party,Number\n${lines.join('\n')}\n`
  const { rows } = await readContent('file.csv', text, { fillDown: ['Treaty', 'Party'] })
  const comesFrom = (row: string) =>
    `The value may have to come from ${row}, which is refused. Check it in both rows.`
  expect(rows.map(({ fault }) => fault && [fault.column, fault.detail])).toEqual([
    undefined,
    ['', expect.stringMatching(/^The row has 4 values/)],
    ['Treaty', comesFrom('row 3')],
    ['Party', comesFrom('row 3')],
    undefined,
    ['Treaty', expect.stringMatching(/^The value has more than/)],
    ['Treaty', comesFrom('row 7')],
    undefined,
    undefined,
  ])
  expect(rows[2]).toMatchObject({ values: { Treaty: 'A', Party: 'Pakistan' } })
})

it('rows of a sheet may take a value of a row with too many values, which are in their columns', async () => {
  const row = (...texts: string[]) =>
    `<row>${texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`
  const sheet = makeXlsx(row('Treaty', 'Party') + row('A', 'China', 'a note') + row('', 'Pakistan'))
  const { rows } = await readContent('file.xlsx', sheet, { fillDown: ['Treaty'] })
  expect(rows.map(({ fault }) => fault !== undefined)).toEqual([true, false])
  expect(rows[1]).toMatchObject({ values: { Treaty: 'A', Party: 'Pakistan' } })
})

it('a missing column of fillDown is refused, with advice if a title is above the header', async () => {
  const missing = (text: string) => messageOf(readContent('file.csv', text, { fillDown: ['Treaty'] }))
  const advice = 'set rows.header to the number of the row with the column names.'
  expect(await missing('Treaties of 2023\n\nTreaty,Party\n1,KEN\n')).toContain(advice)
  expect(await missing('Title,Party\n1,KEN\n')).not.toContain(advice)
})
