import { describe, expect, it } from 'vitest'
import { sharedApi, useTestApi } from '../support/api.ts'

/** Cross-origin requests of browsers (CORS). */

const path = '/v1/countries/CHN'
const origin = 'https://dashboard.example'

it('without CORS_ORIGINS, no other origin may read responses', async () => {
  const response = await (await sharedApi()).get(path, { headers: { origin } })
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
})

describe('with CORS_ORIGINS', () => {
  const api = useTestApi({ env: { CORS_ORIGINS: `${origin},https://other.example` } })

  it('named origins may read responses, others may not', async () => {
    const allowed = await api.get(path, { headers: { origin } })
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin)
    const refused = await api.get(path, { headers: { origin: 'https://evil.example' } })
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    expect(allowed.headers.get('vary')).toContain('Origin')
  })

  it('Vary of files and pages names Origin and the header by which the response was chosen', async () => {
    const { script = '' } = /src="(?<script>[^"]+\.js)"/.exec((await api.app.inject('/')).body)?.groups ?? {}
    for (const url of ['/', script, '/openapi.json', '/docs'])
      expect((await api.app.inject(url)).headers.vary, url).toBe('Origin, Accept-Encoding')
    const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate' }
    const missing = await api.app.inject({ url: '/missing', headers })
    expect([missing.statusCode, missing.headers.vary]).toEqual([404, 'Origin, Accept'])
  })

  it('named origins may read every response header that the OpenAPI document describes', async () => {
    const describedHeaders: string[] = []
    const { paths } = (await api.get('/openapi.json')).json()
    JSON.parse(JSON.stringify(paths), (name, value: unknown) => {
      if (name === 'headers' && typeof value === 'object' && value !== null) {
        describedHeaders.push(...Object.keys(value))
      }
      return value
    })
    const exposed = (await api.get(path, { headers: { origin } })).headers.get(
      'access-control-expose-headers',
    )
    // The document describes some of the following headers only in prose.
    const needed = new Set([
      ...describedHeaders.map((name) => name.toLowerCase()),
      ...[
        'etag',
        'allow',
        'content-disposition',
        'ratelimit',
        'ratelimit-policy',
        'retry-after',
        'x-request-id',
      ],
    ])
    // Scripts may always read these headers (Fetch standard).
    for (const safelisted of ['cache-control', 'content-language', 'content-length', 'content-type'])
      needed.delete(safelisted)
    expect(exposed?.toLowerCase().split(', ')).toEqual(expect.arrayContaining([...needed]))
    expect(describedHeaders).toContain('location')
  })

  it('named origins may write after a preflight without a key; OPTIONS still lists the methods', async () => {
    const headers = {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,content-type,if-match',
    }
    const response = await api.request('OPTIONS', path, { headers })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(response.headers.get('access-control-allow-headers')).toContain('if-match')
    expect(response.headers.get('allow')).toContain('PATCH')
  })
})
