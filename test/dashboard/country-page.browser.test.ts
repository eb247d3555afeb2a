import { expect, it } from 'vitest'
import {
  auditOptions,
  changeResponses,
  describeInBrowser,
  findAccessibilityFaults,
  useDashboard,
} from '../support/dashboard.ts'

/** The heading and the figures of the page of a country, in a browser. */

const dashboard = useDashboard()

describeInBrowser('the page of a country', () => {
  it('has no heading until the name is known, and keeps the name while another day is read', async () => {
    const { page } = await dashboard.openTab()
    let answer = () => {}
    let requests = 0
    await page.route('**/briefing*', async (route) => {
      await new Promise<void>((resolve) => {
        answer = resolve
        requests += 1
      })
      await route.continue()
    })
    const heading = page.getByRole('heading', { level: 1 })
    await page.goto(`${dashboard.api.origin}/countries/PAK`)
    await page.getByRole('status').first().waitFor()
    expect(await heading.count()).toBe(0)
    await expect.poll(() => requests).toBe(1)
    answer()
    await heading.waitFor()
    expect(await heading.textContent()).toBe('Pakistan')
    const today = new Date().toISOString().slice(0, 10)
    await page.getByLabel('As of', { exact: true }).fill(today)
    await page.waitForURL(/asOf=/)
    await page.getByRole('status').first().waitFor()
    expect(await heading.textContent()).toBe('Pakistan')
    await expect.poll(() => requests).toBe(2)
    answer()
    await page.getByRole('status').first().waitFor({ state: 'detached' })
  })

  it('opens from a code in lower case', async () => {
    const { page } = await dashboard.open('/countries/pak?asOf=2090')
    expect(page.url()).toBe(`${dashboard.api.origin}/countries/PAK?asOf=2090`)
  })

  it('has a link, large enough to click, to the agreements that its timeline does not show', async () => {
    const { page, go } = await dashboard.openTab(auditOptions)
    await changeResponses(page, '**/v1/agreements?country=*', (body) => {
      // So many that the table is closed: the link is then near the button that opens it.
      const data = Array.from({ length: 20 }, (_, index) => ({
        ...body.data[0],
        id: body.data[0].id.replace(/..$/, String(10 + index)),
      }))
      return { data, page: { ...body.page, next: 'more' } }
    })
    await go('/countries/CHN')
    await page.getByRole('link', { name: 'Not all are shown here.' }).waitFor()
    expect(await findAccessibilityFaults(page)).toEqual([])
  })

  it('marks the sources of each record, even if there are many citations', async () => {
    const { page, go } = await dashboard.openTab()
    await page.route('**/v1/citations?*', async (route) => {
      const url = new URL(route.request().url())
      // The first page has no citation, and the second one has all.
      if (url.searchParams.has('cursor')) {
        url.searchParams.delete('cursor')
        return await route.continue({ url: url.href })
      }
      const response = await route.fetch()
      const { page: info } = await response.json()
      await route.fulfill({ response, json: { data: [], page: { ...info, next: 'second' } } })
    })
    await go('/countries/PAK')
    await page
      .getByRole('link', { name: /^Source \d/ })
      .first()
      .waitFor()
  })

  it('says that its list of sources is not complete, if the briefing has only some of them', async () => {
    const { page } = await dashboard.openTab()
    const open = async (more: number) => {
      await changeResponses(page, '**/briefing*', ({ sources, ...body }) => ({
        ...body,
        sources: { ...sources, groups: sources.data.length + more },
      }))
      await page.goto(`${dashboard.api.origin}/countries/PAK`)
      const widget = page.locator('section.widget', { has: page.getByRole('heading', { name: 'Sources' }) })
      await widget.locator('#source-1').waitFor()
      return await widget.getByText('Not all are shown here.').count()
    }
    expect([await open(0), await open(1)]).toEqual([0, 1])
  })

  it('has the code as its heading if the briefing cannot be read', async () => {
    const { page } = await dashboard.open('/countries/QQQ')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('QQQ')
  })

  it('links to the list of all figures about the country', async () => {
    const { page } = await dashboard.open('/countries/CHN')
    await page.getByRole('link', { name: 'All figures, as a list' }).click()
    await page.getByRole('heading', { level: 1, name: 'Figures' }).waitFor()
    const { figuresList } = (await dashboard.api.get('/v1/countries/CHN/briefing')).json<{
      figuresList: string
    }>()
    expect(page.url()).toBe(dashboard.api.origin + figuresList.replace('/v1/', '/explore/'))
    await page.getByRole('button', { name: 'Remove the filter Country: China' }).waitFor()
  })
})
