// @module-tag slow

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createKey } from '../../src/database/keys.ts'
import { type Api, startTestApi } from '../support/api.ts'
import { runInProcess } from '../support/command-line.ts'
import { openIssuer, type TestIssuer } from '../support/issuer.ts'

/** Stored and compared times come from the clock of the database, even if the clock of the process is wrong. */

const dayMs = 86_400_000

describe.each([
  ['a day ahead', dayMs],
  ['a day behind', -dayMs],
])('a process whose clock is %s', (_, skewMs) => {
  let api: Api
  let issuer: TestIssuer
  let realTime: () => number
  beforeAll(async () => {
    const started = performance.now()
    const real = Date.now()
    realTime = () => real + performance.now() - started
    vi.useFakeTimers({ toFake: ['Date'], now: real + skewMs, shouldAdvanceTime: false })
    issuer = await openIssuer()
    api = await startTestApi({ env: { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: issuer.audience } })
  })
  afterAll(async () => {
    vi.useRealTimers()
    await api.close()
    await issuer.close()
  })

  const inHours = (hours: number) => new Date(realTime() + hours * 3_600_000)
  const path = '/v1/countries/CHN'
  const statusWithKey = async (expiresAt: Date) => {
    const { key } = await api.database.transaction((tx) =>
      createKey(tx, { name: 'Short-lived', role: 'reader', expiresAt }),
    )
    return (await api.get(path, { key })).status
  }

  it('accepts keys until they expire', async () => {
    expect(await statusWithKey(inHours(1))).toBe(200)
    expect(await statusWithKey(inHours(-1))).toBe(401)
  })

  it('creates keys that expire in an hour, and refuses to create expired ones', async () => {
    const body = (expiresAt: Date) => ({
      name: 'Short-lived',
      role: 'reader',
      expiresAt: expiresAt.toISOString(),
    })
    expect((await api.post('/v1/keys', body(inHours(1)))).status).toBe(201)
    expect((await api.post('/v1/keys', body(inHours(-1)))).status).toBe(422)
  })

  it('creates keys and refuses expired ones in the same way on the command line', async () => {
    const create = (expires: Date) =>
      runInProcess(['key', 'create', '--name', 'A', '--role', 'reader', '--expires', expires.toISOString()], {
        DATABASE_URL: api.pool.options.connectionString,
      })
    expect(await create(inHours(1))).toContain('active until')
    await expect(create(inHours(-1))).rejects.toThrow('must be in the future')
  })

  it('stores the last use of a key with the time of the database', async () => {
    const { key, record } = await api.database.transaction((tx) =>
      createKey(tx, { name: 'Used', role: 'reader', expiresAt: null }),
    )
    await api.get(path, { key })
    await api.app.keyring.close()
    const { rows } = await api.pool.query<{ age: number }>(
      'select extract(epoch from now() - last_used_at)::float8 as age from keys where id = $1',
      [record.id],
    )
    expect(Math.abs(rows[0]?.age ?? Number.NaN)).toBeLessThan(60)
  })

  it('accepts asOf one hour in the past, and refuses it in the future', async () => {
    const asOf = (hours: number) => api.get(`/v1/countries?limit=1&asOf=${inHours(hours).toISOString()}`)
    expect((await asOf(-1)).status).toBe(200)
    const refused = await asOf(1)
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('must not be in the future')
  })

  it('accepts only access tokens that are valid now', async () => {
    const token = (hours: number) => {
      const iat = Math.floor(inHours(hours).getTime() / 1000)
      return issuer.token({ roles: ['admin'], iat, exp: iat + 1800 })
    }
    const status = async (hours: number) => (await api.get('/v1/keys', { key: await token(hours) })).status
    expect(await status(0)).toBe(200)
    expect(await status(-1)).toBe(401)
    expect(await status(1)).toBe(401)
  })

  it('repeats the stored response to a request with an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': `clock-${skewMs}` }
    const send = () => api.post('/v1/sources', { title: 'Once', kind: 'report' }, { headers })
    const [first, second] = [await send(), await send()]
    expect(second.text).toBe(first.text)
    const { updatedAt } = first.json<{ updatedAt: string }>()
    expect(Math.abs(Date.parse(updatedAt) - realTime())).toBeLessThan(60_000)
  })
})
