import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi, useTestApi } from '../support/api.ts'
import { isHit, waitUntilCached } from '../support/cache-status.ts'

/** Content encodings of cached and of computed responses. */

const api = useTestApi()
beforeAll(async () => {
  await waitUntilCached(api)
})

describe.each([
  ['cached', {}],
  ['not cached', { CACHE_MB: '0' }],
])('responses that are %s', (what, env) => {
  let service: Api
  beforeAll(async () => {
    service = what === 'cached' ? api : await startTestApi({ env })
  })
  afterAll(async () => {
    if (service !== api) await service.close()
  })
  const url = '/v1/countries?limit=50'
  const accepting = (header: string, more = {}) => ({ headers: { 'accept-encoding': header, ...more } })

  it.each([
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip;q=0.5, br;q=0.9', 'br'],
    ['br;q=0.1, gzip', 'gzip'],
    ['zstd, identity;q=0.1, gzip;q=0.2', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['', null],
    ['identity', null],
    ['zstd', null],
    ['gzip;q=0, br;q=0', null],
  ])('to Accept-Encoding "%s" are encoded as %s, and decode to the same body', async (header, encoding) => {
    const plain = await service.get(url)
    for (const _attempt of [1, 2]) {
      const response = await service.get(url, accepting(header))
      expect(response.headers.get('content-encoding')).toBe(encoding)
      expect(response.headers.get('vary')).toBe('Accept-Encoding, Authorization')
      expect(response.text).toBe(plain.text)
      const head = await service.request('HEAD', url, accepting(header))
      expect(head.headers.get('content-length')).toBe(response.headers.get('content-length'))
      if (encoding) expect(Number(response.headers.get('content-length'))).toBeLessThan(plain.text.length / 2)
    }
  })

  it('have an ETag for each encoding, which matches only in that encoding', async () => {
    const tags = new Map<string, string>()
    for (const encoding of ['identity', 'gzip', 'br']) {
      tags.set(encoding, (await service.get(url, accepting(encoding))).headers.get('etag') ?? '')
    }
    expect(new Set(tags.values()).size).toBe(3)
    for (const [encoding] of tags) {
      for (const [other, tag] of tags) {
        const response = await service.get(url, accepting(encoding, { 'if-none-match': tag }))
        expect(response.status).toBe(encoding === other ? 304 : 200)
        expect(response.headers.get('vary')).toBe('Accept-Encoding, Authorization')
        expect(response.headers.get('cache-control')).toBe('public, no-cache')
      }
    }
  })

  it('have ETags that start with the version of the record, and work in If-Match', async () => {
    const created = await service.post('/v1/agreements', {
      title: 'Long enough to be compressed',
      kind: 'agreement',
      summary: 'word '.repeat(300),
    })
    const path = created.headers.get('location') ?? ''
    const read = await service.get(path, accepting('gzip'))
    expect(read.headers.get('etag')).toBe('"1-gzip"')
    const change = (tag: string) =>
      service.patch(path, { status: 'signed' }, { headers: { 'if-match': tag } })
    expect((await change('"0-gzip"')).status).toBe(412)
    expect((await change('"1-gzip"')).status).toBe(200)
  })

  it('are not encoded when they are small, unless identity is refused', async () => {
    const small = '/v1/countries/PAK?fields=name'
    const response = await service.get(small, accepting('gzip, br'))
    expect(response.headers.get('content-encoding')).toBeNull()
    const withoutIdentity = await service.get(small, accepting('gzip, identity;q=0'))
    expect(withoutIdentity.headers.get('content-encoding')).toBe('gzip')
    expect(withoutIdentity.text).toBe(response.text)
  })

  it('return 406 if no encoding is acceptable', async () => {
    const response = await service.get(url, accepting('*;q=0'))
    expect(response.status).toBe(406)
    expect(response.json().detail).toContain('Accept-Encoding')
  })

  it('give way to a problem without their headers if If-None-Match is malformed', async () => {
    const response = await service.get(url, accepting('gzip', { 'if-none-match': '3' }))
    expect(response.status).toBe(400)
    for (const name of ['cache-status', 'content-encoding', 'etag', 'link'])
      expect({ name, value: response.headers.get(name) }).toEqual({ name, value: null })
  })

  it(`are actually ${what}`, async () => {
    await service.get(url)
    expect(isHit(await service.get(url))).toBe(what === 'cached')
  })
})
