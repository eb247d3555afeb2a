import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { hasIatiSchemas, validateIati } from '../support/iati.ts'
import { create } from '../support/labelled-records.ts'

const api = useTestApi()

const amountElements = /<(budget|planned-disbursement|transaction|entente:amount)(?: [^>]*)?>.*?<\/\1>/g

/** Creates a program, and returns the elements of its amounts in an export. */
async function exportAmounts(
  amounts: object[],
  program: object = { startsOn: '1995-05-05' },
): Promise<string[]> {
  const id = await create(api, 'assistance-programs', {
    title: 'A program',
    ...program,
    amounts: amounts.map((amount) => ({ amount: 5, currency: 'USD', ...amount })),
  })
  const { text } = await api.get(`/v1/assistance-programs/export?format=iati&id=${id}`)
  return text.match(amountElements) ?? []
}

describe('the amounts of an activity in the format iati', () => {
  it('keep a date that IATI cannot have, and get no other date in its place', async () => {
    const dates = ['-0100', 'Y17000', '0000']
    expect(await exportAmounts(dates.map((date) => ({ kind: 'commitment', date })))).toEqual(
      dates.map(
        (date) => `<entente:amount kind="commitment" date="${date}" currency="USD">5</entente:amount>`,
      ),
    )
  })

  it('do not get the day of creation if their activity starts before the year 1', async () => {
    expect(await exportAmounts([{ kind: 'pledge' }], { startsOn: '-0500' })).toEqual([
      '<entente:amount kind="pledge" currency="USD">5</entente:amount>',
    ])
  })

  it('are not budgets if they are for more than a year', async () => {
    const dates = ['2010/2014', '2010-07-01/2011-06-30', '9999']
    expect(await exportAmounts(dates.map((date) => ({ kind: 'budget', date })))).toEqual([
      expect.stringMatching(/<period-start iso-date="2010-07-01"\/><period-end iso-date="2011-06-30"\/>/),
      expect.stringMatching(/<period-start iso-date="9999-01-01"\/><period-end iso-date="9999-12-31"\/>/),
      '<entente:amount kind="budget" date="2010/2014" currency="USD">5</entente:amount>',
    ])
  })

  it('are not transactions if their date, or else the start of the activity, is after today', async () => {
    const kinds = ['disbursement', 'budget', 'planned_disbursement']
    const dates = ['2998-01-01', '2001/2998', null]
    const amounts = kinds.flatMap((kind) => dates.map((date) => ({ kind, date })))
    const found = await exportAmounts(amounts, { startsOn: '2998-05-05' })
    expect(found.filter((element) => element.startsWith('<transaction>'))).toEqual([
      expect.stringContaining('<transaction-date iso-date="2001-01-01"/>'),
    ])
    expect(found.filter((element) => element.startsWith('<entente:amount kind="disbursement"'))).toEqual([
      '<entente:amount kind="disbursement" date="2998-01-01" currency="USD">5</entente:amount>',
      '<entente:amount kind="disbursement" currency="USD">5</entente:amount>',
    ])
    expect(found.join('')).toMatch(/<budget><period-start iso-date="2998-01-01"/)
    expect(found.join('')).toMatch(/<planned-disbursement><period-start iso-date="2998-01-01"/)
  })

  it('keep the text of a date that is not exactly one day, and all notes', async () => {
    expect(
      await exportAmounts([
        { kind: 'budget', date: '2010', note: 'Of "three"' },
        { kind: 'planned_disbursement', date: '2012-05~' },
        { kind: 'disbursement', date: '2011-04-05' },
        { kind: 'disbursement', date: '2011-04-05?', note: 'Paid' },
        { kind: 'other', date: '2011-05', valueUsd: 3, note: 'In kind' },
      ]),
    ).toEqual([
      expect.stringContaining(
        'value-date="2010-01-01" entente:date="2010" entente:note="Of &quot;three&quot;">5<',
      ),
      expect.stringContaining('value-date="2012-05-01" entente:date="2012-05~">5<'),
      expect.stringContaining('value-date="2011-04-05">5<'),
      expect.stringMatching(/value-date="2011-04-05" entente:date="2011-04-05\?">5<.*<narrative>Paid</),
      '<entente:amount kind="other" date="2011-05" currency="USD" value-usd="3" note="In kind">5</entente:amount>',
    ])
  })

  it.skipIf(!hasIatiSchemas)('are valid against the XML Schema of IATI 2.03', async () => {
    const kinds = ['budget', 'planned_disbursement', 'pledge', 'other']
    const dates = ['-0100', '2010/2014', '2010?', null]
    await exportAmounts(kinds.flatMap((kind) => dates.map((date) => ({ kind, date, note: 'A note' }))))
    const { text } = await api.get('/v1/assistance-programs/export?format=iati')
    expect(() => validateIati(text)).not.toThrow()
  })
})
