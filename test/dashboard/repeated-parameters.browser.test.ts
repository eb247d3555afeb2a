import { describe, expect, it } from 'vitest'
import { skipsBrowser } from '../support/browser.ts'
import { useDashboard } from '../support/dashboard.ts'

/** Parameters of a view's URL that take one value but have several, in a browser. */

const dashboard = useDashboard()

const views = [
  '/search?q=energy&q=water',
  '/explore/agreements?q=energy&q=water',
  '/explore/agreements?title[contains]=energy&title[contains]=water',
  '/map?q=energy&q[]=water',
]

describe.skipIf(skipsBrowser)('a parameter of one value that is repeated', { timeout: 60_000 }, () => {
  it.each(views)('is refused by the view and by its data: %s', async (path) => {
    const { page } = await dashboard.open(path)
    await page.getByRole('alert').getByText('takes one value, not 2').first().waitFor()
    const data = await fetch(`${dashboard.api.origin}${path}&format=json`)
    expect([data.status, await data.text()]).toEqual([400, expect.stringContaining('takes one value, not 2')])
  })

  it('is a filter of the explorer for each value, which the reader can remove', async () => {
    const { page } = await dashboard.open('/explore/agreements?q=energy&q=water')
    await page.getByRole('button', { name: 'Remove the filter Words: water' }).click()
    await page.waitForURL('**/explore/agreements?q=energy')
    await page.getByText(/^\d+ records?$/).waitFor()
  })
})
