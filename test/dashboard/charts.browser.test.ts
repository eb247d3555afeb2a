import type { Page } from 'playwright-core'
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

/** Map, timeline, network and comparison in a browser, on the seed data. */

const dashboard = useDashboard()

/** The paths of the charts. `before` is one second ago, since a time in the future is refused. */
const chartPaths = () => {
  const before = new Date(Date.now() - 1000).toISOString()
  return [
    '/map?resource=projects',
    '/map?partnerOf=CHN&from=2008',
    '/timeline',
    '/timeline?resource=assistance-programs&sort=title',
    '/network?centre=CHN&pair=CHN,PAK',
    '/network?layout=matrix',
    '/compare?country=PAK,DEU,RUS',
    `/compare?country=CHN&before=${before}`,
    `/compare?resource=figures&country=CHN&before=${before}`,
  ]
}

/** Reads the links in the number cells of tables: the number, and the path of the linked view. */
const readLinks = async (page: Page): Promise<{ path: string; count: number }[]> => {
  const links = await page.locator('td.number a').all()
  return await Promise.all(
    links.map(async (link) => ({
      path: (await link.getAttribute('href')) ?? '',
      count: Number(((await link.textContent()) ?? '').replaceAll(',', '')),
    })),
  )
}

/** Returns the number of records in the API's list for a path of the explorer. */
const countRecords = (path: string): Promise<number> =>
  countInList(dashboard.api, path.replace('/explore/', '/v1/'))

describeInBrowser('charts of the dashboard', () => {
  it('say that they load while they still show the records of the former filters', async () => {
    const { page, go } = await dashboard.openTab()
    for (const path of ['/map', '/timeline', '/network', '/network?centre=CHN', '/explore/agreements']) {
      await go(path)
      const { release } = await holdRequests(page, /v1.*topic=energy/)
      if (path.startsWith('/explore'))
        await page.getByRole('checkbox', { name: 'Energy', exact: true }).check()
      else await page.getByLabel('Topic').selectOption({ label: 'Energy' })
      const sign = page.getByRole('main').getByRole('status').filter({ hasText: 'Loading' })
      await sign.first().waitFor()
      // The facets load with the list of records, which says so.
      if (path.startsWith('/explore')) expect(await sign.count()).toBe(1)
      expect(await page.locator('main :is(svg, table)').count(), path).toBeGreaterThan(0)
      release()
      await expect.poll(() => sign.count(), { message: path }).toBe(0)
      await page.unrouteAll()
    }
  })

  it.each([
    ['en', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
    ['zh', { viewport: { width: 375, height: 800 }, colorScheme: 'dark' }],
  ] as const)('have no script error, overflow or axe violation in %s', async (language, options) => {
    const { page, pageErrors, go } = await dashboard.open(`/?lang=${language}`, {
      ...options,
      ...auditOptions,
    })
    for (const path of chartPaths()) {
      await go(path)
      expect(pageErrors, path).toEqual([])
      expect(await page.getByRole('heading', { level: 1 }).count(), path).toBe(1)
      expect(await page.locator('.failure').count(), path).toBe(0)
      expect(await readLayoutShift(page), path).toBeLessThan(maxLayoutShift)
      expect(await measureOverflow(page), path).toBeLessThanOrEqual(0)
      expect(await findAccessibilityFaults(page), path).toEqual([])
      expect(await page.locator('html').getAttribute('lang')).toBe(language)
    }
  })

  it('have texts that are correct for a single record', async () => {
    const { page, go } = await dashboard.open('/timeline?country=PAK')
    for (const path of ['/timeline?country=PAK', '/map?country=PAK']) {
      await go(path)
      await page.getByRole('link', { name: 'Agreements: 1', exact: true }).waitFor()
    }
    await go('/network?centre=PAK&topic=science-and-technology')
    await page.getByText('Participants: 2. Pairs: 1.').first().waitFor()
  })

  it('keep the labels of the time axis inside the chart', async () => {
    const { page } = await dashboard.openTab({
      viewport: { width: 360, height: 760 },
      locale: 'zh-CN',
    })
    await changeResponses(page, '**/v1/agreements?*', (body) => ({
      ...body,
      data: [{ ...body.data[0], signedOn: '2012-11/2029-11' }],
    }))
    await page.goto(`${dashboard.api.origin}/countries/PAK`)
    const chart = page.locator('svg.timeline')
    await chart.waitFor()
    const labels = chart.locator('.axis text')
    await labels.first().waitFor()
    const { x, width } = (await chart.boundingBox()) ?? { x: 0, width: 0 }
    for (const label of await labels.all()) {
      const box = await label.boundingBox()
      expect(box?.x).toBeGreaterThanOrEqual(x)
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(x + width)
    }
  })

  it('show the title of each record on the timeline, even if its bar is as wide as the chart', async () => {
    const { page } = await dashboard.openTab()
    await changeResponses(page, '**/v1/agreements?*', ({ data: [record], ...body }) => {
      const other = { ...record, id: record.id.replace(/.$/, 'f'), title: 'One day', signedOn: '1955-05-01' }
      return { ...body, data: [{ ...record, title: 'In the fifties', signedOn: '195X' }, other] }
    })
    await page.goto(`${dashboard.api.origin}/timeline`)
    const titles = page.locator('svg.timeline .event-title')
    await titles.first().waitFor()
    expect(await titles.allTextContents()).toEqual(['In the fifties', 'One day'])
  })

  it('show the number of their highest column, even if the columns are narrow', async () => {
    const { page } = await dashboard.openTab()
    await changeResponses(page, /\/v1\/agreements\/aggregate\?groupBy=signedYear/, (body) => {
      const data = Array.from({ length: 120 }, (_one, index) => {
        const year = { signedYear: String(1900 + index) }
        return { ...body.data[0], key: year, label: year, measures: { count: index === 60 ? 7 : 1 } }
      })
      return { ...body, data }
    })
    await page.goto(`${dashboard.api.origin}/`)
    await page.locator('svg.columns').getByText('7', { exact: true }).waitFor()
  })

  it('show an error when they cannot be loaded, and load on a retry', async () => {
    const { page, settle } = await dashboard.openTab()
    for (const path of ['/map', '/timeline', '/network?centre=CHN', '/compare?country=PAK,DEU']) {
      await page.route('**/v1/**', (route) => route.abort())
      await page.goto(dashboard.api.origin + path)
      const alert = page.getByRole('alert').first()
      await alert.getByText('the service did not answer').waitFor()
      expect(await page.locator('.page-head a', { hasText: '…' }).count()).toBe(0)
      await page.unroute('**/v1/**')
      // Content that loads on a retry may contain further reads that have failed.
      await expect
        .poll(
          async () => {
            const buttons = page.getByRole('button', { name: 'Try again' })
            await buttons.evaluateAll((found) => {
              for (const button of found) if (button instanceof HTMLElement) button.click()
            })
            await settle()
            return await page.locator('.failure').count()
          },
          { timeout: 20_000 },
        )
        .toBe(0)
      await page.locator('td.number a, table a').first().waitFor({ state: 'attached' })
    }
  })

  it('link numbers in tables only to lists of as many records', async () => {
    const { page, go } = await dashboard.openTab()
    for (const path of [
      '/map?resource=projects&partnerOf=CHN',
      '/map?from=2011',
      '/network?centre=CHN',
      '/network?centre=CHN&from=2008&to=2011',
      '/compare?country=PAK,DEU',
    ]) {
      await go(path)
      const links = await readLinks(page)
      expect(links.length, path).toBeGreaterThan(0)
      for (const link of links) expect(await countRecords(link.path), link.path).toBe(link.count)
    }
  })

  it('show the numbers of the API on the map, in the network and in a comparison', async () => {
    const { page, go } = await dashboard.open('/map?resource=projects')
    const groups = (await dashboard.api.get('/v1/projects/aggregate?groupBy=country&sort=-count')).json<{
      data: { measures: { count: number } }[]
    }>()
    expect((await readLinks(page)).map(({ count }) => count)).toEqual(
      groups.data.map(({ measures: { count } }) => count),
    )
    expect(await page.getByRole('columnheader').allTextContents()).toEqual(['Country', 'Projects'])

    await go('/network?centre=CHN')
    const { partners } = (await dashboard.api.get('/v1/countries/CHN/network?limit=1000')).json<{
      partners: { name: string; count: number }[]
    }>()
    expect(partners.length).toBeGreaterThan(0)
    for (const { name, count } of partners) {
      const row = page.getByRole('row', { name: `China – ${name} ` })
      expect(await row.getByRole('cell').last().textContent(), name).toBe(String(count))
    }

    await go('/compare?country=PAK,DEU')
    const totals = await Promise.all(
      ['PAK', 'DEU'].map((code) => countRecords(`/explore/agreements?country=${code}`)),
    )
    const cells = page.getByRole('row', { name: 'Agreements' }).first().getByRole('cell')
    expect((await cells.allTextContents()).map(Number)).toEqual(totals)
  })

  it('have captions with each parameter that filters their numbers, and no other', async () => {
    const { page, go } = await dashboard.openTab()
    const level = 'level=intergovernmental'
    const presentation = 'embed=1&limit=5&count=exact&lang=en&sort=title'
    for (const [path, filters] of [
      [`/map?${level}&${presentation}`, 'Level: Intergovernmental'],
      [`/timeline?${level}&country=CHN&${presentation}`, 'Level: Intergovernmental · Country: China'],
      [`/compare?country=PAK,DEU&${level}&limit=5`, 'Level: Intergovernmental'],
      ['/network?level=organization&topic=energy&limit=5', 'Topic: Energy'],
      ['/network?resource=agreements,projects&topic=energy', 'Topic: Energy'],
      ['/network?from=2006&undated=include', 'from 2006 · with the records without a date'],
      ['/map?q=CERN&signedOn[gte]=2011-05', 'Words: CERN · Signed on ≥: May 2011'],
      ['/timeline?externalId=interview-2011:F01', 'External id: interview-2011:F01'],
      ['/map?expiresOn[isNull]=true&partnerOf=TUV', 'Expires on: unknown · Partner of: Tuvalu'],
      ['/compare?resource=assistance-programs&country=CHN,PAK&modality=training', 'Modality: Training'],
    ] as const) {
      await go(path)
      expect(await page.locator('main').textContent(), path).toContain(`Filters: ${filters}.`)
    }
  })

  it('let a user choose a period by keyboard, and store it in the URL', async () => {
    const { page, settle } = await dashboard.open('/map')
    await page.getByRole('slider', { name: 'First year of the period' }).focus()
    for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight')
    await page.waitForURL(/from=2011/)
    const total = page.locator('.page-head a').first()
    const count = await countRecords('/explore/agreements?happenedIn=2011/..')
    await expect.poll(() => total.textContent()).toBe(`Agreements: ${count}`)
    await page.reload()
    await settle()
    expect(await total.textContent()).toBe(`Agreements: ${count}`)
    expect(await page.getByRole('slider').first().inputValue()).toBe('2011')
  })

  it('keep the newer choice of a year while the previous choice reaches the URL', async () => {
    const { page } = await dashboard.open('/map')
    const shown = await page
      .getByRole('slider')
      .first()
      .evaluate((slider: HTMLInputElement) => {
        const choose = (steps: number) => {
          slider.stepUp(steps)
          slider.dispatchEvent(new Event('input', { bubbles: true }))
          return slider.value
        }
        return new Promise((resolve) => {
          const replaceState = history.replaceState
          history.replaceState = (...state) => {
            history.replaceState = replaceState
            replaceState.apply(history, state)
            const newer = choose(2)
            // Later, but before the newer choice itself reaches the URL.
            setTimeout(() => resolve([slider.value, newer]), 100)
          }
          choose(1)
        })
      })
    expect(shown).toEqual(['2011', '2011'])
    await page.waitForURL(/from=2011/)
  })

  it('let a user move the centre of a network, and show the shared records of a pair', async () => {
    const { page } = await dashboard.open('/network')
    await page.getByRole('link', { name: 'Japan' }).first().click()
    await page.waitForURL(/centre=JPN/)
    await page.getByRole('heading', { level: 1, name: 'Network of Japan' }).waitFor()
    await page.getByRole('button', { name: 'Japan – Russian Federation' }).click()
    const pair = page.getByRole('region', { name: 'Pair' })
    await pair.getByRole('link', { name: 'Projects 3' }).click()
    await page.getByText('3 records').waitFor()
  })

  it('show a network of more than a hundred participants as a matrix', async () => {
    const codes = (await dashboard.api.get('/v1/countries?limit=120&fields=code&validTo[isNull]=true')).json<{
      data: { code: string }[]
    }>()
    const participants = codes.data.map(({ code }) => ({ country: code, role: 'participant' }))
    const id = await dashboard.create('projects', { title: 'Many', kind: 'other', participants })
    const { page, pageErrors } = await dashboard.open('/network?resource=projects', auditOptions)
    await page.getByRole('heading', { name: 'As a matrix' }).waitFor()
    // The network has the 1000 pairs with the most shared records, and each pair has two cells.
    expect(await page.locator('.matrix .cell').count()).toBe(2000)
    expect(pageErrors).toEqual([])
    expect(await findAccessibilityFaults(page)).toEqual([])
    await page.context().close()
    await dashboard.api.delete(`/v1/projects/${id}`)
  })

  it('show the changes between two times', async () => {
    const parties = [{ country: 'FJI', role: 'party' }]
    const kept = await dashboard.createAgreement({ title: 'Kept', parties })
    const gone = await dashboard.createAgreement({ title: 'Gone', parties })
    const before = new Date().toISOString()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const added = await dashboard.createAgreement({ title: 'New', parties })
    await dashboard.api.patch(`/v1/agreements/${kept}`, { place: 'Suva' })
    await dashboard.api.delete(`/v1/agreements/${gone}`)
    const { page } = await dashboard.open(`/compare?country=FJI&before=${before}`)
    const changes = page.locator('section.widget', { hasText: 'What changed' })
    await changes.getByRole('heading', { name: 'Added: 1' }).waitFor()
    await changes.getByRole('link', { name: 'New' }).waitFor()
    await changes.getByText('Gone').waitFor()
    expect(await changes.getByRole('row', { name: 'Place' }).textContent()).toBe('PlaceunknownSuva')
    await page.context().close()
    for (const id of [kept, added]) await dashboard.api.delete(`/v1/agreements/${id}`)
  })
})
