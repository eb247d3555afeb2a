import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/features/imports/types.ts'
import { convertRow, documentWithNames, draftsOf } from '../../support/conversion.ts'

/** Steps of a mapping that make texts longer, and sums. */

/** Converts a row of JSON. Returns the document, and why values were dropped. */
function convert(records: string, values: JsonObject) {
  const row = convertRow(`{scheme: s, onBadValue: drop, records: {${records}}}`, {
    id: 1,
    name: 'One',
    ...values,
  })
  const [draft] = draftsOf(row)
  const dropped = row.kind === 'drafts' ? row.dropped.map(({ detail }) => detail) : []
  return { document: draft ? documentWithNames(draft) : undefined, dropped }
}

const project = (summary: string) =>
  `projects: {id: id, properties: {title: name, kind: =mega_science, summary: ${summary}}}`
const figure = (value: string) =>
  `figures: {id: id, properties: {indicator: =bases, title: name, unit: =bases, value: ${value}}}`

const tooLong = [expect.stringMatching(/^The steps template, replace and join make more than 8,388,608 char/)]

describe('the texts of a row may not become longer than 8,388,608 characters together', () => {
  const long = (character: string) => character.repeat(1000)

  it.each([
    ['replace', `{from: a, replace: {a: ${long('b')}, b: ${long('c')}, c: ${long('d')}}}`, { a: 'a' }],
    ['template', `{template: "${'{a}'.repeat(80)}"}`, { a: 'x'.repeat(200_000) }],
    ['join', `{from: a, split: ";", join: ${long('j')}}`, { a: 'x;'.repeat(9000) }],
  ])('by %s', (_, summary, values) => {
    expect(convert(project(summary), values).dropped).toEqual(tooLong)
  })
})

it('replace inserts its text as it is, even with replacement patterns of JavaScript such as $&', () => {
  const { document } = convert(project(`{from: a, replace: {"thousand USD": "US$'000", x: "$$&"}}`), {
    a: 'thousand USD x 5',
  })
  expect(document).toMatchObject({ summary: "US$'000 $$& 5" })
})

it.each([
  [['123456789012.3456'], 123_456_789_012.3456],
  [['0.1', '0.2'], 0.3],
  [['1e3', '-0.5', '0'], 999.5],
])('a sum of %j is exact', (addends, sum) => {
  const values = Object.fromEntries(addends.map((value, index) => [`n${index}`, Number(value)]))
  const { document } = convert(figure(`{sum: [${Object.keys(values)}]}`), values)
  expect(document).toMatchObject({ value: sum })
})
