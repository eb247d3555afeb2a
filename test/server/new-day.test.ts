import { afterEach, expect, it, vi } from 'vitest'
import { startTestApi } from '../support/api.ts'
import { isHit, waitUntilCached } from '../support/cache-status.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('a stored briefing is not served on the next day, since it depends on the date', async () => {
  const lastMinute = Date.UTC(2030, 0, 1, 23, 59)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: lastMinute })
  const api = await startTestApi()
  try {
    const path = '/v1/countries/TUV/briefing'
    await waitUntilCached(api, path)
    vi.setSystemTime(lastMinute)
    vi.advanceTimersByTime(59_000)
    expect(isHit(await api.get(path))).toBe(true)
    vi.advanceTimersByTime(61_000)
    expect(isHit(await api.get(path))).toBe(false)
  } finally {
    await api.close()
  }
})
