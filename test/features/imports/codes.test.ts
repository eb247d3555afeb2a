import { describe, expect, it } from 'vitest'
import { collectFaults, convertRow, makeCompanion } from '../../support/conversion.ts'

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

it('a code list that is JSON, and so has no columns, is refused', () => {
  const companions = new Map([['places.json', makeCompanion([], [{ code: 'A', word: 'Here' }])]])
  for (const codes of ['places.json', '{ list: places.json, key: code, value: word }'])
    expect(
      collectFaults(() => convertRow(mapping(codes), { id: 1, title: 'Accord', code: 'A' }, companions)),
    ).toEqual([
      '/records/agreements/properties/place/codes: places.json is not a table; a code list is a CSV or XLSX file',
    ])
})

it.each([
  ['a constant', '{ from: =signd }', '"signd" is not known; did you mean "signed"?'],
  [
    'a column',
    '{ from: code }',
    '"signd" is not known; did you mean "signed"? State its meaning in the mapping with "codes".',
  ],
])(
  'an unknown word of %s is refused with the advice to use codes only if codes can help',
  (_, status, detail) => {
    const withStatus = mapping('{}').replace('place: { from: code, codes: {} }', `status: ${status}`)
    expect(convertRow(withStatus, { id: 1, title: 'Accord', code: 'signd' })).toMatchObject({
      faults: [{ detail }],
    })
  },
)
