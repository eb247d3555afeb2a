import { beforeAll, describe, expect, it } from 'vitest'
import { generate } from '../../src/features/generating/generate.ts'
import { countInList } from '../support/aggregates.ts'
import { skipsBrowser } from '../support/browser.ts'
import { useDashboard, type WatchedPage } from '../support/dashboard.ts'

/** The dashboard on a registry of 100,000 agreements. */

const dashboard = useDashboard({ changesRecords: true })
beforeAll(async () => {
  if (!skipsBrowser) await generate(dashboard.api.database, 100_000, 1)
}, 600_000)

/** Opens a view and waits until none of its widgets waits for the API. */
async function openView(path: string): Promise<WatchedPage> {
  const watched = await dashboard.open(path, { viewport: { width: 1280, height: 900 } })
  await watched.page.locator('.loading').first().waitFor({ state: 'detached', timeout: 60_000 })
  return watched
}

const views = [
  '/',
  '/countries/CHN',
  '/countries/TUV',
  '/explore/agreements',
  '/explore/agreements?country=CHN,DEU&signedOn[gte]=1990&q=energy&sort=-signedOn',
  '/explore/citations',
  '/search?q=energy',
  '/changes',
  '/map',
  '/map?resource=agreements&from=2000&to=2010',
  '/timeline',
  '/timeline?country=CHN',
  '/network',
  '/network?centre=CHN',
  '/network?layout=matrix',
  '/compare?country=CHN,DEU',
  '/records/countries/CHN',
  '/new/agreements',
]

const formatNumber = (number: number) => new Intl.NumberFormat('en').format(number)

describe.skipIf(skipsBrowser)('a dashboard of many records [needs Chromium]', { timeout: 240_000 }, () => {
  it.each(views)('shows %s with every widget, and without an error', async (path) => {
    const { page, pageErrors } = await openView(path)
    expect(pageErrors).toEqual([])
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
  })

  it('shows the numbers of the API on the overview and on the page of a country', async () => {
    for (const [view, query] of [
      ['/', ''],
      ['/countries/CHN', '?country=CHN'],
    ] as const) {
      const { page } = await openView(view)
      for (const resource of ['agreements', 'projects', 'cooperation-bases', 'assistance-programs']) {
        const figure = page.locator(`.key-figure a[href="/explore/${resource}${query}"]`)
        expect(await figure.textContent(), `${view} ${resource}`).toBe(
          formatNumber(await countInList(dashboard.api, `/v1/${resource}${query}`)),
        )
      }
      await page.context().close()
    }
  })

  it('goes through pages of a table, forward and back to the first', async () => {
    const { page } = await openView('/explore/agreements?country=CHN&sort=-signedOn')
    const rows = page.locator('tbody th a')
    const first = await rows.allTextContents()
    expect(first.length).toBeGreaterThan(0)
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.waitForURL(/cursor=/)
    await page.waitForLoadState('networkidle')
    const second = await rows.allTextContents()
    expect(second).toHaveLength(first.length)
    expect(second.filter((title) => first.includes(title))).toEqual([])
    await page.getByRole('link', { name: 'First page' }).click()
    await page.waitForURL((url) => !url.search.includes('cursor'))
    await page.waitForLoadState('networkidle')
    expect(await rows.allTextContents()).toEqual(first)
  })
})
