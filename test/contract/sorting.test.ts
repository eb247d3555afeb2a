import { beforeAll, describe, expect, it } from 'vitest'
import type { Resource } from '../../src/model/resource.ts'
import { useTestApi } from '../support/api.ts'
import { parseSpan } from '../support/date-oracle.ts'
import {
  createRecord,
  type Document,
  keyIn,
  minimalDocument,
  pages,
  resourceOf,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = useTestApi()

/** The value of a sort key in a record. */
function sortedValue(record: Document, key: string): string | number | null {
  // `budget` is a property of the example resource in `test/extending`.
  const inner: Record<string, [string, string]> = {
    budget: ['budget', 'amount'],
    paragraph: ['locator', 'paragraph'],
  }
  const [property, part] = inner[key] ?? [key]
  const value = record[property]
  const found = part === undefined ? value : (Object(value)[part] ?? null)
  if (found === undefined) throw new Error(`the records have no property ${property}`)
  return typeof found === 'number' || found === null ? found : String(found)
}

const collator = new Intl.Collator('en')
const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b))

/** Compares two values of a sort key by the type of the key. */
function compare(resource: Resource, key: string, a: string | number, b: string | number): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b)
  const type = resource.sorts[key]?.type
  if (type === 'date') return compareTexts(parseSpan(a).from, parseSpan(b).from)
  const isText = ['name', 'title', 'officialName', 'acronym', 'publisher', 'paragraph'].includes(key)
  if (isText) return collator.compare(a, b)
  return compareTexts(a, b)
}

const directedSorts = resources.flatMap((resource) =>
  Object.keys(resource.sorts).flatMap((key) => [
    { resource, name: resource.name, key, sort: key },
    { resource, name: resource.name, key, sort: `-${key}` },
  ]),
)

beforeAll(async () => {
  // In addition to the seed data, every resource gets a record with all values and one with as few as possible.
  for (const resource of resources) {
    await createRecord(resource, api, await fullDocument(resource, api))
    await createRecord(resource, api, await minimalDocument(resource, api))
  }
})

describe.each(directedSorts)('$name sorted by $sort', ({ resource, key, sort }) => {
  const property = resource.key.property

  it('are listed once each, in the same order in small and in large pages', async () => {
    const query = `sort=${sort}&fields=${property}`
    const large = (await pages(api, resource, `limit=200&${query}`)).flat()
    const limit = Math.min(200, Math.max(1, Math.ceil(large.length / 4)))
    const small = await pages(api, resource, `limit=${limit}&${query}`)
    const keys = small.flat().map((record) => keyIn(resource, record))
    expect(keys).toEqual(large.map((record) => keyIn(resource, record)))
    expect(new Set(keys).size).toBe(keys.length)
    expect(small.slice(0, -1).every((page) => page.length === limit)).toBe(true)
  })

  it('are in this order, records without a value last', async () => {
    const records = (await pages(api, resource, `limit=200&sort=${sort}`)).flat()
    const values = records.map((record) => sortedValue(record, key))
    const present = values.filter((value) => value !== null)
    expect(values.slice(0, present.length)).toEqual(present)
    const sign = sort.startsWith('-') ? -1 : 1
    const wrong = present.filter((value, index) => {
      const before = present[index - 1]
      return before !== undefined && sign * compare(resource, key, before, value) > 0
    })
    expect(wrong).toEqual([])
  })
})

/**
 * Values that sort first or last, and so next to the records without a value. `1985/..` does not: its open end has no effect on
 * the order.
 */
const extremes = [
  { name: 'topics', key: 'code', value: '~~' },
  { name: 'topics', key: 'code', value: '火' },
  { name: 'agreements', key: 'signedOn', value: '../1985' },
  { name: 'agreements', key: 'signedOn', value: '1985/..' },
  { name: 'organizations', key: 'acronym', value: '\u{10FFFD}' },
  { name: 'organizations', key: 'acronym', value: '\u200B_' },
]

describe.each(extremes)('$name with a record whose $key is $value', ({ name, key, value }) => {
  const resource = resourceOf(name)

  let recordKey: string
  beforeAll(async () => {
    // If a missing value wrongly compared equal to this value, the records would be sorted by key. The ids of agreements and
    // organizations rise with time, so one record without a value is created before the record with the value, and one after.
    const createWithout = async () => createRecord(resource, api, await minimalDocument(resource, api))
    await createWithout()
    const document = { ...(await minimalDocument(resource, api)), [key]: value }
    recordKey = (await createRecord(resource, api, document)).key
    await createWithout()
  })

  it.each([key, `-${key}`])('sorted by %s have this record before records without a value', async (sort) => {
    const records = (await pages(api, resource, `limit=200&sort=${sort}`)).flat()
    const ownIndex = records.findIndex((record) => keyIn(resource, record) === recordKey)
    const firstWithout = records.findIndex((record) => record[key] === null)
    expect(ownIndex).toBeGreaterThanOrEqual(0)
    expect(firstWithout).toBeGreaterThan(ownIndex)
  })
})
