import { describe, expect, it } from 'vitest'
import { collectFaults, convertRow, draftsOf, makeCompanion } from '../../support/conversion.ts'

const mapping = (codes: string) => `
scheme: treaties
records:
  agreements: { id: id, properties: { title: title, kind: =treaty, place: { from: code, codes: ${codes} } } }`

const codesOf = (count: number) => Array.from({ length: count }, (_, index) => `place-${index + 1000}`)

/** Converts a row whose code is not among the codes of a file. */
const convertWithFile = (count: number) => {
  const rows = codesOf(count).map((code) => ({ code, word: 'Here' }))
  const companions = new Map([['places.csv', makeCompanion(['code', 'word'], rows)]])
  return convertRow(mapping('places.csv'), { id: 1, title: 'Accord', code: 'plase-1000' }, companions)
}

const convertWithMap = (count: number) => {
  const codes = JSON.stringify(Object.fromEntries(codesOf(count).map((code) => [code, 'Here'])))
  return convertRow(mapping(codes), { id: 1, title: 'Accord', code: 'plase-1000' })
}

describe.each([
  ['a file', 'the file places.csv', convertWithFile],
  ['the mapping', 'the mapping', convertWithMap],
])('a code that is unknown in %s', (_, owner, convert) => {
  const unknown = `"plase-1000" is not among the codes of ${owner}`

  it('is refused with the most similar code', () => {
    const detail = `${unknown}; did you mean "place-1000"?`
    expect(convert(1000)).toMatchObject({ faults: [{ detail, suggestion: 'place-1000' }] })
  })

  it('is refused without a suggestion if there are many codes, since each comparison takes time', () => {
    expect(convert(1001)).toMatchObject({ faults: [{ detail: `${unknown}.` }] })
  })
})

describe.each([
  [
    'codes',
    'place: { from: code, split: ";", codes: { signed: Here } }',
    'is not among the codes of the mapping',
  ],
  ['words', 'status: { from: code, split: ";" }', 'is not known'],
])('a row with many unknown %s', (_, property, fault) => {
  it('gets a suggestion only for the first ten, since each comparison takes time', () => {
    const code = Array.from({ length: 30 }, (_item, index) => `signd${'_'.repeat(index)}`).join(';')
    const withProperty = mapping('{}').replace('place: { from: code, codes: {} }', property)
    const row = convertRow(withProperty, { id: 1, title: 'Accord', code })
    if (row.kind !== 'refused') throw new Error(`the row must be refused, but is ${row.kind}`)
    expect(row.faults.map(({ suggestion }) => suggestion)).toEqual([
      ...Array(10).fill('signed'),
      ...Array(20).fill(undefined),
    ])
    expect(row.faults.at(-1)?.detail).toContain(fault)
  })
})

it('a code list that is JSON, and so has no columns, is refused', () => {
  const companions = new Map([['places.json', makeCompanion([], [{ code: 'A', word: 'Here' }])]])
  for (const codes of ['places.json', '{ list: places.json, key: code, value: word }'])
    expect(
      collectFaults(() => convertRow(mapping(codes), { id: 1, title: 'Accord', code: 'A' }, companions)),
    ).toEqual([
      '/records/agreements/properties/place/codes: places.json is not a table; a code list is a CSV or XLSX file',
    ])
})

describe('a code list in which a code occurs twice', () => {
  const convertList = (...values: string[]) => {
    const rows = [{ code: 'B', word: 'Where' }, ...values.map((word) => ({ code: 'A', word }))]
    const companions = new Map([['places.csv', makeCompanion(['code', 'word'], rows)]])
    return convertRow(mapping('places.csv'), { id: 1, title: 'Accord', code: 'A' }, companions)
  }

  it('is refused if the values differ', () => {
    const place = '/records/agreements/properties/place/codes'
    expect(collectFaults(() => convertList('Here', 'Here', 'There'))).toEqual([
      `${place}: places.csv has two values for the code "A": "Here" in row 3 and "There" in row 5; remove one of them`,
    ])
  })

  it('is read if the values are equal', () => {
    expect(draftsOf(convertList('Here', 'Here'))).toMatchObject([{ document: { place: 'Here' } }])
  })
})

it.each([
  ['a constant', '{ from: =signd }', '"signd" is not known; did you mean "signed"?'],
  [
    'a column',
    '{ from: code }',
    '"signd" is not known; did you mean "signed"? State its meaning in the mapping with "codes".',
  ],
])(
  'an unknown word of %s is refused, and the message suggests codes only if they can help',
  (_, status, detail) => {
    const withStatus = mapping('{}').replace('place: { from: code, codes: {} }', `status: ${status}`)
    expect(convertRow(withStatus, { id: 1, title: 'Accord', code: 'signd' })).toMatchObject({
      faults: [{ detail }],
    })
  },
)

describe('values without quotes in the mapping', () => {
  const convertCode = (codes: string, code: string, more = '') =>
    convertRow(`${more}${mapping(codes)}`, { id: 1, title: 'Accord', code })
  const placeOf = (...row: Parameters<typeof convertCode>) => draftsOf(convertCode(...row))[0]?.document.place

  it.each(['01', '1.10', '1E5', '0x1F', '12345678901234567890', 'True', 'null'])(
    'are texts if they are codes: %s',
    (code) => expect(placeOf(`{ ${code}: Here }`, code)).toBe('Here'),
  )

  it('keep their zeros if they are values of codes', () => {
    expect(['A', 'B'].map((code) => placeOf('{ A: 01, B: 1.10 }', code))).toEqual(['01', '1.10'])
  })

  it('are different codes if they differ only in zeros', () => {
    expect(['1', '01'].map((code) => placeOf('{ 01: Here, 1: There }', code))).toEqual(['There', 'Here'])
  })

  it.each(['[01]', '{ not: [1, 1.0] }', '01'])('are compared as texts in conditions: %s', (condition) => {
    const kindOf = (code: string) => convertCode('{ "*": "*" }', code, `when: { code: ${condition} }`).kind
    expect(['01', '1'].map(kindOf)).toEqual(['drafts', 'skipped'])
  })

  it('keep their zeros as constants, but not in steps or for properties that are numbers', () => {
    const figure = (value: string) =>
      `{scheme: x, records: {figures: {id: {value: 010}, properties: {indicator: =partners, title: {value: 010}, value: ${value}, unit: =states}}}}`
    const of = (value: string) => draftsOf(convertRow(figure(value), { n: '2' }))[0]
    expect(of('{ from: n, times: 1.0e3 }')).toMatchObject({
      externalId: { id: '010' },
      document: { title: '010', value: 2000 },
    })
    expect(of('{ value: 1.50 }')?.document.value).toBe(1.5)
    expect(of('{ from: absent, default: 1.50 }')?.document.value).toBe(1.5)
    // `number` is the notation of the file. The value in `codes` is a number of YAML.
    expect(of('{ from: n, codes: { 2: 1.500 }, number: "1.234,5" }')?.document.value).toBe(1.5)
  })
})
