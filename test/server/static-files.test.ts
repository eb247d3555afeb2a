import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { beforeAll, expect, it } from 'vitest'
import { viewPaths } from '../../src/view-paths.ts'
import { sharedApi } from '../support/api.ts'
import { openTestApp } from '../support/app.ts'
import { openApiDocumentSchema, operationsIn } from '../support/openapi-document.ts'

const api = await sharedApi()
let scripts: string[]
beforeAll(async () => {
  const { body } = await api.app.inject('/')
  scripts = [...body.matchAll(/src="(\/assets\/[^"]+\.js)"/g)].map(([, path = '']) => path)
  expect(scripts.length).toBeGreaterThan(0)
})

it.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('the scripts of the dashboard are sent compressed as %s', async (encoding, decompress) => {
  for (const url of scripts) {
    const plain = await api.app.inject(url)
    expect(plain.headers['content-encoding']).toBeUndefined()
    const sent = await api.app.inject({ url, headers: { 'accept-encoding': encoding } })
    expect(sent.headers).toMatchObject({
      'content-encoding': encoding,
      'content-type': plain.headers['content-type'],
      'cache-control': plain.headers['cache-control'],
      vary: expect.stringMatching(/accept-encoding/i),
    })
    expect(decompress(sent.rawPayload).equals(plain.rawPayload)).toBe(true)
    expect(sent.rawPayload.length).toBeLessThan(0.45 * plain.rawPayload.length)
  }
})

it('the pages and the script of the API reference are sent compressed', async () => {
  for (const url of ['/docs', '/docs/operations/listAgreements', '/docs/script.js']) {
    const plain = await api.app.inject(url)
    const sent = await api.app.inject({ url, headers: { 'accept-encoding': 'br' } })
    expect(sent.headers['content-encoding'], url).toBe('br')
    expect(brotliDecompressSync(sent.rawPayload).equals(plain.rawPayload), url).toBe(true)
  }
})

it('the API reference says how several values of a parameter are sent', async () => {
  const { body } = await api.app.inject('/docs/operations/listProjects')
  const descriptionOf = (name: string) => new RegExp(`<code>${name}</code>.*?</small>`).exec(body)?.[0]
  expect(descriptionOf('status')).toContain('separated by commas')
  // An id may contain a comma.
  expect(descriptionOf('externalId')).toContain('with the name repeated for each value')
})

it('the API reference has a page for each operation', async () => {
  for (const { operationId } of operationsIn(openApiDocumentSchema.parse(api.document))) {
    expect((await api.app.inject(`/docs/operations/${operationId}`)).statusCode, operationId).toBe(200)
  }
})

it('the page of a schema in the API reference links the schemas to which it refers', async () => {
  const { body } = await api.app.inject('/docs/schemas/Agreement')
  expect(body).toContain('href="/docs/schemas/Project"')
})

it('the API reference suggests the most similar operation for an unknown one', async () => {
  const response = await api.app.inject('/docs/operations/listAgreement')
  expect(response.statusCode).toBe(404)
  expect(response.json().detail).toContain('listAgreements')
})

it('the compressed files of the dashboard have no separate paths', async () => {
  for (const url of ['/index.html', ...scripts])
    for (const ending of ['.br', '.gz'])
      expect((await api.app.inject(`${url}${ending}`)).statusCode, url + ending).toBe(404)
})

it('a request for a range of a file of the dashboard gets the whole file', async () => {
  for (const url of ['/', '/icon.svg', ...scripts]) {
    const whole = await api.app.inject(url)
    for (const range of ['bytes=0-9', 'bytes=99999999-']) {
      const { statusCode, body } = await api.app.inject({ url, headers: { range } })
      expect(statusCode, `${range} of ${url}`).toBe(200)
      expect(body).toBe(whole.body)
    }
  }
})

it.each([...Object.values(viewPaths), '/map?embed=1', '/no-such-page'])(
  'the page %s may load nothing from other origins',
  async (url) => {
    const { headers } = await api.app.inject({ url, headers: { accept: 'text/html' } })
    expect(headers['content-type']).toContain('text/html')
    const directives = String(headers['content-security-policy']).split('; ')
    expect(directives[0]).toBe("default-src 'self'")
    const sources = directives.flatMap((directive) => directive.split(' ').slice(1))
    expect(sources.filter((source) => !/^'(self|none)'$/.test(source))).toEqual([])
  },
)

it('no page and no file of the dashboard is served when DASHBOARD is off', async () => {
  const { app, close } = await openTestApp({ env: { DASHBOARD: 'off' } })
  try {
    for (const url of [...Object.values(viewPaths), '/index.html', '/icon.svg', ...scripts])
      expect((await app.inject(url)).statusCode, url).toBe(404)
  } finally {
    await close()
  }
})
