// @module-tag slow

import type { Client } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import {
  call as callBy,
  callTool as callToolBy,
  connect,
  type Result,
  type ToolResult,
} from '../support/agent.ts'
import { type Api, startTestApi, useTestApi } from '../support/api.ts'
import { adminKey, openTestApp } from '../support/app.ts'
import { createRecord, type Document, resourceOf } from '../support/documents.ts'
import { registry } from '../support/registry.ts'

/** The tools for agents, called by the official client of the Model Context Protocol. */

const api = useTestApi()
let client: Client
let admin: Client
beforeAll(async () => {
  ;[client, admin] = await Promise.all([connect(api), connect(api, adminKey)])
})
afterAll(async () => {
  await Promise.all([client.close(), admin.close()])
})

const call = (name: string, input: Document, caller = client): Promise<Result> => callBy(caller, name, input)

const callTool = (name: string, input: Document, caller = client): Promise<ToolResult> =>
  callToolBy(caller, name, input)

/** A valid input of each tool. */
async function inputs(): Promise<Record<string, Document>> {
  const { data } = (await api.get('/v1/agreements?country=PAK&limit=1')).json<{ data: { id: string }[] }>()
  return {
    describe: { resource: 'agreements' },
    resolve: { name: 'Pakistan' },
    search: { q: 'solar' },
    get: { resource: 'agreements', key: data[0]?.id },
    list: { resource: 'agreements', filters: { country: 'PAK' } },
    aggregate: { resource: 'agreements', groupBy: ['kind'], filters: { country: 'CHN' } },
    network: { country: 'CHN' },
    briefing: { country: 'PAK' },
  }
}

describe('the endpoint /mcp', () => {
  it('has at most eight tools, all marked as read-only, in definitions of under 4,000 tokens', async () => {
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name).sort()).toEqual(Object.keys(await inputs()).sort())
    expect(tools.length).toBeLessThanOrEqual(8)
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true)
    // A token has about four characters.
    expect(JSON.stringify(tools).length / 4).toBeLessThan(4000)
  })

  it('returns the response of the API to the request that the result names', async () => {
    for (const [name, input] of Object.entries(await inputs())) {
      if (name === 'describe') continue // No request to the API returns its result.
      const { request, response } = await callTool(name, input)
      expect(response, name).toEqual((await api.get(request)).json())
    }
  })

  it('describes the resources, and the filters, operators and dimensions of one', async () => {
    const all: { resources: { name: string }[] } = JSON.parse((await call('describe', {})).text)
    expect(all.resources.map(({ name }) => name)).toContain('cooperation-bases')
    const { filters, dimensions } = JSON.parse((await call('describe', { resource: 'agreements' })).text)
    expect(filters.signedOn).toMatch(/Operators: .*gte/)
    // The tools `list` and `aggregate` send filters in URLs, which do not accept every operator.
    expect(filters.signedOn).not.toContain('certainlyGt')
    expect(filters.title).toMatch(/Operators: (?!.*startsWith).*contains/)
    expect(dimensions).toHaveProperty('signedYear')
  })

  it('finds keys by names, and gives records with their citations and history', async () => {
    const { response } = await callTool('resolve', { name: '巴基斯坦', resource: 'countries' })
    expect(JSON.stringify(response)).toContain('/v1/countries/PAK')
    const { get, list } = await inputs()
    const record = await callTool('get', get ?? {})
    expect(record.citations[0]?.sourceDetails.title).toMatch(/\w/)
    expect(record.history.at(-1)).toMatchObject({ operation: 'create' })
    const page = await callTool('list', list ?? {})
    const listed = new Set(page.response.data.map(({ id }) => id))
    expect(page.citations.length).toBeGreaterThan(0)
    expect(page.citations.every(({ record: { id } }) => listed.has(id))).toBe(true)
  })

  it('separates the values of a filter at commas', async () => {
    const externalId = 'interview-2011:F01,interview-2011:F02'
    const { response } = await callTool('list', { resource: 'agreements', filters: { externalId } })
    expect(response.data).toHaveLength(2)
  })

  it('includes names in a list, in addition to what the filters include', async () => {
    const filters = { country: 'PAK', include: 'citations' }
    const { request, response } = await callTool('list', { resource: 'agreements', filters })
    expect(request).toContain('include=names,citations')
    expect(response).toMatchObject({ names: { countries: { PAK: 'Pakistan' } } })
    expect(response.data[0]).toHaveProperty('citations')
  })

  it('returns an error with the problem of the API if the API refuses the request', async () => {
    const cases: [string, Document, string][] = [
      [
        'list',
        { resource: 'agreements', filters: { contry: 'PAK' } },
        '/v1/agreements?include=names&contry=PAK&limit=10',
      ],
      ['get', { resource: 'countries', key: 'ZZZ' }, '/v1/countries/ZZZ?include=names'],
      ['briefing', { country: '../keys' }, '/v1/countries/..%2Fkeys/briefing'],
      ['network', { from: '20x1' }, '/v1/network?from=20x1&limit=20'],
      ['aggregate', { resource: 'figures', groupBy: ['kin'] }, '/v1/figures/aggregate?groupBy=kin&limit=50'],
    ]
    for (const [name, input, path] of cases) {
      const { isError, text } = await call(name, input, admin)
      expect(isError, text).toBe(true)
      const problem = (await api.get(path, { key: adminKey })).json()
      expect(JSON.parse(text)).toEqual(problem)
    }
  })

  it.each(['.', '..'])('sends no request for the key "%s", which would change the path', async (key) => {
    for (const [name, input] of [
      ['network', { country: key }],
      ['briefing', { country: key }],
      ['get', { resource: 'countries', key }],
    ] as const) {
      const { isError, text } = await call(name, input, admin)
      expect({ isError, text }).toEqual({ isError: true, text: 'A key cannot be "." or "..".' })
    }
  })

  it('refuses input that does not match the schema of the tool, and names each fault once', async () => {
    const cases: [string, Document, string][] = [
      ['list', { resource: 'agreement' }, '/resource "agreement" is not known; did you mean "agreements"?'],
      ['get', { resource: 'countries' }, '/key is required'],
      [
        'aggregate',
        { resource: 'agreements', groupBy: 'country', limit: 201 },
        '/groupBy must be an array, not text, /limit 201 is out of range: must be at most 200',
      ],
      ['list', { resource: 'agreements', filters: { country: 1 } }, '/filters/country must be text, not 1'],
      [
        'list',
        { resource: 'agreements', filters: { ['__proto__']: '1' } },
        '/filters/__proto__ "__proto__" is not known here',
      ],
    ]
    for (const [name, input, faults] of cases) {
      const { isError, text } = await call(name, input, admin)
      expect([isError, text]).toEqual([true, expect.stringMatching(/^Input validation error: /)])
      expect(text.split(`tool ${name}: `)[1]).toBe(faults)
    }
  })

  it('treats an empty list of an optional input as absent', async () => {
    const agreements = { resource: 'agreements' }
    const cases: [string, Document, string][] = [
      ['search', { q: 'electric' }, 'resources'],
      ['network', {}, 'resources'],
      ['list', agreements, 'fields'],
      ['aggregate', { ...agreements, groupBy: ['kind'] }, 'measures'],
    ]
    for (const [tool, input, name] of cases)
      expect(await callTool(tool, { ...input, [name]: [] }), tool).toEqual(await callTool(tool, input))
  })

  it('accepts in `network` only the resources that networks count', async () => {
    const { tools } = await client.listTools()
    const { properties } = tools.find(({ name }) => name === 'network')?.inputSchema ?? {}
    const { response } = await callTool('network', {})
    const edge = z.object({ resources: z.record(z.string(), z.number()) })
    const counted = Object.keys(
      z.object({ edges: z.tuple([edge]).rest(edge) }).parse(response).edges[0].resources,
    )
    expect(properties?.resources).toMatchObject({ items: { enum: counted } })
    const { text } = await call('network', { resources: ['sources'] })
    expect(text).toContain(
      `/resources/0 "sources" is not known; it can be ${counted.map((name) => `"${name}"`).join(', ')}`,
    )
  })

  it('resolves the name of an authority whose country is given', async () => {
    const resolveMost = async (input: Document) => {
      const { isError, text } = await call('resolve', {
        name: 'MOST',
        resource: 'organizations',
        ...input,
      })
      return isError ? text : JSON.parse(text).resolutions.organizations
    }
    expect(await resolveMost({})).toMatchObject({
      status: 'ambiguous',
      detail: expect.stringContaining('state the country'),
    })
    expect(await resolveMost({ country: 'CHN' })).toMatchObject({ status: 'resolved' })
    expect(await resolveMost({ country: 'China' })).toContain('/country must be three capital letters')
  })

  it('refuses to resolve a name with a date that is not EDTF', async () => {
    const { isError, text } = await call('resolve', { name: 'Burma', on: '5 May 2005' })
    expect([isError, text]).toEqual([true, expect.stringContaining('write 2005-05-05')])
  })

  it('refuses unknown inputs of each tool, and suggests the most similar known one', async () => {
    for (const [name, input] of Object.entries(await inputs())) {
      const { isError, text } = await call(name, { ...input, resorce: 'agreements' })
      expect(isError, name).toBe(true)
      expect(text).toContain('"resorce" is not known here')
    }
    const { text } = await call('list', { resource: 'agreements', filter: { country: 'PAK' } })
    expect(text).toContain('"filter" is not known here; did you mean "filters"?')
  })

  it('refuses filters that have the name of an input, since one of two values would be lost', async () => {
    const list = ['limit', 'sort', 'fields', 'count', 'cursor', 'limit[]'].map((name) => ['list', name])
    const aggregate = ['groupBy', 'measures', 'having', 'sort', 'limit', 'top'].map((name) => [
      'aggregate',
      name,
    ])
    for (const [tool = '', name = ''] of [...list, ...aggregate]) {
      const input = { resource: 'agreements', filters: { [name]: '2' } }
      const { isError, text } = await call(tool, {
        ...input,
        ...(tool === 'aggregate' && { groupBy: ['kind'] }),
      })
      expect(isError, `${tool} ${name}`).toBe(true)
      expect(text).toContain(`"${name}" is not a filter`)
    }
    const asOf = new Date().toISOString()
    for (const input of [{ resource: 'agreements' }, { resource: 'agreements', groupBy: ['kind'] }]) {
      const tool = 'groupBy' in input ? 'aggregate' : 'list'
      const { isError, text } = await call(tool, { ...input, asOf, filters: { asOf: '2026-01-01' } })
      expect([isError, text]).toEqual([true, expect.stringContaining('"asOf" is not a filter')])
    }
  })

  it('aggregates as of a time, with conditions on groups, or the largest groups only', async () => {
    const agreements = { resource: 'agreements', groupBy: ['kind'] }
    const past = await callTool('aggregate', { ...agreements, asOf: '2000-01-01' })
    expect(past.response.data).toEqual([])
    // Figures have a property `asOf` of their own, so the parameter of the API has another name.
    const figures = { resource: 'figures', groupBy: ['indicator'], asOf: '2000-01-01' }
    expect((await callTool('aggregate', figures)).request).toContain('registryAsOf=2000-01-01')
    const none = await callTool('aggregate', { ...agreements, having: 'count>=100000' })
    expect(none.response).toMatchObject({ data: [], groups: { count: 0 } })
    const top = await callTool('aggregate', { ...agreements, top: 1 })
    expect(top.response).toMatchObject({ data: [{}], other: { label: 'Other' } })
  })

  it('writes no revision, even if all tools are called with the key of an administrator', async () => {
    const count = async () =>
      (await api.pool.query('select count(*)::int as count, max(sequence) as last from revisions')).rows
    const before = await count()
    for (const [name, input] of Object.entries(await inputs())) await callTool(name, input, admin)
    expect(await count()).toEqual(before)
  })

  it('shows internal records only with a key', async () => {
    const { key } = await createRecord(resourceOf('agreements'), api, {
      title: 'Not for everybody',
      kind: 'treaty',
      parties: [{ country: 'NRU', role: 'party' }],
      visibility: 'internal',
    })
    const input = { resource: 'agreements', filters: { country: 'NRU' } }
    expect((await callTool('list', input)).response.data).toEqual([])
    expect((await callTool('list', input, admin)).response.data).toMatchObject([{ id: key }])
  })

  it('requires a key if the registry is not public, and refuses a wrong key', async () => {
    const closed = await startTestApi({ env: { PUBLIC_READ: 'false' } })
    try {
      await expect(connect(closed)).rejects.toThrow('401')
      await expect(connect(closed, 'a-key-that-nobody-has')).rejects.toThrow('401')
      const allowed = await connect(closed, adminKey)
      expect((await call('briefing', { country: 'PAK' }, allowed)).isError).toBe(false)
      await allowed.close()
    } finally {
      await closed.close()
    }
  })

  it('declares that its list of tools does not change, and refuses a cursor', async () => {
    expect(client.getServerCapabilities()?.tools).toEqual({ listChanged: false })
    await expect(client.listTools({ cursor: 'next' })).rejects.toMatchObject({ code: -32602 })
  })

  it('refuses web pages of other origins, whatever their header Host', async () => {
    const env = { CORS_ORIGINS: 'https://pages.example', PUBLIC_URL: 'https://registry.example/data' }
    const published = await startTestApi({ env })
    try {
      const payload = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
      const statusFor = async (origin: string, { app }: Api) => {
        const headers = { accept: 'application/json, text/event-stream', origin, host: new URL(origin).host }
        return (await app.inject({ method: 'POST', url: '/mcp', headers, payload })).statusCode
      }
      for (const origin of ['https://evil.example', 'http://pages.example', 'https://127.0.0.1.example'])
        expect(await statusFor(origin, published), origin).toBe(403)
      expect(await statusFor('https://pages.example', api)).toBe(403)
      for (const origin of ['https://pages.example', 'https://registry.example', 'http://localhost:3000'])
        expect(await statusFor(origin, published), origin).toBe(200)
    } finally {
      await published.close()
    }
  })

  it('refuses batches, GET, and malformed or too large messages', async () => {
    const send = (method: string, body?: unknown) =>
      fetch(`${api.origin}/mcp`, {
        method,
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
    expect((await send('POST', [ping, ping])).status).toBe(400)
    expect((await send('POST', {})).status).toBe(400)
    expect((await send('POST', { ...ping, padding: 'x'.repeat(70_000) })).status).toBe(413)
    const get = await send('GET')
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('is loaded again by the next request if loading it has failed', async () => {
    const fresh = await openTestApp()
    onTestFinished(() => fresh.close().finally(() => vi.restoreAllMocks()))
    const headers = { accept: 'application/json, text/event-stream' }
    const payload = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
    const send = () => fresh.app.inject({ method: 'POST', url: '/mcp', headers, payload })
    vi.spyOn(registry.participants, 'has').mockImplementationOnce(() => {
      throw new Error('too many open files')
    })
    expect([(await send()).statusCode, (await send()).statusCode]).toEqual([500, 200])
  })

  it('counts the requests of a tool for the rate limit, and says when to call the tool again', async () => {
    const limited = await startTestApi({ env: { RATE_LIMIT: '30' } })
    try {
      const agent = await connect(limited)
      const results = []
      for (let index = 0; index < 4; index += 1)
        results.push(await call('network', {}, agent).catch(() => undefined))
      const refusal = results.find((result) => result?.isError)
      expect(JSON.parse(refusal?.text ?? '{}')).toMatchObject({ type: '/problems/rate-limited', status: 429 })
      const [, seconds] = /^Call the tool again after (\d+) s\.$/.exec(refusal?.note ?? '') ?? []
      expect(Number(seconds)).toBeGreaterThanOrEqual(1)
      expect(Number(seconds)).toBeLessThanOrEqual(60)
      await agent.close().catch(() => {})
    } finally {
      await limited.close()
    }
  })
})
