import { expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import {
  auditOptions,
  describeInBrowser,
  findAccessibilityFaults,
  measureOverflow,
  signIn,
  useDashboard,
} from '../support/dashboard.ts'

/** Signing in and out, and the name and role of the signed-in user in the header, in a browser. */

const dashboard = useDashboard()

describeInBrowser('the header', () => {
  it.each([320, 768, 1440])(
    'shows the name of a key and the role in a window of %i pixels',
    async (width) => {
      const { page, go } = await dashboard.openSignedIn('/changes', {
        ...auditOptions,
        viewport: { width, height: 800 },
      })
      await page.getByRole('link', { name: 'Signed in as ADMIN_KEY (administrator)' }).waitFor()
      expect(await findAccessibilityFaults(page)).toEqual([])
      await go('/changes?lang=zh')
      await page.getByText('ADMIN_KEY（管理员）').click()
      await page.getByRole('main').getByText('已登录：ADMIN_KEY').waitFor()
    },
  )

  it('shows the subject of a token without a name, and the role beside a long subject', async () => {
    const id = 'https://issuer.example/users/'.padEnd(300, '0')
    const actor = { kind: 'oidc', id, name: null, role: 'reader' }
    const { page } = await dashboard.open('/changes', {
      session: { key: adminKey, actor },
      viewport: { width: 320, height: 800 },
    })
    const user = page.getByRole('link', { name: `Signed in as ${id} (reader)` })
    const role = await user.getByText('(reader)').boundingBox()
    expect((role?.x ?? Infinity) + (role?.width ?? 0)).toBeLessThanOrEqual(320)
    expect(await measureOverflow(page)).toBeLessThanOrEqual(0)
  })
})

describeInBrowser('the sign-in', () => {
  it('keeps the key out of the URL and persistent storage, and forgets it at sign-out', async () => {
    const { page, settle } = await dashboard.open(`/new/projects`)
    await signIn(page)
    await page.getByRole('heading', { level: 1, name: /new record$/ }).waitFor()
    expect(page.url()).toBe(`${dashboard.api.origin}/new/projects`)
    const stored = await page.evaluate(() => JSON.stringify(localStorage) + document.cookie)
    expect(stored).not.toContain(adminKey)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.reload()
    await settle()
    await page.getByRole('heading', { name: 'Sign in with a key' }).waitFor()
    await page.getByLabel('Key', { exact: true }).fill('密钥')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Enter a key: Latin letters, digits and symbols, without spaces.').waitFor()
    await page.getByLabel('Key', { exact: true }).fill('ent_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The key is not known here.').waitFor()
  })

  it('removes the error of an unknown key when a key is accepted that lacks the right', async () => {
    const { key } = await dashboard.createKey('reader')
    const { page } = await dashboard.open('/administration')
    await page.getByLabel('Key', { exact: true }).fill('ent_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    const error = page.getByText('The key is not known here.')
    await error.waitFor()
    await signIn(page, key)
    await page.getByText('The key of A reader does not have this right.').waitFor()
    expect(await error.count()).toBe(0)
  })

  it('leads back to the view from which the user signed in, even if the language was changed', async () => {
    const { page } = await dashboard.open('/explore/agreements?country=PAK', { locale: 'zh-CN' })
    await page.getByRole('banner').getByRole('link', { name: '登录' }).click()
    await page.getByRole('link', { name: /^English/ }).click()
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click()
    await signIn(page)
    await page.waitForURL('**/explore/agreements?country=PAK')
  })
})
