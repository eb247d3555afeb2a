import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'
import { holdRequests } from '../support/held-requests.ts'

/** Where the focus and the scroll position are after another view opens (WCAG 2.4.3), in a browser. */

const dashboard = useDashboard()

/** Waits until the heading of the view with the given text has the focus. */
const waitForHeading = (page: Page, text: string) =>
  expect
    .poll(() => page.evaluate(() => [document.activeElement?.tagName, document.activeElement?.textContent]))
    .toEqual(['H1', text])

describeInBrowser('the focus after a view opens', () => {
  it('is on its heading, even after Back and Forward, which restore the scroll position', async () => {
    const { page, settle } = await dashboard.open('/explore/countries')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
    const link = page.getByRole('table').getByRole('link').last()
    const name = (await link.textContent()) ?? ''
    await link.focus()
    const position = await page.evaluate(() => scrollY)
    expect(position).toBeGreaterThan(0)
    await page.keyboard.press('Enter')
    await waitForHeading(page, name)
    expect(await page.evaluate(() => scrollY)).toBe(0)
    await page.goBack()
    await waitForHeading(page, 'Countries')
    await settle()
    expect(await page.evaluate(() => scrollY)).toBe(position)
    await page.goForward()
    await waitForHeading(page, name)
  })

  it('is on a heading that is hidden until the names in it are loaded', async () => {
    const { page } = await dashboard.open('/countries/PAK')
    const { held, release } = await holdRequests(page, '**/aggregate?groupBy=country**')
    await page.getByRole('link', { name: 'Compare with a year ago' }).press('Enter')
    await held
    await page.getByRole('link', { name: 'Compare with a year ago' }).waitFor({ state: 'detached' })
    release()
    await waitForHeading(page, 'Pakistan · Agreements: two dates')
  })

  it('stays on an element that the user reaches while the view loads', async () => {
    const { page, settle } = await dashboard.open('/explore/agreements')
    const { held, release } = await holdRequests(page, '**/v1/agreements/*')
    await page.getByRole('table').getByRole('link').first().press('Enter')
    await held
    await page.getByRole('combobox').first().focus()
    release()
    await page.getByRole('heading', { name: 'Facts' }).waitFor()
    await settle()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('combobox')
  })

  it('stays where it is when only the query changes, such as by the language', async () => {
    const { page, settle } = await dashboard.open('/map')
    await page.getByRole('link', { name: /^中文/ }).press('Enter')
    await page.getByRole('link', { name: /^English/ }).waitFor()
    await settle()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('English')
  })
})
