// @module-tag slow

import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import fp from 'fastify-plugin'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createKey } from '../../src/database/keys.ts'
import type { Client } from '../../src/operations/client.ts'
import type { Actor } from '../../src/operations/operation.ts'
import { proxyCheck } from '../../src/server/plugins/client/addresses.ts'
import { client } from '../../src/server/plugins/client.ts'
import { useTestApi } from '../support/api.ts'

const anonymous: Actor = { kind: 'anonymous', id: null, name: null, role: null }
const actors: Record<string, Actor> = {
  key: { kind: 'key', id: '7', name: 'A dashboard', role: 'reader' },
  subject: { kind: 'oidc', id: 'u-7', name: 'Li Wei', role: 'editor' },
}

/** Opens an app that responds to each request with its client. The header `actor` selects the actor. */
async function openEchoApp(options: FastifyServerOptions = {}) {
  const app: FastifyInstance = Fastify(options)
  onTestFinished(() => app.close())
  const authentication = async (instance: FastifyInstance) => {
    instance.decorateRequest('actor')
    instance.addHook('onRequest', async (request) => {
      request.actor = actors[String(request.headers.actor)] ?? anonymous
    })
  }
  await app.register(fp(authentication, { name: 'authentication' }))
  await app.register(client)
  app.get('/', { config: { access: 'read' } }, async (request) => request.client)
  return {
    send: (headers: Record<string, string>, remoteAddress = '192.0.2.1') =>
      app.inject({ url: '/', headers, remoteAddress }),
    clientOf: async (headers: Record<string, string>, remoteAddress?: string): Promise<Client> =>
      (await app.inject({ url: '/', headers, ...(remoteAddress && { remoteAddress }) })).json(),
  }
}

it('a client is a key, a subject, or an address', async () => {
  const { clientOf } = await openEchoApp()
  expect(await clientOf({ actor: 'key' }, '192.0.2.1')).toEqual({
    name: 'key 7',
    group: 'key 7',
    isAnonymous: false,
  })
  expect(await clientOf({ actor: 'subject' })).toMatchObject({ name: 'oidc u-7', isAnonymous: false })
  const address = { name: 'address 192.0.2.1', group: 'address 192.0.2.1', isAnonymous: true }
  expect(await clientOf({}, '192.0.2.1')).toEqual(address)
  expect(await clientOf({}, '::ffff:192.0.2.1')).toEqual(address)
})

it('an anonymous IPv6 client is identified by its /64 network, and grouped by its /48 network', async () => {
  const { clientOf } = await openEchoApp()
  const client = await clientOf({}, '2001:db8:1:2:a::1')
  expect(client).toEqual({
    name: 'address 2001:db8:1:2::',
    group: 'network 2001:db8:1::/48',
    isAnonymous: true,
  })
  expect(await clientOf({}, '2001:db8:1:2:b::9')).toEqual(client)
  const neighbour = await clientOf({}, '2001:db8:1:3::1')
  expect(neighbour.name).not.toBe(client.name)
  expect(neighbour.group).toBe(client.group)
  expect((await clientOf({}, '2001:db8:2:2::1')).group).not.toBe(client.group)
})

it('an end user, named by Client-Id, is a client in the group of its key', async () => {
  const { clientOf } = await openEchoApp()
  expect(await clientOf({ actor: 'key', 'client-id': 'reader-7' })).toEqual({
    name: 'key 7 for reader-7',
    group: 'key 7',
    isAnonymous: false,
  })
})

it.each([
  [{ 'client-id': 'reader-7' }, 'needs an API key'],
  [{ 'client-id': 'reader-7', actor: 'subject' }, 'needs an API key'],
  [{ 'client-id': 'two words', actor: 'key' }, 'visible ASCII'],
  [{ 'client-id': '', actor: 'key' }, 'visible ASCII'],
  [{ 'client-id': 'x'.repeat(101), actor: 'key' }, 'visible ASCII'],
])('refuses the headers %j with a message about: %s', async (headers, message) => {
  const { send } = await openEchoApp()
  const response = await send(headers)
  expect(response.statusCode).toBe(400)
  expect(response.json().message).toContain(message)
})

/** Opens the app with a logger, and collects the logged warnings. */
async function openLoggedEchoApp(proxies: string[] | false) {
  const trustProxy = proxies && proxyCheck(proxies)
  const warnings: string[] = []
  const stream = { write: (line: string) => void warnings.push(JSON.parse(line).msg) }
  return { warnings, ...(await openEchoApp({ trustProxy, logger: { level: 'warn', stream } })) }
}

it('without TRUST_PROXY, forwarded addresses are ignored with one warning in the log', async () => {
  const { clientOf, warnings } = await openLoggedEchoApp(false)
  for (const header of ['x-forwarded-for', 'forwarded']) {
    const { name } = await clientOf({ [header]: '203.0.113.9' }, '192.0.2.1')
    expect(name).toBe('address 192.0.2.1')
  }
  expect(warnings).toEqual([expect.stringContaining('TRUST_PROXY')])
})

it('with TRUST_PROXY, a forwarded address is the client if a trusted proxy sends it', async () => {
  const { clientOf, warnings } = await openLoggedEchoApp(['192.0.2.1'])
  const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' }
  expect((await clientOf(headers, '192.0.2.1')).name).toBe('address 203.0.113.9')
  expect(warnings).toEqual([])
  expect((await clientOf(headers, '192.0.2.2')).name).toBe('address 192.0.2.2')
  expect(warnings).toHaveLength(1)
})

it.each([
  ['203.0.113.9:5001', '203.0.113.9'],
  ['[2001:db8:1:2::1]:5001', '2001:db8:1:2::'],
  ['[2001:db8:1:2::1]', '2001:db8:1:2::'],
  ['203.0.113.9:5001, 192.0.2.7:443', '203.0.113.9'],
])('the port of a forwarded address is left out: %s', async (header, address) => {
  const { clientOf, warnings } = await openLoggedEchoApp(['192.0.2.0/24'])
  expect((await clientOf({ 'x-forwarded-for': header }, '192.0.2.1')).name).toBe(`address ${address}`)
  expect(warnings).toEqual([])
})

it.each(['unknown', '_hidden', '203.0.113.9, garbage', '999.1.1.1:80', '"203.0.113.9"'])(
  'a proxy that appends no address to X-Forwarded-For counts as the client: %s',
  async (header) => {
    const { clientOf, warnings } = await openLoggedEchoApp(['192.0.2.1'])
    expect((await clientOf({ 'x-forwarded-for': header }, '192.0.2.1')).name).toBe('address 192.0.2.1')
    expect(warnings).toEqual([expect.stringContaining('names no address')])
  },
)

describe('a service with a limit of two requests per minute', () => {
  const api = useTestApi({ env: { RATE_LIMIT: '2', TRUST_PROXY: '127.0.0.1' } })

  const getFrom = (address: string) =>
    api.get('/v1/countries/CHN', { headers: { 'x-forwarded-for': address } })
  const statusFrom = async (address: string) => (await getFrom(address)).status

  let clientCount = 0
  /** Returns the number of a new client, so that no test uses up the units of another, even if a test is repeated. */
  const newNumber = () => {
    clientCount += 1
    return clientCount
  }

  it('limits the requests of an address whose proxy also sends ports', async () => {
    const address = `203.0.113.${newNumber()}`
    expect(await statusFrom(`${address}:5001`)).toBe(200)
    expect(await statusFrom(`${address}:5002`)).toBe(200)
    expect(await statusFrom(`${address}:5003`)).toBe(429)
  })

  it('limits requests by /64 network, and ten times as many by /48 network', async () => {
    const network = `2001:db8:${newNumber()}`
    expect(await statusFrom(`${network}:100::1`)).toBe(200)
    expect(await statusFrom(`${network}:100::2`)).toBe(200)
    expect(await statusFrom(`${network}:100::3`)).toBe(429)
    // No two of these subnets are in the same /56.
    for (let subnet = 2; subnet <= 10; subnet += 1) {
      expect(await statusFrom(`${network}:${subnet}00::1`)).toBe(200)
      expect(await statusFrom(`${network}:${subnet}00::2`)).toBe(200)
    }
    const refused = await getFrom(`${network}:1100::1`)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('ratelimit-policy')).toBe('"units";q=20;w=60')
    expect(refused.headers.get('ratelimit')).toMatch(/^"units";r=0;t=\d+$/)
    expect(await statusFrom(`2001:db8:${newNumber()}:1::1`)).toBe(200)
  })

  it('limits the requests of all end users of a key together', async () => {
    const { key } = await api.database.transaction((tx) =>
      createKey(tx, { name: 'A website', role: 'reader', expiresAt: null }),
    )
    const statusFor = async (name: string) =>
      (await api.get('/v1/countries/CHN', { key, headers: { 'client-id': name } })).status
    expect([await statusFor('a'), await statusFor('b'), await statusFor('c')]).toEqual([200, 200, 429])
  })

  it('refuses a Client-Id without a key with a problem that names the header', async () => {
    const headers = { 'client-id': 'reader-7', 'x-forwarded-for': `203.0.113.${newNumber()}` }
    const response = await api.get('/v1/countries/CHN', { headers })
    expect(response.status).toBe(400)
    expect(response.json()).toMatchObject({
      type: '/problems/malformed-request',
      errors: [{ header: 'Client-Id', code: 'needs_key' }],
    })
  })
})
