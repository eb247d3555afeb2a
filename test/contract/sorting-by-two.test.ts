import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { keyIn, pages } from '../support/documents.ts'
import { resources } from '../support/registry.ts'

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

/** Pairs of sort keys in which each key comes once as the first, in all four combinations of directions. */
const pairs = resources.flatMap((resource) => {
  // No two records have the same key, so a second sort key would have no effect.
  const keys = Object.keys(resource.sorts).filter((key) => key !== resource.key.property)
  return keys.flatMap((first, index) => {
    const second = keys[(index + 1) % keys.length]
    return [`${first},${second}`, `${first},-${second}`, `-${first},${second}`, `-${first},-${second}`].map(
      (sort) => ({ resource, name: resource.name, sort }),
    )
  })
})

describe.each(pairs)('$name sorted by $sort', ({ resource, sort }) => {
  it('are listed once each, in the same order for every page size', async () => {
    const query = `sort=${sort}&fields=${resource.key.property}`
    const large = (await pages(api, resource, `limit=200&${query}`)).flat()
    // Larger pages for long lists keep the tests of the many pairs fast.
    const limit = large.length > 100 ? 61 : 7
    const small = (await pages(api, resource, `limit=${limit}&${query}`)).flat()
    const keys = small.map((record) => keyIn(resource, record))
    expect(keys).toEqual(large.map((record) => keyIn(resource, record)))
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe.each(resources)('$name', (resource) => {
  it('with equal values of a sort key are sorted by the next one', async () => {
    // A sort key with few different values, if there is one.
    const few = Object.entries(resource.sorts).find(([key]) =>
      ['kind', 'scheme', 'modality', 'rank'].includes(key),
    )
    const first = few?.[0] ?? 'createdAt'
    const property = resource.key.property
    for (const [one, two] of [
      [first, `-${property}`],
      [`-${first}`, property],
    ] as const) {
      const records = (await pages(api, resource, `limit=200&sort=${one},${two}`)).flat()
      const groups = new Map<unknown, string[]>()
      for (const record of records) {
        const value = record[first]
        groups.set(value, [...(groups.get(value) ?? []), keyIn(resource, record)])
      }
      // The records of each group are adjacent, and in the order of the second key.
      expect(records.map((record) => keyIn(resource, record))).toEqual([...groups.values()].flat())
      for (const keys of groups.values()) {
        const sorted = keys.toSorted()
        expect(keys).toEqual(two.startsWith('-') ? sorted.toReversed() : sorted)
      }
    }
  })
})
