import { describe, expect, it } from 'vitest'
import { convertRow, draftsOf } from '../../support/conversion.ts'

/** Converts a row with an amount and the currency in the columns `a` and `c`. */
const convert = (amount: string, currency: string, parts = 'amount: a, currency: c') =>
  convertRow(
    `{scheme: aid, records: {projects: {id: id, properties: {title: =Bridge, kind: =other, amounts: [{kind: =commitment, ${parts}}]}}}}`,
    { id: 1, a: amount, c: currency },
  )

const amountsOf = (...row: Parameters<typeof convert>) => draftsOf(convert(...row))[0]?.document.amounts

describe('the currency sign of an amount', () => {
  it.each([
    ['€2.000,00', 'USD', '€'],
    ['₨5', 'USD', '₨'],
    ['(£500.00)', 'USD', '£'],
    ['100￥', 'USD', '￥'],
    ['$5', 'EUR', '$'],
    ['￡5', 'CNY', '￡'],
  ])('is refused if it is not a sign of the currency: %s in %s', (amount, currency, sign) => {
    const detail = `"${amount}" has the sign ${sign}, which is not a sign of the currency ${currency}. Correct the amount or the currency. To ignore the sign, remove it with replace in the mapping.`
    expect(convert(amount, currency)).toMatchObject({ kind: 'refused', faults: [{ column: 'a', detail }] })
  })

  it.each([
    ['$5', ['USD', 'AUD', 'CAD', 'HKD', 'MXN', 'BRL', 'NIO', 'TOP', 'MOP', 'PTE']],
    ['£5', ['GBP', 'EGP', 'LBP', 'ITL', 'CYP']],
    ['¥5', ['CNY', 'JPY', 'CNH']],
    ['₩5', ['KRW', 'KPW']],
    ['5 ₽', ['RUB', 'RUR']],
    ['฿5', ['THB']],
    ['¤5', ['USD']],
  ])('is accepted for each of its currencies: %s', (amount, currencies) => {
    for (const currency of currencies)
      expect(amountsOf(amount, currency)).toMatchObject([{ amount: 5, currency }])
  })

  it('is compared in sums, and with US dollars in valueUsd', () => {
    const sum = convert('€5', 'USD', 'amount: {sum: [a]}, currency: c')
    const inUsd = convert('€5', 'EUR', 'amount: a, currency: c, valueUsd: a')
    const faults = [{ detail: expect.stringContaining('which is not a sign of the currency USD') }]
    expect([sum, inUsd]).toMatchObject([{ faults }, { faults }])
  })

  it('is ignored if the mapping removes it', () => {
    const parts = 'amount: { from: a, replace: { "€": "" } }, currency: c'
    expect(amountsOf('€5', 'USD', parts)).toMatchObject([{ amount: 5 }])
  })

  it('has no fault of its own if the currency is not valid', () => {
    expect(convert('€5', 'dollars')).toMatchObject({
      faults: [{ column: 'c', detail: expect.stringContaining('ISO 4217') }],
    })
  })
})
