import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { skipsBrowser } from '../support/browser.ts'
import { useDashboard } from '../support/dashboard.ts'

/** Where the focus is after actions that remove the focused button, in a browser (WCAG 2.4.3). */

const dashboard = useDashboard({ changesRecords: true })

async function createAgreement(document: Record<string, unknown>): Promise<string> {
  const body = { kind: 'treaty', ...document }
  return (await dashboard.api.post('/v1/agreements', body)).json<{ id: string }>().id
}

/** Waits until the element of a selector, or something in it, has the focus. */
const waitForFocus = (page: Page, selector: string) =>
  expect
    .poll(() => page.evaluate((within) => document.activeElement?.closest(within) !== null, selector))
    .toBe(true)

describe.skipIf(skipsBrowser)('the focus [needs Chromium]', { timeout: 90_000 }, () => {
  it('is in the page after a confirmed action, and on its button after a cancelled one', async () => {
    const id = await createAgreement({ title: 'A treaty to delete' })
    const { page, settle } = await dashboard.openSignedIn(`/records/agreements/${id}`)
    const open = page.getByRole('button', { name: 'Delete' })
    await open.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).press('Enter')
    expect(await open.evaluate((element) => element === document.activeElement)).toBe(true)
    await open.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter')
    await page.getByText(/^Removed by/).waitFor()
    await settle()
    await waitForFocus(page, '#main')
    await page.getByRole('button', { name: 'Restore' }).first().press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).press('Enter')
    await page.getByRole('link', { name: 'Edit' }).waitFor()
    await settle()
    await waitForFocus(page, '#main')
    await page.context().close()
  })

  it('is at the new key, and then at the form for the next one', async () => {
    const { page } = await dashboard.openSignedIn('/administration')
    await page.getByLabel('Name').fill('The treaty section')
    await page.getByRole('button', { name: 'Create the key' }).press('Enter')
    await page.locator('.secret').waitFor()
    await waitForFocus(page, ':has(> .notice)')
    await page.getByRole('button', { name: 'I have stored it' }).press('Enter')
    await page.getByRole('button', { name: 'Create the key' }).waitFor()
    await waitForFocus(page, ':has(> .new-key)')
    await page.context().close()
  })

  it('is in the form after a conflict is resolved', async () => {
    const id = await createAgreement({ title: 'Before' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByLabel('Title required').fill('Mine')
    await dashboard.api.patch(`/v1/agreements/${id}`, { place: 'Beijing' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Continue with these values' }).press('Enter')
    await page.getByRole('button', { name: 'Save' }).waitFor()
    await waitForFocus(page, '.record-form')
    await page.context().close()
  })
})
