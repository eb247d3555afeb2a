import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The date as of which the page of a country is shown, in a browser. */

const dashboard = useDashboard()

describeInBrowser('the date of the page of a country', () => {
  it('can be typed, and changed when the registry did not have the country on that day', async () => {
    const { page } = await dashboard.open('/countries/PAK')
    const input = page.getByLabel('As of', { exact: true })
    await input.focus()
    // The order of month and day in the input depends on the locale.
    await page.keyboard.type('01012001')
    await page.waitForURL(/asOf=2001-01-01/)
    await page.getByRole('alert').waitFor()
    expect(await input.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.getByRole('link', { name: 'Show today' }).click()
    await page.getByRole('heading', { level: 1, name: 'Pakistan' }).waitFor()
    expect(page.url()).not.toContain('asOf')
  })

  it('can be today if the clock of the browser is ahead of the clock of the service', async () => {
    const { page, go } = await dashboard.open('/')
    await page.clock.setSystemTime(Date.now() + 600_000)
    await go('/countries/PAK')
    const today = await page.getByLabel('As of', { exact: true }).getAttribute('max')
    await page.getByLabel('As of', { exact: true }).fill(today ?? '')
    await page.waitForURL(/asOf=/)
    await page.getByRole('heading', { level: 1, name: 'Pakistan' }).waitFor()
    await page.locator('.key-figure').first().waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})
