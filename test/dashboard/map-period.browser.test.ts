import { describe, expect, it } from 'vitest'
import { skipsBrowser } from '../support/browser.ts'
import { useDashboard } from '../support/dashboard.ts'

/** The control for the period of a map, in a browser. */

const dashboard = useDashboard()

describe.skipIf(skipsBrowser)('the period of a map [needs Chromium]', { timeout: 60_000 }, () => {
  it('cannot be chosen for a resource whose records have no date of an event', async () => {
    const { page, go } = await dashboard.open('/map?resource=organizations')
    const period = page.getByRole('group', { name: 'Period' })
    await page.getByText('Records', { exact: true }).waitFor()
    expect(await period.count()).toBe(0)
    expect(await page.getByText('Without an exact year').count()).toBe(0)
    await go('/map?resource=agreements')
    expect(await period.count()).toBe(1)
  })
})
