import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import { describeInBrowser, pickRecord, useDashboard } from '../support/dashboard.ts'
import { importCsv, newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'
import { uploadTreaties, waitForImport } from '../support/uploaded-imports.ts'

/** Where the focus is after actions that remove the focused button, in a browser (WCAG 2.4.3). */

const dashboard = useDashboard({ changesRecords: true })

/** Waits until the element of a selector, or something in it, has the focus. */
const waitForFocus = (page: Page, selector: string) =>
  expect
    .poll(() => page.evaluate((within) => document.activeElement?.closest(within) != null, selector))
    .toBe(true)

describeInBrowser('the focus', () => {
  it('is on the faults of a form after each refused attempt to save it', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.locator('[id="field/topics"]').fill('energy')
    const save = page.getByRole('button', { name: 'Create' })
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await save.press('Enter')
      await waitForFocus(page, '.failure')
    }
  })

  it('is in the view after a confirmed action, and on the button of a cancelled one', async () => {
    const id = await dashboard.createAgreement({ title: 'A treaty to delete' })
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
  })

  it('is on the link to sign in after signing out, and in the view after signing in', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.getByRole('button', { name: 'Sign out' }).press('Enter')
    await waitForFocus(page, 'header a[href="/sign-in"]')
    await page.getByLabel('Key', { exact: true }).fill(adminKey)
    await page.keyboard.press('Enter')
    await page.getByLabel('Title required').waitFor()
    await waitForFocus(page, '#main')
  })

  it('is on the notice with a new key, and on the form after the user has stored the key', async () => {
    const { page } = await dashboard.openSignedIn('/administration')
    await page.getByLabel('Name').fill('The treaty section')
    await page.getByRole('button', { name: 'Create the key' }).press('Enter')
    await page.locator('.secret').waitFor()
    await waitForFocus(page, ':has(> .notice)')
    await page.getByRole('button', { name: 'I have stored it' }).press('Enter')
    await page.getByRole('button', { name: 'Create the key' }).waitFor()
    await waitForFocus(page, ':has(> .new-key)')
  })

  it('is on a picked record, and on the search after the user removes the record from the field', async () => {
    const { page } = await dashboard.openSignedIn('/new/cooperation-bases')
    const remove = (name: string) => page.getByRole('button', { name: `Remove ${name}` }).press('Enter')
    await page.getByRole('button', { name: 'Add to Participants' }).press('Enter')
    await waitForFocus(page, 'fieldset[id="field/participants/0"]')
    for (const id of ['field/hostCountry', 'field/participants/0/country']) {
      await pickRecord(page, page.locator(`[id="${id}"]`), 'Pakistan')
      await waitForFocus(page, `.picked[id="${id}"]`)
      await remove('Pakistan')
      await waitForFocus(page, `input[id="${id}"]`)
    }
    await pickRecord(page, page.locator('[id="field/topics"]'), 'Energy')
    await remove('Energy')
    await waitForFocus(page, 'input[id="field/topics"]')
  })

  it('is in the form after a conflict is resolved', async () => {
    const id = await dashboard.createAgreement({ title: 'Before' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByLabel('Title required').fill('Mine')
    await dashboard.api.patch(`/v1/agreements/${id}`, { place: 'Beijing' })
    await page.getByRole('button', { name: 'Save' }).click()
    await waitForFocus(page, '#conflict-title')
    await page.getByRole('button', { name: 'Continue with these values' }).press('Enter')
    await page.getByRole('button', { name: 'Save' }).waitFor()
    await waitForFocus(page, 'form')
  })

  it('stays in the history while older versions load, and the entries stay visible', async () => {
    const id = await dashboard.createAgreement({ title: 'Version 1' })
    for (let version = 2; version <= 22; version += 1)
      await dashboard.api.patch(`/v1/agreements/${id}`, { title: `Version ${version}` })
    const { page, settle } = await dashboard.open(`/records/agreements/${id}`)
    const entries = page.locator('ol.entries > li')
    expect(await entries.count()).toBe(20)
    const countsWhileLoading: number[] = []
    await page.route('**/history?limit=200*', async (route) => {
      countsWhileLoading.push(await entries.count())
      await route.continue()
    })
    await page.getByRole('button', { name: 'Older versions' }).press('Enter')
    await settle()
    expect(countsWhileLoading).toEqual([20])
    expect(await entries.count()).toBe(22)
    await waitForFocus(page, 'ol.entries')
  })

  /**
   * Opens a view in which a list has two pages, opens the second page from the keyboard, and checks that the focus is in the
   * list's widget. The second page has the items of the first page, so few items suffice.
   */
  async function expectFocusStaysInList(view: string, path: string, title: string): Promise<void> {
    const { page, settle } = await dashboard.openSignedIn(view)
    await page.route(new RegExp(`${path}(\\?|$)`), async (route) => {
      const url = new URL(route.request().url())
      const next = url.searchParams.has('cursor') ? null : 'second'
      url.searchParams.delete('cursor')
      const response = await route.fetch({ url: url.href })
      await route.fulfill({ response, json: { ...(await response.json()), page: { next } } })
    })
    await page.reload()
    await settle()
    const widget = page.locator('section.widget', {
      has: page.getByRole('heading', { name: title, exact: true }),
    })
    await widget.getByRole('button', { name: 'Next page' }).press('Enter')
    await widget.getByRole('button', { name: 'First page' }).waitFor()
    await settle()
    expect(await widget.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  }

  it.each([
    ['/administration', '/v1/keys', 'Keys'],
    ['/imports', '/v1/imports', 'All imports'],
  ])('stays in a list whose last page opens: %s', expectFocusStaysInList)

  const csv = `${treatyHeader}\n1,On water,2001,China\n2,On fire,2003,Atlantis\n`

  it('is in the view after decisions about names are saved, and after the current state is shown', async () => {
    const id = await uploadTreaties(dashboard.api, `${csv}3,On sand,2004,Mu\n`)
    await waitForImport(dashboard.api, id)
    const { page } = await dashboard.openSignedIn(`/imports/${id}`)
    const group = (name: string) => page.getByRole('group', { name, exact: true })
    const decide = async (name: string) => {
      await group(name).getByLabel('Leave it out').check()
      await page.getByRole('button', { name: 'Save decisions (1)' }).press('Enter')
    }
    await decide('Mu')
    await group('Mu').waitFor({ state: 'detached' })
    await group('Atlantis').waitFor()
    await waitForFocus(page, '#main')
    await page.getByRole('link', { name: 'Overview' }).focus()
    const decision = { resource: 'countries', name: 'Atlantis', key: 'PAK' }
    await dashboard.api.put(`/v1/imports/${id}/names`, { decisions: [decision] })
    await decide('Atlantis')
    await page.getByRole('button', { name: 'Show the current state' }).press('Enter')
    await group('Atlantis').waitFor({ state: 'detached' })
    await waitForFocus(page, '#main')
  })

  it('stays in the unresolved names of a dry run when their last page opens', async () => {
    const id = await uploadTreaties(dashboard.api, csv)
    expect((await waitForImport(dashboard.api, id)).state).toBe('staged')
    await expectFocusStaysInList(`/imports/${id}`, '/names', 'Unresolved names')
  })

  it.each([
    ['refused rows', '/rows', 'Refused rows'],
    ['records', '/records', 'Records of the import'],
  ])('stays in the %s of an import when their last page opens', async (_name, path, title) => {
    const { id } = await importCsv(dashboard.api.database, treatyMapping(newScheme()), csv)
    await expectFocusStaysInList(`/imports/${id}`, path, title)
  })
})
