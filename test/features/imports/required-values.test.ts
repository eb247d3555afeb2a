import { describe, expect, it } from 'vitest'
import type { ConvertedRow, JsonObject } from '../../../src/features/imports/types.ts'
import { convertRow } from '../../support/conversion.ts'

/** Converts a row of JSON to an agreement. @param more further lines at the top of the mapping. */
const convert = (record: string, values: JsonObject, more = ''): ConvertedRow =>
  convertRow(`scheme: treaties\n${more}\nrecords: { agreements: ${record} }`, {
    id: 1,
    title: 'Accord',
    ...values,
  })

/** Returns the mapping of a record with a list property. @param property its name and its items, in YAML. */
const withList = (property: string) => `{ id: id, properties: { title: title, kind: =treaty, ${property} } }`

it('each required property for which a row has no value is reported', () => {
  const row = convert('{ id: id, properties: { title: title, kind: kind } }', { title: null, kind: null })
  expect(row).toMatchObject({ kind: 'refused', faults: [{ column: 'title' }, { column: 'kind' }] })
})

it('a record whose id is dropped is refused, and the fault says that it may have been dropped', () => {
  const id = '{ from: id, codes: { A: 1 }, onBadValue: drop }'
  const row = convert(`{ id: ${id}, properties: { title: title, kind: =treaty } }`, { id: 'B' })
  const detail = 'The record has no id: the value is empty or was dropped.'
  expect(row).toMatchObject({ kind: 'refused', faults: [{ column: 'id', detail }] })
})

describe('an item whose required value is bad', () => {
  const titles = withList(
    'alternativeTitles: [{ name: { from: name, codes: { A: Pact } }, language: language }]',
  )
  const unknownCode = { column: 'name', detail: '"B" is not among the codes of the mapping.' }

  it('is reported once, for the bad value, and not also because the value is missing', () => {
    const values = { name: 'B', language: 'en' }
    expect(convert(titles, values)).toMatchObject({ kind: 'refused', faults: [unknownCode] })
    const dropping = convert(titles, values, 'onBadValue: drop')
    expect(dropping).toMatchObject({ kind: 'drafts', dropped: [unknownCode] })
    expect(JSON.stringify(dropping)).not.toContain('alternativeTitles')
  })

  it('is also reported for its other faults', () => {
    const faults = [unknownCode, { column: 'language', value: 'English!' }]
    expect(convert(titles, { name: 'B', language: 'English!' })).toMatchObject({ kind: 'refused', faults })
    const without = convert(titles, { language: 'en' })
    expect(without).toMatchObject({ faults: [{ column: 'name', detail: 'Name is required.' }] })
  })

  it('refuses the row if all its characters are left out, unless the mapping drops bad values', () => {
    const plain = withList('alternativeTitles: [{ name: name, language: language }]')
    // The only character of the name cannot be shown, and is left out.
    expect(convert(plain, { name: '\u202e', language: 'en' })).toMatchObject({
      kind: 'refused',
      faults: [{ column: 'name', detail: 'Name is required.' }],
    })
  })
})
