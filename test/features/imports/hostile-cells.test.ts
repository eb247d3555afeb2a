// @module-tag slow

import { describe, expect, it } from 'vitest'
import { BadValue } from '../../../src/features/imports/mapping/values/bad-value.ts'
import { compileDate } from '../../../src/features/imports/mapping/values/date.ts'
import { compileDateFormat } from '../../../src/features/imports/mapping/values/date-format.ts'
import { compileNumber } from '../../../src/features/imports/mapping/values/number.ts'
import { parseJsonRow } from '../../../src/features/imports/reading/json-row.ts'
import { numberStyle } from '../../../src/features/imports/reading/xlsx/parts.ts'
import { useTestApi } from '../../support/api.ts'
import { newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { measureProcessorTimeMs } from '../../support/processor-time.ts'
import { sendForm } from '../../support/send-form.ts'

/**
 * Cells that an attacker could send to slow the service down: they have very many parts, or a regular expression could try many
 * ways to match them.
 */

/** Maximum processor time for a cell, in milliseconds. For many names or parts, a multiple is the maximum. */
const maxTimeMs = 1500

const api = useTestApi()

/** Previews a row whose party is a name. @returns the fault of the row. */
async function previewName(name: string, property: string) {
  const mapping = treatyMapping(newScheme()).replace('country: Party', property)
  const response = await sendForm(api, '/v1/imports/preview', [
    ['mapping', mapping, 'mapping.yaml'],
    ['file', `${treatyHeader}\n1,A,2001,"${name}"\n`, 'treaties.csv'],
  ])
  expect(response.status, response.text).toBe(200)
  const { rows } = response.json<{ rows: { faults: { detail: string }[] }[] }>()
  return rows[0]?.faults[0]?.detail
}

it('a cell with 10,000 names is refused within 6 s of processor time', async () => {
  const property = "each: {from: Party, split: '|'}, organization: ."
  const names = Array.from({ length: 10_000 }, (_, index) => `N${index}`).join('|')
  let detail: string | undefined
  const timeMs = await measureProcessorTimeMs(async () => {
    detail = await previewName(names, property)
  })
  expect(detail).toMatch(/^Has more than \d+ entries/)
  expect(timeMs).toBeLessThan(4 * maxTimeMs)
})

it.each([
  ['one text', 'N|'.repeat(400_000), 'The text has more than 10,000 parts'],
  [
    'one text, after the second separator',
    `${';'.repeat(9000)}|`.repeat(900),
    'The text has more than 10,000 parts',
  ],
  ['several texts', Array(400).fill('N|'.repeat(9999)), 'The texts of the row have more than 100,000 parts'],
  [
    'several texts of empty parts',
    Array(838).fill(';'.repeat(9998)),
    'The texts of the row have more than 100,000 parts',
  ],
])('a row with too many parts is refused within 4.5 s of processor time: %s', async (_what, party, fault) => {
  const parties = 'each: {from: Party, split: ["|", ";"]}, country: .'
  const mapping = `rows: {format: json}\n${treatyMapping(newScheme()).replace('country: Party', parties)}`
  const rows = [{ Id: '1', Title: 'A', Signed: '2001', Party: party }]
  let faults: { column: string; detail: string }[] | undefined
  const timeMs = await measureProcessorTimeMs(async () => {
    const response = await sendForm(api, '/v1/imports/preview', [
      ['mapping', mapping, 'mapping.yaml'],
      ['file', JSON.stringify(rows), 'treaties.json'],
    ])
    faults = response.json<{ rows: { faults: { column: string; detail: string }[] }[] }>().rows[0]?.faults
  })
  const detail = `${fault}, which is the maximum. Check the separator in split.`
  expect(faults).toEqual(expect.arrayContaining([expect.objectContaining({ column: 'Party', detail })]))
  // The parts before the limit are converted. Without limits, this takes half a minute.
  expect(timeMs).toBeLessThan(3 * maxTimeMs)
})

const thousandOf = (entry: (index: number) => [string, unknown]) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => entry(index))))

it.each([
  ['conditions', `when: ${thousandOf((index) => [`c${index}/d`, { empty: true }])}, country: name`],
  ['replacements', `country: {from: name, replace: ${thousandOf((index) => [`c${index}`, 'x'])}}`],
])('9,000 values with too many %s are refused within 4.5 s of processor time', async (_what, rest) => {
  const property = `each: Party, ${rest}`
  const mapping = `onBadValue: drop\n${treatyMapping(newScheme()).replace('country: Party', property)}`
  const parties = Array.from({ length: 9000 }, (_, index) => ({ name: `N${index}` }))
  let rows: { state: string; faults: { detail: string }[] }[] | undefined
  const timeMs = await measureProcessorTimeMs(async () => {
    const response = await sendForm(api, '/v1/imports/preview', [
      ['mapping', mapping, 'mapping.yaml'],
      ['file', JSON.stringify([{ Id: '1', Title: 'A', Signed: '2001', Party: parties }]), 'treaties.json'],
    ])
    rows = response.json<{ rows: typeof rows }>().rows
  })
  expect(rows).toMatchObject([
    {
      state: 'refused',
      faults: [
        { detail: expect.stringMatching(/^The mapping takes more than 2,000,000 operations for the row/) },
      ],
    },
  ])
  // Without the limit, this takes up to a minute.
  expect(timeMs).toBeLessThan(3 * maxTimeMs)
})

describe('a cell of 80,000 characters', () => {
  it.each([
    ['country', 'country: Party', `${'?'.repeat(80_000)}a`],
    ['organization', 'organization: Party', `a${', '.repeat(40_000)}b`],
    ['organization to create', 'organization: {from: Party, create: true}', 'a '.repeat(40_000)],
  ])('is refused within 1.5 s of processor time as the name of a %s', async (_what, property, name) => {
    let detail: string | undefined
    const timeMs = await measureProcessorTimeMs(async () => {
      detail = await previewName(name, property)
    })
    expect(detail).toMatch(/^has \d+ characters; a name has at most 500$/)
    expect(timeMs).toBeLessThan(maxTimeMs)
  })

  it.each([
    ['digits', `${'1'.repeat(80_000)}x`],
    ['spaces', `1${' '.repeat(80_000)}x`],
  ])('is refused within 1.5 s of processor time as a number: %s', async (_what, cell) => {
    const timeMs = await measureProcessorTimeMs(() => expect(compileNumber()(cell)).not.toBeTypeOf('number'))
    expect(timeMs).toBeLessThan(maxTimeMs)
  })

  it.each(['[', '0'])(
    'is read within 1.5 s of processor time as a number format of a spreadsheet: %s',
    async (character) => {
      const timeMs = await measureProcessorTimeMs(() =>
        expect(numberStyle(character.repeat(80_000))).toBe(undefined),
      )
      expect(timeMs).toBeLessThan(maxTimeMs)
    },
  )
})

it('a topic whose name has 60,000 combining marks is refused within 1.5 s of processor time', async () => {
  const mapping = treatyMapping(newScheme()).replace('title: Title', 'title: Title\n      topics: Party')
  const name = `a${'\u0301\u0323'.repeat(30_000)}`
  const timeMs = await measureProcessorTimeMs(async () => {
    const response = await sendForm(api, '/v1/imports/preview', [
      ['mapping', mapping, 'mapping.yaml'],
      ['file', `${treatyHeader}\n1,A,2001,${name}\n`, 'treaties.csv'],
    ])
    expect(response.json()).toMatchObject({ mappingFaults: [], rows: [{ state: 'refused' }] })
  })
  expect(timeMs).toBeLessThan(maxTimeMs)
})

it('a decision about a topic with 60,000 combining marks takes less than 1.5 s', async () => {
  const name = `a${'\u0301\u0323'.repeat(30_000)}`
  const timeMs = await measureProcessorTimeMs(async () => {
    const response = await sendForm(api, '/v1/imports', [
      ['mapping', treatyMapping(newScheme()), 'mapping.yaml'],
      ['decisions', `resource,name,decision\ntopics,${name},-\n`, 'decisions.csv'],
      ['file', `${treatyHeader}\n1,A,2001,Pakistan\n`, 'treaties.csv'],
    ])
    expect(response.status, response.text).toBe(201)
  })
  expect(timeMs).toBeLessThan(maxTimeMs)
})

it('a date with much white space and another letter is refused within 1.5 s of processor time', async () => {
  const readDate = compileDateFormat(`YYYY${' \u3000'.repeat(25)}x`)
  const timeMs = await measureProcessorTimeMs(() =>
    expect(readDate?.(`2011${' '.repeat(95)}y`)).toBe(undefined),
  )
  expect(timeMs).toBeLessThan(maxTimeMs)
  expect(readDate?.('2011 x')).toBe('2011')
})

it.each([
  ['with spaces for a format with *', ['MMM * YYYY'], `a${' '.repeat(98)}b`],
  ['of dots', [], `a${'.'.repeat(98)}b`],
])('5,000 texts %s are refused as dates within 1.5 s of processor time', async (_what, formats, text) => {
  const readDate = compileDate(formats)
  const dates: unknown[] = []
  const timeMs = await measureProcessorTimeMs(() => {
    for (let count = 0; count < 5000; count += 1) dates.push(readDate?.(text))
  })
  expect(dates.every((date) => date instanceof BadValue)).toBe(true)
  expect(timeMs).toBeLessThan(maxTimeMs)
})

it('a JSON row with 200,000 quotes outside strings is refused within 1.5 s of processor time', async () => {
  const row = `1234567890123456${'\\"'.repeat(200_000)}`
  const timeMs = await measureProcessorTimeMs(() =>
    expect(() => parseJsonRow(row, 1, 'row 1')).toThrow(SyntaxError),
  )
  expect(timeMs).toBeLessThan(maxTimeMs)
})
