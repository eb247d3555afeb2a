import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard, type WatchedPage } from '../support/dashboard.ts'

/** Internal records in the dashboard, for readers without and with a key, and for editors, in a browser. */

const dashboard = useDashboard({ changesRecords: true, prepare: createRecords })
let agreement = ''
let cited = ''
/** The time before any of these records. */
let start = ''
/** Citations of which the source or the record is internal. */
let citations: string[] = []

async function createRecords(): Promise<void> {
  start = new Date().toISOString()
  agreement = await dashboard.createAgreement({
    title: 'Secret treaty',
    visibility: 'internal',
    parties: [{ country: 'PAK', role: 'party' }],
    inForceFrom: '2001',
    expiresOn: new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10),
  })
  cited = await dashboard.createAgreement({ title: 'Treaty with a secret source' })
  const notes = { title: 'Secret notes', kind: 'other', visibility: 'internal' }
  const cite = (id: string, source: string) =>
    dashboard.create('citations', { record: { resource: 'agreements', id }, source, property: '/title' })
  const [secret, open] = [
    await dashboard.create('sources', notes),
    await dashboard.create('sources', { title: 'Gazette', kind: 'other' }),
  ]
  citations = [await cite(cited, secret), await cite(agreement, open), await cite(agreement, secret)]
}

async function openAs(role: string, path: string): Promise<WatchedPage> {
  const { key } = await dashboard.createKey(role)
  const actor = (await dashboard.api.get('/v1/actor', { key })).json()
  return await dashboard.open(path, { session: { key, actor } })
}

/** The entries of a page that name an internal record, in a list or table. */
const entries = (page: Page) =>
  page
    .getByRole('main')
    .locator('li, th')
    .filter({ hasText: /Secret (treaty|notes)/ })

describeInBrowser('an internal record', () => {
  const paths = () => [
    '/',
    '/changes',
    '/explore/agreements?q=secret',
    '/timeline?q=secret',
    `/records/agreements/${cited}`,
    '/countries/PAK',
    `/compare?country=PAK&before=${start}`,
  ]

  it('is marked for a reader with a key wherever a list names it', async () => {
    const { page, go } = await openAs('reader', '/sign-in')
    for (const path of paths()) {
      await go(path)
      await entries(page).first().waitFor()
      for (const entry of await entries(page).all())
        expect(await entry.locator('.tag').textContent(), path).toBe('Internal')
    }
    for (const citation of citations) {
      await go(`/records/citations/${citation}`)
      await page.locator('.page-head .tag', { hasText: 'Internal' }).waitFor()
    }
  })

  it('is not named to a reader without a key', async () => {
    const { page, go } = await dashboard.openTab()
    for (const path of paths()) {
      await go(path)
      expect(await page.getByRole('heading', { level: 1 }).count(), path).toBe(1)
      expect(await page.locator('body').textContent(), path).not.toMatch(/Secret (treaty|notes)/)
    }
  })

  it('is marked for a reader with a key after its removal', async () => {
    const id = await dashboard.createAgreement({ title: 'Removed treaty', visibility: 'internal' })
    await dashboard.api.delete(`/v1/agreements/${id}`, { headers: { 'if-match': '*' } })
    const { page } = await openAs('reader', `/records/agreements/${id}`)
    await page.getByText(/^Removed by .* Internal$/).waitFor()
  })

  it('is published by an editor, whose form offers only Public and Internal', async () => {
    const { page } = await openAs('editor', `/records/agreements/${agreement}/edit`)
    const visibility = page.getByLabel('Visibility')
    expect(await visibility.locator('option').allTextContents()).toEqual(['Public', 'Internal'])
    await visibility.selectOption('Public')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Secret treaty', exact: true }).waitFor()
    await page.locator('.page-head .tag').waitFor({ state: 'detached' })
    expect((await dashboard.api.get(`/v1/agreements/${agreement}`, { key: null })).status).toBe(200)
  })
})
