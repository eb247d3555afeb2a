import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Parameters without a value in the URL of a view, in a browser. */

const dashboard = useDashboard()

describeInBrowser('a parameter without a value', () => {
  it.each([
    ['/explore/agreements?country=', '/explore/agreements'],
    ['/explore/agreements?kind=&country=PAK%2CCHN&columns=', '/explore/agreements?country=PAK%2CCHN'],
    ['/map?resource=&country=', '/map'],
    ['/timeline?country=&topic', '/timeline'],
    ['/network?centre=&from=2006', '/network?from=2006'],
    ['/timeline?lang=&embed=1&country=', '/timeline?embed=1'],
  ])('is removed from the URL without an error, and the other parameters stay: %s', async (path, kept) => {
    const { page, pageErrors } = await dashboard.open(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(page.url()).toBe(dashboard.api.origin + kept)
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(pageErrors).toEqual([])
  })
})
