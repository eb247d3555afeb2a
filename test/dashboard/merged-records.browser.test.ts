import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The views at the key of a record that was merged into another record, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

/** Creates two agreements, and merges the first into the second. @returns the key of each. */
async function mergeTwo(): Promise<{ from: string; into: string }> {
  const from = await dashboard.createAgreement({ title: 'The duplicate' })
  const into = await dashboard.createAgreement({ title: 'The one that stays' })
  await dashboard.api.patch(`/v1/agreements/${into}`, { place: 'Islamabad' })
  const merged = await dashboard.api.post(
    `/v1/agreements/${from}/merge`,
    { into },
    { headers: { 'if-match': '*' } },
  )
  expect(merged.status).toBe(200)
  return { from, into }
}

/** Creates two countries, and merges the first into the second. */
async function mergeCountries(from: string, into: string): Promise<void> {
  for (const code of [from, into])
    await dashboard.api.post('/v1/countries', { code, name: `Country ${code}` })
  const headers = { 'if-match': '*' }
  const merged = await dashboard.api.post(`/v1/countries/${from}/merge`, { into }, { headers })
  expect(merged.status, merged.text).toBe(200)
}

const lastOperation = async (id: string) => {
  const path = `/v1/agreements/${id}/history?limit=1&follow=false`
  return (await dashboard.api.get(path)).json<{ data: { operation: string }[] }>().data[0]?.operation
}

describeInBrowser('the views of a merged record', () => {
  it('lead to the views of the record that stays, whose URLs replace theirs', async () => {
    const { from, into } = await mergeTwo()
    const { page, pageErrors, go } = await dashboard.openSignedIn('/changes')
    for (const [view, heading] of [
      ['', 'The one that stays'],
      ['/edit', 'Edit “The one that stays”'],
      ['/redact', 'Redact “The one that stays”'],
    ] as const) {
      await go(`/records/agreements/${from}${view}?lang=en`)
      await page.waitForURL(`**/records/agreements/${into}${view}?lang=en`)
      await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    }
    expect(pageErrors).toEqual([])
    await page.goBack()
    await page.waitForURL(`**/records/agreements/${into}/edit?lang=en`)
    await mergeCountries('XYA', 'XYB')
    await go('/network?centre=XYA&lang=en')
    await page.waitForURL('**/network?centre=XYB&lang=en')
    await page.getByRole('heading', { level: 1, name: 'Network of Country XYB' }).waitFor()
    expect(pageErrors).toEqual([])
  })

  it('show the history of the record that stays, and redact this record', async () => {
    const { from, into } = await mergeTwo()
    const { page } = await dashboard.openSignedIn(`/records/agreements/${from}`)
    await page.getByText('First values').click()
    await page.locator('.diff').getByText('The one that stays').waitFor()
    await page.getByRole('link', { name: 'Redact' }).click()
    await page.getByLabel('Text required').fill('Islamabad')
    await page.getByLabel('Reason required').fill('A test')
    await page.getByLabel('I know that this cannot be undone.').check()
    await page.getByRole('button', { name: 'Redact' }).click()
    await page.waitForURL(`**/records/agreements/${into}`)
    await page.getByRole('heading', { level: 1, name: 'The one that stays' }).waitFor()
    expect(await lastOperation(into)).toBe('redact')
    expect((await dashboard.api.get(`/v1/agreements/${into}`)).text).not.toContain('Islamabad')
  })

  it('lead from the history of the record that stays to the history of the merged one, and back', async () => {
    const { from, into } = await mergeTwo()
    const { page, pageErrors } = await dashboard.openSignedIn(`/records/agreements/${into}`)
    await page.getByRole('link', { name: 'History of the record that was merged into this one' }).click()
    await page.waitForURL(`**/records/agreements/${from}?follow=false`)
    await page.getByRole('heading', { level: 1, name: 'The duplicate' }).waitFor()
    await page.getByText('First values').click()
    await page.locator('.diff').getByText('The duplicate').waitFor()
    for (const action of ['Restore', 'Redact', 'Edit'])
      expect(await page.getByText(action, { exact: true }).count(), action).toBe(0)
    await page.getByRole('link', { name: 'It was merged into another record.' }).click()
    await page.getByRole('heading', { level: 1, name: 'The one that stays' }).waitFor()
    expect(pageErrors).toEqual([])
  })

  it('of a country lead to the comparison with the country that stays, now and over time', async () => {
    await mergeCountries('XZA', 'XZB')
    const { page, go } = await dashboard.openSignedIn('/compare?country=XZA,PAK&lang=en')
    await page.waitForURL('**/compare?country=XZB*PAK&lang=en')
    await page.getByRole('columnheader', { name: 'XZB' }).first().waitFor()
    await go('/compare?country=XZA&before=2020-01-01T00:00:00Z&lang=en')
    await page.waitForURL('**/compare?country=XZB&before=*')
    await go('/compare?country=XZA,PAK&before=2020-01-01T00:00:00Z&lang=en')
    await page.waitForURL('**/compare?country=XZA,PAK,XZB&before=*')
  })

  it('of a country lead to the page of the country that stays', async () => {
    await mergeCountries('XWA', 'XWB')
    const { page, pageErrors, go } = await dashboard.open('/changes')
    await go('/countries/XWA?lang=en#main')
    await page.waitForURL('**/countries/XWB?lang=en#main')
    await page.getByRole('heading', { level: 1, name: 'Country XWB' }).waitFor()
    expect(pageErrors).toEqual([])
    await page.goBack()
    await page.waitForURL('**/changes')
  })

  it('are linked in the history of records that referred to the merged record', async () => {
    const from = await dashboard.create('organizations', { name: 'Former Institute', kind: 'academic' })
    const into = await dashboard.create('organizations', { name: 'Institute', kind: 'academic' })
    const parties = [{ organization: from, role: 'party' }]
    const id = await dashboard.createAgreement({ title: 'Of an institute', parties })
    await dashboard.api.post(`/v1/organizations/${from}/merge`, { into }, { headers: { 'if-match': '*' } })
    const { page } = await dashboard.open(`/records/agreements/${id}`)
    await page.locator('.diff').getByRole('link', { name: from }).click()
    await page.waitForURL(`**/records/organizations/${into}`)
  })

  it('open the record that stays in the same tab if they are embedded', async () => {
    const { from, into } = await mergeTwo()
    const { page } = await dashboard.open(`/records/agreements/${from}?embed=1`)
    await page.waitForURL(`**/records/agreements/${into}?embed=1`)
    await page.getByRole('heading', { level: 1, name: 'The one that stays' }).waitFor()
    expect(page.context().pages()).toHaveLength(1)
  })
})
