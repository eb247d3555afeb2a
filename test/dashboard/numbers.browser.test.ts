import { expect, it } from 'vitest'
import { formatEdtf } from '../../src/dashboard/dates/format-edtf.ts'
import { createLanguage } from '../../src/dashboard/i18n/language.ts'
import { countInList } from '../support/aggregates.ts'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'
import { readNumbers, type ShownNumber, type ShownPage } from './shown-numbers.ts'

/** Compares every number and date on the overview and on the pages of two countries with the API. */

const dashboard = useDashboard({ changesRecords: true, prepare: addRecords })
const english = createLanguage('en')

/** Adds records for numbers that the seed data lacks: amounts, a record of 1,234 bases, and an agreement that expires. */
async function addRecords(): Promise<void> {
  const msPerDay = 86_400_000
  const in90Days = new Date(Date.now() + 90 * msPerDay).toISOString().slice(0, 10)
  const participants = (roleOfChina: string, roleOfPakistan = roleOfChina) => [
    { country: 'CHN', role: roleOfChina },
    { country: 'PAK', role: roleOfPakistan },
  ]
  const amount = (value: number, currency: string) => ({
    kind: 'commitment',
    amount: value,
    currency,
    date: '2010',
  })
  for (const [resource, document] of [
    [
      'agreements',
      {
        title: 'A protocol',
        kind: 'protocol',
        status: 'in_force',
        inForceFrom: '2011-05-01',
        expiresOn: in90Days,
        parties: participants('party'),
      },
    ],
    [
      'agreements',
      { title: 'A treaty', kind: 'treaty', signedOn: '1999-12-31', parties: participants('party') },
    ],
    [
      'cooperation-bases',
      { name: 'Stations', kind: 'observatory', unitCount: 1234, participants: participants('participant') },
    ],
    [
      'assistance-programs',
      {
        title: 'A program',
        startsOn: '2010-05',
        participants: participants('donor', 'recipient'),
        amounts: [amount(12_345.5, 'USD'), amount(20, 'CNY')],
      },
    ],
    [
      'assistance-programs',
      {
        title: 'Another',
        startsOn: '2010',
        participants: participants('donor', 'recipient'),
        amounts: [amount(4.25, 'USD')],
      },
    ],
  ] as const) {
    await dashboard.create(resource, document)
  }
}

const get = async <Body>(path: string): Promise<Body> => (await dashboard.api.get(path)).json<Body>()

/** Reads all records of a list, which must fit on one page. */
const readRecords = async <Item>(list: string): Promise<Item[]> =>
  (await get<{ data: Item[] }>(`${list}${list.includes('?') ? '&' : '?'}limit=200`)).data

/** Returns the path of the list request of a view. */
const toListPath = (path: string) => path.replace(/^\/explore\//, '/v1/')

/** Returns the number that a page must show. It comes from a separate request, not from the response that the page shows. */
async function expectedNumber(shown: ShownNumber, country: string | undefined): Promise<string> {
  const { kind, widget, path } = shown
  const [, other] = /^\/countries\/([A-Z]{3})$/.exec(path) ?? []
  if (other !== undefined) {
    const both = country === undefined ? `country=${other}` : `country[all]=${country},${other}`
    return english.number(await countInList(dashboard.api, `/v1/agreements?${both}`))
  }
  if (kind === 'claim') {
    const { value, unit } = await get<{ value: number; unit: string }>(path.replace('/records/', '/v1/'))
    return `${english.number(value)} ${unit}`
  }
  if (widget === 'Number of bases') {
    const bases = await readRecords<{ unitCount: number | null }>(toListPath(path))
    return english.number(bases.reduce((sum, { unitCount }) => sum + (unitCount ?? 0), 0))
  }
  return english.number(await countInList(dashboard.api, toListPath(path)))
}

interface Program {
  amounts: { kind: string; amount: number | null; currency: string | null }[]
}

/** Returns the expected row of a table of amounts: year, kind, number of programs, and sum of this kind and currency. */
async function expectedMoney(path: string): Promise<string> {
  const programs = await readRecords<Program>(toListPath(path))
  const query = new URLSearchParams(path.split('?')[1])
  const [year, kind, currency] = ['startsOn[year]', 'amountKind', 'amountCurrency'].map((name) =>
    query.get(name),
  )
  const amounts = programs
    .flatMap((program) => program.amounts)
    .filter((amount) => amount.kind === kind && amount.currency === currency)
  const sum = amounts.reduce((total, { amount }) => total + (amount ?? 0), 0)
  const words = [
    year === 'unknown' ? 'Unknown' : year,
    kind ? kind.charAt(0).toUpperCase() + kind.slice(1) : '',
  ]
  const shown = amounts.length === 0 ? 'unknown' : `${english.number(sum)} ${currency}`
  return [...words, english.number(programs.length), shown].join('|')
}

/** Compares the timeline and the list of expiring agreements with the agreements in the API. */
async function checkDates({ dates, entries }: ShownPage, country: string | undefined): Promise<void> {
  const agreements = await readRecords<{ id: string; signedOn: string | null; expiresOn: string | null }>(
    `/v1/agreements${country ? `?country=${country}` : ''}`,
  )
  const found = new Map(agreements.map((agreement) => [`/records/agreements/${agreement.id}`, agreement]))
  if (country !== undefined) expect(dates.map(({ path }) => path).sort()).toEqual([...found.keys()].sort())
  for (const { path, text } of dates) {
    const signedOn = found.get(path)?.signedOn
    expect(text, path).toBe(signedOn ? formatEdtf(signedOn, english) : 'unknown')
  }
  const expiring = entries.filter(({ widget }) => widget.startsWith('Agreements that expire'))
  expect(expiring.length).toBeGreaterThan(0)
  for (const { path, text } of expiring)
    expect(text).toBe(formatEdtf(found.get(path)?.expiresOn ?? '', english))
}

describeInBrowser('every number and date', () => {
  it.each([
    ['/', ['key-figure', 'column', 'marker', 'bar', 'claim', 'recorded']],
    ['/countries/CHN', ['key-figure', 'column', 'bar', 'claim', 'recorded', 'money', 'citations']],
    ['/countries/PAK', ['key-figure', 'column', 'bar', 'money', 'citations']],
  ])('is shown as the API gives it, on the page %s', async (path, kinds) => {
    const { page } = await dashboard.open(path)
    const shown = await readNumbers(page)
    const country = path.split('/')[2]
    expect([...new Set(shown.numbers.map(({ kind }) => kind))].sort()).toEqual([...kinds].sort())
    for (const number of shown.numbers) {
      const expected =
        number.kind === 'money' ? await expectedMoney(number.path) : await expectedNumber(number, country)
      expect(number.text, JSON.stringify(number)).toBe(expected)
    }
    await checkDates(shown, country)
    if (country !== undefined) {
      const { day } = await get<{ day: string }>(`/v1/countries/${country}/briefing`)
      expect(shown.printed).toBe(`As of ${formatEdtf(day, english)}. ${dashboard.api.origin}${path}`)
    }
    const changes = shown.entries.filter(({ widget }) => widget === 'Latest changes')
    const feed = await get<{ data: { time: string }[] }>(
      `/v1/changes?order=desc&limit=500${country ? `&country=${country}` : ''}`,
    )
    expect(changes.length).toBeGreaterThan(0)
    expect(feed.data.map(({ time }) => time)).toEqual(expect.arrayContaining(changes.map(({ text }) => text)))
    // All numbers that the page shows have been compared.
    expect(shown.rest).not.toMatch(/\d/)
  })
})
