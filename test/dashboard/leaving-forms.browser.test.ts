import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { answerQuestions, describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Leaving a form with unsaved changes in the dashboard, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

/** Opens the form of a new agreement from its list, and enters a title. `answer` is the user's answer to each question. */
async function openChangedForm(): Promise<{ page: Page; questions: string[]; answer: { leaves: boolean } }> {
  const { page, settle } = await dashboard.openSignedIn('/explore/agreements')
  const answer = { leaves: false }
  const questions = answerQuestions(page, () => answer.leaves)
  await page.getByRole('link', { name: 'New record' }).click()
  await page.getByLabel('Title required').fill('Half of a title')
  await settle()
  return { page, questions, answer }
}

const question = 'You have unsaved changes. Leave without saving?'

type Leave = (page: Page) => Promise<unknown>

async function search(page: Page): Promise<void> {
  await page.locator('.search-box').getByRole('combobox').fill('energy')
  await page.keyboard.press('Enter')
}

const ways: [way: string, leave: Leave, path: string][] = [
  ['the search in the header', search, '/search'],
  ['Back', (page) => page.evaluate(() => history.back()), '/explore/agreements'],
  ['a link', (page) => page.getByRole('link', { name: 'Map' }).click(), '/map'],
  ['signing out', (page) => page.getByRole('button', { name: 'Sign out' }).click(), '/new/agreements'],
]

describeInBrowser('a half-filled form', () => {
  it.each(ways)('asks before it is lost by %s, and keeps the input', async (_way, leave, path) => {
    const { page, questions, answer } = await openChangedForm()
    await leave(page)
    await expect.poll(() => questions).toEqual([question])
    await expect.poll(() => new URL(page.url()).pathname).toBe('/new/agreements')
    expect(await page.getByLabel('Title required').inputValue()).toBe('Half of a title')
    answer.leaves = true
    await leave(page)
    await page.getByLabel('Title required').waitFor({ state: 'detached' })
    expect(new URL(page.url()).pathname).toBe(path)
    expect(questions).toEqual([question, question])
  })

  it('lets the browser ask before its tab is closed, and stores no input in the browser', async () => {
    const { page } = await openChangedForm()
    const asked = page.waitForEvent('dialog')
    await page.close({ runBeforeUnload: true })
    expect((await asked).type()).toBe('beforeunload')
    expect(await page.getByLabel('Title required').inputValue()).toBe('Half of a title')
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
    expect(stored).not.toContain('Half of a title')
  })

  it('does not ask after it has been saved', async () => {
    const { page, questions } = await openChangedForm()
    await page.getByLabel('Kind required').selectOption('treaty')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { level: 1, name: 'Half of a title' }).waitFor()
    await search(page)
    await page.waitForURL('**/search?q=energy')
    expect(questions).toEqual([])
  })

  it.each([
    ['the text of a search', (page: Page) => page.locator('[id="field/topics"]').fill('energy')],
    ['a reason for the change', (page: Page) => page.getByLabel('Reason for the change').fill('Wrong')],
  ])('asks even if it has only %s', async (_what, fill) => {
    const { page, settle } = await dashboard.openSignedIn('/new/agreements')
    const asked = page.waitForEvent('dialog')
    await fill(page)
    await settle()
    const leaving = page.getByRole('link', { name: 'Map' }).click()
    const dialog = await asked
    expect(dialog.message()).toBe(question)
    await dialog.dismiss()
    await leaving
    expect(new URL(page.url()).pathname).toBe('/new/agreements')
  })

  it('does not ask when it stays open: a new tab, an anchor on the page, the other language', async () => {
    const { page, questions } = await openChangedForm()
    const tab = page.context().waitForEvent('page')
    await page.getByRole('link', { name: 'Map' }).click({ modifiers: ['Control'] })
    await (await tab).close()
    await page.locator('a.skip').press('Enter')
    await page.waitForURL('**/new/agreements#main')
    await page.locator('a[href*="lang=zh"]').click()
    await page.getByRole('button', { name: '退出' }).waitFor()
    expect(await page.locator('[id="field/title"]').inputValue()).toBe('Half of a title')
    expect(questions).toEqual([])
  })

  it('keeps the new language if the user goes back and then decides to stay', async () => {
    const { page, questions } = await openChangedForm()
    await page.locator('a[href*="lang=zh"]').click()
    await page.getByRole('button', { name: '退出' }).waitFor()
    const { href } = new URL(page.url())
    await page.evaluate(() => history.go(-2))
    await expect.poll(() => questions).toHaveLength(1)
    await expect.poll(() => page.url()).toBe(href)
    // The question is in Chinese now.
    expect(questions).not.toEqual([question])
    expect(await page.getByRole('button', { name: '退出' }).isVisible()).toBe(true)
  })
})
