import { expect, it } from 'vitest'
import { sharedApi } from '../../support/api.ts'
import { checkCsv, newScheme, titledMapping } from '../../support/imports.ts'

/** Columns whose numbers have different notations. */

const api = await sharedApi()

const noteOf = async (amounts: readonly string[], { number = '' } = {}) => {
  const mapping = titledMapping(newScheme(), {
    resource: 'projects',
    kind: 'joint_research',
    properties: [`amounts: [{kind: =budget, amount: {from: Amount, round: 2${number}}, currency: =EUR}]`],
  })
  const csv = ['Id;Amount', ...amounts.map((amount, index) => `${index};"${amount}"`), ''].join('\n')
  const { fileInfo, counts } = await checkCsv(api.database, mapping, csv)
  expect(counts).toMatchObject({ created: amounts.length })
  return fileInfo?.notes
}

it.each(['12,5', '1.250,00', '€ 1.187.334', '0,0625'])(
  'a note names a column with a number that contradicts the decimal point of 1.234: %s',
  async (comma) => {
    expect(await noteOf(['7', '1.234', comma])).toEqual([
      `The column "Amount" has "${comma}" and "1.234", whose point was read as a decimal point. If it separates thousands, write number: "1.234,5" in the mapping.`,
    ])
  },
)

it.each([
  ['1.234', '1,250.00'],
  ['1.234', '12.5'],
  ['0.125', '12,5'],
  ['12.5', '12,5'],
])('numbers whose notations do not contradict each other have no note: %s and %s', async (one, other) => {
  expect(await noteOf([one, other])).toEqual([])
})

it('a column with a stated notation has no note', async () => {
  expect(await noteOf(['1.234', '1.250,00'], { number: ', number: "1.234,5"' })).toEqual([])
})
