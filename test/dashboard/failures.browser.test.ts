import type { Page, Route } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, measureOverflow, useDashboard, type WatchedPage } from '../support/dashboard.ts'

/** The dashboard while the API fails, is slow or cannot be reached, and at a zoom of 200 %. */

const dashboard = useDashboard()

const problem = {
  type: 'about:blank',
  title: 'Busy',
  status: 503,
  detail: 'The registry is busy for a short time.',
}

const failures: [name: string, fail: (route: Route) => Promise<void>, message: RegExp][] = [
  [
    'is an error',
    (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    /The registry is busy for a short time/,
  ],
  ['is not JSON', (route) => route.fulfill({ status: 200, body: '<html>' }), /the service did not answer/],
  ['does not arrive', (route) => route.abort(), /the service did not answer/],
]

/**
 * Retries the first failed widget, and waits until all widgets have loaded, since one success makes the others retry. If an
 * automatic retry was faster, there is nothing to click.
 */
async function retryOnce(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelector<HTMLElement>('.failure button')?.click())
  await expect.poll(() => page.locator('.failure, .loading').count(), { timeout: 20_000 }).toBe(0)
}

/** Calls `visit` for each main view, one after another, with the same tab. `visit` opens the view. */
async function forEachView(visit: (watched: WatchedPage, path: string) => Promise<void>): Promise<void> {
  const found = await dashboard.api.get('/v1/agreements?fields=id&limit=1')
  const agreement = found.json<{ data: { id: string }[] }>().data[0]?.id
  if (agreement === undefined) throw new Error('the seed data has no agreement')
  const paths = ['/', '/countries/PAK', '/explore/agreements', `/records/agreements/${agreement}`]
  const watched = await dashboard.openTab()
  for (const path of [...paths, '/search?q=energy', '/changes']) {
    await visit(watched, path)
    await watched.page.unrouteAll()
  }
}

describeInBrowser('the dashboard in difficult conditions', () => {
  it.each(failures)(
    'shows an error with a retry in the main views when a response %s',
    async (_name, fail, message) => {
      await forEachView(async ({ page }, path) => {
        await page.route('**/v1/**', fail)
        await page.goto(dashboard.api.origin + path)
        const alert = page.getByRole('alert').first()
        await alert.waitFor()
        expect(await alert.textContent(), path).toMatch(message)
        expect(await page.getByRole('heading', { level: 1 }).count(), path).toBe(1)
        expect(await page.locator('.failure').first().getByRole('button').count(), path).toBe(1)
        await page.unroute('**/v1/**')
        await retryOnce(page)
        await page.getByRole('heading', { level: 1 }).waitFor()
      })
    },
  )

  it('says in the place of numbers that a key is needed, without a useless retry', async () => {
    const { page } = await dashboard.openTab()
    const body = JSON.stringify({
      ...problem,
      type: '/problems/unauthorized',
      status: 401,
      detail: 'A key.',
    })
    await page.route('**/v1/**', (route) =>
      route.fulfill({ status: 401, contentType: 'application/problem+json', body }),
    )
    await page.goto(dashboard.api.origin)
    const figures = page.locator('.key-figure')
    await expect.poll(() => figures.first().textContent()).toContain('A key.')
    expect(await figures.getByRole('button').count()).toBe(0)
    await page.getByRole('link', { name: /^中文/ }).click()
    await expect.poll(() => figures.first().textContent()).toContain('没有密钥')
  })

  it('shows a heading and a retry when the script of a view cannot be loaded', async () => {
    const { page } = await dashboard.openTab()
    await page.route('**/assets/compare*.js', (route) => route.abort())
    await page.goto(`${dashboard.api.origin}/compare`)
    await page.getByRole('heading', { level: 1, name: 'This view could not be loaded' }).waitFor()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
  })

  it('fills selects and facets without a reload once the service responds again', async () => {
    const { page } = await dashboard.openTab()
    for (const [path, filled] of [
      ['/map', 'option[value=PAK]'],
      ['/explore/agreements', '.facet input'],
    ] as const) {
      await page.route('**/aggregate?*', (route) => route.abort())
      await page.goto(dashboard.api.origin + path)
      await page.locator('.failure').first().waitFor()
      expect(await page.locator(filled).count(), path).toBe(0)
      await page.unroute('**/aggregate?*')
      await expect.poll(() => page.locator('.failure').count(), { timeout: 20_000 }).toBe(0)
      await page.locator(filled).first().waitFor({ state: 'attached' })
    }
  })

  it('opens a form without a reload once the service responds again', async () => {
    const { page } = await dashboard.openSignedIn('/sign-in')
    const found = await dashboard.api.get('/v1/agreements?fields=id&limit=1')
    const [agreement] = found.json<{ data: { id: string }[] }>().data
    await page.route('**/v1/agreements/*', (route) => route.abort())
    await page.goto(`${dashboard.api.origin}/records/agreements/${agreement?.id}/edit`)
    await page.getByRole('alert').getByText('the service did not answer').waitFor()
    await page.unroute('**/v1/agreements/*')
    await page.getByLabel('Title required').waitFor()
  })

  it('waits longer after each failure to open a form', async () => {
    const { page } = await dashboard.openSignedIn('/sign-in')
    const found = await dashboard.api.get('/v1/agreements?fields=id&limit=1')
    const [agreement] = found.json<{ data: { id: string }[] }>().data
    const times: number[] = []
    await page.route('**/v1/agreements/*', async (route) => {
      times.push(await page.evaluate(() => Date.now()))
      await route.abort()
    })
    await page.clock.install()
    await page.goto(`${dashboard.api.origin}/records/agreements/${agreement?.id}/edit`)
    while (times.length < 3) {
      await page.clock.fastForward(1000)
      await page.waitForTimeout(50)
    }
    const [first = 0, second = 0, third = 0] = times
    expect(second - first).toBeGreaterThanOrEqual(4000)
    expect(third - second).toBeGreaterThanOrEqual(8000)
  })

  it('shows the navigation and placeholders in the main views while no response arrives', async () => {
    await forEachView(async ({ page }, path) => {
      await page.route('**/v1/**', () => {})
      await page.goto(dashboard.api.origin + path)
      await page.getByRole('navigation').first().waitFor()
      await page.getByRole('status').first().waitFor()
      expect(await page.getByRole('alert').count(), path).toBe(0)
    })
  })

  it('does not scroll horizontally in the main views at a zoom of 200 %', async () => {
    await forEachView(async ({ page, go }, path) => {
      // A window with a width of 1280 pixels has 640 CSS pixels at a zoom of 200 %.
      await page.setViewportSize({ width: 640, height: 450 })
      await go(path)
      expect(await measureOverflow(page), path).toBeLessThanOrEqual(0)
    })
  })
})
