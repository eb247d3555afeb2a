import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Redacting properties in the dashboard, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

const createTalk = () =>
  dashboard.create('sources', { title: 'A talk', kind: 'interview', interviewee: 'Jane Doe' })

async function redactProperty(page: Page, label: RegExp): Promise<void> {
  await page.getByLabel('the values of properties').check()
  await page.getByLabel(label).check()
  await page.getByLabel('Reason required').fill('At her own request')
  await page.getByLabel('I know that this cannot be undone.').check()
  await page.getByRole('button', { name: 'Redact' }).click()
}

const redactInterviewee = (page: Page): Promise<void> => redactProperty(page, /^Interviewee/)

const firstVersion = async (id: string) => (await dashboard.api.get(`/v1/sources/${id}/history/1`)).text

describeInBrowser('the form of a redaction', () => {
  it('removes the former value of a property that has none in the latest version', async () => {
    const id = await createTalk()
    await dashboard.api.patch(`/v1/sources/${id}`, { interviewee: null })
    const { page } = await dashboard.openSignedIn(`/records/sources/${id}/redact`)
    await redactInterviewee(page)
    await page.getByRole('heading', { level: 1, name: 'A talk', exact: true }).waitFor()
    expect(await firstVersion(id)).not.toContain('Jane Doe')
  })

  it('removes a date, and counts a text only in properties that can be edited', async () => {
    const id = await createTalk()
    await dashboard.api.patch(`/v1/sources/${id}`, { accessedOn: '2019-03-07' })
    const { page } = await dashboard.openSignedIn(`/records/sources/${id}/redact`)
    // The dashes in `id`, `createdAt` and `updatedAt` do not count.
    await page.getByLabel('Text required').fill('-')
    await page.getByText('Occurrences in the latest version: 2.').waitFor()
    await redactProperty(page, /^Accessed on 2019-03-07/)
    await page.getByRole('heading', { level: 1, name: 'A talk', exact: true }).waitFor()
    expect((await dashboard.api.get(`/v1/sources/${id}/history/2`)).text).not.toContain('2019-03-07')
  })

  it('shows the names of records to which the record refers, even after its removal', async () => {
    const academy = { name: 'Academy of Peking', kind: 'academic', country: 'CHN' }
    const parent = await dashboard.create('organizations', academy)
    const institute = { ...academy, name: 'Institute of Peking', parent }
    const id = await dashboard.create('organizations', institute)
    const { page, settle } = await dashboard.openSignedIn(`/records/organizations/${id}/redact`)
    const expectNames = async () => {
      await page.getByLabel('the values of properties').check()
      await page.getByLabel(/^Country China/).waitFor()
      await page.getByLabel(/^Parent Academy of Peking/).waitFor()
    }
    await expectNames()
    await dashboard.api.delete(`/v1/organizations/${id}`)
    await page.reload()
    await settle()
    await expectNames()
  })

  it('keeps its input and takes over the version that somebody else has saved meanwhile', async () => {
    const id = await createTalk()
    const { page } = await dashboard.openSignedIn(`/records/sources/${id}/redact`)
    await dashboard.api.patch(`/v1/sources/${id}`, { title: 'A talk with Jane Doe' })
    await page.getByLabel('Text required').fill('Jane Doe')
    await page.getByLabel('Reason required').fill('At her own request')
    await page.getByLabel('I know that this cannot be undone.').check()
    await page.getByRole('button', { name: 'Redact' }).click()
    await page.getByText('Not saved: this record was changed in the meantime').waitFor()
    await page.getByRole('heading', { level: 1, name: 'A talk with Jane Doe' }).waitFor()
    await page.getByText('Occurrences in the latest version: 2.').waitFor()
    await page.getByLabel('I know that this cannot be undone.').check()
    await page.getByRole('button', { name: 'Redact' }).click()
    await page.getByRole('heading', { level: 1, name: 'A talk with [redacted]' }).waitFor()
    expect(await firstVersion(id)).not.toContain('Jane Doe')
  })

  it('says that the record was merged meanwhile, and does not show the one that stays', async () => {
    const [from, into] = [
      await createTalk(),
      await dashboard.create('sources', { title: 'B', kind: 'report' }),
    ]
    const { page } = await dashboard.openSignedIn(`/records/sources/${from}/redact`)
    await dashboard.api.post(`/v1/sources/${from}/merge`, { into }, { headers: { 'if-match': '*' } })
    await redactInterviewee(page)
    await page.getByText('Not saved: this record was merged into another one in the meantime').waitFor()
    await page.getByRole('link', { name: 'Open the record that stays' }).waitFor()
    await page.getByRole('heading', { level: 1, name: 'A talk' }).waitFor()
    expect(await page.getByRole('main').getByRole('heading').count()).toBe(1)
  })

  it('refuses an empty replacement', async () => {
    const id = await createTalk()
    const { page } = await dashboard.openSignedIn(`/records/sources/${id}/redact`)
    await page.getByLabel('Text required').fill('Jane Doe')
    await page.getByLabel('Replacement').fill('')
    await page.getByLabel('Reason required').fill('At her own request')
    await page.getByLabel('I know that this cannot be undone.').check()
    await page.getByRole('button', { name: 'Redact' }).click()
    await page.getByRole('button', { name: /^Replacement: / }).click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('field/replacement')
    expect(await firstVersion(id)).toContain('Jane Doe')
  })

  it('removes the values of a removed record', async () => {
    const id = await createTalk()
    await dashboard.api.delete(`/v1/sources/${id}`)
    const { page } = await dashboard.openSignedIn(`/records/sources/${id}/redact`)
    await redactInterviewee(page)
    await page.getByText(/^Removed by/).waitFor()
    expect(await firstVersion(id)).not.toContain('Jane Doe')
  })

  it('shows why the service refuses a property that has no value in any version', async () => {
    const id = await dashboard.create('sources', { title: 'A report', kind: 'report' })
    const { page } = await dashboard.openSignedIn(`/records/sources/${id}/redact`)
    await redactInterviewee(page)
    await page.getByRole('alert').getByText('have no value in any version of the source').waitFor()
  })
})
