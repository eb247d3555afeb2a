import { expect, it } from 'vitest'
import { changeResponses, describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The number of results of a search, in a browser. */

const dashboard = useDashboard()

describeInBrowser('the results of a search', () => {
  it.each([
    ['energy', '1 result', '1 条结果', 1, false],
    ['energy', '2 results', '2 条结果', 2, false],
    ['energy', 'More than 20 results', '结果超过 20 条', 20, true],
    ['xqzvkw', '0 results', '0 条结果', 0, false],
  ])('have their number below the heading: %s, %s', async (q, english, chinese, count, more) => {
    const { page } = await dashboard.openTab()
    await changeResponses(page, '**/v1/search?*', ({ data, page: info }) => ({
      data: data.slice(0, count),
      page: { ...info, more },
    }))
    for (const [lang, text] of [
      ['en', english],
      ['zh', chinese],
    ] as const) {
      await page.goto(`${dashboard.api.origin}/search?q=${q}&lang=${lang}`)
      await page.locator('.page-head').getByText(text, { exact: true }).waitFor()
      expect(await page.getByRole('main').getByRole('listitem').count()).toBe(count)
    }
  })
})
