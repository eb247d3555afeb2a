import { beforeAll, expect, it } from 'vitest'
import { type Api, sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'

/** Responses that no cache may store. Without `no-store`, a cache may choose how long it stores some of them. */

let api: Api
beforeAll(async () => {
  api = await sharedApi()
})

const accept = { accept: 'image/png' }

it.each([
  [404, '/v1/agreements/01890000-0000-7000-8000-000000000000', {}],
  [404, '/v1/agreements/01890000-0000-7000-8000-000000000000', { key: adminKey }],
  [404, '/v1/nothing', {}],
  [400, '/v1/agreements?contry=PAK', {}],
  [401, '/v1/keys', {}],
  [401, '/v1/agreements', { key: 'a-key-that-nobody-has' }],
  [406, '/v1/agreements', { headers: accept }],
  [200, '/v1/keys', { key: adminKey }],
])('no cache stores a response with status %i to %s', async (status, path, options) => {
  const response = await api.get(path, options)
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

it('no cache stores the refusal of a method', async () => {
  const response = await api.put('/v1/agreements', {})
  expect(response.status).toBe(405)
  expect(response.headers.get('cache-control')).toBe('no-store')
})
