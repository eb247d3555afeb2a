import { expect, it } from 'vitest'
import { Changes } from '../../src/database/changes.ts'
import { everything } from '../../src/database/database.ts'
import { DependencyFinder } from '../../src/query/dependencies.ts'
import { ResponseCache } from '../../src/server/plugins/response-cache/response-cache.ts'

/** Responses that are computed while the data changes. */

/**
 * Computes a response while a change is announced.
 * @param changed the resource that changes, or `everything`.
 * @returns the stored response that a client which accepts stale ones gets; undefined if none was stored.
 */
async function storeDuringChange(changed: string) {
  const changes = new Changes(
    { listen: () => new Promise(() => {}), onCommit: () => {} },
    { info: () => {}, warn: () => {} },
  )
  const finder = new DependencyFinder({ resourcesByTable: new Map() }, { tables: [], functions: new Map() })
  const cache = new ResponseCache(changes, finder, 1_000_000)
  const compute = async () => {
    changes.countChange(changed)
    return { status: 200, headers: {}, body: '{"title":"A secret"}' }
  }
  const response = { once: () => {}, destroyed: false, writableFinished: false }
  await cache.getOrCompute(
    { key: 'key', position: '', cacheControl: 'public, no-cache', compute },
    { owner: ['test'], response },
  )
  return cache.getStale('key', Number.POSITIVE_INFINITY, 0)
}

it('a response is stored as stale if a resource changed meanwhile', async () => {
  expect(await storeDuringChange('topics')).toBeDefined()
})

it('a response is not stored if a record was redacted or became internal meanwhile', async () => {
  expect(await storeDuringChange(everything)).toBeUndefined()
})
