// @module-tag slow

import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { migrate, readSchemaState } from '../../src/database/migrate.ts'
import { buildApp } from '../../src/server/app.ts'
import { adminKey, readTestConfig } from '../support/app.ts'
import { openEmptyDatabase, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'

/** Changes settings of the database, and opens connections of the service that begin with them. */
async function withSettings({ url, pool, close }: TestDatabase, settings: Record<string, string>) {
  onTestFinished(close)
  const name = new URL(url).pathname.slice(1)
  for (const [setting, value] of Object.entries(settings))
    await pool.query(`alter database ${name} set ${setting} = ${pg.escapeLiteral(value)}`)
  const database = openDatabaseAt(url, generousOptions)
  onTestFinished(() => database.close())
  return { url, database }
}

async function startApp({ url, database }: Awaited<ReturnType<typeof withSettings>>) {
  const config = readTestConfig({ DATABASE_URL: url })
  const app = await buildApp({ config, database })
  onTestFinished(async () => app.close())
  return app
}

const headers = { authorization: `Bearer ${adminKey}` }

it.each(['SQL, DMY', 'SQL, MDY', 'German', 'Postgres, DMY'])(
  'the service refuses expired and revoked keys if the DateStyle of the database is %s',
  async (datestyle) => {
    const opened = await withSettings(await openTestDatabase(), { datestyle, timezone: 'Asia/Kolkata' })
    const app = await startApp(opened)
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const payload = { name: 'Short-lived', role: 'admin', expiresAt }
    const created = await app.inject({ method: 'POST', url: '/v1/keys', headers, payload })
    expect(created.json()).toMatchObject({ expiresAt })
    const { id, key } = created.json()
    const statusWith = async (used: string) =>
      (await app.inject({ url: '/v1/keys', headers: { authorization: `Bearer ${used}` } })).statusCode
    expect(await statusWith(key)).toBe(200)
    expect((await app.inject({ method: 'DELETE', url: `/v1/keys/${id}`, headers })).statusCode).toBe(204)
    expect(await statusWith(key)).toBe(401)

    const other = await app.inject({ method: 'POST', url: '/v1/keys', headers, payload })
    await opened.database.read({
      text: "update keys set expires_at = now() - interval '1 hour' where id = $1",
      values: [other.json().id],
    })
    // The service keeps the key in memory until the notification of the change arrives.
    await expect.poll(() => statusWith(other.json().key)).toBe(401)
  },
)

it('concurrent changes to a record are accepted even if the default isolation is serializable', async () => {
  const app = await startApp(
    await withSettings(await openTestDatabase(), { default_transaction_isolation: 'serializable' }),
  )
  const change = async (name: string) =>
    (
      await app.inject({
        method: 'PATCH',
        url: '/v1/topics/energy',
        headers: { ...headers, 'if-match': '*', 'content-type': 'application/merge-patch+json' },
        payload: { name },
      })
    ).statusCode
  const statuses = await Promise.all(Array.from({ length: 30 }, (_, index) => change(`Energy ${index}`)))
  expect(new Set(statuses)).toEqual(new Set([200]))
})

it('a name has candidates even if the database has a high threshold of similarity', async () => {
  const settings = { 'pg_trgm.word_similarity_threshold': '0.95' }
  const app = await startApp(await withSettings(await openTestDatabase(), settings))
  const payload = { kind: 'other', name: 'National Science Foundation of Atlantis' }
  await app.inject({ method: 'POST', url: '/v1/organizations', headers, payload })
  const queries = [{ resource: 'organizations', name: 'National Sciense Foundation of Atlantis' }]
  const response = await app.inject({ method: 'POST', url: '/v1/resolve', payload: { queries } })
  expect(response.json().data[0]).toMatchObject({
    status: 'unresolved',
    candidates: [{ name: payload.name, reason: 'similar' }],
  })
})

it('lists keep null, and GIN indexes find every match, whatever the database sets', async () => {
  const settings = { array_nulls: 'off', gin_fuzzy_search_limit: '1' }
  const { database } = await withSettings(await openTestDatabase(), settings)
  const text = `select $1::text[] as list, current_setting('gin_fuzzy_search_limit') as "limit"`
  expect(await database.read({ text, values: [['a', null]] })).toEqual([{ list: ['a', null], limit: '0' }])
})

it('a database whose settings change the meaning of statements can be migrated', async () => {
  const { database } = await withSettings(await openEmptyDatabase(), {
    search_path: 'pg_catalog',
    standard_conforming_strings: 'off',
    quote_all_identifiers: 'on',
  })
  await migrate(database)
  expect(await readSchemaState(database)).toBe('migrated')
})
