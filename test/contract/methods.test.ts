import { request } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { collectionPaths } from '../../src/model/collection-paths.ts'
import { sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import {
  type CreatedRecord,
  createRecord,
  exampleDocument,
  listPath,
  pathTo,
  readProblem,
  resourceOf,
  unusedKey,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

/** The allowed methods, media types and paths, and the errors for all others. */

const api = await sharedApi()

const openApiSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

/** Header fields that may differ between two equal responses. */
const variableHeaders = ['cache-status', 'date', 'connection', 'keep-alive', 'x-request-id']

const stableHeaders = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => !variableHeaders.includes(name)))

/** Sends a request on a connection of its own. Returns the status and the header Allow of the response. */
function send(method: string, path: string, body = ''): Promise<{ status: number; allow: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${adminKey}`, ...(body && { 'content-length': body.length }) }
    const sent = request(`${api.origin}${path}`, { method, headers, agent: false }, (response) => {
      response.resume()
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, allow: response.headers.allow ?? '' }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe.each(resources)('$name', (resource) => {
  let testRecord: CreatedRecord
  beforeAll(async () => {
    testRecord = await createRecord(resource, api)
  })
  const locations = () => [
    { url: listPath(resource), template: listPath(resource) },
    { url: testRecord.path, template: `${listPath(resource)}/{${resource.key.property}}` },
  ]

  it('answers HEAD with the status and headers of GET, without a body', async () => {
    for (const url of [
      `${listPath(resource)}?limit=1`,
      `${listPath(resource)}?limit=0`,
      testRecord.path,
      `${testRecord.path}?fields=version`,
      pathTo(resource, unusedKey(resource)),
      `${listPath(resource)}/x_y`,
    ]) {
      const [get, head] = [await api.get(url), await api.request('HEAD', url)]
      expect({ url, status: head.status, text: head.text }).toEqual({ url, status: get.status, text: '' })
      expect(stableHeaders(head.headers)).toEqual(stableHeaders(get.headers))
    }
    const headers = { 'if-none-match': testRecord.etag }
    const unchanged = await api.request('HEAD', testRecord.path, { headers })
    expect(unchanged.status).toBe(304)
    // Caches update the stored response with the headers of a 304, even with a wrong length.
    expect(unchanged.headers.get('content-length')).toBeNull()
  })

  it('answers OPTIONS with the methods that the contract documents, without a key', async () => {
    const { paths } = openApiSchema.parse(api.document)
    for (const { url, template } of locations()) {
      const response = await api.request('OPTIONS', url)
      expect(response.status).toBe(204)
      const allowed = response.headers.get('allow')?.split(', ').sort()
      const methods = Object.keys(paths[template] ?? {}).map((method) => method.toUpperCase())
      expect(allowed).toEqual([...methods, 'HEAD', 'OPTIONS'].sort())
      expect(response.headers.get('accept-patch') !== null).toBe(methods.includes('PATCH'))
    }
  })

  it('answers 405 to every other method, with the allowed methods in Allow', async () => {
    for (const { url } of locations()) {
      const allow = (await api.request('OPTIONS', url)).headers.get('allow') ?? ''
      const others = ['POST', 'PUT', 'PATCH', 'DELETE'].filter(
        (method) => !allow.split(', ').includes(method),
      )
      expect(others).not.toEqual([])
      for (const method of others) {
        const response = await api.request(method, url, { body: method === 'DELETE' ? undefined : {} })
        expect(response.status).toBe(405)
        expect(response.headers.get('allow')).toBe(allow)
        expect(readProblem(response).detail).toContain(method)
      }
      expect(await send('TRACE', url)).toEqual({ status: 405, allow })
    }
    expect((await api.get(testRecord.path)).json()).toEqual(testRecord.record)
  })

  it('answers 405 to other methods of the operations below a list, such as /search', async () => {
    for (const name of collectionPaths) {
      const url = `${listPath(resource)}/${name}`
      const allow = (await api.request('OPTIONS', url)).headers.get('allow') ?? ''
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        if (allow.split(', ').includes(method)) continue
        const response = await api.request(method, url, {
          body: ['GET', 'DELETE'].includes(method) ? undefined : {},
        })
        expect({ method, name, status: response.status }).toEqual({ method, name, status: 405 })
        expect(response.headers.get('allow')).toBe(allow)
      }
    }
  })

  it('answers an unknown method with 405, not with 404', async () => {
    for (const { url } of locations())
      for (const method of ['PROPFIND', 'PURGE']) expect((await send(method, url)).status).toBe(405)
  })

  it('answers 400 to a GET request with a body', async () => {
    for (const { url } of locations()) expect((await send('GET', url, '{}')).status).toBe(400)
  })

  it('ignores the Content-Encoding of a GET request', async () => {
    for (const { url } of locations())
      expect((await api.get(url, { headers: { 'content-encoding': 'gzip' } })).status).toBe(200)
  })

  it.each(['text/html', 'application/xml, font/*;q=0.5', 'application/json;q=0', 'image/*'])(
    'refuses Accept: %s with 406, and writes nothing',
    async (accept) => {
      const headers = { accept }
      for (const { url } of locations()) expect((await api.get(url, { headers })).status).toBe(406)
      const document = await exampleDocument(resource, api)
      expect((await api.post(listPath(resource), document, { headers })).status).toBe(406)
      expect((await api.put(testRecord.path, testRecord.record, { headers })).status).toBe(406)
      expect((await api.patch(testRecord.path, {}, { headers })).status).toBe(406)
      expect((await api.get(testRecord.path)).json()).toEqual(testRecord.record)
      // The refused request has not created the record, so it can be created now.
      expect((await api.post(listPath(resource), document)).status).toBe(201)
    },
  )

  it.each(['application/problem+json', 'text/html', 'application/json;q=0'])(
    'removes a record whatever Accept allows, since the response is empty: %s',
    async (accept) => {
      const { path } = await createRecord(resource, api)
      expect((await api.delete(path, { headers: { accept } })).status).toBe(204)
      expect((await api.get(path)).status).toBe(404)
    },
  )

  it.each(['*/*', 'application/*', 'text/html, application/json;q=0.1', 'application/json;charset=utf-8'])(
    'returns JSON for Accept: %s',
    async (accept) => {
      const response = await api.get(testRecord.path, { headers: { accept } })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    },
  )

  it('suggests the path of the list in the 404 for a misspelled path', async () => {
    for (const path of [
      listPath(resource).slice(0, -1),
      `${listPath(resource)}x`,
      listPath(resource).toUpperCase(),
    ]) {
      const response = await api.get(path)
      expect({ path, status: response.status }).toEqual({ path, status: 404 })
      expect(readProblem(response).detail).toContain(`did you mean ${listPath(resource)}?`)
    }
  })

  it('suggests the path without the slash at its end in a 404', async () => {
    const [list, history] = [listPath(resource), `${testRecord.path}/history`]
    for (const path of [
      `${list}/`,
      `${testRecord.path}/`,
      `${list}/aggregate/`,
      `${history}/`,
      `${history}//`,
    ]) {
      const response = await api.get(path)
      expect({ path, status: response.status }).toEqual({ path, status: 404 })
      expect(readProblem(response).detail).toContain(`did you mean ${path.replace(/\/+$/, '')}?`)
    }
    const document = await exampleDocument(resource, api)
    expect((await api.post(`${list}/`, document)).status).toBe(404)
    // If a CORS preflight does not succeed, a page of another origin cannot read the 404.
    expect((await api.request('OPTIONS', `${list}/`)).status).toBe(204)
  })

  it('refuses a path with a further or an empty segment, and suggests no other', async () => {
    for (const [path, status] of [
      [`${testRecord.path}/x`, 404],
      [`${listPath(resource)}//history`, 400],
      [`/v1/${listPath(resource)}`, 404],
    ] as const) {
      const response = await api.get(path)
      expect(response.status, path).toBe(status)
      expect(readProblem(response).detail).not.toContain('did you mean')
    }
  })

  it('suggests the path of an operation for a misspelled word below the list', async () => {
    for (const name of collectionPaths) {
      const path = `${listPath(resource)}/${name.slice(0, -1)}_`
      const response = await api.get(path)
      expect({ path, status: response.status }).toEqual({ path, status: 400 })
      expect(readProblem(response).detail).toContain(`did you mean ${listPath(resource)}/${name}?`)
    }
  })

  it('answers an unknown query parameter with a problem whose type is the URL of a page', async () => {
    const response = await api.get(`${listPath(resource)}?nonsense=1`)
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    const { type } = readProblem(response)
    const page = await api.get(type)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toContain('text/html')
  })
})

describe.each(['/healthz', '/readyz', '/openapi.json'])('%s', (path) => {
  it('allows GET and HEAD, and answers 405 with Allow to POST', async () => {
    expect((await api.get(path)).status).toBe(200)
    expect((await api.request('HEAD', path)).status).toBe(200)
    const response = await api.post(path, {})
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toContain('GET')
  })
})

it('a topic cannot have the path of an operation as its slug', async () => {
  const paths = Object.keys(Object(api.document.paths))
  const names = paths.flatMap((path) => /^\/v1\/topics\/([a-z-]+)$/.exec(path)?.[1] ?? [])
  expect(names.sort()).toEqual([...collectionPaths].sort())
  const topic = await exampleDocument(resourceOf('topics'), api)
  for (const slug of names) {
    const response = await api.post('/v1/topics', { ...topic, slug })
    expect({ slug, status: response.status }).toEqual({ slug, status: 422 })
  }
})
