import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Resource } from '../../src/model/resource.ts'
import { type Api, openApi } from '../support/api.ts'
import {
  createRecord,
  type Document,
  fullDocument,
  keyIn,
  minimalDocument,
  pages,
  resourceOf,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

/** The property that holds a sort key, and how to take the key out of it. */
function sortedValue(record: Document, key: string): string | number | null {
  const inner: Record<string, [string, string]> = {
    budget: ['budget', 'amount'],
    paragraph: ['locator', 'paragraph'],
  }
  const [property, part] = inner[key] ?? [key]
  const value = record[property]
  const found = part === undefined ? value : (Object(value)[part] ?? null)
  return typeof found === 'number' || found === null ? found : String(found)
}

/** The first day that a date of the seeds can mean, as far as they go: no seasons, nothing before the year 1000. */
const firstDay = (date: string) => {
  const [year = '', month = '01', day = '01'] =
    date
      .split('/')[0]
      ?.replace(/[?~%]$/, '')
      .split('-') ?? []
  return [year.replaceAll('X', '0'), month.replace('XX', '01'), day.replace('XX', '01')].join('-')
}

const collator = new Intl.Collator('en')

/** Compares two values of a sort key as its kind is compared. */
function compare(resource: Resource, key: string, a: string | number, b: string | number): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b)
  const type = resource.sorts[key]?.type
  if (type === 'date') return firstDay(a) < firstDay(b) ? -1 : Number(firstDay(a) > firstDay(b))
  const isText = ['name', 'title', 'officialName', 'acronym', 'publisher', 'paragraph'].includes(key)
  if (isText) return collator.compare(a, b)
  return a < b ? -1 : Number(a > b)
}

const directed = resources.flatMap((resource) =>
  Object.keys(resource.sorts).flatMap((key) => [
    { resource, name: resource.name, key, sort: key },
    { resource, name: resource.name, key, sort: `-${key}` },
  ]),
)

beforeAll(async () => {
  // Beside the seeds, a record of every resource with all values, and one with as few as possible.
  for (const resource of resources) {
    await createRecord(resource, api, await fullDocument(resource, api))
    await createRecord(resource, api, await minimalDocument(resource, api))
  }
})

describe.each(directed)('$name sorted by $sort', ({ resource, key, sort }) => {
  const property = resource.key.property

  it('have every record once, in the same order whatever the size of the pages', async () => {
    const query = `sort=${sort}&fields=${property}`
    const small = await pages(api, resource, `limit=7&${query}`)
    const large = await pages(api, resource, `limit=200&${query}`)
    const keys = small.flat().map((record) => keyIn(resource, record))
    expect(keys).toEqual(large.flat().map((record) => keyIn(resource, record)))
    expect(new Set(keys).size).toBe(keys.length)
    expect(small.slice(0, -1).every((page) => page.length === 7)).toBe(true)
  })

  it('are in that order, those without a value last', async () => {
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

/** Values that sort at the very ends, and so next to those records that have none. */
const extremes = [
  { name: 'topics', key: 'code', value: '~~' },
  { name: 'topics', key: 'code', value: '火' },
  { name: 'agreements', key: 'signedOn', value: '../1985' },
  { name: 'agreements', key: 'signedOn', value: '1985/..' },
  { name: 'organizations', key: 'acronym', value: '\u{10FFFD}' },
  { name: 'organizations', key: 'acronym', value: '\u00AD\u200B' },
]

describe.each(extremes)('$name with a record whose $key is $value', ({ name, key, value }) => {
  const resource = resourceOf(name)

  let own: string
  beforeAll(async () => {
    // Equal values are sorted by the key of the record, so there is one without a value on either side of it.
    const without = async () => ({ ...(await minimalDocument(resource, api)) })
    await createRecord(resource, api, await without())
    own = (await createRecord(resource, api, { ...(await minimalDocument(resource, api)), [key]: value })).key
    await createRecord(resource, api, await without())
  })

  it.each([key, `-${key}`])('sorted by %s have that record before those without a value', async (sort) => {
    const records = (await pages(api, resource, `limit=200&sort=${sort}`)).flat()
    const ownIndex = records.findIndex((record) => keyIn(resource, record) === own)
    const firstWithout = records.findIndex((record) => record[key] === null)
    expect(ownIndex).toBeGreaterThanOrEqual(0)
    expect(firstWithout).toBeGreaterThan(ownIndex)
  })
})
