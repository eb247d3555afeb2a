import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Records with very many sources or participants, in a browser. */

const dashboard = useDashboard({ changesRecords: true, prepare: createTreaty })
let path = ''

/** Reads countries. @returns a party for each. */
async function readParties(query: string): Promise<{ country: string; role: string }[]> {
  const list = await dashboard.api.get(`/v1/countries?fields=code&${query}`)
  return list.json<{ data: { code: string }[] }>().data.map(({ code }) => ({ country: code, role: 'party' }))
}

/** Creates an agreement with 200 parties and 30 citations. */
async function createTreaty(): Promise<void> {
  const parties = await readParties('limit=200')
  const id = await dashboard.createAgreement({ title: 'Convention with many parties', parties })
  const source = await dashboard.create('sources', { kind: 'report', title: 'Report with many quotations' })
  for (let index = 1; index <= 30; index += 1)
    await dashboard.create('citations', {
      record: { resource: 'agreements', id },
      source,
      property: '/parties',
      excerpt: `Quotation ${index}.`,
    })
  path = `/records/agreements/${id}`
}

/** Returns the input for a property of a party. */
const partyInput = (page: Page, position: number, property: string) =>
  page.locator(`[id="field/parties/${position}/${property}"]`)

/**
 * Changes the value of an input without an event, so that the form does not notice: the value remains until the input is
 * rendered again.
 */
const setUnnoticed = (input: Locator, value: string) =>
  input.evaluate((element: HTMLInputElement, text) => {
    element.value = text
  }, value)

describeInBrowser('a view with long lists', () => {
  it('shows 25 citations, and the others on request, when a link leads to them, and in print', async () => {
    const { page, go } = await dashboard.open(path)
    const first = page.locator('#citation-25')
    const last = page.locator('#citation-30')
    await first.waitFor()
    expect(await last.isVisible()).toBe(false)
    const rest = page.getByText('The other 5 of 30')
    await rest.focus()
    await page.keyboard.press('Enter')
    await last.waitFor()
    expect(await rest.evaluate((summary) => summary === document.activeElement)).toBe(true)
    await go(path)
    await page.getByRole('link', { name: 'Citation 30', exact: true }).click()
    await expect.poll(() => last.isVisible()).toBe(true)
    await go('/changes')
    await go(`${path}#citation-30`)
    await expect
      .poll(() => last.evaluate((item) => item.getBoundingClientRect().bottom <= innerHeight))
      .toBe(true)
    await go('/changes')
    await go(path)
    await page.emulateMedia({ media: 'print' })
    expect(await last.isVisible()).toBe(true)
    expect(await rest.isVisible()).toBe(false)
  })

  it('links to the list of its sources if the service refuses to include so many', async () => {
    const { page } = await dashboard.openTab()
    await page.route(/include=names(,|%2C)citations/, (route) =>
      route.fulfill({
        status: 400,
        contentType: 'application/problem+json',
        body: JSON.stringify({ type: '/problems/invalid-parameter', status: 400, detail: 'Too many.' }),
      }),
    )
    await page.goto(dashboard.api.origin + path)
    await page.getByRole('heading', { level: 1, name: 'Convention with many parties' }).waitFor()
    await page.getByRole('link', { name: /^More sources are recorded/ }).click()
    await page.getByRole('rowheader', { name: 'Quotation 1.', exact: true }).waitFor()
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
  })

  it('renders only the edited item of a list again', async () => {
    const { page } = await dashboard.openSignedIn(`${path}/edit`)
    const edited = partyInput(page, 150, 'contribution')
    const sameItem = partyInput(page, 150, 'role')
    const otherItem = partyInput(page, 149, 'contribution')
    await setUnnoticed(sameItem, '')
    await setUnnoticed(otherItem, 'unnoticed')
    await edited.press('x')
    await expect.poll(() => sameItem.inputValue()).toBe('party')
    expect(await otherItem.inputValue()).toBe('unnoticed')
    // The title is none of the list's items.
    await page.getByLabel('Title required').press('x')
    expect(await otherItem.inputValue()).toBe('unnoticed')
    await page.getByRole('button', { name: 'Remove Parties 150', exact: true }).click()
    await otherItem.press('y')
    expect(await otherItem.inputValue()).toBe('xy')
  })
})

describeInBrowser('the map of a record', () => {
  it('has all countries that take part, even if there are more than 200', async () => {
    const parties = [
      ...(await readParties('sort=code&limit=200')),
      ...(await readParties('sort=-code&limit=5')),
    ]
    const id = await dashboard.createAgreement({ title: 'Convention of nearly all', parties })
    const { page } = await dashboard.open(`/records/agreements/${id}`)
    await page.locator('.record-map a[href="/countries/ZWE"]').waitFor({ state: 'attached' })
  })
})

describeInBrowser('the map of the overview', () => {
  it('has all countries, even if there are more than 200', async () => {
    const parties = await readParties('sort=-code&limit=100')
    await dashboard.createAgreement({ title: 'Convention of the others', parties })
    const { page } = await dashboard.open('/')
    const countries = page
      .locator('.widget', { has: page.locator('svg.map') })
      .locator('a[href^="/countries/"]')
    await expect.poll(() => countries.count()).toBeGreaterThanOrEqual(300)
  })
})
