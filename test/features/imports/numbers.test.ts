import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BadValue } from '../../../src/features/imports/mapping/values/bad-value.ts'
import {
  compileNumber,
  readNumberFormat,
  roundNumber,
} from '../../../src/features/imports/mapping/values/number.ts'

describe('numbers', () => {
  const takeOffUnit =
    ' Take off the unit with the step before or replace. If it is a multiple such as million, also set times. If units differ, convert the values in the file.'

  const takeOffPrefix =
    ' Take off what stands before the number with the step after or replace. If a word such as million multiplies it, also set times. If currencies or units differ, convert the values in the file.'

  const noCents = ' If the dash means that there are no cents, take it off with the step before or replace.'

  const minusAfter = ' If the minus sign is after the number, write number in the mapping.'

  const tooPrecise = (text: string, number: number) =>
    `The number ${text} has more digits than can be stored; it would become ${number}. To round it, write round in the mapping.`

  const amounts = fc.integer({ min: -(10 ** 12), max: 10 ** 12 }).map((cents) => cents / 100)
  const locales = fc.constantFrom(
    ['en', '1,234.5'],
    ['de', '1.234,5'],
    ['fr', '1 234,5'],
    ['de-CH', '1’234.5'],
  )

  it('in national formats are read back unchanged if the mapping states the format', () => {
    fc.assert(
      fc.property(amounts, locales, (amount, [locale = '', example = '']) => {
        const format = readNumberFormat(example)
        expect(format).toBeDefined()
        const text = amount.toLocaleString(locale, { maximumFractionDigits: 2 })
        expect(compileNumber(format)(text)).toBe(amount)
      }),
    )
  })

  it('without a format are read if they are unambiguous, and otherwise refused', () => {
    fc.assert(
      fc.property(amounts, locales, (amount, [locale]) => {
        const found = compileNumber()(amount.toLocaleString(locale, { maximumFractionDigits: 2 }))
        if (found instanceof BadValue) expect(found.detail).toContain('may be')
        // A point before three digits is a decimal point, as programs write it.
        else expect([amount, amount / 1000]).toContain(found)
      }),
    )
  })

  it.each([
    ['$1,234.50', 1234.5],
    ['(1,000.5)', -1000.5],
    ['(-5)', -5],
    ['1.187.334,56-', -1_187_334.56],
    ['1 234-', -1234],
    ['12,50 -', -12.5],
    ['5,00€-', -5],
    ['($5)', -5],
    ['$(1,234.50)', -1234.5],
    ["'(5)", -5],
    ['(5) %', -5],
    ['(\u22125)', -5],
    ['50 %', 50],
    ['%5', 5],
    ['-%5,5', -5.5],
    ['1 234 567', 1_234_567],
    ["-12'345.5", -12_345.5],
    ['- 1\u202f234,5 €', -1234.5],
    ["'1234", 1234],
    ['1.5e6', 1_500_000],
    ['１２３４５', 12_345],
    ['－１，２３４，５６７．５', -1_234_567.5],
    ['（１２％）', -12],
    ['￥１　２３４', 1234],
    ['-285.716521513', -285.716521513],
    ['+0001234567890.12345000000', 1_234_567_890.12345],
    ['0.30000000000000004', 0.30000000000000004],
    ['5.', 5],
    ['.500000000000000000', 0.5],
  ])('are read in common notations: %s', (text, number) => {
    expect(compileNumber()(text)).toBe(number)
  })

  it.each([
    ['3万', 30_000],
    ['1.5 亿', 150_000_000],
    ['１．２３亿', 123_000_000],
    ['¥1,234.5万', 12_345_000],
    ['($2亿)', -200_000_000],
    ['-1 234萬', -12_340_000],
    ['1.17億', 117_000_000],
    ['1.5万-', -15_000],
    ['2万亿', 2e12],
    ['0.07萬億', 7e10],
    ['1e2万', 1_000_000],
  ])('before 万, 亿 and 万亿 are multiplied: %s', (text, number) => {
    expect(compileNumber()(text)).toBe(number)
  })

  it('before 万 are read in the format of the mapping, and refused if the mapping has times', () => {
    expect(compileNumber(readNumberFormat('1.234,5'))('1.234万')).toBe(12_340_000)
    for (const text of ['3万', '3万-']) {
      expect(compileNumber(undefined, { times: 10_000 })(text)).toMatchObject({
        detail: `"${text}" is not a number.${takeOffUnit}`,
      })
    }
  })

  it('have a minus sign after digits without separators only if the mapping states the format', () => {
    const read = compileNumber(readNumberFormat('1.234,5'))
    expect(['12-', '12 -', '3万-'].map((text) => read(text))).toEqual([-12, -12, -30_000])
    expect(compileNumber()('12-')).toBeInstanceOf(BadValue)
  })

  it.each([
    '12 34',
    '2011 2012',
    '2011 201',
    "1'23",
    '1 234 56',
    "1 234'567",
    '1  234',
    '1 234.567,5',
    '1.5 234',
    '1234.567,5',
    '1234,567.5',
    '5\n100',
    '5\t100',
  ])('whose digits are not in groups of three with one kind of separator are refused: %j', (text) => {
    for (const example of ['', '1 234,5', '1,234.5', '1234.5'])
      expect(compileNumber(readNumberFormat(example))(text)).toBeInstanceOf(BadValue)
  })

  it.each([
    ['1.234,5', '1.5', '"1.5" is not a number of the format "1.234,5".'],
    ['1234.5', '1,234', '"1,234" is not a number of the format "1234.5".'],
    ['', 'many', '"many" is not a number.'],
    ['', '8898548999534.641', tooPrecise('"8898548999534.641"', 8898548999534.64)],
    ['', '+12,345,678,901,234,567', tooPrecise('"+12,345,678,901,234,567"', 12345678901234568)],
    ['', '(9007199254740993)', tooPrecise('"(9007199254740993)"', -9007199254740992)],
    ['', '-.12345678901234567890', tooPrecise('"-.12345678901234567890"', -0.12345678901234568)],
    ['', '2011-2012', '"2011-2012" is not a number.'],
    ['', '-5-', '"-5-" is not a number.'],
    ['', '2011-', `"2011-" is not a number.${minusAfter}`],
    ['', '12 -', `"12 -" is not a number.${minusAfter}`],
    ['', '3万-', `"3万-" is not a number.${minusAfter}`],
    ['', '12 万亿 -', `"12 万亿 -" is not a number.${minusAfter}`],
    ['', '1e5e7万', `"1e5e7万" is not a number.${takeOffUnit}`],
    ['', '1e 5万', `"1e 5万" is not a number.${takeOffUnit}`],
    ['', '1e0x11万', `"1e0x11万" is not a number.${takeOffUnit}`],
    ['', '1.5亿元', `"1.5亿元" is not a number.${takeOffUnit}`],
    ['', '3百万', `"3百万" is not a number.${takeOffUnit}`],
    ['', '5\n万', `"5\\n万" is not a number.${takeOffUnit}`],
    ['', '万', '"万" is not a number.'],
    ['', '85.5亩', `"85.5亩" is not a number.${takeOffUnit}`],
    [
      '',
      '17°58′N',
      '"17°58′N" is not a number. Write coordinates in decimal degrees, such as 17.97 or -102.6.',
    ],
    ['', '1０²', '"1０²" is not a number.'],
    ['', 'US$ 1.2 million', `"US$ 1.2 million" is not a number.${takeOffPrefix}`],
    ['', '约3亿元', `"约3亿元" is not a number.${takeOffPrefix}`],
    ['', '500,-', `"500,-" is not a number.${noCents}`],
    ['', '500.- ', `"500.-" is not a number.${noCents}`],
    ['1.234,5', '1.234,–', `"1.234,–" is not a number of the format "1.234,5".${noCents}`],
    ['1.234,5', '1.234,- €', `"1.234,- €" is not a number of the format "1.234,5".${noCents}`],
    ['', `${'1'.repeat(80)}x`, `"${'1'.repeat(56)}… is not a number.${takeOffUnit}`],
  ])(
    'that cannot be read are refused with the format of the mapping, if any: %j, %j',
    (example, text, detail) => {
      expect(compileNumber(readNumberFormat(example))(text)).toMatchObject({ detail })
    },
  )

  it.each(['1e999', '-1e999', '1e-400', '0.5e-400'])(
    'that are too large or too close to zero are refused with their text: %s',
    (text) => {
      expect(compileNumber()(text)).toMatchObject({ detail: `"${text}" is too large or too close to zero.` })
    },
  )

  it.each(['0', '0.00', '0e999', '-0', '(0)'])('that are zero in any notation are 0, not -0: %s', (text) => {
    expect(compileNumber()(text)).toBe(0)
    expect(roundNumber(-0.001, 2)).toBe(0)
  })

  it('are rounded half away from zero', () => {
    expect([1.005, 2.675, -1.005, 329_430.985389, 1e21].map((number) => roundNumber(number, 2))).toEqual([
      1.01, 2.68, -1.01, 329_430.99, 1e21,
    ])
  })

  it.each([
    [1.5e15, 6, 1.5e15],
    [Number.POSITIVE_INFINITY, 2, Number.POSITIVE_INFINITY],
    [4_503_599_627_370_495.5, 6, 4_503_599_627_370_495.5],
    [-4_503_599_627_370_495.5, 15, -4_503_599_627_370_495.5],
    [4_503_599_627_370_495.5, 0, 4_503_599_627_370_496],
    [1e20, 2, 1e20],
    [1.797e308, 6, 1.797e308],
    [5e-7, 6, 1e-6],
    [4e-7, 6, 0],
    [5e-8, 8, 5e-8],
  ])('are rounded whatever their size: %f to %i decimals', (number, decimals, rounded) => {
    expect(roundNumber(number, decimals)).toBe(rounded)
  })
})
