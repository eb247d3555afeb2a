import { expect, it } from 'vitest'
import type { CheckedQuery } from '../../src/model/query-string.ts'
import { requirePast } from '../../src/query/past.ts'

const time = new Date('2030-01-01T00:00:01.000Z')

const queryAsOf = (asOf: Date): CheckedQuery => new Map([['asOf', new Map([['eq', [asOf.toISOString()]]])]])

/** A clock whose estimate is 40 ms behind. */
const clock = {
  now: async () => new Date(time.getTime() - 40),
  measure: async () => time,
}

it('asOf may be the time of the database, even if the estimate of that time is behind', async () => {
  expect(await requirePast(['asOf'], queryAsOf(time), clock)).toEqual(time)
})

it('asOf must not be after the time of the database', async () => {
  const later = new Date(time.getTime() + 1)
  await expect(requirePast(['asOf'], queryAsOf(later), clock)).rejects.toMatchObject({
    errors: [{ parameter: 'asOf', message: 'must not be in the future' }],
  })
})
