import { expect, it } from 'vitest'
import { describeInBrowser, signIn, useDashboard } from '../support/dashboard.ts'

/** Values in the URL of a view that look like percent-encoded text, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

describeInBrowser('a percent sign in a URL', () => {
  it('is decoded only once by the explorer', async () => {
    for (const id of ['a%20b', 'a b'])
      await dashboard.createAgreement({ title: `Treaty “${id}”`, externalIds: [{ scheme: 'web', id }] })
    const { page } = await dashboard.open('/explore/agreements?externalId=web:a%2520b')
    await page.getByRole('link', { name: 'Treaty “a%20b”' }).waitFor()
    expect(await page.getByRole('link', { name: 'Treaty “a b”' }).count()).toBe(0)
  })

  it('is decoded once by the search, and kept when the user chooses a language', async () => {
    const { page } = await dashboard.open('/search?q=%2541')
    await page.getByText('Results for “%41”').waitFor()
    await page.getByRole('link', { name: /^中文/ }).click()
    await page.waitForURL(/lang=zh/)
    expect(new URL(page.url()).searchParams.get('q')).toBe('%41')
  })

  it('is the same after signing in', async () => {
    const { page } = await dashboard.open('/search?q=%2541')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page)
    await page.waitForURL('**/search?q=%2541')
  })
})
