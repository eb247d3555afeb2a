import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import {
  auditOptions,
  describeInBrowser,
  findAccessibilityFaults,
  measureOverflow,
  pickRecord,
  useDashboard,
} from '../support/dashboard.ts'

/** Merging a record into another one in the dashboard, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

/** Creates two organizations with the same name, and an agreement with the first. @returns the id of each. */
async function createPair(name: string) {
  const from = await dashboard.create('organizations', { name, kind: 'academic', country: 'CHN' })
  const into = await dashboard.create('organizations', { name, kind: 'government', country: 'CHN' })
  const parties = [{ organization: from, role: 'party' }]
  const agreement = await dashboard.createAgreement({ title: `Agreement of the ${name}`, parties })
  return { from, into, agreement }
}

const viewOf = (from: string, into?: string) =>
  `/records/organizations/${from}/merge${into === undefined ? '' : `?into=${into}`}`

const refusal = 'Not saved: '

async function merge(page: Page): Promise<void> {
  await page.getByLabel('I know that this cannot be undone.').check()
  await page.getByRole('button', { name: 'Merge', exact: true }).click()
}

describeInBrowser('the view that merges records', () => {
  it('merges a record into a proposed one by keyboard, and leads to the one that stays', async () => {
    const { from, into, agreement } = await createPair('Institute of Deserts')
    const { page, pageErrors } = await dashboard.openSignedIn(`/records/organizations/${from}`)
    await page.getByRole('link', { name: 'Merge' }).press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Merge “Institute of Deserts”' }).waitFor()
    await page.getByRole('button', { name: 'Institute of Deserts', exact: true }).press('Enter')
    await page.waitForURL(`**${viewOf(from, into)}`)
    const kind = page.getByRole('heading', { level: 3, name: 'Kind' }).locator('..')
    await kind.waitFor()
    const values = await kind.locator('.side').allTextContents()
    expect(values).toEqual(['Is mergedAcademic, training and research', 'StaysGovernment'])
    expect(await page.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(['Kind'])
    await page.getByLabel('Reason for the change').fill('The same institute')
    await page.getByLabel('I know that this cannot be undone.').press('Space')
    await page.getByRole('button', { name: 'Merge', exact: true }).press('Enter')
    await page.waitForURL(`**/records/organizations/${into}`)
    await page.getByText('Reason: The same institute').waitFor()
    expect(pageErrors).toEqual([])
    expect((await dashboard.api.get(`/v1/agreements/${agreement}`)).json()).toMatchObject({
      parties: [{ organization: into }],
    })
  })

  it('finds another record by a search, and exchanges the two records', async () => {
    const { from } = await createPair('Institute of Glaciers')
    const other = await dashboard.create('organizations', { name: 'Ice Laboratory', kind: 'academic' })
    const { page } = await dashboard.openSignedIn(viewOf(from))
    await pickRecord(page, page.getByRole('combobox', { name: 'Record that stays' }), 'Ice Laboratory')
    await page.waitForURL(`**${viewOf(from, other)}`)
    await page.getByRole('link', { name: 'Keep the other record instead' }).click()
    await page.waitForURL(`**${viewOf(other, from)}`)
    await page.getByRole('heading', { level: 1, name: 'Merge “Ice Laboratory”' }).waitFor()
    await page.getByRole('button', { name: 'Remove Institute of Glaciers' }).click()
    await page.getByRole('heading', { name: 'Records with similar names' }).waitFor()
  })

  it('shows the versions that somebody else has saved meanwhile before it merges', async () => {
    const { from, into } = await createPair('Institute of Rivers')
    const { page } = await dashboard.openSignedIn(viewOf(from, into))
    await dashboard.api.patch(`/v1/organizations/${into}`, { acronym: 'IRIV' })
    await merge(page)
    await page.getByText(`${refusal}one of the records was changed in the meantime`).waitFor()
    await page.getByRole('heading', { level: 3, name: 'Acronym' }).waitFor()
    await merge(page)
    await page.waitForURL(`**/records/organizations/${into}`)
  })

  it('shows why the service refuses a merge, at the field if the other record is the reason', async () => {
    const { from, into } = await createPair('Institute of Winds')
    const { page } = await dashboard.openSignedIn(viewOf(from, into))
    await dashboard.api.patch(`/v1/organizations/${into}`, { visibility: 'internal' })
    await merge(page)
    await page.getByText(`${refusal}one of the records was changed`).waitFor()
    await merge(page)
    await page.getByText('Make both equally visible, then merge.').waitFor()
    await dashboard.api.delete(`/v1/organizations/${into}`)
    await merge(page)
    await page.getByRole('button', { name: /^Record that stays: there is no organization/ }).click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('field/into')
  })

  it('links to the record that stays if the record was merged meanwhile', async () => {
    const { from, into } = await createPair('Institute of Caves')
    const { page } = await dashboard.openSignedIn(viewOf(from, into))
    await dashboard.api.post(`/v1/organizations/${from}/merge`, { into }, { headers: { 'if-match': '*' } })
    await merge(page)
    await page.getByRole('link', { name: 'Open the record that stays' }).waitFor()
  })

  it('keeps the reason when the user goes back and chooses the record again', async () => {
    const { from } = await createPair('Institute of Lakes')
    const { page } = await dashboard.openSignedIn(viewOf(from))
    const proposed = page.getByRole('button', { name: 'Institute of Lakes', exact: true })
    await proposed.click()
    await page.getByLabel('Reason for the change').fill('Both name the same institute.')
    await page.goBack()
    await proposed.click()
    expect(await page.getByLabel('Reason for the change').inputValue()).toBe('Both name the same institute.')
  })

  it('is accessible, and fits a narrow screen', async () => {
    const { from, into } = await createPair('Institute of Seas')
    const viewport = { width: 360, height: 800 }
    const { page, go } = await dashboard.openSignedIn(viewOf(from), { ...auditOptions, viewport })
    expect(await findAccessibilityFaults(page)).toEqual([])
    await go(viewOf(from, into))
    expect(await findAccessibilityFaults(page)).toEqual([])
    expect(await measureOverflow(page)).toBeLessThanOrEqual(0)
  })

  it('and the explorer lead to the list of pairs with a name in common, which leads to each pair', async () => {
    const { from, into } = await createPair('Institute of Forests')
    const { page, go, pageErrors } = await dashboard.openSignedIn('/explore/organizations')
    for (const view of ['/explore/organizations', viewOf(from)]) {
      await go(view)
      await page.getByRole('link', { name: 'All possible duplicates' }).click()
      await page.getByRole('heading', { level: 1, name: 'Organizations: possible duplicates' }).waitFor()
    }
    const pair = page.getByRole('listitem').filter({ hasText: 'Institute of Forests' })
    await pair.getByText('Equal: Country').waitFor()
    await pair.getByRole('link').click()
    await page.waitForURL(`**${viewOf(into, from)}`)
    expect(pageErrors).toEqual([])
    await go('/duplicates/projects')
    await page.getByText('No two records have a name in common.').waitFor()
  })

  it('is only for editors', async () => {
    const { from } = await createPair('Institute of Lakes')
    const { page, go } = await dashboard.open(`/records/organizations/${from}`)
    expect(await page.getByRole('link', { name: 'Merge' }).count()).toBe(0)
    await go(viewOf(from))
    await page.getByText('To change records, sign in with the key of an editor.').waitFor()
  })
})
