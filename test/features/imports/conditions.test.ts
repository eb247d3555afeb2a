import { describe, expect, it } from 'vitest'
import { convertRow } from '../../support/conversion.ts'

/** The conditions `atLeast` and `atMost` of mappings. */

/** Converts a row of agreements whose column `V` has a value, with a condition on `V` for the whole row. */
const convert = (condition: string, value: string | number | string[], more = '') =>
  convertRow(
    `{scheme: treaties, when: {V: {${condition}}${more}}, empty: [n/a], records: {agreements: {id: id, properties: {title: id, kind: =treaty}}}}`,
    { id: 1, V: value, state: 'draft' },
  )

describe('a row is imported if its value is between the bounds, and otherwise skipped', () => {
  it.each<
    [condition: string, inside: (string | number | string[])[], outside: (string | number | string[])[]]
  >([
    ['atLeast: 500', [500, '500', '1,234.5', '$ 600'], [499, '1.5', '-1,234.5', 'n/a']],
    ['atMost: 2010', [2010, '2010-05-01', '2010-12', '31/12/2010', '2010~', '1995'], ['2011-01-01', 2011]],
    [
      'atLeast: 1990',
      ['1990-01-01', '5 April 1991', '05/04/1991', '1990年4月'],
      ['31/12/1989', '01.02.1989', '1989?', ''],
    ],
    ['atLeast: 2010-05', ['2010-05-01', '2010-05', '2011'], ['2010-04-30', '2010']],
    ['atMost: 2010-05-01', ['2010-05-01T10:30', '2010'], ['2010-05-02', '2 May 2010']],
    ['atLeast: 1990, atMost: 2000', [['1980', '1995'], '2000-12-31'], [['1980', '2010'], '2001']],
    ['atLeast: B, atMost: C', ['B', 'Bad', 'C'], ['A', 'Ca']],
  ])('%s', (condition, inside, outside) => {
    expect(inside.map((value) => convert(condition, value).kind)).toEqual(inside.map(() => 'drafts'))
    expect(outside.map((value) => convert(condition, value).kind)).toEqual(outside.map(() => 'skipped'))
  })
})

describe('a value that cannot be compared with a bound', () => {
  it.each([
    ['atLeast: 1990-06', '05/04/1991'],
    ['atLeast: 1990', '1985/1995'],
    ['atLeast: 1990', 'n.d.'],
    ['atLeast: 500', '1,234'],
    ['atMost: 500', '2010-05-01'],
    ['atMost: 2010-05-01', 'spring 2010'],
  ])('makes the row refused: %s with %s', (condition, value) => {
    expect(convert(condition, value)).toMatchObject({
      kind: 'refused',
      records: [{ externalId: { id: '1' } }],
      faults: [{ column: 'V', value, detail: expect.stringContaining('cannot be compared with') }],
    })
  })

  it('does not refuse a row that another value or condition decides', () => {
    expect(convert('atLeast: 1990', ['n.d.', '1995']).kind).toBe('drafts')
    expect(convert('atLeast: 1990', 'n.d.', ', state: signed').kind).toBe('skipped')
    expect(convert('atLeast: 1990, not: [n.d.]', 'n.d.').kind).toBe('skipped')
  })

  it.each([
    ['a record', 'when: {V: {atLeast: 1990}}, properties: {title: id, kind: =treaty}'],
    ['a value', 'properties: {title: id, kind: =treaty, place: {from: id, when: {V: {atLeast: 1990}}}}'],
    [
      'an item',
      'properties: {title: id, kind: =treaty, parties: [{country: id, role: =party, when: {V: {atLeast: 1990}}}]}',
    ],
  ])('makes the row refused by the condition of %s, even with `onBadValue: drop`', (_part, record) => {
    const mapping = `{scheme: treaties, onBadValue: drop, records: {agreements: {id: id, ${record}}}}`
    expect(convertRow(mapping, { id: 1, V: 'n.d.' })).toMatchObject({
      kind: 'refused',
      records: [{ externalId: { id: '1' } }],
      faults: [{ column: 'V', value: 'n.d.' }],
    })
  })
})
