import pg from 'pg'
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { openDatabaseAt } from '../../src/database/database.ts'
import { createKey, type NewKey } from '../../src/database/keys.ts'
import { buildApp } from '../../src/server/app.ts'
import { adminKey, readTestConfig } from '../support/app.ts'
import { run, runInProcess } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { useOpened } from '../support/use-opened.ts'

/** Keys in several processes on one database, on the command line, and secrets in the log. */

vi.setConfig({ testTimeout: 60_000 })

const database = useOpened(openTestDatabase)

/** Opens a service with its own connections and keyring, like another process. */
async function openService() {
  const connected = openDatabaseAt(database.url, generousOptions)
  const config = readTestConfig({ DATABASE_URL: database.url })
  const app = await buildApp({ config, database: connected })
  onTestFinished(async () => {
    await app.close()
    await connected.close()
  })
  const status = async (key: string, method: 'GET' | 'DELETE' = 'GET', url = '/v1/countries?limit=1') =>
    (await app.inject({ method, url, headers: { authorization: `Bearer ${key}` } })).statusCode
  return { status }
}

const newKey = (key: NewKey) => database.database.transaction((tx) => createKey(tx, key))

const listeners = "application_name = 'entente listener' and datname = current_database()"

const countListeners = async () => {
  const { rows } = await database.pool.query<{ count: number }>(
    `select count(*)::int from pg_stat_activity where ${listeners} and state = 'idle'`,
  )
  return rows[0]?.count
}

describe('a key that was revoked', () => {
  it('is refused by the other process within 500 ms, however it was revoked', async () => {
    const [first, second] = [await openService(), await openService()]
    await expect.poll(countListeners).toBe(2)
    for (const revoke of [
      (id: string) => first.status(adminKey, 'DELETE', `/v1/keys/${id}`),
      (id: string) => database.pool.query('update keys set revoked_at = now() where id = $1', [id]),
      (id: string) => database.pool.query('delete from keys where id = $1', [id]),
    ]) {
      const { key, record } = await newKey({
        name: 'A key',
        role: 'reader',
        expiresAt: null,
      })
      // A key that another process has just created is accepted.
      expect(await second.status(key)).toBe(200)
      await revoke(record.id)
      // A notification takes some milliseconds.
      await expect.poll(() => second.status(key), { timeout: 500, interval: 5 }).toBe(401)
      expect(await second.status(key)).toBe(401)
    }
  })

  it('is refused immediately even while notifications are interrupted, and after they resume', async () => {
    const service = await openService()
    const keys = await Promise.all(
      Array.from({ length: 2 }, () => newKey({ name: 'A key', role: 'reader', expiresAt: null })),
    )
    for (const { key } of keys) await expect.poll(() => service.status(key)).toBe(200)
    const revoke = 'update keys set revoked_at = now() where id = $1'
    // PostgreSQL refuses to disallow connections to the database in which the statement runs.
    const server = new pg.Client({ connectionString: inject('postgres').url })
    await server.connect()
    onTestFinished(() => server.end())
    const name = new URL(database.url).pathname.slice(1)
    const allowConnections = (areAllowed: boolean) =>
      server.query(`alter database ${name} allow_connections ${areAllowed}`)
    for (const { key, record } of keys) {
      await expect.poll(countListeners).toBe(1)
      // The service keeps its idle connections, but its listener cannot connect again.
      await allowConnections(false)
      try {
        await database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${listeners}`)
        await expect.poll(countListeners).toBe(0)
        await database.pool.query(revoke, [record.id])
        // PostgreSQL closes the connection some milliseconds after it has removed it from pg_stat_activity.
        await expect.poll(() => service.status(key), { timeout: 500, interval: 5 }).toBe(401)
      } finally {
        await allowConnections(true)
      }
      await expect.poll(countListeners, { timeout: 5000 }).toBe(1)
      expect(await service.status(key)).toBe(401)
    }
  })
})

describe('the command line', () => {
  const key = (...words: string[]) => runInProcess(['key', ...words], { DATABASE_URL: database.url })

  it('creates and lists keys, and revokes a key by its full text', async () => {
    const service = await openService()
    const words = ['create', '--name', 'An import', '--role', 'editor', '--expires', '2999-01-31']
    const created = await key(...words)
    const [createdKey = ''] = created.split('\n')
    const prefix = createdKey.slice(0, 12)
    expect(await service.status(createdKey)).toBe(200)
    expect(created).toContain('An import: editor, active until 2999-01-31T00:00:00.000Z')
    expect(await key('list')).toContain(`${prefix}  editor  active until 2999-01-31`)

    expect(await key('revoke', createdKey)).toMatch(new RegExp(`^${prefix} \\(An import\\): revoked `))
    await expect.poll(() => service.status(createdKey)).toBe(401)
    const listed = await key('list')
    expect(listed).toContain(`${prefix}  editor  revoked`)
    expect(listed).not.toContain(createdKey)
  })
})

it('the log contains no key, token, cookie, query, body or client address', async () => {
  const { url, pool, database: connected, close } = await openTestDatabase()
  onTestFinished(close)
  const env = {
    PORT: '0',
    DATABASE_URL: url,
    ADMIN_KEY: adminKey,
    LOG_LEVEL: 'trace',
    TRUST_PROXY: '127.0.0.1',
  }
  const service = run(['serve'], env)
  const [, address] = /(http:\S+)/.exec(await service.firstLine) ?? []
  const { key, record } = await connected.transaction((tx) =>
    createKey(tx, { name: 'Li Wei', role: 'admin', expiresAt: null }),
  )
  const token = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"liwei"}')}.c2ln`
  const send = (path: string, authorization: string, init: RequestInit = {}) => {
    const headers = { authorization, 'x-forwarded-for': '203.0.113.77', cookie: 'session=crumbs' }
    return fetch(`${address}${path}`, { ...init, headers: { ...headers, ...Object(init.headers) } })
  }
  const json = { 'content-type': 'application/json' }
  for (const sent of [key, adminKey, token]) {
    await send('/v1/agreements?q=secretary', `Bearer ${sent}`)
    await send(`/v1/agreements?access_token=${sent}`, 'Basic x')
    await send(`/v1/keys/${sent}`, `Bearer ${adminKey}`)
  }
  await send(`/v1/keys/${record.id}`, `Bearer ${adminKey}`)
  const response = await send('/v1/keys', `Bearer ${key}`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ name: 'Zhang San', role: 'admin' }),
  })
  const { key: secondKey } = z.object({ key: z.string() }).parse(await response.json())
  // A server error is logged with its cause, here a failed statement with values.
  await pool.query('alter table agreements rename to elsewhere')
  const failed = await send('/v1/agreements', `Bearer ${key}`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ title: 'Confidential draft', kind: 'treaty' }),
  })
  expect(failed.status).toBe(503)
  service.signal('SIGTERM')
  const { stdout, stderr } = await service.ended
  expect(stderr).toBe('')
  expect(stdout).toContain('"route":"/v1/agreements"')
  expect(stdout).toContain('42P01')
  expect(stdout).toContain(record.id)
  const secrets = [
    key,
    secondKey,
    adminKey,
    token,
    'secretary',
    '203.0.113.77',
    'crumbs',
    'Zhang San',
    'Confidential',
  ]
  // The first line is the startup message, which is not part of the log.
  expect(secrets.filter((text) => stdout.replace(/^.*\n/, '').includes(text))).toEqual([])
})
