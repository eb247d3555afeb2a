import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'
import { exchange, rawRequest } from '../support/raw-http.ts'

/**
 * Request targets that most clients do not send: in absolute form (RFC 9112, section 3.2.2), with `..` or `.` as a key or name, and
 * very long ones.
 */

const api = await sharedApi()

const send = (target: string, headers: string[] = []) =>
  exchange(api.origin, rawRequest('GET', target, ['Host: registry.example', ...headers]))

describe('a target in absolute form', () => {
  it('leads to the same record and the same problem as the path', async () => {
    const { path } = await createRecord(resourceOf('sources'), api, { title: 'Absolute', kind: 'report' })
    expect((await send(`http://registry.example${path}`)).text).toContain('"title":"Absolute"')
    const unknown = await send('http://registry.example/v1/typo', ['Accept: text/html'])
    expect(unknown.status).toBe(404)
    expect(unknown.headers['content-type']).toContain('application/problem+json')
  })

  it('with a malformed host is refused with a problem and an id, like any other request', async () => {
    const { status, text, headers } = await send('http://[::1')
    expect(status).toBe(400)
    expect(text).toContain('must be a path, or an http URL with a valid host')
    expect(headers['x-request-id']).toBeDefined()
  })

  it('with a malformed path or a password is not a server error', async () => {
    expect((await send('http://registry.example/v1/%zz')).status).toBe(400)
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    const head = rawRequest('POST', 'http://user:secret@registry.example/mcp', [
      'Host: registry.example',
      'Content-Type: application/json',
      'Accept: application/json, text/event-stream',
      `Content-Length: ${body.length}`,
    ])
    const { status } = await exchange(api.origin, `${head}${body}`)
    expect(status).toBeGreaterThanOrEqual(200)
    expect(status).toBeLessThan(500)
  })
})

describe('the data of a dashboard view with ".." or "." as a key or name', () => {
  it.each([
    '/records/%2e%2e/docs?format=csv',
    '/records/%2e%2e/openapi.json?format=csv',
    '/records/countries/%2e?format=json',
    '/countries/%2e%2e?format=csv',
    '/network?centre=..&format=csv',
  ])('does not exist: %s', async (path) => {
    const response = await send(path)
    expect(response.status).toBe(404)
    expect(response.headers['content-type']).toContain('application/problem+json')
  })
})

it('a URL of more than 14 KiB is refused with 414', async () => {
  const url = (length: number) => '/v1/countries/CHN?'.padEnd(length, 'x')
  expect((await api.get(url(14 * 1024))).status).toBe(400)
  const response = await api.get(url(14 * 1024 + 1))
  expect(response.status).toBe(414)
  expect(response.json()).toMatchObject({ type: '/problems/uri-too-long' })
})
