import { expect, it } from 'vitest'
import type { Client } from '../../src/operations/client.ts'
import { ConcurrencyLimiter } from '../../src/operations/concurrency.ts'

const key: Client = { name: 'key 7', group: 'key 7', isAnonymous: false }
const endUser = (name: string): Client => ({ ...key, name: `key 7 for ${name}` })

it('end users of a key count against the limit of the group, not against that of the key', () => {
  const limiter = new ConcurrencyLimiter('exports', { maxTotal: 8, maxPerClient: 2 })
  for (const name of ['a', 'b']) limiter.acquire(endUser(name))
  const release = limiter.acquire(key)
  limiter.acquire(key)
  expect(() => limiter.acquire(key)).toThrow('At most 2 exports of one client')
  expect(() => limiter.acquire(endUser('d'))).toThrow('At most 4 exports of one group of clients')
  release()
  limiter.acquire(endUser('d'))
  expect(limiter.running).toBe(4)
})
