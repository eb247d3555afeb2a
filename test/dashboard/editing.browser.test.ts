import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import {
  auditOptions,
  describeInBrowser,
  findAccessibilityFaults,
  measureOverflow,
  pickRecord,
  signIn,
  useDashboard,
} from '../support/dashboard.ts'
import { holdRequests } from '../support/held-requests.ts'

/** Editing in the dashboard, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name, exact: true })

describeInBrowser('editing in the dashboard', () => {
  it('shows each error at its field, and creates the record when all are corrected', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.getByLabel('Signed on').fill('2011-13')
    await page.getByRole('button', { name: 'Add to Parties' }).click()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('alert').waitFor()
    const faultOf = (label: string) => page.locator('.field', { hasText: label }).locator('.fault').first()
    expect(await faultOf('Title').textContent()).toBe('is required')
    expect(await faultOf('Signed on').textContent()).toMatch(/^expected a month/)
    expect(await page.locator('.field-group .fault').first().textContent()).toMatch(/^must have exactly one/)

    await page
      .getByRole('alert')
      .getByRole('button', { name: /^Title/ })
      .press('Enter')
    await page.keyboard.type('A joint observatory')
    await page.getByLabel('Kind required').selectOption('treaty')
    await page.getByLabel('Signed on').fill('April 2011')
    await page.getByText('is written as 2011-04').waitFor()
    await page.getByRole('combobox', { name: 'Country, organization or region' }).fill('巴基斯坦')
    await page.getByRole('option', { name: /^Pakistan/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('April 2011, day unknown').waitFor()
    await page.getByLabel('Reason for the change').fill('部委已确认')
    await page.getByRole('button', { name: 'Create' }).click()
    await heading(page, 'A joint observatory').waitFor()
    await page.getByText('Reason: 部委已确认').waitFor()
    const id = page.url().split('/').at(-1) ?? ''
    expect(await dashboard.readAgreement(id)).toMatchObject({
      title: 'A joint observatory',
      kind: 'treaty',
      signedOn: '2011-04',
      parties: [{ country: 'PAK', role: 'party' }],
    })
  })

  it('hides the notice that nothing was saved as soon as a field changes', async () => {
    const { page } = await dashboard.openSignedIn(
      `/records/agreements/${await dashboard.createAgreement({ title: 'Same' })}/edit`,
    )
    await page.getByRole('button', { name: 'Save' }).click()
    const nothing = page.getByText('Nothing has changed, so nothing was saved.')
    await nothing.waitFor()
    await page.getByLabel('Title required').fill('Other')
    await nothing.waitFor({ state: 'detached' })
  })

  it('reports a number with too many digits', async () => {
    const { page } = await dashboard.openSignedIn('/new/cooperation-bases')
    await page.locator('[id="field/unitCount"]').fill('12345678901234567890')
    await page.getByRole('button', { name: 'Create' }).click()
    const fault = page.locator('[id="field/unitCount-faults"]')
    await fault.waitFor()
    expect(await fault.textContent()).toBe(
      'the number 12345678901234567890 has more digits than can be stored; it would become 12345678901234567000',
    )
  })

  it('converts a date to EDTF before Enter submits the form', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.getByLabel('Title required').fill('Submitted by Enter')
    await page.getByLabel('Kind required').selectOption('treaty')
    await page.getByLabel('Signed on').fill('April 2011')
    await page.keyboard.press('Enter')
    await heading(page, 'Submitted by Enter').or(page.getByRole('alert')).waitFor()
    expect(await page.getByRole('alert').allTextContents()).toEqual([])
  })

  it('moves the errors of list items with their items, and drops those of a removed item', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    const add = page.getByRole('button', { name: 'Add to Parties' })
    const faultOfParty = (number: number) =>
      page.locator(`[id="field/parties/${number - 1}"] .fault`).allTextContents()
    const fault = 'must have exactly one of country, organization and region, not none'
    await add.click()
    await pickRecord(
      page,
      page.getByRole('combobox', { name: 'Country, organization or region' }),
      'Pakistan',
    )
    await add.click()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('alert').waitFor()
    expect([await faultOfParty(1), await faultOfParty(2)]).toEqual([[], [fault]])
    await page.getByRole('button', { name: 'Remove Parties 1' }).click()
    await page.getByRole('alert').getByRole('button', { name: 'Parties › 1: must' }).waitFor()
    expect(await faultOfParty(1)).toEqual([fault])
    await page.getByRole('button', { name: 'Remove Parties 1' }).click()
    await add.click()
    await page.locator('[id="field/parties/0"]').waitFor()
    expect(await faultOfParty(1)).toEqual([])
    expect(await page.getByRole('alert').getByRole('button').allTextContents()).toEqual([
      'Title: is required',
      'Kind: is required',
    ])
  })

  it('shows no error at a field that the editor has changed since, and marks it in the summary', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.getByRole('button', { name: 'Add to Parties' }).click()
    await page.getByRole('button', { name: 'Create' }).click()
    const faults = page.locator('.fields .fault')
    await expect.poll(() => faults.count()).toBe(3)
    await page.getByLabel('Title required').fill('A treaty')
    await page.getByLabel('Kind required').selectOption('treaty')
    await pickRecord(
      page,
      page.getByRole('combobox', { name: 'Country, organization or region' }),
      'Pakistan',
    )
    await expect.poll(() => faults.count()).toBe(0)
    const summary = await page.getByRole('alert').getByRole('listitem').allTextContents()
    expect(summary.map((text) => text.split(':')[0])).toEqual(['Title', 'Kind', 'Parties › 1'])
    for (const text of summary) expect(text).toMatch(/ \(changed since\)$/)
  })

  it('shows no error at an item of a list after a field of the item has changed', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    for (const name of ['Add to Parties', 'Create']) await page.getByRole('button', { name }).click()
    const fault = page.locator('[id="field/parties/0"] .fault')
    await expect.poll(() => fault.count()).toBe(1)
    await page.locator('[id="field/parties/0/role"]').selectOption('observer')
    await expect.poll(() => fault.count()).toBe(0)
  })

  it('shows the error of a picked record in a list at this record', async () => {
    const id = await dashboard.createAgreement({ title: 'Removed while it is picked' })
    const { page } = await dashboard.openSignedIn('/new/projects')
    await page.getByLabel('Title required').fill('A project')
    // The service checks references only if all required properties are present.
    await page.getByLabel('Kind required').selectOption('mega_science')
    await pickRecord(page, page.locator('[id="field/agreements"]'), 'Removed while it is picked')
    await page.getByRole('button', { name: 'Remove Removed while it is picked' }).waitFor()
    await dashboard.api.delete(`/v1/agreements/${id}`)
    await page.getByRole('button', { name: 'Create' }).click()
    await page.locator('[id="field/agreements/0-faults"]').waitFor()
  })

  it('keeps a picked record when the label of its field is clicked', async () => {
    const { page, settle } = await dashboard.openSignedIn('/new/cooperation-bases')
    await pickRecord(page, page.getByRole('combobox', { name: 'Host country' }), 'Pakistan')
    const picked = page.getByRole('button', { name: 'Remove Pakistan' })
    await picked.waitFor()
    await page.getByText('Host country', { exact: true }).click()
    await settle()
    expect(await picked.count()).toBe(1)
  })

  it('picks with Enter only a suggestion for the text that is in the input', async () => {
    const { page, settle } = await dashboard.openSignedIn('/new/agreements')
    await page.getByRole('button', { name: 'Add to Parties' }).click()
    const input = page.getByRole('combobox', { name: 'Country, organization or region' })
    await input.fill('pakistan')
    await page.getByRole('option', { name: /^Pakistan/ }).waitFor()
    const { held, release } = await holdRequests(page, /\/v1\/search\?.*germany/)
    await input.fill('germany')
    await input.press('Enter')
    await held
    expect(await input.inputValue()).toBe('germany')
    release()
    await settle()
    await page.getByRole('option', { name: /^Germany/ }).waitFor()
    await input.press('Enter')
    await page.getByRole('button', { name: /Germany/ }).waitFor()
  })

  it('compares three versions in a conflict, and saves the values that the editor has chosen', async () => {
    const id = await dashboard.createAgreement({ title: 'Before', place: 'Beijing', status: 'signed' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByLabel('Title required').fill('Mine')
    await page.getByLabel('Occasion').fill('A visit')
    await dashboard.api.patch(`/v1/agreements/${id}`, { title: 'Theirs', place: 'Islamabad' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Somebody else has changed this record' }).waitFor()
    const difference = (name: string) => page.getByRole('group', { name: new RegExp(`^${name}`) })
    for (const text of ['Before', 'Theirs', 'Mine'])
      expect(await difference('Title').getByText(text, { exact: true }).count(), text).toBe(1)
    expect(
      await difference('Place')
        .getByLabel(/Keep what was saved/)
        .isChecked(),
    ).toBe(true)
    expect(
      await difference('Occasion')
        .getByLabel(/Keep yours/)
        .isChecked(),
    ).toBe(true)
    const resume = page.getByRole('button', { name: 'Continue with these values' })
    expect(await resume.isDisabled()).toBe(true)
    await difference('Title')
      .getByLabel(/Keep yours/)
      .check()
    await resume.click()
    await page.getByRole('button', { name: 'Save' }).click()
    await heading(page, 'Mine').waitFor()
    expect(await dashboard.readAgreement(id)).toMatchObject({
      title: 'Mine',
      place: 'Islamabad',
      occasion: 'A visit',
      status: 'signed',
      version: 3,
    })
  })

  it('says that a client of the database has saved the other version of a conflict', async () => {
    const id = await dashboard.createAgreement({ title: 'Before' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByLabel('Title required').fill('Mine')
    await dashboard.api.database.transaction((tx) =>
      tx.query({ text: `update agreements set title = 'Theirs' where id = $1`, values: [id] }),
    )
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('a client of the database saved version 2').waitFor()
  })

  it('shows names instead of keys of referenced records, in a conflict and in the form after it', async () => {
    const parties = ['CHN', 'PAK'].map((country) => ({ country, role: 'party' }))
    const id = await dashboard.createAgreement({ title: 'Named in a conflict', topics: ['energy'], parties })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByLabel('Title required').fill('Mine')
    await dashboard.api.patch(`/v1/agreements/${id}`, { parties: [parties[0]], topics: [] })
    await page.getByRole('button', { name: 'Save' }).click()
    const difference = (name: string) => page.getByRole('group', { name: new RegExp(`^${name}`) })
    await difference('Topics').getByText('Energy', { exact: true }).first().waitFor()
    expect(await difference('Parties').textContent()).toContain('China, Pakistan')
    await page.getByRole('button', { name: 'Continue with these values' }).click()
    await page.getByRole('button', { name: 'China' }).waitFor()
  })

  it('saves once if the response to a save is lost, and the form is saved again', async () => {
    const id = await dashboard.createAgreement({ title: 'Before' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    let isLost = false
    await page.route(`**/v1/agreements/${id}`, async (route) => {
      if (route.request().method() !== 'PATCH' || isLost) return await route.continue()
      isLost = true
      await route.fetch()
      await route.abort()
    })
    await page.getByLabel('Title required').fill('Saved once')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await heading(page, 'Saved once').waitFor()
    expect(await dashboard.readAgreement(id)).toMatchObject({ title: 'Saved once', version: 2 })
  })

  it('says in a conflict that both users have entered the same value', async () => {
    const id = await dashboard.createAgreement({ title: 'Before', place: 'Beijing' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByLabel('Title required').fill('After')
    await dashboard.api.patch(`/v1/agreements/${id}`, { title: 'After', place: 'Islamabad' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('group', { name: 'Title changed in the same way by both' }).waitFor()
    await page.getByRole('group', { name: 'Place changed only by the other user' }).waitFor()
  })

  it('removes a record with a reason, shows who removed it, and restores it', async () => {
    const id = await dashboard.createAgreement({ title: 'To be removed' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}`)
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason for the change').fill('A duplicate')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText(/^Removed by ADMIN_KEY on/).waitFor()
    await page.getByText('Reason: A duplicate').waitFor()
    expect((await dashboard.api.get(`/v1/agreements/${id}`)).status).toBe(404)
    await page.goto(`${dashboard.api.origin}/changes`)
    const removal = page.getByRole('listitem').filter({ hasText: 'removed ·' })
    await removal.getByRole('link', { name: 'To be removed' }).click()
    await page.getByRole('button', { name: 'Restore' }).first().click()
    await dialog.getByRole('button', { name: 'Restore' }).click()
    await page
      .getByRole('button', { name: 'Edit' })
      .or(page.getByRole('link', { name: 'Edit' }))
      .waitFor()
    expect(await dashboard.readAgreement(id)).toMatchObject({ title: 'To be removed', version: 3 })
  })

  it('offers the current version if a removal is refused because the page shows an old one', async () => {
    const id = await dashboard.createAgreement({ title: 'Stale' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}`)
    await dashboard.api.patch(`/v1/agreements/${id}`, { title: 'Current' })
    const dialog = page.getByRole('dialog')
    const remove = dialog.getByRole('button', { name: 'Delete' })
    await page.getByRole('button', { name: 'Delete' }).click()
    await remove.click()
    await dialog.getByRole('alert').waitFor()
    expect(await remove.count()).toBe(0)
    await dialog.getByRole('button', { name: 'Show the current version' }).click()
    await heading(page, 'Current').waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await remove.click()
    await page.getByText(/^Removed by ADMIN_KEY on/).waitFor()
  })

  it('names the records that prevent a removal', async () => {
    const { page } = await dashboard.openSignedIn('/records/countries/PAK')
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByText('Other records refer to the country PAK').waitFor()
    expect(await dialog.getByRole('link').count()).toBeGreaterThan(0)
  })

  it('shows the changes of a version: values, texts by word, lists by item', async () => {
    const parties = [
      { country: 'CHN', role: 'party' },
      { country: 'PAK', role: 'party' },
    ]
    const id = await dashboard.createAgreement({ title: 'A joint observatory', status: 'signed', parties })
    const next = [parties[0], { country: 'DEU', role: 'party' }]
    await dashboard.api.patch(
      `/v1/agreements/${id}`,
      { title: 'A joint laboratory', status: 'in_force', parties: next },
      { headers: { 'change-reason': 'The text says so' } },
    )
    const { page } = await dashboard.open(`/records/agreements/${id}`)
    await page.getByText('Reason: The text says so').waitFor()
    const diff = page.locator('.diff').first()
    await diff.getByText('Germany').waitFor()
    await diff.getByText('Pakistan').waitFor()
    const texts = async (tag: string) =>
      (await diff.locator(tag).allTextContents()).map((text) => text.replace(/^\w+: /, ''))
    expect(await texts('del')).toEqual(['observatory', 'Signed', 'Pakistan · Role Party'])
    expect(await texts('ins')).toEqual(['laboratory', 'In force', 'Germany · Role Party'])
    expect(await diff.getByText('1 unchanged').count()).toBe(1)
  })

  it('names the version that each button of the history restores', async () => {
    const id = await dashboard.createAgreement({ title: 'First' })
    for (const title of ['Second', 'Third']) await dashboard.api.patch(`/v1/agreements/${id}`, { title })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}`)
    await page.getByRole('button', { name: 'Restore version 2', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Restore version 1', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
    await heading(page, 'First').waitFor()
  })

  it('has no axe violation or overflow, light on a desktop and dark on a phone', async () => {
    const id = await dashboard.createAgreement({
      title: 'Seen by axe',
      parties: [{ country: 'CHN', role: 'party' }],
    })
    await dashboard.api.patch(`/v1/agreements/${id}`, { title: 'Seen again by axe' })
    const sizes = [
      { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
      { viewport: { width: 375, height: 800 }, colorScheme: 'dark' },
    ] as const
    for (const options of sizes) {
      const { page, go } = await dashboard.open(`/sign-in`, { ...options, ...auditOptions })
      expect(await findAccessibilityFaults(page), 'sign in').toEqual([])
      await signIn(page)
      for (const path of [
        '/new/projects',
        `/records/agreements/${id}`,
        `/records/agreements/${id}/edit`,
        `/records/agreements/${id}/redact`,
        '/administration',
      ]) {
        await go(path)
        expect(await findAccessibilityFaults(page), `${path}, ${options.colorScheme}`).toEqual([])
        expect(await measureOverflow(page), path).toBeLessThanOrEqual(0)
      }
      await page.context().close()
    }
  })
})
