import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The fragments of URLs of the dashboard, such as that of a source in a list, in a browser. */

const dashboard = useDashboard()

describeInBrowser('the fragment of a URL', () => {
  it.each(['', '?embed=1&lang=en'])('stays if a country code is in lower case: %s', async (query) => {
    const { page } = await dashboard.open(`/countries/pak${query}#source-1`)
    await page.getByRole('heading', { level: 1, name: 'Pakistan' }).waitFor()
    expect(page.url()).toBe(`${dashboard.api.origin}/countries/PAK${query}#source-1`)
  })
})
