import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { skipsBrowser } from '../support/browser.ts'
import { useDashboard } from '../support/dashboard.ts'

/** Records with very many sources or participants, in a browser. Needs Chromium, and the build. */

const dashboard = useDashboard({ changesRecords: true })
let path = ''

beforeAll(async () => {
  if (skipsBrowser) return
  const { data } = (await dashboard.api.get('/v1/countries?limit=200&fields=code')).json<{
    data: { code: string }[]
  }>()
  const parties = data.map(({ code }) => ({ country: code, role: 'party' }))
  const id = await dashboard.create('agreements', {
    kind: 'treaty',
    title: 'Convention with many parties',
    parties,
  })
  const source = await dashboard.create('sources', { kind: 'report', title: 'Report with many quotations' })
  for (let index = 1; index <= 30; index += 1)
    await dashboard.create('citations', {
      record: { resource: 'agreements', id },
      source,
      property: '/parties',
      excerpt: `Quotation ${index}.`,
    })
  path = `/records/agreements/${id}`
})

/** Types twenty letters into a field of a form, and returns how long the form takes to render them, in milliseconds. */
const timeTyping = (page: Page, id: string) =>
  page.locator(`[id="${id}"]`).evaluate(async (input: HTMLInputElement) => {
    const start = performance.now()
    for (let index = 0; index < 20; index += 1) {
      input.value += 'x'
      input.dispatchEvent(new Event('input', { bubbles: true }))
      await new Promise((done) => setTimeout(done))
    }
    return performance.now() - start
  })

describe.skipIf(skipsBrowser)('a record with long lists [needs Chromium]', { timeout: 60_000 }, () => {
  it('shows 25 sources, and the others after a click, for their links and URLs, and in print', async () => {
    const { page, go } = await dashboard.open(path)
    const first = page.locator('#source-25')
    const last = page.locator('#source-30')
    await first.waitFor()
    expect(await last.isVisible()).toBe(false)
    const rest = page.getByText('The other 5 of 30')
    await rest.focus()
    await page.keyboard.press('Enter')
    await last.waitFor()
    expect(await rest.evaluate((summary) => summary === document.activeElement)).toBe(true)
    await go(path)
    await page.getByRole('link', { name: 'Source 30', exact: true }).click()
    await expect.poll(() => last.isVisible()).toBe(true)
    await go('/changes')
    await go(`${path}#source-30`)
    await expect
      .poll(() => last.evaluate((item) => item.getBoundingClientRect().bottom <= innerHeight))
      .toBe(true)
    await go('/changes')
    await go(path)
    await page.emulateMedia({ media: 'print' })
    expect(await last.isVisible()).toBe(true)
    expect(await rest.isVisible()).toBe(false)
    await page.context().close()
  })

  it('shows all values of a facet, and says how many more each click shows', async () => {
    const { page } = await dashboard.open('/explore/agreements')
    const facet = page.getByRole('group', { name: 'Country' })
    const rows = facet.locator('li')
    const groups = await dashboard.api.get('/v1/agreements/aggregate?groupBy=country&limit=1')
    const total = groups.json<{ groups: { count: number } }>().groups.count
    for (let shown = 7; shown < total; shown = Math.min(total, shown + 50)) {
      const next = Math.min(50, total - shown)
      await facet.getByRole('button', { name: `${next} more`, exact: true }).click()
      await expect.poll(() => rows.count()).toBe(shown + next)
    }
    expect(await facet.getByRole('button').count()).toBe(0)
    await page.context().close()
  })

  it('renders an item of a list that is edited, and not the whole list', async () => {
    const { page } = await dashboard.openSignedIn(`${path}/edit`)
    const times: { title: number; item: number }[] = []
    for (let round = 0; round < 3; round += 1)
      times.push({
        title: await timeTyping(page, 'field/title'),
        item: await timeTyping(page, 'field/parties/150/contribution'),
      })
    // Other tests may slow down single rounds.
    const fastest = (field: 'title' | 'item') => Math.min(...times.map((round) => round[field]))
    expect(fastest('item')).toBeLessThan(3 * fastest('title'))
    await page.getByRole('button', { name: 'Remove Parties 150', exact: true }).click()
    await page.locator('[id="field/parties/149/contribution"]').press('y')
    expect(await page.locator('[id="field/parties/149/contribution"]').inputValue()).toBe(
      `${'x'.repeat(60)}y`,
    )
    await page.context().close()
  })
})

describe.skipIf(skipsBrowser)('the map of a record [needs Chromium]', { timeout: 60_000 }, () => {
  it('has all countries that take part, even if there are more than 200', async () => {
    const lists = await Promise.all(
      ['code&limit=200', '-code&limit=5'].map((sort) =>
        dashboard.api.get(`/v1/countries?fields=code&sort=${sort}`),
      ),
    )
    const parties = lists
      .flatMap((list) => list.json<{ data: { code: string }[] }>().data)
      .map(({ code }) => ({ country: code, role: 'party' }))
    const id = await dashboard.createAgreement({ title: 'Convention of nearly all', parties })
    const { page } = await dashboard.open(`/records/agreements/${id}`)
    await page.locator('.record-map a[href="/countries/ZWE"]').waitFor({ state: 'attached' })
    await page.context().close()
  })
})

describe.skipIf(skipsBrowser)('the map of the overview [needs Chromium]', { timeout: 60_000 }, () => {
  it('has all countries, even if there are more than 200', async () => {
    const { data } = (await dashboard.api.get('/v1/countries?limit=100&fields=code&sort=-code')).json<{
      data: { code: string }[]
    }>()
    const parties = data.map(({ code }) => ({ country: code, role: 'party' }))
    await dashboard.create('agreements', { kind: 'treaty', title: 'Convention of the others', parties })
    const { page } = await dashboard.open('/')
    const countries = page
      .locator('.widget', { has: page.locator('svg.map') })
      .locator('a[href^="/countries/"]')
    await expect.poll(() => countries.count()).toBeGreaterThanOrEqual(300)
    await page.context().close()
  })
})
