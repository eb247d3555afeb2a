import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The form and the page of a record that another user has removed or merged, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

const anyVersion = { headers: { 'if-match': '*' } }

describeInBrowser('the form of a record', () => {
  it('that was removed meanwhile restores the record, and then saves the input', async () => {
    const id = await dashboard.createAgreement({ title: 'Removed meanwhile' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByLabel('Title required').fill('Entered')
    await dashboard.api.delete(`/v1/agreements/${id}`, anyVersion)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Not saved: this record was removed in the meantime').waitFor()
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.getByText('this record was removed').count()).toBe(0)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Continue with these values' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Entered' }).waitFor()
  })

  it('that was merged meanwhile links to the record that stays, and keeps the input', async () => {
    const [from, into] = [
      await dashboard.createAgreement({ title: 'Merged meanwhile' }),
      await dashboard.createAgreement({ title: 'The one that stays' }),
    ]
    const { page } = await dashboard.openSignedIn(`/records/agreements/${from}/edit`)
    await page.getByLabel('Title required').fill('Entered')
    await dashboard.api.post(`/v1/agreements/${from}/merge`, { into }, anyVersion)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Not saved: this record was merged into another one in the meantime').waitFor()
    const opened = page.waitForEvent('popup')
    await page.getByRole('link', { name: 'Open the record that stays' }).click()
    await (await opened).getByRole('heading', { level: 1, name: 'The one that stays' }).waitFor()
    expect(await page.getByLabel('Title required').inputValue()).toBe('Entered')
  })

  it('that had already been removed shows who removed it, and opens once it is restored', async () => {
    const id = await dashboard.createAgreement({ title: 'Removed before' })
    await dashboard.api.delete(`/v1/agreements/${id}`, anyVersion)
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByRole('heading', { level: 1, name: 'Removed before' }).waitFor()
    await page.getByText(/^Removed by /).waitFor()
    await page.getByRole('button', { name: 'Restore' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
    expect(await page.getByLabel('Title required').inputValue()).toBe('Removed before')
  })
})

describeInBrowser('the page of a record', () => {
  it('that was removed meanwhile says so when it is deleted, and shows who removed it', async () => {
    const id = await dashboard.createAgreement({ title: 'Deleted by another' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}`)
    await dashboard.api.delete(`/v1/agreements/${id}`, anyVersion)
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByText('somebody else has removed it in the meantime').waitFor()
    await dialog.getByRole('button', { name: 'Show the current version' }).click()
    await page.getByText(/^Removed by /).waitFor()
    expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0)
  })
})

describeInBrowser('the page of a removed record', () => {
  it('that was restored meanwhile says so when it is restored, and shows the record', async () => {
    const id = await dashboard.createAgreement({ title: 'Restored by another' })
    await dashboard.api.delete(`/v1/agreements/${id}`, anyVersion)
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}`)
    await dashboard.api.post(`/v1/agreements/${id}/restore`, {})
    await page.getByRole('button', { name: 'Restore' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Restore' }).click()
    await dialog.getByText('somebody else has restored it in the meantime').waitFor()
    expect(await dialog.getByRole('button', { name: 'Restore' }).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Show the current version' }).click()
    await page.getByRole('button', { name: 'Delete' }).waitFor()
    expect(await page.getByText(/^Removed by /).count()).toBe(0)
  })

  it('shows the day and its URL when it is printed', async () => {
    const id = await dashboard.createAgreement({ title: 'Removed and printed' })
    await dashboard.api.delete(`/v1/agreements/${id}`, anyVersion)
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}`)
    await page.emulateMedia({ media: 'print' })
    await page.getByText(/^As of .*\/records\/agreements\//).waitFor()
  })
})
