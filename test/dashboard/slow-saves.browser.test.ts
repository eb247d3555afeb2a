import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { answerQuestions, describeInBrowser, useDashboard } from '../support/dashboard.ts'
import { holdRequests } from '../support/held-requests.ts'

/** What the user does in the dashboard while a save or the start of an import runs, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

const question = 'You have unsaved changes. Leave without saving?'

/** Opens the form of a new project by links, and enters a title. */
async function fillAnotherForm(page: Page): Promise<void> {
  await page.getByRole('navigation').first().getByRole('link', { name: 'Projects' }).click()
  await page.getByRole('link', { name: 'New record' }).click()
  await page.getByLabel('Title required').fill('Half an hour of typing')
}

const mapping = `scheme: slow-register
source: { title: Slow register, kind: dataset }
records:
  agreements:
    id: id
    properties: { title: title, kind: =treaty }
`

describeInBrowser('a slow save', () => {
  it('leaves the user on the page to which they have gone meanwhile', async () => {
    const id = await dashboard.createAgreement({ title: 'Before' })
    const { page, settle } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    const questions = answerQuestions(page, () => true)
    await page.getByLabel('Title required').fill('After')
    const { held, release } = await holdRequests(page, '**/v1/agreements/*', 'PATCH')
    await page.getByRole('button', { name: 'Save' }).click()
    await held
    await fillAnotherForm(page)
    release()
    await settle()
    await expect.poll(() => dashboard.readAgreement(id)).toMatchObject({ title: 'After' })
    expect(new URL(page.url()).pathname).toBe('/new/projects')
    expect(await page.getByLabel('Title required').inputValue()).toBe('Half an hour of typing')
    expect(questions).toEqual([question])
  })

  it('of a new import asks before its page is left, and leaves the user where they are', async () => {
    const { page, settle } = await dashboard.openSignedIn('/imports/new')
    const questions = answerQuestions(page, () => true)
    await page.getByLabel('File with the rows').setInputFiles({
      name: 'slow.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('id,title\n1,A slow one\n'),
    })
    await page.getByRole('textbox', { name: 'Mapping' }).fill(mapping)
    const { held, release } = await holdRequests(page, '**/v1/imports', 'POST')
    await page.getByRole('button', { name: 'Start the dry run' }).click()
    await held
    await fillAnotherForm(page)
    const response = page.waitForResponse('**/v1/imports')
    release()
    await response
    await settle()
    expect(new URL(page.url()).pathname).toBe('/new/projects')
    expect(await page.getByLabel('Title required').inputValue()).toBe('Half an hour of typing')
    expect(questions).toEqual([question])
  })

  it('takes no input that it would not save', async () => {
    const id = await dashboard.createAgreement({ title: 'Before' })
    const { page } = await dashboard.openSignedIn(`/records/agreements/${id}/edit`)
    await page.getByLabel('Title required').fill('After')
    const { held, release } = await holdRequests(page, '**/v1/agreements/*', 'PATCH')
    await page.getByRole('button', { name: 'Save' }).click()
    await held
    await page.locator('[id="field/occasion"]').focus()
    await page.keyboard.insertText('Typed while saving')
    expect(await page.locator('[id="field/occasion"]').inputValue()).toBe('')
    release()
    await page.getByRole('heading', { level: 1, name: 'After' }).waitFor()
  })

  it('that deletes a record keeps its dialog open, and does not move the focus of another view', async () => {
    const id = await dashboard.createAgreement({ title: 'Slowly deleted' })
    const { page, settle } = await dashboard.openSignedIn('/explore/agreements?q=slowly')
    await page.locator(`a[href="/records/agreements/${id}"]`).click()
    const { held, release } = await holdRequests(page, '**/v1/agreements/*', 'DELETE')
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByLabel('Reason for the change').press('Enter')
    await held
    for (let count = 0; count < 3; count += 1) await page.keyboard.press('Escape')
    expect(await dialog.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true)
    expect(await dialog.isVisible()).toBe(true)
    await page.goBack()
    await dialog.waitFor({ state: 'detached' })
    await page.getByLabel('Words in the text').focus()
    release()
    await expect.poll(async () => (await dashboard.api.get(`/v1/agreements/${id}`)).status).toBe(404)
    await settle()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('q')
  })

  it('that fails leaves a form that takes input again', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('alert').waitFor()
    await page.locator('[id="field/occasion"]').focus()
    await page.keyboard.insertText('Typed after the refusal')
    expect(await page.locator('[id="field/occasion"]').inputValue()).toBe('Typed after the refusal')
  })
})
