import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { exchange, rawRequest } from '../support/raw-http.ts'

/** Malformed and unusual requests, sent as raw bytes, since `fetch` cannot send most of them. */

const host = 'Host: registry.example'
const twoAuthorizations = [`Authorization: Bearer ${adminKey}`, 'authorization: x']
const twoContentTypes = ['Content-Type: application/json', 'Content-Type: application/xml']
const longKey = `/v1/agreements/${'a'.repeat(6000)}`
const maxPerMinute = 5

const api = useTestApi()
const limited = useTestApi({ env: { RATE_LIMIT: String(maxPerMinute), TRUST_PROXY: '127.0.0.1' } })

let addressCount = 0
const send = (method: string, target: string, headers?: string[]) =>
  exchange(api.origin, rawRequest(method, target, headers))

/** Sends requests from a new address until its rate limit is exceeded, and returns the statuses. */
async function statusesUntilLimited(method: string, target: string, headers: string[]): Promise<number[]> {
  addressCount += 1
  const forwarded = `X-Forwarded-For: 203.0.113.${addressCount}`
  const statuses: number[] = []
  for (let sent = 0; sent <= maxPerMinute; sent += 1)
    statuses.push(
      (await exchange(limited.origin, rawRequest(method, target, [...headers, forwarded]))).status,
    )
  return statuses
}

type Case = [what: string, method: string, target: string, headers: string[], status: number, type: string]

const refusals: Case[] = [
  ['a broken percent-encoding', 'GET', '/%', [host], 400, 'malformed-request'],
  ['percent-encoding with invalid digits', 'GET', '/v1/%zz', [host], 400, 'malformed-request'],
  ['percent-encoding that is not UTF-8', 'GET', '/v1/topics/%ff?limit=1', [host], 400, 'malformed-request'],
  ['a key of 6,000 characters', 'GET', longKey, [host], 400, 'invalid-parameter'],
  ['a target for OPTIONS only', 'GET', '*', [host], 400, 'malformed-request'],
  ['an unknown expectation', 'GET', '/v1/countries', [host, 'Expect: miracles'], 417, 'expectation-failed'],
  ['two Host headers', 'GET', '/healthz', [host, 'Host: other.example'], 400, 'malformed-request'],
  [
    'two Authorization headers',
    'GET',
    '/v1/countries',
    [host, ...twoAuthorizations],
    400,
    'malformed-request',
  ],
  [
    'two Authorization headers, of which the first is wrong',
    'POST',
    '/v1/topics',
    [host, ...twoAuthorizations.toReversed()],
    400,
    'malformed-request',
  ],
  ['two Content-Type headers', 'GET', '/v1/countries', [host, ...twoContentTypes], 400, 'malformed-request'],
  [
    'two Idempotency-Key headers',
    'POST',
    '/v1/topics',
    [host, `Authorization: Bearer ${adminKey}`, 'Idempotency-Key: a', 'Idempotency-Key: b'],
    400,
    'malformed-request',
  ],
  ['a Host header with a space', 'GET', '/healthz', ['Host: a b'], 400, 'malformed-request'],
  ['an empty Host header for the manifest', 'GET', '/reconcile', ['Host:'], 400, 'malformed-request'],
  ['only a port as host of the manifest', 'GET', '/reconcile', ['Host: :1'], 400, 'malformed-request'],
  ['no Host header', 'GET', '/healthz', [], 400, 'malformed-request'],
]

describe.each(refusals)('%s', (_what, method, target, headers, status, type) => {
  it('is refused with a problem, a request id and the security headers', async () => {
    const response = await send(method, target, headers)
    expect(response.status).toBe(status)
    expect(response.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    expect(JSON.parse(response.text)).toMatchObject({ type: `/problems/${type}`, status, instance: target })
  })
})

it('a header that may occur only once is refused with the code `repeated`', async () => {
  const { text } = await send('GET', '/v1/countries', [host, ...twoContentTypes])
  const message = 'was sent 2 times: send it once'
  expect(JSON.parse(text).errors).toEqual([{ header: 'Content-Type', code: 'repeated', message }])
})

describe('the rate limit', () => {
  it.each<[what: string, method: string, target: string, headers: string[], status: number]>([
    ['malformed paths', 'GET', '/v1/%zz', [host], 400],
    ['keys that are too long', 'GET', longKey, [host], 400],
    ['unknown expectations', 'GET', '/v1/countries', [host, 'Expect: miracles'], 417],
    ['OPTIONS', 'OPTIONS', '/v1/countries', [host], 204],
  ])('counts %s', async (_what, method, target, headers, status) => {
    const expected = [...Array<number>(maxPerMinute).fill(status), 429]
    expect(await statusesUntilLimited(method, target, headers)).toEqual(expected)
  })
})

describe('a valid request', () => {
  it.each<[what: string, headers: string[]]>([
    ['the expectation 100-continue', [host, 'Expect: 100-continue']],
    ['a port in the Host header', ['Host: registry.example:3000']],
    ['an IPv6 address as its host', ['Host: [::1]:3000']],
    ['an empty Host header', ['Host:']],
  ])('may have %s', async (_what, headers) => {
    const { text } = await send('GET', '/v1/countries/CHN', headers)
    // If the response begins with an interim `100 Continue`, `text` is the whole final response, not only its body.
    expect(text).toContain(headers.some((header) => header.startsWith('Expect')) ? '200 OK' : '"China"')
  })

  it('may ask for the methods of the whole server', async () => {
    const { status, headers } = await send('OPTIONS', '*')
    expect(status).toBe(204)
    expect(headers).toMatchObject({ allow: 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS' })
  })

  it('may have thousands of headers within the limit of their size, and none is dropped', async () => {
    const many = Array<string>(4000).fill('a:')
    expect((await send('GET', '/v1/actor', [host, ...many])).status).toBe(200)
    expect((await send('GET', '/v1/actor', [host, ...many, 'Authorization: Bearer wrong'])).status).toBe(401)
    const repeated = [host, `Authorization: Bearer ${adminKey}`, ...many, 'Authorization: Bearer wrong']
    expect((await send('GET', '/v1/actor', repeated)).status).toBe(400)
    expect((await send('GET', '/v1/actor', [host, ...many, `a: ${'x'.repeat(16_384)}`])).status).toBe(431)
  })

  it('needs no Host header in HTTP/1.0', async () => {
    expect((await exchange(api.origin, 'GET /healthz HTTP/1.0\r\n\r\n')).status).toBe(200)
  })
})

it.each(['/v1/topics', '/v1/imports/preview', '/reconcile', '/mcp'])(
  'a body with a transfer coding besides chunked is refused with 415: %s',
  async (target) => {
    const type = {
      '/v1/imports/preview': 'multipart/form-data; boundary=x',
      '/reconcile': 'application/x-www-form-urlencoded',
    }[target]
    const headers = [host, `Authorization: Bearer ${adminKey}`, 'Transfer-Encoding: gzip, chunked']
    const head = rawRequest('POST', target, [...headers, `Content-Type: ${type ?? 'application/json'}`])
    const { status, text } = await exchange(api.origin, `${head}2\r\n{}\r\n0\r\n\r\n`)
    expect(status, text).toBe(415)
  },
)

describe('a method that no path allows', () => {
  it.each(['QUERY', 'PROPFIND', 'LINK', 'M-SEARCH'])('(%s) is refused with 405 and Allow', async (method) => {
    const response = await send(method, '/v1/agreements')
    expect(response.status).toBe(405)
    expect(response.headers.allow).toBe('GET, POST, HEAD, OPTIONS')
    expect((await send(method, '/nowhere')).status).toBe(404)
  })
})

it('the refusal of a method that no standard defines says that the method is unknown', async () => {
  const response = await send('FOO', '/v1/agreements')
  expect(response.status).toBe(400)
  expect(JSON.parse(response.text)).toMatchObject({ detail: expect.stringContaining('known HTTP method') })
})

describe('the pages of /docs', () => {
  it.each([
    '/docs/../../x',
    '/docs/operations/%2e%2e%2fx',
    '/docs/operations/..%5c..%5cx',
    '/docs/schemas/%00',
    '/docs/style.css%00',
  ])('are not found at %s', async (target) => {
    const response = await send('GET', target)
    expect(response.status).toBe(404)
    expect(JSON.parse(response.text)).toMatchObject({ type: '/problems/not-found', instance: target })
  })

  it('are sent completely if the requested range is outside of them', async () => {
    expect((await send('GET', '/docs/style.css', [host, 'Range: bytes=99999999-'])).status).toBe(200)
  })
})
