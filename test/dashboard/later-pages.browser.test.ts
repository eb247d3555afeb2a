import { describe, expect, it } from 'vitest'
import { skipsBrowser } from '../support/browser.ts'
import { useDashboard } from '../support/dashboard.ts'

/** Lists whose later page cannot be read. */

const dashboard = useDashboard()

describe.skipIf(skipsBrowser)('a later page that fails [needs Chromium]', { timeout: 60_000 }, () => {
  it.each(['/explore/agreements', '/timeline'])('has a link to the first page: %s', async (view) => {
    const { page } = await dashboard.open(`${view}?cursor=wrong`)
    await page.getByRole('alert').first().waitFor()
    await page.getByRole('link', { name: 'First page' }).click()
    await page.getByRole('rowheader').first().waitFor({ state: 'attached' })
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('has a button to the first page in lists without a URL of their own', async () => {
    const { page, settle } = await dashboard.openSignedIn('/administration')
    await page.route('**/v1/keys?*', async (route) => {
      if (new URL(route.request().url()).searchParams.has('cursor'))
        return await route.fulfill({ status: 400 })
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), page: { next: 'second' } } })
    })
    await page.reload()
    await settle()
    await page.getByRole('button', { name: 'Next page' }).press('Enter')
    await page.getByRole('alert').waitFor()
    await page.getByRole('button', { name: 'First page' }).press('Enter')
    await page.getByRole('button', { name: 'Next page' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})
