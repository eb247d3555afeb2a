import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Requests of the dashboard whose response is lost, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

/** Loses the response to the first request with a method. With `isSent: false`, the request does not reach the service. */
async function loseFirst(
  page: Page,
  method: string,
  { isSent = true, path = 'agreements' } = {},
): Promise<void> {
  let isLost = false
  await page.route(`**/v1/${path}**`, async (route) => {
    if (route.request().method() !== method || isLost) return await route.fallback()
    isLost = true
    if (isSent) await route.fetch()
    await route.abort()
  })
}

const countKeysNamed = async (name: string) => {
  const { data } = (await dashboard.api.get('/v1/keys', { key: adminKey })).json<{
    data: { name: string }[]
  }>()
  return data.filter((key) => key.name === name).length
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true })

describeInBrowser('after a lost response', () => {
  it('a form saves a further change, without a conflict with its own first change', async () => {
    const id = await dashboard.createAgreement({ title: 'Before', place: 'Beijing' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await loseFirst(page, 'PATCH')
    await page.getByLabel('Title required').fill('After')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Possibly not saved: the service did not answer').waitFor()
    await page.getByText('Your input is kept. Save again later: nothing is saved twice.').waitFor()
    await page.getByLabel('Title required').fill('After that')
    await page.getByRole('button', { name: 'Save' }).click()
    await heading(page, 'After that').waitFor()
    expect(await dashboard.readAgreement(id)).toMatchObject({
      title: 'After that',
      place: 'Beijing',
      version: 3,
    })
  })

  it('a form restores the former value if the user has changed it back', async () => {
    const id = await dashboard.createAgreement({ title: 'Before' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await loseFirst(page, 'PATCH')
    await page.getByLabel('Title required').fill('A mistake')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Title required').fill('Before')
    await page.getByRole('button', { name: 'Save' }).click()
    await heading(page, 'Before').waitFor()
    expect(await dashboard.readAgreement(id)).toMatchObject({ title: 'Before', version: 3 })
  })

  it('a form with a further change shows the conflict with a change by another user', async () => {
    const id = await dashboard.createAgreement({ title: 'Before' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await loseFirst(page, 'PATCH')
    await page.getByLabel('Title required').fill('After')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').waitFor()
    await dashboard.api.patch(`/v1/agreements/${id}`, { title: 'By another user' })
    await page.getByLabel('Title required').fill('After that')
    await page.getByRole('button', { name: 'Save' }).click()
    const title = page.getByRole('group', { name: /^Title/ })
    await title.getByText('By another user').waitFor()
    expect(await title.locator('.side').first().textContent()).toContain('After')
  })

  it.each([
    ['edit', 'Save'],
    ['redact', 'Redact'],
  ])('the %s form says that nothing was saved if the read after a conflict fails', async (view, button) => {
    const id = await dashboard.createAgreement({ title: 'Before', place: 'Beijing' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/${view}`)
    await page.getByRole('button', { name: button }).waitFor()
    await dashboard.api.patch(`/v1/agreements/${id}`, { title: 'By another user' })
    await page.route(`**/v1/agreements/${id}*`, (route) =>
      route.request().method() === 'GET' ? route.abort() : route.fallback(),
    )
    if (view === 'edit') await page.getByLabel('Title required').fill('After')
    else {
      await page.getByLabel('Text required').fill('Beijing')
      await page.getByLabel('Reason required').fill('At their own request')
      await page.getByLabel('I know that this cannot be undone.').check()
    }
    await page.getByRole('button', { name: button }).click()
    await page
      .getByRole('alert')
      .getByText(/^Not saved: /)
      .waitFor()
    expect(await dashboard.readAgreement(id)).toMatchObject({
      title: 'By another user',
      place: 'Beijing',
      version: 2,
    })
  })

  it('a second click creates no second key, but a third click does', async () => {
    const { page } = await dashboard.openSignedIn('/administration')
    await loseFirst(page, 'POST', { path: 'keys' })
    await page.getByLabel('Name').fill('Lost')
    const create = page.getByRole('button', { name: 'Create the key' })
    await create.click()
    await page.getByRole('alert').waitFor()
    await page.getByRole('row', { name: /^Lost/ }).waitFor()
    await create.click()
    await page.getByRole('alert').getByText('which is not shown again').waitFor()
    expect(await countKeysNamed('Lost')).toBe(1)
    await create.click()
    await page.locator('.secret').waitFor()
    expect(await countKeysNamed('Lost')).toBe(2)
  })

  it.each([
    ['was executed', true, 2],
    ['never reached the service', false, 1],
  ])('a corrected form creates one record if the first request %s', async (_name, isSent, version) => {
    const place = `Place ${version}`
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await loseFirst(page, 'POST', { isSent })
    await page.getByLabel('Title required').fill('Misspeled title')
    await page.getByLabel('Kind required').selectOption('treaty')
    await page.locator('[id="field/place"]').fill(place)
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Title required').fill('Corrected title')
    await page.getByRole('button', { name: 'Create' }).click()
    await heading(page, 'Corrected title').waitFor()
    const found = await dashboard.api.get(`/v1/agreements?place=${place}&fields=title,version`)
    expect(found.json()).toMatchObject({ data: [{ title: 'Corrected title', version }] })
  })

  it('a deletion that is confirmed again succeeds', async () => {
    const id = await dashboard.createAgreement({ title: 'To be removed' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}`)
    await loseFirst(page, 'DELETE')
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText(/^Removed by ADMIN_KEY on/).waitFor()
    expect(await dialog.count()).toBe(0)
  })
})
