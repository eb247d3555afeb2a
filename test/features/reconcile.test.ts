import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { adminKey, openTestApp, type TestApp } from '../support/app.ts'
import { useOpened } from '../support/use-opened.ts'

const test = useOpened(() => openTestApp({ env: { CORS_ORIGINS: 'https://dashboard.example' } }))

/** Schemas of the Reconciliation Service API 0.2. */
const type = z.strictObject({ id: z.string(), name: z.string() })

const manifestSchema = z.looseObject({
  versions: z.array(z.string()).refine((versions) => versions.includes('0.2')),
  name: z.string(),
  identifierSpace: z.url(),
  schemaSpace: z.url(),
  defaultTypes: z.array(type),
  view: z.strictObject({ url: z.string().includes('{{id}}') }),
  preview: z.strictObject({ url: z.string().includes('{{id}}'), width: z.int(), height: z.int() }),
  suggest: z.record(
    z.enum(['entity', 'type', 'property']),
    z.strictObject({ service_url: z.url(), service_path: z.string() }),
  ),
  extend: z.looseObject({ propose_properties: z.looseObject({ service_url: z.url() }) }),
})

const batchSchema = z.record(
  z.string(),
  z.strictObject({
    result: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        description: z.string().optional(),
        score: z.number().min(0).max(100),
        features: z.array(z.strictObject({ id: z.string(), value: z.number() })),
        match: z.boolean(),
        type: z.array(type),
      }),
    ),
  }),
)

const suggestSchema = z.strictObject({
  result: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      description: z.string().optional(),
      notable: z.array(type).optional(),
    }),
  ),
})

const cellSchema = z.union([
  z.strictObject({ str: z.string() }),
  z.strictObject({ float: z.number() }),
  z.strictObject({ id: z.string(), name: z.string() }),
])
const extensionSchema = z.strictObject({
  meta: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  rows: z.record(z.string(), z.record(z.string(), z.array(cellSchema))),
})

const adminHeaders = { authorization: `Bearer ${adminKey}` }

const get = (url: string, headers: Record<string, string> = {}) =>
  test.app.inject({ method: 'GET', url, headers })

const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  test.app.inject({
    method: 'POST',
    url: '/reconcile',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  })

const reconcile = async (queries: Record<string, unknown>, headers: Record<string, string> = {}) => {
  const response = await post({ queries: JSON.stringify(queries) }, headers)
  expect(response.statusCode, response.payload).toBe(200)
  return batchSchema.parse(response.json())
}

describe('the reconciliation service', () => {
  it('serves a manifest to pages of every origin', async () => {
    const response = await get('/reconcile', { origin: 'https://openrefine.example' })
    expect(response.headers['access-control-allow-origin']).toBe('*')
    const manifest = manifestSchema.parse(response.json())
    expect(manifest.defaultTypes.map(({ id }) => id)).toEqual([
      'countries',
      'organizations',
      'regions',
      'topics',
    ])
    const preflight = await test.app.inject({ method: 'OPTIONS', url: '/reconcile' })
    expect(preflight.statusCode).toBe(204)
    expect(preflight.headers['access-control-allow-methods']).toContain('POST')
  })

  it('serves URLs below PUBLIC_URL or, without it, below the host of the request', async () => {
    const published = await openTestApp({ env: { PUBLIC_URL: 'https://registry.example/entente' } })
    onTestFinished(() => published.close())
    const headers = { host: 'other.example' }
    const readUrl = async ({ app }: TestApp) => {
      const response = await app.inject({ url: '/reconcile', headers })
      return manifestSchema.parse(response.json()).suggest.entity.service_url
    }
    expect(await readUrl(published)).toBe('https://registry.example/entente/reconcile')
    expect(await readUrl(test)).toBe('http://other.example/reconcile')
    const view = await published.app.inject('/reconcile/view?id=countries:CHN')
    expect(view.headers.location).toBe('https://registry.example/entente/v1/countries/CHN')
  })

  it('returns the same for a batch by POST and GET, and matches only unambiguous names', async () => {
    const queries = {
      q0: { query: 'Congo, Dem. Rep.', type: 'countries' },
      q1: { query: 'Congo', type: 'countries' },
      q2: { query: 'Southeast Asia', type: ['regions', 'countries'], limit: 2 },
      q3: { query: 'Burma', type: 'countries', properties: [{ pid: 'on', v: '2005' }] },
      q4: { type: 'countries', properties: [{ pid: 'alpha2', v: 'KE' }] },
    }
    const posted = await reconcile(queries)
    expect(posted.q0?.result).toMatchObject([{ id: 'countries:COD', match: true }])
    expect(posted.q1?.result.map(({ id, match }) => [id, match])).toEqual([
      ['countries:COG', false],
      ['countries:COD', false],
    ])
    expect(posted.q2?.result[0]).toMatchObject({ id: 'regions:035', match: true })
    expect(posted.q3?.result[0]).toMatchObject({ id: 'countries:MMR', match: true })
    expect(posted.q4?.result[0]).toMatchObject({ id: 'countries:KEN', match: true })
    const fetched = await get(`/reconcile?queries=${encodeURIComponent(JSON.stringify(queries))}`)
    expect(fetched.json()).toEqual(posted)
  })

  it('matches no name whose date is not EDTF, and ignores an empty date', async () => {
    const burma = (on: string) => ({
      query: 'Burma',
      type: 'countries',
      properties: [{ pid: 'on', v: on }],
    })
    const { given, unreadable, empty } = await reconcile({
      given: burma('2005'),
      unreadable: burma('1 Jan 2005'),
      empty: burma(' '),
    })
    expect(given?.result).toMatchObject([{ id: 'countries:MMR', match: true }])
    expect(unreadable?.result).toMatchObject([{ match: false }])
    expect(empty?.result).toMatchObject([{ id: 'countries:BUR', match: true }])
  })

  it('matches a government organization only with its country, given by name or as an entity', async () => {
    const document = { name: 'Ministry of Reconciliation', kind: 'government', country: 'PER' }
    await test.app.inject({
      method: 'POST',
      url: '/v1/organizations',
      headers: adminHeaders,
      payload: document,
    })
    const query = { query: document.name, type: 'organizations' }
    const { without, named, entity, other } = await reconcile({
      without: query,
      named: { ...query, properties: [{ pid: 'country', v: 'Peru' }] },
      entity: { ...query, properties: [{ pid: 'country', v: { id: 'countries:PER', name: 'Peru' } }] },
      other: { ...query, properties: [{ pid: 'country', v: 'CHL' }] },
    })
    expect([without, named, entity, other].map((one) => one?.result[0]?.match)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it('suggests entities by the beginning of a name, types and properties by any part', async () => {
    const suggest = async (what: string, prefix: string) =>
      suggestSchema
        .parse((await get(`/reconcile/suggest/${what}?prefix=${prefix}`)).json())
        .result.map(({ id }) => id)
    expect(await suggest('entity', 'Paki')).toContain('countries:PAK')
    expect(await suggest('type', 'zation')).toEqual(['organizations'])
    expect(await suggest('type', 'assistance%20pro')).toEqual(['assistance-programs'])
    expect(await suggest('property', 'pha')).toEqual(['alpha2', 'alpha3'])
    expect((await get('/reconcile/suggest/entity')).statusCode).toBe(400)
  })

  it('extends records with values of their properties; a reference has an id and a name', async () => {
    const query = {
      ids: ['countries:PAK', 'countries:QQQ', 'x'],
      properties: [{ id: 'alpha2' }, { id: 'region' }],
    }
    const response = await post({ extend: JSON.stringify(query) })
    const { meta, rows } = extensionSchema.parse(response.json())
    expect(meta.map(({ id }) => id)).toEqual(['alpha2', 'region'])
    expect(rows['countries:PAK']).toEqual({
      alpha2: [{ str: 'PK' }],
      region: [{ id: 'regions:034', name: 'Southern Asia' }],
    })
    expect(rows['countries:QQQ']).toEqual({ alpha2: [], region: [] })
    const proposed = (await get('/reconcile/extend/propose?type=organizations&limit=3')).json()
    expect(proposed).toMatchObject({ type: 'organizations', properties: [{}, {}, {}] })
    const refused = (await get('/reconcile/extend/propose?type=organizations&limit=0')).json()
    expect(refused).toMatchObject({ status: 400, errors: [{ parameter: 'limit' }] })
  })

  it('extends records with their participants by id and name', async () => {
    const parties = [
      { country: 'PAK', role: 'party' },
      { region: '034', role: 'observer' },
    ]
    const payload = { title: 'A treaty with an observer', kind: 'treaty', parties }
    const created = await test.app.inject({
      method: 'POST',
      url: '/v1/agreements',
      headers: adminHeaders,
      payload,
    })
    expect(created.statusCode, created.payload).toBe(201)
    const id = `agreements:${created.json<{ id: string }>().id}`
    const query = { ids: [id], properties: [{ id: 'parties' }] }
    const { rows } = extensionSchema.parse((await post({ extend: JSON.stringify(query) })).json())
    expect(rows[id]?.parties).toEqual([
      { id: 'countries:PAK', name: 'Pakistan' },
      { id: 'regions:034', name: 'Southern Asia' },
    ])
  })

  it('extends records with an enumeration value as text, even if it is the key of a topic', async () => {
    const write = async (path: string, payload: object) => {
      const response = await test.app.inject({ method: 'POST', url: path, headers: adminHeaders, payload })
      expect(response.statusCode, response.payload).toBe(201)
      return response.json<{ id?: string }>()
    }
    await write('/v1/topics', { slug: 'environment', name: 'The environment', scheme: 'domain' })
    const program = { title: 'A program', modality: 'environment', topics: ['environment'] }
    const { id } = await write('/v1/assistance-programs', program)
    const query = {
      ids: [`assistance-programs:${id}`, 'topics:environment'],
      properties: ['modality', 'topics', 'slug'].map((property) => ({ id: property })),
    }
    const { rows } = extensionSchema.parse((await post({ extend: JSON.stringify(query) })).json())
    expect(rows).toEqual({
      [`assistance-programs:${id}`]: {
        modality: [{ str: 'environment' }],
        topics: [{ id: 'topics:environment', name: 'The environment' }],
        slug: [],
      },
      'topics:environment': { modality: [], topics: [], slug: [{ str: 'environment' }] },
    })
  })

  it('returns a preview of a record as HTML with escaped values, and redirects its view', async () => {
    const payload = { name: '<script>alert(1)</script>', kind: 'other', country: 'PAK' }
    const created = await test.app.inject({
      method: 'POST',
      url: '/v1/organizations',
      headers: adminHeaders,
      payload,
    })
    const { id } = created.json<{ id: string }>()
    const preview = await get(`/reconcile/preview?id=organizations:${id}`)
    expect(preview.headers['content-type']).toContain('text/html')
    expect(preview.headers['content-security-policy']).toContain('frame-ancestors *')
    expect(preview.payload).toContain('&lt;script&gt;alert(1)')
    expect(preview.payload).not.toContain('<script>')
    expect(preview.payload).toContain('<dt>country</dt><dd>Pakistan</dd>')
    const view = await get(`/reconcile/view?id=organizations:${id}`)
    expect([view.statusCode, view.headers.location]).toEqual([303, `/v1/organizations/${id}`])
    for (const unknown of ['nothing:1', 'countries:QQQ', 'countries:chn']) {
      const response = await get(`/reconcile/preview?id=${unknown}`)
      expect(response.json(), unknown).toMatchObject({
        status: 404,
        detail: `There is no entity "${unknown}". An example of an id is countries:CHN.`,
        instance: `/reconcile/preview?id=${unknown}`,
      })
    }
  })

  it('answers preflight requests of every path with its methods, even if reads need a key', async () => {
    const closed = await openTestApp({ env: { PUBLIC_READ: 'false' } })
    const suggest = ['entity', 'type', 'property'].map((what) => `/suggest/${what}`)
    try {
      for (const below of ['', ...suggest, '/extend/propose', '/preview', '/view']) {
        const response = await closed.app.inject({ method: 'OPTIONS', url: `/reconcile${below}` })
        const allow = below === '' ? 'GET, POST, HEAD, OPTIONS' : 'GET, HEAD, OPTIONS'
        expect([response.statusCode, response.headers.allow], below).toEqual([204, allow])
        expect(response.headers['access-control-allow-origin']).toBe('*')
      }
    } finally {
      await closed.close()
    }
  })

  it('refuses malformed JSON, unknown types and batches that are too large', async () => {
    const statuses = async (queries: string) => (await post({ queries })).statusCode
    expect(await statuses('{')).toBe(400)
    expect(await statuses('[]')).toBe(422)
    expect(await statuses('{"q":{"query":"x","type":"country"}}')).toBe(422)
    expect(await statuses('{"q":{"query":"x","limit":0}}')).toBe(422)
    const many = Object.fromEntries(Array.from({ length: 251 }, (_, index) => [`q${index}`, { query: 'x' }]))
    expect(await statuses(JSON.stringify(many))).toBe(422)
    const values = { query: 'x', properties: [{ pid: 'country', v: Array(100).fill('PAK') }] }
    expect(await statuses(JSON.stringify(Array(250).fill(values)))).toBe(413)
  })

  it('names the field whose JSON is malformed or has a text that cannot be stored', async () => {
    for (const field of ['queries', 'extend']) {
      expect((await get(`/reconcile?${field}=x`)).json()).toMatchObject({
        status: 400,
        detail: `In the parameter ${field}: The text is not JSON: unexpected "x" at character 1.`,
      })
    }
    const sent = await post({ queries: '{"q":{"query":"a\\u0000"}}' })
    expect(sent.json()).toMatchObject({
      detail: expect.stringContaining('In the parameter queries: '),
      errors: [{ pointer: '/q/query' }],
    })
  })

  it('refuses a repeated field, since only one of its values could be used', async () => {
    for (const field of ['queries', 'extend']) {
      const response = await get(`/reconcile?${field}={}&${field}={}`)
      expect(response.statusCode, response.payload).toBe(400)
      expect(response.json().errors).toMatchObject([{ parameter: field, code: 'repeated' }])
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const payload = `${field}={}&${field}={}`
      const sent = await test.app.inject({ method: 'POST', url: '/reconcile', headers, payload })
      expect(sent.json().errors).toEqual(response.json().errors)
    }
  })

  it('refuses bodies that are not forms, and says which type a body must have', async () => {
    const payload = JSON.stringify({ queries: { q: { query: 'China' } } })
    for (const [headers, found] of [
      [{ 'content-type': 'application/json' }, ', not application/json'],
      [{ 'content-type': 'x' }, ', not x'],
      [{}, '; the Content-Type is missing'],
    ] as const) {
      const response = await test.app.inject({ method: 'POST', url: '/reconcile', headers, payload })
      expect(response.statusCode, response.payload).toBe(415)
      expect(response.headers['accept-post']).toBe('application/x-www-form-urlencoded')
      expect(response.json()).toMatchObject({
        type: '/problems/unsupported-media-type',
        detail: `The body must be application/x-www-form-urlencoded${found}.`,
      })
    }
  })

  it('returns 429 with Retry-After if the rate limit refuses its own request to the API', async () => {
    const limited = await openTestApp({ env: { RATE_LIMIT: '1' } })
    onTestFinished(() => limited.close())
    const queries = { q: { query: 'China', type: 'countries' } }
    const response = await limited.app.inject({
      method: 'POST',
      url: '/reconcile',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ queries: JSON.stringify(queries) }).toString(),
    })
    expect(response.statusCode, response.payload).toBe(429)
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
  })

  it('lets pages of every origin read refusals by other plugins: 401, 414 and 429', async () => {
    const limited = await openTestApp({ env: { PUBLIC_READ: 'false', RATE_LIMIT: '2' } })
    onTestFinished(() => limited.close())
    const refusals = [
      [`/reconcile?queries=${'x'.repeat(15_000)}`, 414],
      ['/reconcile', 401],
      ['/reconcile/suggest/type?prefix=c', 401],
      ['/reconcile', 429],
    ] as const
    for (const [url, status] of refusals) {
      const response = await limited.app.inject({ url, headers: { origin: 'https://openrefine.example' } })
      expect(response.statusCode, url).toBe(status)
      expect(response.headers['access-control-allow-origin']).toBe('*')
    }
  })

  it('hides internal records from clients without a key', async () => {
    const payload = { name: 'Secret Institute of Names', kind: 'other', visibility: 'internal' }
    const created = await test.app.inject({
      method: 'POST',
      url: '/v1/organizations',
      headers: adminHeaders,
      payload,
    })
    const { id } = created.json<{ id: string }>()
    const query = { q: { query: payload.name, type: 'organizations' } }
    expect((await reconcile(query, adminHeaders)).q?.result[0]?.id).toBe(`organizations:${id}`)
    expect(JSON.stringify(await reconcile(query))).not.toContain(id)
    expect((await get(`/reconcile/preview?id=organizations:${id}`)).statusCode).toBe(404)
    const suggestions = '/reconcile/suggest/entity?prefix=Secret'
    expect((await get(suggestions, adminHeaders)).payload).toContain(id)
    expect((await get(suggestions)).payload).not.toContain(id)
    const extend = JSON.stringify({ ids: [`organizations:${id}`], properties: [{ id: 'name' }] })
    expect((await post({ extend }, adminHeaders)).payload).toContain('Secret')
    expect((await post({ extend })).payload).not.toContain('Secret')
  })
})
