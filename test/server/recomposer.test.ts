// @module-tag slow

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { startTestApi } from '../support/api.ts'
import { openTestDatabase } from '../support/database.ts'
import { createRecord, resourceOf } from '../support/documents.ts'
import { countStatements } from '../support/statements.ts'

/** Opens a service for one test, since a test may leave records that cannot be composed. @param env settings of the service. */
async function openApi(env: Record<string, string> = {}) {
  const api = await startTestApi({ env })
  onTestFinished(() => api.close())
  return api
}

it('a change in psql gets its revision within seconds, even if no notification arrives', async () => {
  const other = await openTestDatabase()
  onTestFinished(other.close)
  const api = await openApi({ LISTEN_DATABASE_URL: other.url })
  await api.pool.query("update topics set name = 'Changed in psql' where slug = 'energy'")
  const readHistory = async () => (await api.get('/v1/topics/energy/history')).text
  await expect.poll(readHistory, { timeout: 15_000 }).toContain('Changed in psql')
})

it('hundreds of notifications of changes in psql cause only a few runs of the recomposer', async () => {
  const api = await openApi()
  const count = await countStatements('"shape" is null', async () => {
    await api.pool.query("select pg_notify('entente_uncomposed', n::text) from generate_series(1, 500) as n")
    // A run takes a few milliseconds, so there would be dozens.
    await sleep(1000)
  })
  // A run that finds nothing has one statement for all resources. The first run may also count stale documents.
  expect(count).toBeGreaterThan(0)
  expect(count).toBeLessThan(30)
})

it('a record that another session has locked does not delay the revisions of others', async () => {
  const api = await openApi()
  const client = await api.pool.connect()
  onTestFinished(() => client.release(true))
  await client.query("select pg_advisory_lock(hashtextextended('regions 142', 0))")
  await client.query("update regions set name = 'Locked' where code = '142'")
  await client.query("update topics set name = 'Not locked' where slug = 'energy'")
  const readHistory = async () => (await api.get('/v1/topics/energy/history')).text
  await expect.poll(readHistory, { timeout: 10_000 }).toContain('Not locked')
  expect((await api.get('/v1/regions/142/history')).text).not.toContain('Locked')
})

it('records that cannot be composed do not delay the revisions of others', { timeout: 60_000 }, async () => {
  const api = await openApi()
  // The key of a figure is a UUID. The recomposer reads 200 rows at a time, in the order of their ids.
  await api.pool.query(
    "insert into records (resource, key) select 'figures', 'not a UUID ' || n from generate_series(1, 201) as n",
  )
  const figure = { indicator: 'things', title: 'Delayed', value: 1, unit: 'things' }
  const { key, path } = await createRecord(resourceOf('figures'), api, figure)
  await api.pool.query("update figures set title = 'Not delayed' where id = $1", [key])
  const readHistory = async () => (await api.get(`${path}/history`)).text
  await expect.poll(readHistory, { timeout: 40_000 }).toContain('Not delayed')
})
