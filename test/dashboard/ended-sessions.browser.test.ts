import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import {
  auditOptions,
  describeInBrowser,
  findAccessibilityFaults,
  signIn,
  useDashboard,
  type WatchedPage,
} from '../support/dashboard.ts'
import { holdRequests } from '../support/held-requests.ts'

/** The dashboard after the service has refused the key of the session, or the user has signed out, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

const revoke = ({ id }: { id: string }) => dashboard.api.delete(`/v1/keys/${id}`)

/** Opens a view with the stored session of a new editor. */
async function openAsEditor(path: string): Promise<WatchedPage & { issued: { id: string } }> {
  const issued = await dashboard.createKey('editor')
  const actor = (await dashboard.api.get('/v1/actor', { key: issued.key })).json()
  return { ...(await dashboard.open(path, { ...auditOptions, session: { key: issued.key, actor } })), issued }
}

const notice = (page: Page) => page.getByRole('alert').filter({ hasText: 'no longer accepts your key' })

describeInBrowser('an ended session', () => {
  it('keeps a confirmation open with its reason, and says why nothing was done', async () => {
    const id = await dashboard.createAgreement({ title: 'Kept', visibility: 'internal' })
    const { page, settle, issued } = await openAsEditor(`/records/agreements/${id}`)
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason for the change').fill('A duplicate')
    await revoke(issued)
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByRole('alert').getByText('The request failed: The key has been revoked').waitFor()
    await settle()
    expect(await dialog.getByLabel('Reason for the change').inputValue()).toBe('A duplicate')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await notice(page).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main')
    await signIn(page)
    await page.getByRole('heading', { level: 1, name: 'Kept' }).waitFor()
  })

  it('is announced on a page that only reads, with a form to sign in again', async () => {
    const { page, settle, issued } = await openAsEditor('/countries/PAK')
    expect(await notice(page).count()).toBe(0)
    await revoke(issued)
    await page.reload()
    await settle()
    await notice(page).waitFor()
    expect(await findAccessibilityFaults(page)).toEqual([])
    await signIn(page)
    await notice(page).waitFor({ state: 'detached' })
    expect(new URL(page.url()).pathname).toBe('/countries/PAK')
  })

  it('keeps the input of a form while a key without the right is signed in', async () => {
    const id = await dashboard.createAgreement({ title: 'Before' })
    const reader = await dashboard.createKey('reader')
    const { page, issued } = await openAsEditor(`/records/agreements/${id}/edit`)
    await page.getByLabel('Title required').fill('Typed before the end')
    await revoke(issued)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Enter another key. Your input stays.' }).click()
    await page.keyboard.insertText(reader.key)
    await page.keyboard.press('Enter')
    await page.getByText('The key of A reader does not have this right.').waitFor()
    expect(await page.getByLabel('Title required').inputValue()).toBe('Typed before the end')
    await signIn(page)
    await page.getByText('Not saved: ').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Typed before the end' }).waitFor()
  })

  it('loads a form that could not be loaded, once the user has signed in again', async () => {
    const id = await dashboard.createAgreement({ title: 'Internal', visibility: 'internal' })
    const { page, go, issued } = await openAsEditor('/changes')
    await revoke(issued)
    await go(`/records/agreements/${id}/edit`)
    await notice(page).waitFor()
    await signIn(page)
    await expect.poll(() => page.getByLabel('Title required').inputValue()).toBe('Internal')
  })

  it('leaves no internal record on the page after signing out, even before the service responds', async () => {
    await dashboard.createAgreement({ title: 'Secret treaty', visibility: 'internal', signedOn: '2015' })
    await dashboard.create('countries', { code: 'XSC', name: 'Secret country', visibility: 'internal' })
    for (const path of [
      '/changes',
      '/timeline?q=secret',
      '/countries/XSC',
      '/explore/agreements?country=XSC',
    ]) {
      const { page } = await dashboard.openSignedIn(path)
      const main = page.getByRole('main')
      await expect.poll(() => main.textContent(), { message: path }).toContain('Secret')
      const { held, release } = await holdRequests(page, '**/v1/**')
      await page.getByRole('button', { name: 'Sign out' }).click()
      await held
      await expect.poll(() => main.textContent(), { message: path }).not.toContain('Secret')
      release()
    }
  })

  it('is also ended on an earlier page that the browser shows again as it was', async () => {
    await dashboard.createAgreement({ title: 'Secret accord', visibility: 'internal' })
    const { page } = await dashboard.openSignedIn('/explore/agreements?q=secret+accord')
    const link = page.getByRole('main').getByRole('link', { name: 'Secret accord' })
    await link.waitFor()
    // Chromium has no back/forward cache in tests. The script does what a sign-out on a later page and then the cache would do.
    await page.evaluate(() => {
      sessionStorage.removeItem('session')
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    })
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor()
    await link.waitFor({ state: 'detached' })
  })

  it('has no key any more after signing out, even if the browser blocks storage', async () => {
    const { page, settle } = await dashboard.open('/sign-in')
    await page.addInitScript(`Object.defineProperty(window, 'sessionStorage', {
      get: () => { throw new DOMException('The operation is insecure.', 'SecurityError') },
    })`)
    await page.reload()
    await settle()
    await signIn(page)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor()
  })
})
