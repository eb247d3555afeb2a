import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { changeResponses, describeInBrowser, useDashboard } from '../support/dashboard.ts'
import { holdRequests } from '../support/held-requests.ts'

/** Where the focus is after an action by keyboard (WCAG 2.4.3). */

const dashboard = useDashboard()

/** Returns the start of the HTML of the element that has the focus. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))

describeInBrowser('the focus after an action', () => {
  it('stays on the heading of a column that sorts, and in a filter that is applied', async () => {
    const { page, settle } = await dashboard.open('/explore/agreements')
    await page.getByRole('button', { name: 'Title' }).press('Enter')
    await page.waitForURL(/sort=title/)
    await settle()
    expect(await focused(page)).toContain('Title')
    expect(await page.getByRole('columnheader', { name: 'Title' }).getAttribute('aria-sort')).toBe(
      'ascending',
    )
    await page.getByLabel('Words in the text').fill('energy')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=energy/)
    await settle()
    expect(await focused(page)).toContain('name="q"')
  })

  it('moves to the next filter when one is removed, and to the records when the last is removed', async () => {
    const { page, settle } = await dashboard.open('/explore/agreements?country=PAK&kind=treaty')
    const remove = (filter: string) => page.getByRole('button', { name: `Remove the filter ${filter}` })
    await remove('Country: Pakistan').press('Enter')
    await page.waitForURL((url) => !url.searchParams.has('country'))
    await settle()
    expect(await focused(page)).toContain('Remove the filter Kind')
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => !url.searchParams.has('kind'))
    await settle()
    expect(await focused(page)).toContain('aria-label="Agreements"')
  })

  it('moves to the records of the next page, and with Show all to the last row shown before', async () => {
    const { page, settle } = await dashboard.open('/explore/countries')
    await page.getByRole('link', { name: 'Next page' }).press('Enter')
    await page.waitForURL(/cursor=/)
    await settle()
    expect(await focused(page)).toContain('aria-label="Countries"')
    await changeResponses(page, '**/aggregate?*groupBy=kind*', ({ data: [group] }) => {
      const data = Array.from({ length: 20 }, (_, index) => ({
        ...group,
        key: { kind: `k${index}` },
        label: { kind: `k${index}` },
      }))
      return { data, groups: { count: 20, limit: 20 }, total: 20 }
    })
    const heldNameRequests = await holdRequests(page, '**/aggregate?*groupBy=country*limit=10000*')
    await page.goto(`${dashboard.api.origin}/compare?country=CHN,PAK`)
    await page.getByRole('button', { name: 'Show all 20 rows' }).press('Enter')
    const focusedRow = () =>
      page.evaluate(() => document.activeElement?.closest('tr')?.querySelector('th')?.textContent)
    // At first, 12 rows are shown.
    await expect.poll(focusedRow).toBe('k11')
    heldNameRequests.release()
    await page.getByRole('columnheader', { name: 'Pakistan' }).first().waitFor()
    expect(await focusedRow()).toBe('k11')
  })

  it('moves to the timeline when its next or first page opens', async () => {
    const { page, settle } = await dashboard.open('/timeline')
    await page.route('**/v1/agreements?*limit=60*', async (route) => {
      const url = new URL(route.request().url())
      const next = url.searchParams.has('cursor') ? null : 'second'
      url.searchParams.delete('cursor')
      const response = await route.fetch({ url: url.href })
      const { page: info, ...body } = await response.json()
      await route.fulfill({ response, json: { ...body, page: { ...info, next } } })
    })
    await page.reload()
    await settle()
    for (const name of ['Next page', 'First page']) {
      await page.getByRole('link', { name }).press('Enter')
      await page.getByRole('link', { name }).waitFor({ state: 'detached' })
      await settle()
      expect(await focused(page)).toContain('aria-label="Timeline"')
    }
  })

  it('moves to the date or range field that a button or link has reset', async () => {
    const { page, settle, go } = await dashboard.open('/countries/PAK?asOf=2020-01-01T00:00:00Z')
    await page.getByRole('link', { name: 'Show today' }).press('Enter')
    await page.waitForURL((url) => !url.searchParams.has('asOf'))
    await settle()
    expect(await focused(page)).toContain('type="date"')
    await go('/map?from=2011&to=2011')
    await page.getByRole('button', { name: 'All years' }).press('Enter')
    await page.waitForURL((url) => !url.searchParams.has('from'))
    await settle()
    expect(await focused(page)).toContain('type="range"')
  })
})
