import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { startTestApi } from '../support/api.ts'
import { openTestDatabase } from '../support/database.ts'
import { countStatements } from '../support/statements.ts'

it('a change in psql gets its revision within seconds, even if no notification arrives', async () => {
  const other = await openTestDatabase()
  onTestFinished(other.close)
  const api = await startTestApi({ env: { LISTEN_DATABASE_URL: other.url } })
  onTestFinished(() => api.close())
  await api.pool.query("update topics set name = 'Changed in psql' where slug = 'energy'")
  const readHistory = async () => (await api.get('/v1/topics/energy/history')).text
  await expect.poll(readHistory, { timeout: 15_000 }).toContain('Changed in psql')
})

it('hundreds of changes in psql cause a few runs of the recomposer', async () => {
  const api = await startTestApi()
  onTestFinished(() => api.close())
  const count = await countStatements('"shape" is null', async () => {
    await api.pool.query("select pg_notify('entente_uncomposed', n::text) from generate_series(1, 500) as n")
    await sleep(2000)
  })
  // A run has one statement for each resource.
  expect(count).toBeGreaterThan(0)
  expect(count).toBeLessThan(100)
})
