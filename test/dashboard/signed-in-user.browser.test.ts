import { describe, expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import { skipsBrowser } from '../support/browser.ts'
import { auditOptions, findAccessibilityFaults, useDashboard } from '../support/dashboard.ts'

/** The name and role of the signed-in user in the header, in a browser. */

const dashboard = useDashboard()

describe.skipIf(skipsBrowser)('the header [needs Chromium]', { timeout: 60_000 }, () => {
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
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })
})
