import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/features/imports/types.ts'
import { convertContent, convertRow, documentWithNames, draftsOf } from '../../support/conversion.ts'

/** A mapping of projects that drops bad values. */
const mapping = (properties: string, rows = '') => `
scheme: projects
onBadValue: drop
${rows}
records:
  projects:
    id: id
    properties: { title: name, kind: =mega_science, ${properties} }
`

/** Converts a row of JSON. Returns the document with the names of mentions, and the dropped values. */
function convert(properties: string, values: JsonObject) {
  const row = convertRow(mapping(properties), { id: 1, name: 'Observatory', ...values })
  const [draft] = draftsOf(row)
  const dropped = row.kind === 'drafts' ? row.dropped.map(({ detail, value }) => ({ detail, value })) : []
  return { document: draft ? documentWithNames(draft) : undefined, dropped }
}

const participants =
  'participants: [{ each: p, country: c, organization: { from: o, by: id }, role: =participant }]'

describe('items of a list that are bad', () => {
  it('are dropped, and the other items kept, if they break a rule of the list', () => {
    const twoActors = { c: 'Peru', o: '7' }
    const { document, dropped } = convert(participants, { p: [{ c: 'Pakistan' }, twoActors, { c: 'Kenya' }] })
    expect(document).toMatchObject({ participants: [{ country: 'Pakistan' }, { country: 'Kenya' }] })
    expect(dropped).toMatchObject([{ detail: expect.stringMatching(/^Item 2 must have exactly one of /) }])
  })

  it('are dropped from the second on if only one of them may be in the list', () => {
    const sectors = 'sectors: [{ each: s, topic: { from: t, by: name }, percentage: p }]'
    const s = [
      { t: 'Solar energy', p: 60 },
      { t: 'Solar energy', p: 40 },
      { t: 'Wind energy', p: 0 },
    ]
    const { document, dropped } = convert(sectors, { s })
    expect(document).toMatchObject({
      sectors: [{ topic: 'Solar energy', percentage: 60 }, { topic: 'Wind energy' }],
    })
    expect(dropped).toMatchObject([{ value: '0' }, { detail: 'Item 2 occurs twice in the list.' }])
  })

  it('stay without a bad optional value or are dropped for a required one; the value is reported', () => {
    const amounts = 'amounts: [{ each: a, kind: =budget, amount: v, currency: =EUR, valueUsd: usd, note: n }]'
    const { document, dropped } = convert(amounts, {
      a: [
        { v: 5, usd: 1.234 },
        { v: 6, n: 'x'.repeat(1001) },
        { v: 7.123, n: 'Too precise' },
      ],
    })
    expect(document).toMatchObject({ amounts: [{ amount: 5 }, { amount: 6 }] })
    expect(JSON.stringify(document)).not.toMatch(/valueUsd|note|7\.123/)
    expect(dropped).toMatchObject([
      { value: '1.234' },
      { value: expect.stringMatching(/^x+$/) },
      { value: '7.123' },
    ])
  })
})

describe('a participant whose country or region is a name', () => {
  const convertNames = (entries: string, values: JsonObject) => convert(`participants: [${entries}]`, values)

  it('is named in the message if it occurs twice', () => {
    const entry = '{ each: p, country: c, contribution: what, role: =participant }'
    const p = [{ c: 'Kenya' }, { c: 'China', what: 'Money' }, { c: 'China', what: 'Staff' }]
    const detail = 'Item 3 has "China" as participant a second time.'
    expect(convertNames(entry, { p }).dropped).toMatchObject([{ detail }])
  })

  it.each(['000', '001', '142'])(
    'is not taken for the same participant as the region with the key %s',
    (key) => {
      const names = '{ country: c, role: =participant }, { region: r, role: =participant }'
      const byKey = `{ region: { value: "${key}", by: key }, role: =participant }`
      const { document, dropped } = convertNames(`${names}, ${byKey}`, { c: 'China', r: 'Africa' })
      expect(dropped).toEqual([])
      expect(document).toMatchObject({
        participants: [{ country: 'China' }, { region: 'Africa' }, { region: key }],
      })
    },
  )
})

describe('equal items of a list', () => {
  it('are each stored if they are amounts, since equal payments are different payments', () => {
    const amounts = 'amounts: [{ each: a, kind: =disbursement, date: d, amount: v, currency: =USD }]'
    const payment = { d: '2011-01-01', v: 500 }
    const { document } = convert(amounts, { a: [payment, payment, { d: '2011', v: 20 }] })
    expect(document).toMatchObject({ amounts: [{ amount: 500 }, { amount: 500 }, { amount: 20 }] })
  })

  it('are stored once if they are participants', () => {
    const { document } = convert(participants, { p: [{ c: 'Pakistan' }, { c: 'Pakistan' }] })
    expect(document).toMatchObject({ participants: [{ country: 'Pakistan' }] })
  })
})

describe('a group of rows', () => {
  const grouped = mapping(
    'participants: [{ each: rows, country: P, role: =participant }]',
    'rows: { groupBy: id }',
  )

  it('is refused as a whole if one of its rows cannot be used', async () => {
    const csv = 'id,name,P\n1,A,China\n1,A,Laos,extra\n1,A,Kenya\n2,B,Peru\n'
    const rows = await convertContent(grouped, 'file.csv', csv)
    expect(rows).toMatchObject([
      {
        kind: 'refused',
        faults: [{ detail: expect.stringContaining('Extra values: extra.') }],
      },
      { kind: 'drafts' },
    ])
  })

  it('has the rows whose texts in the column are equal without outer spaces', async () => {
    const rows = await convertContent(grouped, 'file.csv', 'id,name,P\n1,A,China\n 1 ,A,Laos\n')
    const participants = [{ country: 'China' }, { country: 'Laos' }]
    expect(rows.flatMap((row) => draftsOf(row)).map(documentWithNames)).toMatchObject([{ participants }])
  })
})

describe('too many values of `each`', () => {
  const tooMany = 'The list of each has more than 10,000 values, which is the maximum.'
  const values = {
    id: 1,
    name: 'Observatory',
    p: Array.from({ length: 10_001 }, (_, index) => `Country ${index}`),
  }

  it('are dropped from a property, or refused, as the mapping says', () => {
    const properties = 'participants: { each: p, country: ., role: =participant }'
    const { document, dropped } = convert(properties, values)
    expect(document).not.toHaveProperty('participants')
    expect(dropped).toMatchObject([{ detail: tooMany }])
    expect(convertRow(mapping(properties).replace('drop', 'refuse'), values)).toMatchObject({
      kind: 'refused',
      faults: [{ column: 'p', detail: tooMany }],
    })
  })

  it('are refused if each of them would become a record', () => {
    const records = 'projects: { each: p, id: ., properties: { title: ., kind: =mega_science } }'
    const refused = convertRow(`{ scheme: projects, onBadValue: drop, records: { ${records} } }`, values)
    expect(refused).toMatchObject({ kind: 'refused', faults: [{ detail: tooMany }] })
  })

  it('are dropped if all lists of a row together have more than 100,000', () => {
    const entry = '{ each: p, when: absent, country: ., role: =participant }'
    const { dropped } = convert(`participants: [${Array(11).fill(entry).join()}]`, {
      ...values,
      p: values.p.slice(1),
    })
    const detail = 'All lists of each in the row have more than 100,000 values, which is the maximum.'
    expect(dropped).toMatchObject([{ detail }])
  })
})

it('a name in an item that is left out since its columns are empty becomes no mention', () => {
  const funder = '{ organization: { value: Fund, create: true }, role: =funder, contribution: what }'
  const text = mapping(`participants: [${funder}, { country: c, role: =participant }]`)
  const namesOf = (what: string) => {
    const [draft] = draftsOf(convertRow(text, { id: 1, name: 'Observatory', c: 'Peru', what }))
    expect(draft && documentWithNames(draft)).toMatchObject({
      participants: expect.arrayContaining([{ country: 'Peru', role: 'participant' }]),
    })
    return draft?.mentions.map(({ name }) => name)
  }
  expect([namesOf('Money'), namesOf('')]).toEqual([['Fund', 'Peru'], ['Peru']])
})
