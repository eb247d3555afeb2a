import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The control for the period of a map, in a browser. */

const dashboard = useDashboard()

describeInBrowser('the period of a map', () => {
  it('cannot be chosen for a resource whose records have no date of an event', async () => {
    const { page, go } = await dashboard.open('/map?resource=organizations')
    const period = page.getByRole('group', { name: 'Period' })
    await page.getByText('Records', { exact: true }).waitFor()
    expect(await period.count()).toBe(0)
    expect(await page.getByText('Without an exact year').count()).toBe(0)
    await go('/map?resource=agreements')
    expect(await period.count()).toBe(1)
  })

  it('can be removed from the URL for a resource whose records have no date of an event', async () => {
    const { page, settle } = await dashboard.open('/map?resource=organizations&from=2006')
    const button = page.getByRole('button', { name: 'All years' })
    await button.click()
    await button.waitFor({ state: 'detached' })
    await settle()
    expect(new URL(page.url()).search).toBe('?resource=organizations')
    await page.getByText('Records', { exact: true }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY')
  })
})
