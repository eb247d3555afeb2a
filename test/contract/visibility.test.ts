// @module-tag slow

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Resource } from '../../src/model/resource.ts'
import { exportFormats } from '../../src/operations/exporting/contract.ts'
import { asOfName } from '../../src/query/past.ts'
import { type Api, type HttpResponse, type RequestOptions, startTestApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'
import { endOfFeed } from '../support/feed.ts'
import { createHiddenRecords, type HiddenRecords, hiddenWord } from '../support/internal-records.ts'
import { type Operation, openApiDocumentSchema, operationsIn } from '../support/openapi-document.ts'

/** Two registries with the same seed data. The first also has internal records of every resource. */
let mixed: Api
let publicOnly: Api
let hidden: HiddenRecords
/** The end of the feed before there were internal records. */
let feedEnd: string
let operations: Operation[]
/** Sends the API key of a client with the role `reader`, the lowest one. */
let asReader: RequestOptions

beforeAll(async () => {
  ;[mixed, publicOnly] = await Promise.all([startTestApi(), startTestApi()])
  feedEnd = await endOfFeed(mixed)
  hidden = await createHiddenRecords(mixed)
  const created = await mixed.post('/v1/keys', { name: 'A reader', role: 'reader' })
  asReader = { key: created.json<{ key: string }>().key }
  operations = operationsIn(openApiDocumentSchema.parse(mixed.document))
}, 120_000)
afterAll(async () => {
  await Promise.all([mixed.close(), publicOnly.close()])
})

/** A read, and whether its response to a client with a key must contain internal records. If false, it may contain some. */
interface ReadRequest {
  path: string
  body?: unknown
  mustShowInternal: boolean
}

const keysOf = (resource: Resource) =>
  hidden.records.filter((record) => record.resource === resource).map(({ key }) => key)

const includesOf = (resource: Resource) => Object.keys(resource.includes())

/** Lists that filter by a value of an internal record. */
function filterRequests(resource: Resource): ReadRequest[] {
  const [record] = hidden.records.filter((one) => one.resource === resource)
  return Object.entries(resource.filters).flatMap(([name, { comparisons }]) => {
    const value = record?.document[name]
    if (typeof value !== 'string' || !comparisons.eq) return []
    const search = new URLSearchParams({ [name]: value, count: 'exact' })
    return [{ path: `/v1/${resource.name}?${search}`, mustShowInternal: false }]
  })
}

function listRequests(resource: Resource): ReadRequest[] {
  const path = `/v1/${resource.name}`
  return [
    { path: `${path}?limit=200`, mustShowInternal: false },
    { path: `${path}?limit=1&sort=-updatedAt&count=exact`, mustShowInternal: true },
    { path: `${path}?visibility=internal`, mustShowInternal: true },
    { path: `${path}?visibility=public,internal&limit=200`, mustShowInternal: false },
    { path: `${path}?q=${hiddenWord}`, mustShowInternal: false },
    { path: `${path}?sort=-createdAt&fields=${resource.key.property},visibility`, mustShowInternal: true },
    { path: `${path}?limit=50&sort=-createdAt&include=${includesOf(resource)}`, mustShowInternal: true },
    { path: `${path}?limit=200&${asOfName(resource)}=${new Date().toISOString()}`, mustShowInternal: false },
    ...filterRequests(resource),
  ]
}

/** Exports in every text format. Calendars lack the internal records, since their dates are too imprecise. */
const exportRequests = (resource: Resource, path: string) =>
  exportFormats(resource)
    .options.filter((format) => format !== 'xlsx')
    .map((format) => ({ path: `${path}?format=${format}`, mustShowInternal: format !== 'ics' }))

/**
 * Aggregates by every dimension: one with the number of records, and one for each measure, grouped also by the dimensions that
 * must have one value in a group, such as the currency.
 */
const aggregateRequests = (resource: Resource): ReadRequest[] =>
  Object.keys(resource.dimensions).flatMap((dimension) => {
    const request = (measures: string[], singleValued: readonly string[] = []) => ({
      path: `/v1/${resource.name}/aggregate?groupBy=${[...new Set([dimension, ...singleValued])]}&limit=1000&measures=${measures}`,
      mustShowInternal: false,
    })
    return [
      request(['count']),
      ...Object.entries(resource.measures).map(([name, { singleValued }]) =>
        request(
          ['sum', 'avg', 'min', 'max'].map((aggregateFunction) => `${aggregateFunction}:${name}`),
          singleValued,
        ),
      ),
    ]
  })

const recordRequests = (resource: Resource, suffix: string): ReadRequest[] =>
  keysOf(resource).flatMap((key, index) =>
    ['', ...(suffix === '' ? [`?include=${includesOf(resource).join()}`] : [])].map((query) => ({
      path: `/v1/${resource.name}/${key}${suffix}${query}`,
      // The second record is removed.
      mustShowInternal: index !== 1,
    })),
  )

/** The requests that test an operation. @throws for an operation without a case. */
function requestsOf({ path, method }: Operation): ReadRequest[] {
  const [, name = '', ...rest] = path.split('/').slice(1)
  switch (`${method} ${path}`) {
    case 'get /v1/search':
      return [`q=${hiddenWord}`, `q=${hiddenWord.slice(0, 4)}`, 'q=china'].map((query, index) => ({
        path: `/v1/search?${query}`,
        mustShowInternal: index < 1,
      }))
    case 'post /v1/resolve':
      return [
        ...hidden.records.map(({ resource, document }) => ({
          path,
          body: {
            queries: [
              { resource: resource.name, name: String(document.name ?? document.title ?? hiddenWord) },
            ],
          },
          mustShowInternal: false,
        })),
        {
          path,
          body: { queries: keysOf(resourceOf('countries')).map((name) => ({ resource: 'countries', name })) },
          mustShowInternal: false,
        },
      ]
    case 'get /v1/network':
      return ['', '?level=organization', '?minimum=1'].map((query) => ({
        path: `/v1/network${query}`,
        mustShowInternal: false,
      }))
    case 'get /v1/countries/{code}/network':
      return ['CHN', ...keysOf(resourceOf('countries'))].map((code) => ({
        path: `/v1/countries/${code}/network`,
        mustShowInternal: false,
      }))
    case 'get /v1/countries/{code}/briefing':
      return ['CHN', ...keysOf(resourceOf('countries'))].map((code) => ({
        path: `/v1/countries/${code}/briefing`,
        mustShowInternal: false,
      }))
    case 'get /v1/changes':
      return [{ path: `/v1/changes?limit=200&after=${feedEnd}`, mustShowInternal: true }]
    case 'get /v1/changes/stream':
      // Another test reads the stream, since it never ends.
      return []
    case 'get /v1/vocabularies':
    case 'get /v1/actor':
    case 'get /v1/catalog':
    case 'get /healthz':
    case 'get /readyz':
    case 'get /metrics':
      return [{ path, mustShowInternal: false }]
  }
  if (path === '/v1/imports/mapping-schema') return [{ path, mustShowInternal: false }]
  // The role reader has no access to keys and imports, as `test/server/access-matrix.test.ts` tests.
  if (/^\/v1\/(keys|imports)/.test(path)) return []
  const resource = resourceOf(name)
  const template = `${method} /${rest.join('/').replace(/^\{\w+\}/, '{key}')}`
  switch (template) {
    case 'get /':
      return listRequests(resource)
    case 'post /search':
      return [
        { path, body: { limit: 200 }, mustShowInternal: false },
        { path, body: { where: { visibility: { eq: 'internal' } }, count: 'exact' }, mustShowInternal: true },
        { path, body: { where: { not: { visibility: { eq: 'public' } } } }, mustShowInternal: true },
      ]
    case 'get /export':
      return exportRequests(resource, path)
    case 'post /export':
      return exportRequests(resource, path).map((request) => ({
        ...request,
        body: { where: { not: { visibility: { eq: 'public' } } } },
      }))
    case 'get /duplicates':
      return [{ path: `${path}?limit=200`, mustShowInternal: false }]
    case 'get /aggregate':
      return aggregateRequests(resource)
    case 'get /{key}':
      return recordRequests(resource, '')
    case 'get /{key}/jsonld':
      return recordRequests(resource, '/jsonld').map((request) => ({ ...request, mustShowInternal: false }))
    case 'get /table-schema':
      return [{ path, mustShowInternal: false }]
    case 'get /{key}/history':
      return recordRequests(resource, '/history')
    case 'get /{key}/history/{version}':
      return recordRequests(resource, '/history/1')
    case 'post /':
    case 'post /bulk':
    case 'post /import':
    case 'put /{key}':
    case 'patch /{key}':
    case 'delete /{key}':
    case 'post /{key}/restore':
    case 'post /{key}/redact':
    case 'post /{key}/merge':
      // Writes need a key, as `test/server/access-matrix.test.ts` tests.
      return []
  }
  throw new Error(`the test has no requests for ${method} ${path}`)
}

const send = (api: Api, { path, body }: ReadRequest, options: RequestOptions): Promise<HttpResponse> =>
  body === undefined ? api.get(path, options) : api.post(path, body, options)

const anonymous: RequestOptions = { key: null }

const findSecrets = (text: string) => hidden.secrets.filter((secret) => text.includes(secret))

/** Whether a response is about the process, such as its health, and may differ between the two registries. */
const isAboutProcess = (path: string) => !path.startsWith('/v1/')

describe('a client without a key', () => {
  it('gets the responses of a registry without internal records from every read that is public', async () => {
    const differing: unknown[] = []
    const refused: unknown[] = []
    for (const request of operations.flatMap(requestsOf)) {
      const response = await send(mixed, request, anonymous)
      const { status, text } = await send(publicOnly, request, anonymous)
      if (status !== 200 && status !== 404) refused.push({ request, status, text })
      const isSame =
        isAboutProcess(request.path) ||
        (response.status === status && withoutTime(response.text) === withoutTime(text))
      if (!isSame || findSecrets(withoutRequestedKey(response.text, request.path)).length > 0)
        differing.push({
          request,
          status,
          actualStatus: response.status,
          text: response.text.slice(0, 300),
          expectedText: text.slice(0, 300),
        })
    }
    expect(differing).toEqual([])
    // Two refusals are equal, but show nothing about the visibility of records.
    expect(refused).toEqual([])
  }, 120_000)
})

/** An IATI file contains the time of its export. */
const withoutTime = (text: string) => text.replace(/ generated-datetime="[^"]+"/, '')

/** Removes the key in the path of a request from a problem, which repeats the path. */
function withoutRequestedKey(text: string, path: string): string {
  const key = /[0-9a-f-]{36}|[A-Z]{3}|\d{3}|test-[0-9a-f-]{36}/.exec(path)?.[0]
  return text.includes('"/problems/') && key !== undefined ? text.replaceAll(key, '') : text
}

describe('the stream of changes', () => {
  /** What the stream sends up to the change of a record. */
  const readStream = async (lastKey: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${mixed.origin}/v1/changes/stream?after=${feedEnd}`, { headers })
    expect(response.status).toBe(200)
    let text = ''
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString()
      if (text.includes(lastKey)) break
    }
    return text
  }

  it('sends the changes of internal records only with a key, whose role may be reader', async () => {
    // A public change, which both streams send. Afterwards the record is internal, so the other tests do not see its change.
    const { key, path } = await createRecord(resourceOf('topics'), mixed)
    onTestFinished(async () => {
      expect((await mixed.patch(path, { visibility: 'internal' })).status).toBe(200)
    })
    const [anonymousText, keyedText] = await Promise.all([
      readStream(key),
      readStream(key, { authorization: `Bearer ${asReader.key}` }),
    ])
    expect(findSecrets(anonymousText)).toEqual([])
    expect(findSecrets(keyedText)).not.toEqual([])
  })
})

describe('a client with the role reader', () => {
  it('gets internal records directly, and from lists, searches, exports, histories and changes', async () => {
    const missing: ReadRequest[] = []
    for (const request of operations.flatMap(requestsOf).filter(({ mustShowInternal }) => mustShowInternal)) {
      const { text } = await send(mixed, request, asReader)
      if (findSecrets(text).length === 0 && !text.includes('"visibility":"internal"')) missing.push(request)
    }
    expect(missing).toEqual([])
  }, 120_000)
})
