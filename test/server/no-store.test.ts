import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { unusedId } from '../support/documents.ts'

/**
 * Responses that no cache may store. Without `no-store`, a cache may store some of them for as long as it chooses: heuristic
 * freshness (RFC 9111, 4.2.2).
 */

const api = await sharedApi()

const accept = { accept: 'image/png' }

it.each([
  ['a missing record', 404, `/v1/agreements/${unusedId}`, {}],
  ['a missing record, sent with an API key', 404, `/v1/agreements/${unusedId}`, { key: adminKey }],
  ['an unknown path', 404, '/v1/nothing', {}],
  ['an unknown parameter', 400, '/v1/agreements?contry=PAK', {}],
  ['the list of keys, sent without an API key', 401, '/v1/keys', {}],
  ['a list, sent with an unknown API key', 401, '/v1/agreements', { key: 'a-key-that-nobody-has' }],
  ['a list as an image', 406, '/v1/agreements', { headers: accept }],
  ['the list of keys', 200, '/v1/keys', { key: adminKey }],
  ['liveness', 200, '/healthz', {}],
  ['readiness', 200, '/readyz', {}],
  ['metrics', 200, '/metrics', {}],
])('no cache stores the response to a request for %s: %i', async (_name, status, path, options) => {
  const response = await api.get(path, options)
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

it('no cache stores the refusal of a method', async () => {
  const response = await api.put('/v1/agreements', {})
  expect(response.status).toBe(405)
  expect(response.headers.get('cache-control')).toBe('no-store')
})
