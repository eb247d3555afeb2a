import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'
import { holdRequests } from '../support/held-requests.ts'

/** The filters and times of comparisons in the dashboard, in a browser. */

const dashboard = useDashboard()

/** Opens the comparison with a year ago from a chart. @returns the parameters of its URL. */
async function comparisonOf(chart: string): Promise<Record<string, string>> {
  const { page, settle } = await dashboard.open(chart)
  await page.getByRole('link', { name: 'Compare with a year ago' }).click()
  await page.getByRole('heading', { level: 1, name: /two dates$/ }).waitFor()
  await settle()
  return Object.fromEntries(new URL(page.url()).searchParams)
}

describeInBrowser('a comparison of two times', () => {
  it('has all filters and the period of the chart from which it was opened', async () => {
    const chart = '/timeline?resource=projects&country=PAK&country=DEU&kind=research&from=2000&to=2015'
    expect(await comparisonOf(`${chart}&sort=title`)).toEqual({
      resource: 'projects',
      country: 'PAK,DEU',
      kind: 'research',
      happenedIn: '2000/2015',
      before: expect.any(String),
    })
    expect(await comparisonOf('/map?partnerOf=CHN&status=in_force')).toEqual({
      resource: 'agreements',
      country: 'CHN',
      status: 'in_force',
      before: expect.any(String),
    })
  })

  it('names its filters, and counts the records of several countries together', async () => {
    const before = new Date().toISOString()
    const path = `/compare?country=PAK,DEU&happenedIn=2000/2015&before=${before}`
    const { page, pageErrors } = await dashboard.open(path)
    await page.getByText('Happened in: 2000 to 2015').waitFor()
    await page.getByRole('heading', { level: 1, name: 'Pakistan, Germany · Agreements' }).waitFor()
    const kinds = page.getByRole('table', { name: /^Agreements by kind/ })
    const list = await kinds.getByRole('link').first().getAttribute('href')
    expect(decodeURIComponent(list ?? '')).toContain('country=PAK,DEU')
    expect(pageErrors).toEqual([])
  })

  it('starts a year before the time of the page, if the page shows a time in the past', async () => {
    expect(await comparisonOf('/map?asOf=2024-05-06T12:00:00Z')).toMatchObject({
      asOf: '2024-05-06T12:00:00Z',
      before: '2023-05-06T23:59:59.999Z',
    })
    expect(await comparisonOf('/map?resource=figures&registryAsOf=2024-05-06T12:00:00Z')).toEqual({
      resource: 'figures',
      asOf: '2024-05-06T12:00:00Z',
      before: '2023-05-06T23:59:59.999Z',
    })
  })

  it('shows why a time in its URL is refused', async () => {
    const { page } = await dashboard.open('/compare?country=PAK&before=yesterday')
    expect(await page.getByRole('alert').first().textContent()).toContain('asOf')
  })
})

describeInBrowser('a comparison of countries', () => {
  it('names the countries that it leaves out, since it has at most four columns', async () => {
    const { page } = await dashboard.open('/compare?country=PAK,DEU,FRA,EGY,CHN')
    expect(await page.getByRole('status').textContent()).toBe(
      'At most 4 countries are compared. These are left out: China.',
    )
  })

  it('shows no numbers of a replaced country while the new one loads', async () => {
    const { page, settle } = await dashboard.open('/compare?country=CHN,PAK')
    await settle()
    const { release } = await holdRequests(page, /aggregate.*=DEU|DEU\/briefing/)
    await page.evaluate(() => history.pushState(null, '', '/compare?country=CHN,DEU'))
    await page.getByText('Loading').first().waitFor()
    expect(await page.getByRole('columnheader', { name: 'Germany' }).count()).toBe(0)
    release()
    await page.getByRole('columnheader', { name: 'Germany' }).first().waitFor()
  })

  it('has the label of unknown values that other views have', async () => {
    const { page, go } = await dashboard.open('/compare?country=DEU,USA')
    await page.getByRole('rowheader', { name: 'Unknown', exact: true }).first().waitFor()
    await go('/compare?country=DEU,USA&lang=zh')
    await page.getByRole('rowheader', { name: '未知', exact: true }).first().waitFor()
  })

  it('has no number for a country that is not in the registry, but 0 for one without records', async () => {
    const { page } = await dashboard.open('/compare?country=XXX,PAK,AND')
    for (const name of [/^Number of records/, /^Agreements by kind/]) {
      const row = page.getByRole('table', { name }).locator('tbody tr').first()
      expect(await row.locator('td').allTextContents(), String(name)).toEqual(['–', '1', '0'])
    }
  })

  it('calls groups by country "by partner" if they count partners, otherwise "by country"', async () => {
    const { page, go } = await dashboard.open('/compare?country=PAK,DEU')
    const partners = page.getByRole('table', { name: /^Agreements by partner/ })
    expect(await partners.getByRole('columnheader').first().textContent()).toBe('Partner')
    expect(await partners.getByRole('rowheader').allTextContents()).toEqual(['China'])
    await go(`/compare?before=${new Date().toISOString()}`)
    await page.getByRole('table', { name: /^Agreements by country/ }).waitFor()
  })

  it('names countries that take part in no record, and several countries of one field', async () => {
    const { page, go } = await dashboard.open('/compare?country=TUV,PAK')
    const choiceOf = (label: string) =>
      page.getByRole('combobox', { name: label, exact: true }).evaluate((field) => {
        if (!(field instanceof HTMLSelectElement)) throw new Error('the field is no select')
        return field.selectedOptions[0]?.text
      })
    expect(await choiceOf('Country 1')).toBe('Tuvalu')
    await page.getByRole('columnheader', { name: 'Tuvalu' }).first().waitFor()
    await go(`/compare?country=TUV,PAK&before=${new Date().toISOString()}`)
    expect(await choiceOf('Country')).toBe('Tuvalu, Pakistan')
    await go('/network?centre=TUV')
    expect(await choiceOf('Partners of')).toBe('Tuvalu')
  })
})
