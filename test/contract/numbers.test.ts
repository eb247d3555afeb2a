import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/model/resource.ts'
import { sharedApi } from '../support/api.ts'
import { createRecord, faultAt, listPath, resourceOf, valueAt } from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { registry, resources } from '../support/registry.ts'

/** Numbers are stored exactly: amounts, percentages, figures, counts and coordinates. */

const api = await sharedApi()

/** A list of one item. */
const listOf = (item: unknown) => [item]

/** The numbers of documents. `write` returns the value of the property with this number. */
const numbers = [
  ...['amount', 'valueUsd'].map((part) => ({
    property: 'amounts',
    pointer: `/amounts/0/${part}`,
    write: (value: number): unknown => listOf({ kind: 'budget', amount: 1, currency: 'CNY', [part]: value }),
    valid: [0, 0.01, 0.07, 0.57, 1.1, 4.35, -4.35, 1_234_567.89, 9_999_999_999_999.99],
    invalid: [0.001, 4.355, 1e13, -1e13],
  })),
  {
    property: 'sectors',
    pointer: '/sectors/0/percentage',
    write: (value: number): unknown => listOf({ topic: 'energy', percentage: value }),
    valid: [0.0001, 33.3333, 100],
    invalid: [0, -1, 100.1, 33.33333],
  },
  {
    property: 'value',
    pointer: '/value',
    write: (value: number): unknown => value,
    valid: [0, -1.5, 0.0001, 0.0007, 0.3, 123_456_789.1234, 1e14, -1e14],
    invalid: [0.00001, 1e14 + 1, -1e15],
  },
  {
    property: 'unitCount',
    pointer: '/unitCount',
    write: (value: number): unknown => value,
    valid: [1, 222, 1_000_000],
    invalid: [0, -1, 1.5, 1_000_001],
  },
  ...[
    { part: 'latitude', valid: [-90, 0, 30.1, 90], invalid: [-90.001, 91] },
    { part: 'longitude', valid: [-180, 0, 90.52, 180], invalid: [-181, 180.5] },
    { part: 'elevationMetres', valid: [-12_000, 0, 4300, 4301.5, 9000], invalid: [-12_001, 9001] },
  ].flatMap(({ part, valid, invalid }) => {
    const place = (value: number): unknown => ({ latitude: 30, longitude: 90, [part]: value })
    return [
      { property: 'location', pointer: `/location/${part}`, write: place, valid, invalid },
      {
        property: 'locations',
        pointer: `/locations/0/${part}`,
        write: (value: number): unknown => listOf(place(value)),
        valid,
        invalid,
      },
    ]
  }),
]

describe.each(
  numbers.flatMap((number) => {
    const hasProperty = ({ document }: Resource) => number.property in document.shape
    // Otherwise there would be no test of this number.
    if (!registry.resources.some(hasProperty)) throw new Error(`no resource has ${number.property}`)
    return resources.filter(hasProperty).map((resource) => ({ ...number, resource, name: resource.name }))
  }),
)('$pointer of $name', ({ resource, property, pointer, write, valid, invalid }) => {
  it('is stored and returned exactly as it was sent', async () => {
    for (const number of valid) {
      const { path, record } = await createRecord(resource, api, {
        ...(await fullDocument(resource, api)),
        [property]: write(number),
      })
      expect(valueAt(record, pointer)).toBe(number)
      expect(valueAt((await api.get(path)).json(), pointer)).toBe(number)
    }
  })

  it('is refused when it cannot be stored exactly or is out of range', async () => {
    for (const number of invalid) {
      const document = { ...(await fullDocument(resource, api)), [property]: write(number) }
      const response = await api.post(listPath(resource), document)
      expect({ number, status: response.status }).toEqual({ number, status: 422 })
      expect(faultAt(response, pointer)).toBeDefined()
    }
  })
})

it('a -0 equals a stored 0, so nothing is written', async () => {
  const document = { name: 'On the equator', kind: 'observatory', location: { latitude: 0, longitude: 9 } }
  const { path } = await createRecord(resourceOf('cooperation-bases'), api, document)
  const headers = { 'content-type': 'application/merge-patch+json' }
  const response = await api.patch(path, '{"location": {"latitude": -0, "longitude": 9}}', { headers })
  expect(response.status, response.text).toBe(200)
  expect(response.json()).toMatchObject({ version: 1 })
})
