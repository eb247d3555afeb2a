import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'
import { databaseTime } from '../support/documents.ts'

/** The page of a record as of an earlier time, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

describeInBrowser('the page of a record with asOf', () => {
  it('opens from the explorer, and shows the record of that time without buttons to change it', async () => {
    const id = await dashboard.createAgreement({ title: 'The earlier title' })
    const asOf = await databaseTime(dashboard.api)
    await dashboard.api.patch(`/v1/agreements/${id}`, { title: 'The current title' })
    const { page, pageErrors } = await dashboard.openSignedIn(
      `/explore/agreements?sort=-createdAt&asOf=${asOf}`,
    )
    await page.getByRole('link', { name: 'The earlier title' }).click()
    await page.getByRole('heading', { level: 1, name: 'The earlier title' }).waitFor()
    await page.getByText(/^The record as of /).waitFor()
    expect(await (await fetch(`${page.url()}&format=csv`)).text()).toContain('The earlier title')
    for (const action of ['Edit', 'Delete', 'Add a source'])
      expect(await page.getByText(action, { exact: true }).count(), action).toBe(0)
    await page.getByRole('link', { name: 'Show the current version' }).click()
    await page.getByRole('heading', { level: 1, name: 'The current title' }).waitFor()
    await page.getByRole('heading', { name: 'History' }).waitFor()
    expect(pageErrors).toEqual([])
  })

  it('before the record existed says that there was none, and leads to the current version', async () => {
    const asOf = await databaseTime(dashboard.api)
    const id = await dashboard.createAgreement({ title: 'A new one' })
    const { page } = await dashboard.open(`/records/agreements/${id}?asOf=${asOf}`)
    await page.getByRole('alert').waitFor()
    expect(await page.getByText(/^Removed by /).count()).toBe(0)
    await page.getByRole('link', { name: 'Show the current version' }).click()
    await page.getByRole('heading', { level: 1, name: 'A new one' }).waitFor()
  })

  it('opens as of the time from a timeline, a map, a network, a country and another record', async () => {
    const parties = ['CHN', 'PAK'].map((country) => ({ country, role: 'party' }))
    const id = await dashboard.createAgreement({ title: 'A past one', parties, signedOn: '2010' })
    const asOf = await databaseTime(dashboard.api)
    const { page } = await dashboard.open('/')
    for (const path of [
      '/timeline?resource=agreements&country=PAK',
      '/map?resource=agreements',
      '/network?pair=CHN,PAK',
      '/countries/PAK?',
      `/records/agreements/${id}?`,
    ]) {
      await page.goto(`${dashboard.api.origin}${path}&asOf=${asOf}`)
      const links = page.getByRole('main').locator('a:is([href^="/records/"], [href^="/countries/"])')
      await links.first().waitFor()
      const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
      // The page of a country links to its current version.
      const others = paths.filter((other) => other !== new URL(page.url()).pathname)
      expect(others.length, path).toBeGreaterThan(0)
      for (const other of others) expect(other, path).toContain(`asOf=${encodeURIComponent(asOf)}`)
    }
  })
})
