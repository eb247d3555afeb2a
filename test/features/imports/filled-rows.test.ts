import { expect, it } from 'vitest'
import { makeXlsx, messageOf, readContent, textRow } from '../../support/import-files.ts'

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

it('rows of a sheet may take a value of a row with extra values, which move no other value', async () => {
  const rowsXml = [textRow('Treaty', 'Party'), textRow('A', 'China', 'a note'), textRow('', 'Pakistan')]
  const sheet = makeXlsx(rowsXml.join(''))
  const { rows } = await readContent('file.xlsx', sheet, { fillDown: ['Treaty'] })
  expect(rows.map(({ fault }) => fault !== undefined)).toEqual([true, false])
  expect(rows[1]).toMatchObject({ values: { Treaty: 'A', Party: 'Pakistan' } })
})

it('a missing column of fillDown is refused, with likely reasons if there is one column', async () => {
  const missing = (name: string, content: string | Uint8Array, options = {}) =>
    messageOf(readContent(name, content, { fillDown: ['Treaty'], ...options }))
  const delimiter = ' With only one column, the delimiter is probably a different one (rows.delimiter)'
  const csv = 'Treaties of 2023\n\nTreaty,Party\n1,KEN\n'
  expect(await missing('file.csv', csv)).toContain(
    `${delimiter}, or a title is above the column names (rows.header).`,
  )
  expect(await missing('file.csv', csv, { header: 1 })).toContain(`${delimiter}.`)
  const sheet = makeXlsx(textRow('Treaties'))
  const title = ' With only one column, a title is probably above the column names (rows.header).'
  expect(await missing('file.xlsx', sheet)).toContain(title)
  expect(await missing('file.xlsx', sheet, { header: 1 })).not.toContain('rows.header')
  expect(await missing('file.csv', 'Title,Party\n1,KEN\n')).not.toContain('With only one column')
})
