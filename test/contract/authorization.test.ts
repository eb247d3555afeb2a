import { describe, expect, it } from 'vitest'
import { type RequestOptions, sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { count, createRecord, exampleDocument, listPath, nameProperty } from '../support/documents.ts'
import { resources } from '../support/registry.ts'

const api = await sharedApi()

const basic = `Basic ${btoa(`admin:${adminKey}`)}`

/** Options of requests without a valid key. */
const invalidCredentials: Record<string, RequestOptions> = {
  'no key': { key: null },
  'a wrong key': { key: `${adminKey}x` },
  'the beginning of the key': { key: adminKey.slice(0, -1) },
  'another scheme': { key: null, headers: { authorization: basic } },
  'the key without a scheme': { key: null, headers: { authorization: adminKey } },
  'the scheme without a key': { key: null, headers: { authorization: 'Bearer' } },
  'two keys': { key: null, headers: { authorization: `Bearer ${adminKey} ${adminKey}` } },
}

describe.each(resources)('$name', (resource) => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'returns 401 to %s without a valid key, and changes nothing',
    async (method) => {
      const { path, record } = await createRecord(resource, api)
      const before = await count(api, resource)
      const change = { [nameProperty(resource)]: 'Changed' }
      const url = method === 'POST' ? listPath(resource) : path
      const bodies = new Map<string, unknown>([
        ['POST', await exampleDocument(resource, api)],
        ['PUT', { ...record, ...change }],
        ['PATCH', change],
      ])
      for (const [what, options] of Object.entries(invalidCredentials)) {
        const headers = { 'if-match': '*', ...options.headers }
        const response = await api.request(method, url, { body: bodies.get(method), ...options, headers })
        expect({ what, status: response.status }).toEqual({ what, status: 401 })
        expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm=/)
      }
      expect((await api.get(path)).json()).toEqual(record)
      expect(await count(api, resource)).toBe(before)
    },
  )

  it('allows reads without a key, and returns 401 with a wrong key', async () => {
    const { path } = await createRecord(resource, api)
    for (const url of [path, `${listPath(resource)}?limit=1`]) {
      expect((await api.get(url)).status).toBe(200)
      expect((await api.get(url, { key: adminKey })).status).toBe(200)
      const refused = await api.get(url, { key: 'not-the-key' })
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer realm=/)
    }
  })

  it('ignores the case of the authorization scheme', async () => {
    const document = await exampleDocument(resource, api)
    const headers = { authorization: `bEARER ${adminKey}` }
    expect((await api.post(listPath(resource), document, { key: null, headers })).status).toBe(201)
  })
})

it('says that a list of imports, too, needs a key', async () => {
  const response = await api.get('/v1/imports', { key: null })
  expect(response.status).toBe(401)
  expect(response.json<{ detail: string }>().detail).toBe(
    'A key is needed to write, or to read imports: send Authorization: Bearer <key>.',
  )
})
