import { expect, it, onTestFinished } from 'vitest'
import { startTestApi } from '../support/api.ts'
import { openTestDatabase } from '../support/database.ts'

it('a change in psql gets its revision within seconds, even if no notification arrives', async () => {
  const other = await openTestDatabase()
  onTestFinished(other.close)
  const api = await startTestApi({ env: { LISTEN_DATABASE_URL: other.url } })
  onTestFinished(() => api.close())
  await api.pool.query("update topics set name = 'Changed in psql' where slug = 'energy'")
  const readHistory = async () => (await api.get('/v1/topics/energy/history')).text
  await expect.poll(readHistory, { timeout: 15_000 }).toContain('Changed in psql')
})
