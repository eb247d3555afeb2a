import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The buttons of the dashboard that copy a text, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

/** Simulates a page on plain HTTP: `navigator.clipboard` exists only on HTTPS and on localhost. */
const plainHttp = "Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })"

/** Simulates a browser that refuses to copy, as it may in a frame. */
const refusal = `document.execCommand = () => false
  Object.defineProperty(Navigator.prototype, 'clipboard', { value: { writeText: () => Promise.reject(new Error()) } })`

/** Opens a page as an administrator, in a browser in which a script has run before those of the page. */
async function openWith(script: string, path: string): Promise<Page> {
  const { page, go } = await dashboard.openSignedIn('/sign-in')
  await page.addInitScript(script)
  await go(path)
  return page
}

/** Returns the text in the clipboard of a page, by pasting it into the search box. */
async function paste(page: Page): Promise<string> {
  const box = page.locator('.search-box').getByRole('combobox')
  await box.fill('')
  await box.press('Control+V')
  return await box.inputValue()
}

const copied: [path: string, button: string, text: RegExp][] = [
  ['/explore/agreements?country=PAK', 'Copy as curl', /^curl .+country=PAK/],
  ['/explore/agreements?country=PAK', 'Copy as search JSON', /"country": *\{ *"eq": *"PAK"/],
  ['/map?resource=projects', 'Copy HTML to embed', /^<iframe src=".+resource=projects/],
]

describeInBrowser('a button that copies', () => {
  it.each(copied)('works on plain HTTP, and keeps the focus: %s %s', async (path, name, text) => {
    const page = await openWith(plainHttp, path)
    await page.getByRole('button', { name }).click()
    const button = page.getByRole('button', { name: 'Copied' })
    await button.waitFor()
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await paste(page)).toMatch(text)
  })

  it('copies a new key on plain HTTP', async () => {
    const page = await openWith(plainHttp, '/administration')
    await page.getByLabel('Name').fill('The treaty section')
    await page.getByRole('button', { name: 'Create the key' }).click()
    const key = await page.locator('.secret').textContent()
    await page.getByRole('button', { name: 'Copy the key' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await paste(page)).toBe(key)
  })

  it('selects the text in a field if the browser does not copy it', async () => {
    const page = await openWith(refusal, '/explore/agreements?country=PAK')
    await page.getByRole('button', { name: 'Copy as curl' }).click()
    const field = page.getByRole('textbox', { name: 'Select and copy this text:' })
    expect(await field.inputValue()).toMatch(/^curl .+country=PAK/)
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(await field.inputValue())
  })

  it('does not say "Copied" of a text that has changed since', async () => {
    const { page } = await dashboard.open('/explore/agreements')
    const button = page.getByRole('button', { name: 'Copied' })
    await page.getByRole('button', { name: 'Copy as curl' }).click()
    await button.waitFor()
    await page.getByRole('status').getByText('Copied').waitFor()
    await page.locator('.facet input').first().check()
    // The change of the filters ends "Copied" before its five seconds are over.
    await button.waitFor({ state: 'detached', timeout: 4000 })
    await page.getByRole('button', { name: 'Copy as curl' }).click()
    await button.waitFor()
    await button.waitFor({ state: 'detached' })
  })
})
