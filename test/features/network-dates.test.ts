// @module-tag slow

import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'

/** Requests for networks with a malformed code, or with `from` and `to`. */

const api = await sharedApi()

const dates = [
  '2012',
  '2001',
  '201X',
  '20XX',
  '2011-XX',
  '2011-12',
  '2012-01-01',
  '2011-12-31~',
  '2011-24',
  '2012-02',
  '2012-03',
  '2012-21',
  '-0044',
  '-004X',
  '-000X',
  '0000-06',
  'Y12345',
  '2001/2012',
  '2012/..',
  '../2001',
  '2011-12-31T10:00:00Z',
]

it('a message about a malformed code ends with exactly one punctuation mark', async () => {
  const { detail } = (await api.get('/v1/countries/chn/network')).json<{ detail: string }>()
  expect(detail).toMatch(/[^?.][?.]$/)
})

it('"to" is refused exactly if all its days are before all days of "from"', async () => {
  const { rows } = await api.pool.query<{ from: string; to: string; reversed: boolean }>(
    `select a as "from", b as "to", edtf_latest(b) < edtf_earliest(a) as reversed
     from unnest($1::text[]) as a, unnest($1::text[]) as b`,
    [dates],
  )
  expect(rows.filter(({ reversed }) => reversed).length).toBeGreaterThan(20)
  for (const [index, { from, to, reversed }] of rows.entries()) {
    const path = index % 2 === 0 ? '/v1/network' : '/v1/countries/CHN/network'
    const query = new URLSearchParams({ from, to, minimum: '1000' })
    const response = await api.get(`${path}?${query}`)
    expect(response.status, String(query)).toBe(reversed ? 400 : 200)
    if (reversed) {
      const message = `must not be before "from", which is ${from}`
      expect(response.json()).toMatchObject({ errors: [{ parameter: 'to', message }] })
    }
  }
}, 60_000)
