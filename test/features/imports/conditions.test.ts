import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../../src/features/imports/types.ts'
import { convertRow } from '../../support/conversion.ts'

/** The conditions of mappings: `atLeast` and `atMost`, and why a row is skipped. */

/** Converts a row whose column `V` must meet the condition. */
const convert = (condition: string, value: string | number | string[]) =>
  convertRow(
    `{scheme: treaties, when: {V: {${condition}}}, records: {agreements: {id: id, properties: {title: id, kind: =treaty}}}}`,
    { id: 1, V: value },
  )

const isImported = (condition: string, value: string | number | string[]) =>
  convert(condition, value).kind === 'drafts'

describe('a condition with bounds', () => {
  it.each([
    ['atLeast: 500', [500, '500', '1e3'], [499, '99', '']],
    ['atLeast: 1990', ['1990-01-01', '1990-XX', '2001'], ['1989-12-31', '1989']],
    ['atMost: 2010', ['2010', '2010-05', '2010-12-31'], ['2011-01-01', '20101']],
    ['atMost: 2010-05', ['2010-05-31', '2010'], ['2010-06-01']],
    ['atLeast: B, atMost: C', ['B', 'Bad', 'C'], ['A', 'C-1', 'Ca']],
    ['atLeast: 1990, atMost: 2000', [['1980', '1995'], '2000-12-31'], [['1980', '2010'], '2001']],
  ])('is met by numbers, dates or texts within the bounds, and no others: %s', (condition, met, unmet) => {
    for (const value of met) expect(isImported(condition, value), String(value)).toBe(true)
    for (const value of unmet) expect(isImported(condition, value), String(value)).toBe(false)
  })
})

it.each([
  ['', 'V is empty'],
  [['', ' '], 'V is empty'],
  [['a', '', 'b'], 'V is "a; b"'],
])('a skipped row says which value does not meet the condition: %j', (value, reason) => {
  expect(convert('not: [a, ""]', value)).toMatchObject({ kind: 'skipped', reason: `when: ${reason}` })
})

describe('an object without a text, such as a row of a joined file or an element of XML', () => {
  const kindOf = (when: string, V?: JsonValue) =>
    convertRow(
      `{scheme: treaties, when: ${when}, records: {agreements: {id: id, properties: {title: id, kind: =treaty}}}}`,
      { id: 1, ...(V !== undefined && { V }) },
    )

  it.each<[when: string, kinds: string[]]>([
    ['V', ['drafts', 'drafts', 'skipped', 'skipped']],
    ['{V: {empty: false}}', ['drafts', 'drafts', 'skipped', 'skipped']],
    ['{V: {empty: true}}', ['skipped', 'skipped', 'drafts', 'drafts']],
    ['{V: ""}', ['skipped', 'skipped', 'drafts', 'drafts']],
    ['{V: {not: ""}}', ['drafts', 'drafts', 'skipped', 'skipped']],
    ['{V: {not: a}}', ['drafts', 'drafts', 'drafts', 'drafts']],
    ['{V: a}', ['skipped', 'skipped', 'skipped', 'skipped']],
  ])('is a value for conditions: %s', (when, kinds) => {
    const found = [
      kindOf(when, [{ name: 'a' }]),
      kindOf(when, { '@code': 'a', name: 'b' }),
      kindOf(when, []),
      kindOf(when),
    ]
    expect(found.map(({ kind }) => kind)).toEqual(kinds)
  })

  it('is empty if it has only attributes, such as an element of XML with xsi:nil', () => {
    expect(kindOf('V', { '@xsi:nil': 'true' })).toMatchObject({ kind: 'skipped', reason: 'when: V is empty' })
  })

  it('is called "an object" in the reason if a row is skipped because of it', () => {
    expect(kindOf('{V: {empty: true}}', { a: 'b' })).toMatchObject({
      reason: 'when: V is an object',
    })
  })
})
