import { describe, expect, it } from 'vitest'
import { parseMapping } from '../../../src/features/imports/mapping/index.ts'
import type { JsonObject } from '../../../src/features/imports/types.ts'
import { registry } from '../../../src/resources/registry.ts'
import { collectFaults, convertRow, documentWithNames, draftsOf } from '../../support/conversion.ts'

/** Paths of mappings: names in quotes, and paths that are malformed. */

/** A mapping of agreements, with properties in YAML's flow style. */
const mapping = (properties: string) => `
scheme: treaties
records:
  agreements:
    id: id
    properties: { title: title, kind: =treaty, ${properties} }
`

const documentOf = (properties: string, values: JsonObject) => {
  const [draft] = draftsOf(convertRow(mapping(properties), { id: 1, title: 'Accord', ...values }))
  return draft ? documentWithNames(draft) : undefined
}

describe('a path', () => {
  const fields = {
    'Lat/Lng': '33.7',
    'Items [raw]': 'Seed',
    "Director's name": 'Ali',
    n: { '"x"': 'quoted' },
  }

  it.each([
    [`fields/'Lat/Lng'`, '33.7'],
    ['fields/"Lat/Lng"', '33.7'],
    [`fields/'Items [raw]'`, 'Seed'],
    [`fields[1]/ "Director's name" [1]`, 'Ali'],
    [`fields/Director's name`, 'Ali'],
    [`fields/n/'"x"'`, 'quoted'],
  ])('takes a name in quotes, and a quote inside a name, as it is: %s', (path, expected) => {
    const document = documentOf(`place: { from: [${JSON.stringify(path)}] }`, { fields })
    expect(document).toHaveProperty('place', expected)
  })

  it('takes a name in quotes in a template, a condition and a path from the row', () => {
    const each = '{ each: items, country: "/\'Party/State\'", role: =party }'
    const row = { fields, items: ['a'], 'Party/State': 'China' }
    const properties = `place: { template: "{fields/'Lat/Lng'} N", when: { "fields/'Lat/Lng'": 33.7 } }, parties: ${each}`
    const party = { country: 'China', role: 'party' }
    expect(documentOf(properties, row)).toMatchObject({ place: '33.7 N', parties: [party] })
    // The whole path is the name of a column.
    const unquoted = properties.replace("/'Party/State'", '/Party/State')
    expect(documentOf(unquoted, row)).toMatchObject({ parties: [party] })
  })

  it.each([
    [`signedOn: "'Date [signed]'"`, 'Date [signed]'],
    [`signedOn: "dates/'Date [signed]'"`, `dates/'Date [signed]'`],
    [`terms: { each: dates, startsOn: "/'Date [signed]'" }`, 'Date [signed]'],
  ])('is named in faults without quotes if it is one name: %s', (property, column) => {
    const values = { 'Date [signed]': 'III/2012', dates: { 'Date [signed]': 'III/2012' } }
    const row = convertRow(mapping(property), {
      id: 1,
      title: 'Accord',
      ...values,
    })
    expect(row).toMatchObject({ kind: 'refused', faults: [{ column, value: 'III/2012' }] })
  })

  it.each([
    [{ main: 'Paris' }, 'The value is an object and not a text. Name one of its properties: main.'],
    [{}, 'The value is an empty object and not a text.'],
  ])('is refused if it leads to an object: %j', (value, detail) => {
    const row = convertRow(mapping('place: place'), { id: 1, title: 'Accord', place: value })
    expect(row).toMatchObject({ kind: 'refused', faults: [{ column: 'place', detail }] })
  })

  it.each(['a/', '/', 'a//b', '"a"b]', 'a[0]', 'a[]'])('is refused if it is malformed: %s', (path) => {
    const faults = collectFaults(() => parseMapping(mapping(`place: ${JSON.stringify(path)}`), registry))
    expect(faults).toEqual([expect.stringContaining('/records/agreements/properties/place')])
  })
})
