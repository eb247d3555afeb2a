import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/features/imports/types.ts'
import { convertRow, draftsOf } from '../../support/conversion.ts'

/** Converts a row of figures whose value is the column `V`, with the given steps. */
const convert = (steps: string, value: string) =>
  convertRow(
    `{scheme: counts, records: {figures: {id: id, properties: {indicator: =partners, title: =Partners, value: {from: V, ${steps}}, unit: =states}}}}`,
    { id: 1, V: value },
  )

const convertedValue = (steps: string, value: string): JsonObject[string] | undefined =>
  draftsOf(convert(steps, value))[0]?.document.value

describe('a number that a mapping multiplies', () => {
  it.each([
    ['1.1', 'times: 1000000', 1_100_000],
    ['0.1', 'times: 3', 0.3],
    ['0.7', 'times: 100', 70],
    ['1.005', 'times: 1, round: 2', 1.01],
    ['99999999.9999', 'times: 1000000', 99_999_999_999_900],
    ['-1.5', 'times: -1e3', 1500],
    ['12345678901234.56', 'times: 1', 12_345_678_901_234.56],
  ])('has the digits of the decimal product: %s with %s', (value, steps, product) => {
    expect(convertedValue(steps, value)).toBe(product)
  })

  it('is refused, not rounded, if it has too many decimals', () => {
    expect(convert('times: 0.01', '0.00004')).toMatchObject({
      kind: 'refused',
      faults: [{ detail: expect.stringContaining('4e-7 is too precise') }],
    })
    expect(convertedValue('times: 0.01, round: 4', '0.00004')).toBe(0)
  })

  it('may have more digits than can be stored only if the mapping rounds it', () => {
    const value = '33.333333333333333333'
    expect(convert('times: 3', value)).toMatchObject({
      faults: [{ column: 'V', value, detail: expect.stringContaining('write round in the mapping') }],
    })
    expect(convertedValue('times: 3, round: 2', value)).toBe(100)
  })

  it.each([
    ['1e305', 'times: 1000000'],
    ['-1e305', 'times: 1000000, round: 2'],
    ['1e-305', 'times: 1e-30'],
  ])('is refused with the value of the row if it is too large or too close to zero: %s', (value, steps) => {
    const faults = [{ column: 'V', value, detail: `"${value}" is too large or too close to zero.` }]
    expect(convert(steps, value)).toMatchObject({ kind: 'refused', faults })
  })

  it.each([
    ['0', 'times: 1000'],
    ['-5', 'times: 0'],
  ])('may be 0: %s with %s', (value, steps) => {
    expect(convertedValue(steps, value)).toBe(0)
  })
})
