import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitDecimal } from '../../src/model/decimals.ts'
import { decimalText } from '../../src/model/filters.ts'

/** A decimal with up to 15 digits before the decimal point and 6 after it, in its shortest form. */
const decimals = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
    fc.integer({ min: 0, max: 999_999 }),
    fc.constantFrom('', '-'),
  )
  .map(([whole, millionths, sign]) => {
    const fraction = String(millionths).padStart(6, '0').replace(/0+$/, '')
    const size = fraction === '' ? String(whole) : `${whole}.${fraction}`
    return size === '0' ? size : sign + size
  })

/** Moves the decimal point, without a calculation. @param places number of digits by which it moves to the right. */
function movePoint(decimal: string, places: number): string {
  const sign = decimal.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.')
  const digits = `${'0'.repeat(40)}${whole}${fraction}${'0'.repeat(40)}`
  const point = 40 + whole.length + places
  return `${sign}${digits.slice(0, point).replace(/^0+(?=\d)/, '')}.${digits.slice(point)}`
}

describe('a number in a URL', () => {
  it('keeps all its digits in every syntax of JSON numbers', () => {
    const styles = fc.record({
      places: fc.integer({ min: -30, max: 30 }),
      zeros: fc.integer({ min: 0, max: 10 }),
      letter: fc.constantFrom('e', 'E'),
      plus: fc.constantFrom('', '+'),
    })
    fc.assert(
      fc.property(decimals, styles, (decimal, { places, zeros, letter, plus }) => {
        expect(decimalText.parse(decimal)).toBe(decimal)
        const padded = (decimal.includes('.') ? decimal : `${decimal}.0`) + '0'.repeat(zeros)
        expect(decimalText.parse(padded)).toBe(decimal)
        const moved = movePoint(decimal, places).replace(/(\.\d)0*$/, '$1')
        const power = places > 0 ? `-${places}` : `${plus}${-places}`
        expect(decimalText.parse(`${moved}${letter}${power}`)).toBe(decimal)
      }),
    )
  })

  it.each(['1e15', '1E+15', '-1e15', '1e99999999999999', '0.0000001', '1e-7', '1.5e-6', '1e-99999999999'])(
    'is refused if it has too many digits: %s',
    (text) => {
      const message = 'must have at most 15 digits before the decimal point and 6 after it'
      expect(decimalText.safeParse(text).error?.issues).toEqual([expect.objectContaining({ message })])
    },
  )

  it.each(['0e99999999999999', '-0', '-0.0e-9', '000.000'])('is zero: %s', (text) => {
    expect(decimalText.parse(text)).toBe('0')
  })

  it.each([
    '',
    'e5',
    '1e',
    '1e1.5',
    '.5',
    '5.',
    '+1',
    '1 ',
    'Infinity',
    'NaN',
    '0x10',
    '1_000',
    '１',
    '1e--5',
  ])('is not %j', (text) => {
    const message = 'must be a number in decimal digits, such as 200 or 12.5'
    expect(decimalText.safeParse(text).error?.issues).toEqual([expect.objectContaining({ message })])
  })
})

it('a number with a long run of zeros is split in linear time', () => {
  const zeros = '0'.repeat(50_000)
  const startedAt = performance.now()
  expect(splitDecimal(`1${zeros}1`)).toMatchObject({ digits: `1${zeros}1`, exponent: 0 })
  expect(splitDecimal(`1${zeros}`)).toMatchObject({ digits: '1', exponent: 50_000 })
  expect(performance.now() - startedAt).toBeLessThan(500)
})
