// @module-tag slow

import { beforeAll, describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { createRecord, keyIn, pages } from '../support/documents.ts'
import { resources } from '../support/registry.ts'

const api = useTestApi()
beforeAll(async () => {
  // Two examples have equal values of most sort keys, so that the second sort key matters.
  for (const resource of resources) for (const _ of [1, 2]) await createRecord(resource, api)
})

/** For each sort key a pair with it as the first key, in all four combinations of directions. */
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
  it('are listed once each, in the same order in small and in large pages', async () => {
    const query = `sort=${sort}&fields=${resource.key.property}`
    const large = (await pages(api, resource, `limit=200&${query}`)).flat()
    const limit = Math.min(200, Math.max(1, Math.ceil(large.length / 4)))
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
      const keysByValue = new Map<unknown, string[]>()
      for (const record of records) {
        const value = record[first]
        keysByValue.set(value, [...(keysByValue.get(value) ?? []), keyIn(resource, record)])
      }
      expect(keysByValue.size, first).toBeLessThan(records.length)
      // Records with the same value are adjacent, and in the order of the second sort key.
      expect(records.map((record) => keyIn(resource, record))).toEqual([...keysByValue.values()].flat())
      for (const keys of keysByValue.values()) {
        const sorted = keys.toSorted()
        expect(keys).toEqual(two.startsWith('-') ? sorted.toReversed() : sorted)
      }
    }
  })
})
