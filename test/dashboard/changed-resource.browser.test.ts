import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The choice of another resource in charts and comparisons, and filters that a resource does not have, in a browser. */

const dashboard = useDashboard()

describeInBrowser('a choice of another resource', () => {
  it.each([
    [
      '/map?resource=agreements&kind=treaty&from=2000&to=2010&partnerOf=CHN',
      '/map?resource=projects&from=2000&to=2010&partnerOf=CHN',
    ],
    ['/timeline?country=CHN&status=signed', '/timeline?country=CHN&resource=projects'],
    ['/compare?country=PAK,CHN&kind=treaty', '/compare?country=PAK,CHN&resource=projects'],
    [
      '/network?centre=CHN&from=2000&undated=include',
      '/network?centre=CHN&from=2000&undated=include&resource=projects',
    ],
  ])('removes the filters that it may not have, and keeps the others: %s', async (path, kept) => {
    const { page, pageErrors, settle } = await dashboard.open(path)
    await page.getByRole('combobox', { name: 'Records' }).selectOption('projects')
    await settle()
    expect(page.url()).toBe(dashboard.api.origin + kept)
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(pageErrors).toEqual([])
  })
})

describeInBrowser('a filter that the resource does not have', () => {
  it('is removed by the button beside the error', async () => {
    const { page, settle } = await dashboard.open('/map?resource=projects&kind=treaty&kynd=x&from=2000')
    await page.getByRole('alert').getByRole('button', { name: 'Remove these filters' }).first().click()
    await settle()
    expect(page.url()).toBe(`${dashboard.api.origin}/map?resource=projects&from=2000`)
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})
