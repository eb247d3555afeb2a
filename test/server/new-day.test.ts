// @module-tag slow

import { afterEach, expect, it, vi } from 'vitest'
import { startTestApi } from '../support/api.ts'
import { isHit, waitUntilCached } from '../support/cache-status.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('a stored briefing is not served on the next day, since it depends on the date', async () => {
  const lastMinute = Date.UTC(2030, 0, 1, 23, 59)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const api = await startTestApi()
  try {
    const path = '/v1/countries/TUV/briefing'
    // The service takes the date from the database, since the clock of its process may be wrong.
    const databaseTime = vi.spyOn(api.app.database.clock, 'now').mockResolvedValue(new Date(lastMinute))
    vi.advanceTimersByTime(60_000)
    await waitUntilCached(api, path)
    vi.advanceTimersByTime(60_000)
    expect(isHit(await api.get(path))).toBe(true)
    databaseTime.mockResolvedValue(new Date(lastMinute + 60_000))
    vi.advanceTimersByTime(60_000)
    expect(isHit(await api.get(path))).toBe(false)
  } finally {
    await api.close()
  }
})

it('a stored briefing expires when the next day begins, before the next check of the date', async () => {
  const midnight = Date.UTC(2030, 0, 2)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const api = await startTestApi()
  try {
    const path = '/v1/countries/TUV/briefing'
    const databaseTime = vi
      .spyOn(api.app.database.clock, 'now')
      .mockResolvedValue(new Date(midnight - 60_000))
    vi.advanceTimersByTime(60_000)
    await waitUntilCached(api, path)
    databaseTime.mockResolvedValue(new Date(midnight - 500))
    vi.advanceTimersByTime(60_000)
    databaseTime.mockResolvedValue(new Date(midnight))
    const isNextDay = async () => expect((await api.get(path)).json()).toMatchObject({ day: '2030-01-02' })
    await vi.waitFor(isNextDay, { timeout: 8000, interval: 20 })
  } finally {
    await api.close()
  }
})
