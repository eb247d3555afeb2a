import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Single-valued parameters of a view's URL that are given twice, in a browser. */

const dashboard = useDashboard()

const views = [
  '/search?q=energy&q=water',
  '/explore/agreements?q=energy&q=water',
  '/explore/agreements?title[contains]=energy&title[contains]=water',
  '/map?q=energy&q[]=water',
]

describeInBrowser('a single-valued parameter that is given twice', () => {
  it.each(views)('is an error in the view, and a 400 with format=json: %s', async (path) => {
    const { page } = await dashboard.open(path)
    await page.getByRole('alert').getByText('takes one value, not 2').first().waitFor()
    const data = await fetch(`${dashboard.api.origin}${path}&format=json`)
    expect([data.status, await data.text()]).toEqual([400, expect.stringContaining('takes one value, not 2')])
  })

  it('appears in the explorer as one filter for each value, which can be removed', async () => {
    const { page } = await dashboard.open('/explore/agreements?q=energy&q=water')
    await page.getByRole('button', { name: 'Remove the filter Words: water' }).click()
    await page.waitForURL('**/explore/agreements?q=energy')
    await page.getByText(/^\d+ records?$/).waitFor()
  })
})
