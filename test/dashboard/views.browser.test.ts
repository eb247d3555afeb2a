import { expect, it } from 'vitest'
import { countInList } from '../support/aggregates.ts'
import {
  auditOptions,
  changeResponses,
  describeInBrowser,
  findAccessibilityFaults,
  measureOverflow,
  useDashboard,
} from '../support/dashboard.ts'
import { holdRequests } from '../support/held-requests.ts'
import { maxLayoutShift, readLayoutShift } from '../support/layout-shift.ts'

/** The dashboard in a browser, on the seed data. */

let agreement: string
const dashboard = useDashboard({
  prepare: async () => {
    const found = await dashboard.api.get('/v1/agreements?country=PAK&fields=id')
    const [first] = found.json<{ data: { id: string }[] }>().data
    if (!first) throw new Error('the seed data has no agreement of Pakistan')
    agreement = first.id
  },
})

const views = (): [string, string][] => [
  ['overview', '/'],
  ['country', '/countries/PAK'],
  ['country that gives aid', '/countries/CHN'],
  ['explorer', '/explore/agreements'],
  ['explorer of countries', '/explore/countries'],
  ['record', `/records/agreements/${agreement}`],
  ['search', '/search?q=energy'],
  ['changes', '/changes'],
]

describeInBrowser('the dashboard', () => {
  it.each([
    { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
    { viewport: { width: 320, height: 800 }, colorScheme: 'dark' },
  ] as const)(
    'shows the main views without script errors, overflow or axe violations: $colorScheme',
    async (options) => {
      const { page, pageErrors, go } = await dashboard.openTab({ ...options, ...auditOptions })
      for (const [name, path] of views()) {
        await go(path)
        expect(pageErrors, name).toEqual([])
        expect(await page.getByRole('heading', { level: 1 }).count(), name).toBe(1)
        expect(await readLayoutShift(page), name).toBeLessThan(maxLayoutShift)
        expect(await measureOverflow(page), name).toBeLessThanOrEqual(0)
        expect(await findAccessibilityFaults(page), name).toEqual([])
      }
    },
  )

  it('opens a view at its top from a link far down, and restores the position with Back', async () => {
    const { page, settle } = await dashboard.open('/')
    const position = () => page.evaluate(() => scrollY)
    const link = page.locator('main table').last().getByRole('link').last()
    await link.scrollIntoViewIfNeeded()
    expect(await position()).toBeGreaterThan(1000)
    await link.click()
    await page.waitForURL('**/records/**')
    await settle()
    expect(await position()).toBe(0)
    await page.goBack()
    await expect.poll(position).toBeGreaterThan(1000)
  })

  it('sets the document title to the heading of the view, in the language of the view', async () => {
    const { page, go } = await dashboard.openTab()
    for (const [name, path] of [
      ...views(),
      ['map', '/map'],
      ['Chinese', '/countries/PAK?lang=zh'],
    ] as const) {
      await go(path)
      const heading = await page.getByRole('heading', { level: 1 }).textContent()
      expect(await page.title(), name).toBe(`${heading} – Entente`)
    }
  })

  it('leads from a claim on the overview to its quotation in one click', async () => {
    const { page } = await dashboard.open('/')
    await page
      .locator('section.widget', { hasText: 'What sources claim' })
      .getByRole('link', { name: /^Countries and regions with which China has started/ })
      .click()
    await page.getByRole('heading', { level: 1, name: /^Countries and regions/ }).waitFor()
    const quotation = page.locator('blockquote')
    await quotation.first().waitFor()
    const cited = await dashboard.api.get('/v1/citations?fields=excerpt&limit=200')
    const excerpts = cited
      .json<{ data: { excerpt: string | null }[] }>()
      .data.map(({ excerpt }) => `“${excerpt}”`)
    expect(excerpts).toContain(await quotation.first().textContent())
  })

  it('leads from the claims on the overview to the list of all figures, if there are more', async () => {
    const { page } = await dashboard.openTab()
    await changeResponses(page, '**/v1/figures?limit=50&*', (body) => ({
      ...body,
      page: { ...body.page, next: 'second' },
    }))
    await page.goto(dashboard.api.origin)
    await page.getByRole('link', { name: 'All figures, as a list' }).click()
    await page.getByRole('heading', { level: 1, name: 'Figures' }).waitFor()
  })

  it('leads from the overview through the page of Pakistan to an agreement with its source', async () => {
    const { page } = await dashboard.open('/')
    await page.getByRole('link', { name: 'Pakistan', exact: true }).click()
    await page
      .getByRole('link', { name: /^China–Pakistan cooperation documents/ })
      .last()
      .click()
    await page.getByRole('heading', { level: 2, name: 'Sources' }).waitFor()
    await page.getByText('China and Pakistan signed cooperation documents').waitFor()
    await page.getByRole('link', { name: 'Scientific and Technological Diplomacy' }).first().waitFor()
  })

  it('shows the numbers of agreements, projects, bases and programs that the API counts', async () => {
    const { page } = await dashboard.open('/')
    for (const resource of ['agreements', 'projects', 'cooperation-bases', 'assistance-programs']) {
      const count = await countInList(dashboard.api, `/v1/${resource}`)
      const shown = page.locator(`.key-figure a[href="/explore/${resource}"]`)
      expect(await shown.textContent(), resource).toBe(String(count))
    }
  })

  it('keeps filters and sort in the URL, which restores the view', async () => {
    const { page, settle } = await dashboard.open('/explore/agreements')
    await page.getByRole('checkbox', { name: 'Pakistan' }).check()
    await page.getByRole('button', { name: 'Title' }).click()
    await page.waitForURL(/sort=title/)
    expect(new URL(page.url()).searchParams.get('country')).toBe('PAK')
    await page.getByRole('button', { name: 'Remove the filter Country: Pakistan' }).waitFor()
    const rows = () => page.locator('tbody tr').allTextContents()
    await expect.poll(async () => (await rows()).length).toBe(1)
    const before = await rows()
    await page.reload()
    await settle()
    expect(await rows()).toEqual(before)
  })

  it('does not call the values of a new column unknown while they load', async () => {
    const { page } = await dashboard.open('/explore/agreements')
    const { held, release } = await holdRequests(page, '**/v1/agreements?*')
    await page.getByText('Columns', { exact: true }).click()
    await page.getByRole('button', { name: 'Languages' }).click()
    await held
    const cell = page.getByRole('row').nth(1).getByRole('cell').last()
    expect(await cell.textContent()).toBe('…')
    release()
    await expect.poll(() => cell.textContent()).not.toBe('…')
  })

  it('shows the filters of the explorer when a narrow window becomes wide', async () => {
    const { page } = await dashboard.open('/explore/agreements', { viewport: { width: 375, height: 800 } })
    const words = page.getByLabel('Words in the text')
    expect(await words.isVisible()).toBe(false)
    await page.setViewportSize({ width: 1280, height: 800 })
    await words.waitFor()
    await words.fill('energy')
  })

  it('shows the names of filter values, even when no record matches', async () => {
    const { page } = await dashboard.open('/explore/agreements?country[all]=AND,PAK&topic=energy&region=002')
    for (const filter of ['Country all: Andorra, Pakistan', 'Topic: Energy', 'Region: Africa'])
      await page.getByRole('button', { name: `Remove the filter ${filter}` }).waitFor()
  })

  it('says that the numbers of topics do not include narrower topics, but the filter does', async () => {
    const { page } = await dashboard.open('/explore/agreements')
    const note = 'Numbers count records with the topic itself. The filter also finds narrower topics.'
    expect(await page.getByRole('group', { name: 'Topic' }).getByText(note).isVisible()).toBe(true)
    expect(await page.getByText(note).count()).toBe(1)
  })

  it('downloads only the records that the explorer shows', async () => {
    const { page } = await dashboard.open('/explore/agreements?country=PAK')
    const link = await page.getByRole('link', { name: 'CSV' }).getAttribute('href')
    const { text } = await dashboard.api.get(link ?? '')
    expect(text.trim().split('\r\n')).toHaveLength(2)
    expect(text).toContain('China–Pakistan cooperation documents')
  })

  it('shows markup in a record as text', async () => {
    const title = '<img src=x onerror="name=1"><script>name=2</script> & co'
    const id = await dashboard.create('projects', { title, kind: 'other', summary: title })
    const { page, pageErrors, go } = await dashboard.openTab()
    for (const path of [
      `/records/projects/${id}`,
      '/explore/projects?columns=summary',
      '/search?q=onerror',
      '/changes',
    ]) {
      await go(path)
      await page.getByText(title).first().waitFor()
      expect(pageErrors, path).toEqual([])
      // `window.name` stays empty unless a script in the title runs.
      expect(await page.evaluate(() => name), path).toBe('')
    }
    await page.context().close()
    await dashboard.api.delete(`/v1/projects/${id}`)
  })

  it('shows the location of a record, and links its participants on a map and as facts', async () => {
    const codes = ['CHN', 'PAK', 'DEU', 'USA', 'JPN', 'RUS', 'ITA', 'FRA']
    const id = await dashboard.create('cooperation-bases', {
      name: 'An observatory on a mountain',
      kind: 'observatory',
      location: { name: 'Yangbajing', latitude: 30.1, longitude: 90.5 },
      participants: codes.map((country) => ({ country, role: 'participant' })),
    })
    const { page, pageErrors } = await dashboard.open(`/records/cooperation-bases/${id}`)
    const map = page.locator('svg.map')
    for (const name of ['China', 'Italy', 'France']) {
      expect(await map.getByRole('link', { name }).count(), name).toBe(1)
      expect(await page.locator('.facts').first().getByRole('link', { name }).count(), name).toBe(1)
    }
    expect(await map.locator('.place title').textContent()).toBe('Yangbajing')
    expect(pageErrors).toEqual([])
    expect(await readLayoutShift(page)).toBeLessThan(maxLayoutShift)
    await page.context().close()
    await dashboard.api.delete(`/v1/cooperation-bases/${id}`)
  })

  it('does not move on a narrow screen when names load that take two lines', async () => {
    const aliases = ['An island beyond the pillars', 'A city of rings'].map((name) => ({
      name,
      language: null,
    }))
    await dashboard.api.post('/v1/countries', { code: 'XAT', name: 'Atlantis', aliases })
    const { page, go, settle } = await dashboard.openTab({ viewport: { width: 320, height: 800 } })
    for (const [path, loadsNames] of [
      ['/countries/XAT', /\/v1\/countries\/XAT$/],
      ['/compare?country=XAT&before=2026-01-01T00:00:00.000Z', /groupBy=country/],
    ] as const) {
      const { held, release } = await holdRequests(page, loadsNames)
      const loading = go(path)
      await held
      release()
      await loading
      await settle()
      expect(await readLayoutShift(page), path).toBeLessThan(maxLayoutShift)
      await page.unrouteAll()
    }
    await page.context().close()
    await dashboard.api.delete('/v1/countries/XAT')
  })

  it('says in an empty list that nothing is recorded', async () => {
    const { page } = await dashboard.openTab()
    const lists = /\/v1\/(changes|agreements\/aggregate)\?/
    await changeResponses(page, lists, (body) => ({ ...body, data: [] }))
    await page.goto(`${dashboard.api.origin}/`)
    for (const name of ['Countries that take part in the most agreements', 'Latest changes']) {
      const widget = page.locator('section.widget', { has: page.getByRole('heading', { name }) })
      await widget.getByText('Nothing is recorded.').waitFor()
    }
    await page.goto(`${dashboard.api.origin}/changes`)
    await page.getByText('Nothing is recorded.').waitFor()
  })

  it('is available in Chinese, with names and dates in Chinese', async () => {
    const { page } = await dashboard.open('/countries/PAK?lang=zh')
    await page.getByRole('heading', { level: 1, name: '巴基斯坦' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('zh')
    await page.getByRole('cell', { name: '2011年4月' }).waitFor()
  })

  it('shows an error with a retry button in a widget whose request has failed', async () => {
    const { page } = await dashboard.openTab()
    let isBroken = true
    await page.route('**/v1/agreements/aggregate?groupBy=country*', (route) =>
      isBroken ? route.abort() : route.continue(),
    )
    await page.goto(dashboard.api.origin)
    const alert = page.getByRole('alert').first()
    await alert.getByText('the service did not answer').waitFor()
    isBroken = false
    await alert.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: 'Pakistan', exact: true }).waitFor()
  })

  it('suggests records while a reader types, and opens them by keyboard alone', async () => {
    const { page } = await dashboard.open('/')
    await page.getByRole('combobox').fill('pakis')
    await page.getByRole('option', { name: /^Pakistan/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/countries\/PAK$/)
  })
})

describeInBrowser('a page that does not exist', () => {
  it('says for a malformed id that there is nothing, since a person cannot correct it', async () => {
    const { page } = await dashboard.open('/records/agreements/nonsense')
    await page.getByRole('heading', { level: 1, name: 'There is nothing here.' }).waitFor()
  })

  it.each(['/map?resource=citations', '/map?resource=nonsense', '/timeline?resource=citations'])(
    'says that there is nothing if the resource has no such chart: %s',
    async (path) => {
      const { page, pageErrors } = await dashboard.open(path)
      await page.getByRole('heading', { level: 1, name: 'There is nothing here.' }).waitFor()
      expect(pageErrors).toEqual([])
    },
  )

  it('is a 404 page for browsers, and a problem document for other clients and under /v1', async () => {
    const { page } = await dashboard.open('/country/PAK?x')
    await page.getByRole('heading', { level: 1, name: 'There is nothing here.' }).waitFor()
    await page.getByRole('navigation').waitFor()
    const fetchPage = (path: string, accept: string) =>
      fetch(dashboard.api.origin + path, { headers: { accept } })
    for (const path of ['/country/PAK', '/v10', '/v1x/y?z']) {
      const shown = await fetchPage(path, 'text/html,*/*')
      expect([shown.status, shown.headers.get('vary')], path).toEqual([404, 'Accept'])
    }
    for (const [path, accept] of [
      ['/country/PAK', '*/*'],
      ['/v1/country/PAK', 'text/html,*/*'],
      ['/v1?x', 'text/html,*/*'],
    ] as const) {
      const { status, headers } = await fetchPage(path, accept)
      expect([status, headers.get('content-type')], path).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ])
    }
  })
})
