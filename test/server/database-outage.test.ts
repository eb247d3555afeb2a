// @module-tag slow

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Api } from '../support/api.ts'
import { type ApiWithDatabaseProxy, startApiWithDatabaseProxy } from '../support/api-with-database-proxy.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import type { DatabaseProxy } from '../support/proxy.ts'
import { expectUnavailable } from '../support/unavailable.ts'

/** Outages of the database: the service reports them and recovers. */

let service: ApiWithDatabaseProxy
let api: Api
let proxy: DatabaseProxy
beforeAll(async () => {
  service = await startApiWithDatabaseProxy({ CACHE_MB: '0', POOL_SIZE: '3', STATEMENT_SECONDS: '2' })
  ;({ api, proxy } = service)
})
afterAll(() => service.close())

const read = () => api.get('/v1/topics/energy')
const write = (name: string) => api.patch('/v1/topics/energy', { name })
const ready = () => api.get('/readyz')

/** Opens all connections of the pool. */
const openAllConnections = () =>
  expect
    .poll(async () => {
      await Promise.all(Array.from({ length: 6 }, () => api.get('/v1/agreements?count=exact')))
      return (await (await fetch(`${api.origin}/metrics`)).text()).includes('\nentente_pool_connections 3\n')
    })
    .toBe(true)

const otherBackends = 'datname = current_database() and pid <> pg_backend_pid()'

describe('when connections to the database fail', () => {
  it('reads, writes and /readyz return 503 with Retry-After, and recover by themselves', async () => {
    await openAllConnections()
    expect((await ready()).json()).toEqual({ status: 'ok' })
    proxy.refuseConnections()
    for (const response of await Promise.all([read(), write('x'), read(), write('y'), ready(), ready()]))
      expectUnavailable(response, 'unavailable')
    expect((await api.get('/healthz')).status).toBe(200)
    proxy.acceptConnections()
    for (const response of await Promise.all([read(), write('Back'), read(), ready()]))
      expect(response.status).toBe(200)
    expect((await read()).json()).toMatchObject({ name: 'Back' })
  })

  it('after the database server has closed idle connections, requests soon succeed again', async () => {
    await openAllConnections()
    await api.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${otherBackends}`)
    await expect.poll(async () => (await read()).status, { interval: 5 }).toBe(200)
    for (const response of await Promise.all([read(), write('Still here'), read(), write('And here')]))
      expect(response.status).toBe(200)
  })

  it('a write that loses its connection before the commit returns 503 and writes nothing', async () => {
    const holder = await api.pool.connect()
    await holder.query("begin; select from topics where slug = 'energy' for update")
    const writing = write('Never')
    await waitUntilBlocked(api.pool)
    await api.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where ${otherBackends} and wait_event_type = 'Lock'`,
    )
    expectUnavailable(await writing, 'unavailable')
    await holder.query('rollback')
    holder.release()
    expect((await read()).json()).not.toMatchObject({ name: 'Never' })
    expect((await write('Now')).status).toBe(200)
  })

  it('a connection without responses delays requests by less than 6 s, and is dropped', async () => {
    await openAllConnections()
    proxy.stall()
    const began = performance.now()
    const responses = await Promise.all([read(), write('Silence'), read()])
    expect(performance.now() - began).toBeLessThan(6000)
    // A request succeeds if the pool opens a new connection for it.
    const refused = responses.filter(({ status }) => status !== 200)
    expect(refused).not.toEqual([])
    for (const response of refused) expectUnavailable(response, 'unavailable')
    // Concurrent reads may share a connection, so a later read may still get a silent connection.
    await expect.poll(async () => (await read()).status, { interval: 5, timeout: 10_000 }).toBe(200)
  }, 30_000)
})

describe('a connection that is lost during the commit', () => {
  it('returns outcome-unknown; with If-Match the request can be repeated safely', async () => {
    await openAllConnections()
    const tag = (await read()).headers.get('etag') ?? ''
    proxy.disconnectAfter('commit')
    const change = () =>
      api.patch('/v1/topics/energy', { name: 'Committed' }, { headers: { 'if-match': tag } })
    const lost = await change()
    expectUnavailable(lost, 'outcome-unknown')
    expect(lost.json().detail).toMatch(/may or may not have been made/)
    expect((await read()).json()).toMatchObject({ name: 'Committed' })
    expect((await change()).status).toBe(412)
  })
})

describe('a service with a read-only database server', () => {
  it('serves reads, returns 503 to writes, and is ready as read_only until writes work', async () => {
    await openAllConnections()
    const { rows } = await api.pool.query<{ name: string }>('select current_database() as name')
    const setReadOnly = async (value: string) => {
      await api.pool.query(`alter database "${rows[0]?.name}" set default_transaction_read_only = ${value}`)
      await api.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${otherBackends}`)
      await expect.poll(async () => (await read()).status, { interval: 5 }).toBe(200)
    }
    await setReadOnly('on')
    expect((await ready()).json()).toEqual({ status: 'read_only' })
    expect((await api.get('/v1/agreements/aggregate?groupBy=status')).status).toBe(200)
    expect((await api.get('/v1/topics/export?format=csv')).status).toBe(200)
    expectUnavailable(await write('Refused'), 'unavailable')
    expectUnavailable(
      await api.post('/v1/topics', { slug: 'new', name: 'New', scheme: 'domain' }),
      'unavailable',
    )
    const client = await api.pool.connect()
    await client.query('set default_transaction_read_only = off')
    await client.query(`alter database "${rows[0]?.name}" reset default_transaction_read_only`)
    client.release(true)
    // The service drops connections with the former setting, at the latest when a change is refused.
    await expect.poll(async () => (await write('Accepted')).status, { interval: 5 }).toBe(200)
    await expect.poll(async () => (await ready()).json(), { timeout: 20_000 }).toEqual({ status: 'ok' })
  })
})
