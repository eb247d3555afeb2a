import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { countInList } from '../support/aggregates.ts'
import {
  auditOptions,
  describeInBrowser,
  findAccessibilityFaults,
  measureOverflow,
  useDashboard,
} from '../support/dashboard.ts'
import { sendForm } from '../support/send-form.ts'
import { keyFigure } from './key-figure.ts'

/** Imports in the dashboard, in a browser: mapping, preview, dry run, decisions, commit and undo. */

const dashboard = useDashboard({ changesRecords: true })
const examples = join(packageRoot, 'docs/examples')

/** Reads the example register and its mapping, and replaces a recipient with an unknown name. */
async function exampleFiles() {
  const csv = await readFile(join(examples, 'finance-register.csv'), 'utf8')
  const mapping = await readFile(join(examples, 'finance-register.yaml'), 'utf8')
  return { csv: csv.replace('Namibia', 'Atlantis'), mapping }
}

async function chooseFiles(page: Page, csv: string): Promise<void> {
  await page
    .getByLabel('File with the rows')
    .setInputFiles({ name: 'register.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.getByLabel('Code lists and joined files').setInputFiles(join(examples, 'finance-statuses.csv'))
}

/** Starts the dry run, and waits for its end. */
async function dryRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start the dry run' }).click()
  await page.getByRole('button', { name: 'Commit', exact: true }).waitFor()
}

async function confirm(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
}

const smallMapping =
  'scheme: a-register\nrecords:\n  sources: {id: Id, properties: {title: Title, kind: =report}}\n'

describeInBrowser('imports in the dashboard', () => {
  it('write the records of a register after a decision about a name, and can be undone', async () => {
    const { csv, mapping } = await exampleFiles()
    const { page, settle } = await dashboard.openSignedIn('/imports')
    await page.getByRole('link', { name: 'New import' }).click()
    await chooseFiles(page, csv)
    await page.getByRole('textbox', { name: 'Mapping' }).fill(mapping)
    await page.getByText('Rows: 4. Ready 3, refused 1, left out 0.').waitFor()
    await page.getByText('Bridge over the Example River').first().waitFor()
    await dryRun(page)
    expect(await keyFigure(page, 'New records').textContent()).toBe('3')
    expect(await keyFigure(page, 'Refused rows').textContent()).toBe('1')
    const name = page.getByRole('group', { name: 'Atlantis' })
    await name.getByLabel('Another record …').check()
    const search = name.getByRole('combobox')
    const below = await name.getByLabel('Leave it out').boundingBox()
    await search.fill('Namib')
    await name.getByRole('option', { name: /Namibia/ }).waitFor()
    // The suggestions close when the user presses the button of the mouse, so they must not move what is below them.
    expect(await name.getByLabel('Leave it out').boundingBox()).toEqual(below)
    await page.getByRole('status').getByText('a search has text, but no record was chosen').waitFor()
    page.once('dialog', (dialog) => dialog.dismiss())
    await page.getByRole('link', { name: 'Imports', exact: true }).first().click()
    await search.press('ArrowDown')
    await search.press('Enter')
    await page.getByRole('button', { name: 'Save decisions (1)' }).click()
    await name.waitFor({ state: 'detached' })
    await expect.poll(() => keyFigure(page, 'New records').textContent()).toBe('4')
    await confirm(page, 'Commit')
    await page.getByText('The records are written.').waitFor()
    const record = page.getByRole('link', { name: 'Schools in the north' })
    await record.waitFor()
    const address = page.url()
    await record.click()
    await page.getByRole('heading', { level: 1, name: 'Schools in the north' }).waitFor()
    await page.getByRole('link', { name: 'Namibia' }).first().waitFor()
    await page.goto(address)
    await settle()
    await confirm(page, 'Undo')
    await page.getByText('The import has been undone.').waitFor()
    await page.getByRole('link', { name: 'removed record' }).first().waitFor()
    expect(await countInList(dashboard.api, '/v1/assistance-programs?q=Schools+in+the+north')).toBe(0)
  })

  it('show errors in the mapping at their lines, with links to the lines', async () => {
    const { page } = await dashboard.openSignedIn('/imports/new')
    const editor = page.getByRole('textbox', { name: 'Mapping' })
    const faulty = smallMapping.replace('title: Title', 'titel: Title')
    const buffer = Buffer.from(faulty.replaceAll('\n', '\r\n'))
    await page
      .getByLabel('From a file')
      .setInputFiles({ name: 'mapping.yaml', mimeType: 'application/yaml', buffer })
    const fault = page.getByRole('button', { name: /^Line 3: .*did you mean "title"/ })
    await fault.focus()
    await fault.press('Enter')
    const selected = await editor.evaluate((element: HTMLTextAreaElement) =>
      element.value.slice(element.selectionStart, element.selectionEnd),
    )
    expect(selected).toBe(faulty.split('\n')[2])
    expect(await editor.getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByRole('button', { name: 'Start the dry run' }).isDisabled()).toBe(true)
    await editor.fill(smallMapping)
    await fault.waitFor({ state: 'detached' })
    expect(await editor.getAttribute('aria-invalid')).toBe('false')
  })

  it('offer a draft mapping for the columns of the file, and the mappings of earlier imports', async () => {
    const { page } = await dashboard.openSignedIn('/imports/new')
    const csv = 'No.,Treaty,Signed,Country\n1,On water,2001,China\n2,On air,no date,China\n'
    await page
      .getByLabel('File with the rows')
      .setInputFiles({ name: 'Our treaties.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    await page.getByRole('button', { name: 'Create a draft mapping' }).click()
    await page.getByText('Rows: 2. Ready 1, refused 1, left out 0.').waitFor()
    await dryRun(page)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download rejected.csv' }).click(),
    ])
    expect(await readFile(await download.path(), 'utf8')).toMatch(/\r\n2,On air,no date,China,row 3,Signed,/)
    await page.getByRole('link', { name: 'Import with this mapping' }).click()
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Mapping' }).inputValue())
      .toContain('scheme: our-treaties')
    await page.getByRole('textbox', { name: 'Mapping' }).fill('')
    await page
      .getByLabel('A built-in or earlier mapping')
      .selectOption({ label: 'our-treaties (Our treaties.csv)' })
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Mapping' }).inputValue())
      .toContain('signedOn: Signed')
  })

  it('keep the input when the service fails, show the error, and retry the preview later', async () => {
    const { page } = await dashboard.openSignedIn('/imports/new')
    await page.route('**/v1/imports/preview', (route) => route.abort())
    await page.getByRole('textbox', { name: 'Mapping' }).fill(smallMapping)
    const failure = page.getByText('The request failed: the service did not answer')
    await failure.waitFor()
    await page.unroute('**/v1/imports/preview')
    await failure.waitFor({ state: 'detached' })
    await page.getByText('Choose a file to preview its rows.').waitFor()
    expect(await page.getByRole('textbox', { name: 'Mapping' }).inputValue()).toBe(smallMapping)
  })

  it('show their progress after a lost connection, and can be deleted before a commit', async () => {
    const { page } = await dashboard.openSignedIn('/imports/new')
    let connections = 0
    await page.route('**/events', (route) => {
      connections += 1
      return connections === 1 ? route.abort() : route.continue()
    })
    await page
      .getByLabel('File with the rows')
      .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('Id,Title\n1,A\n') })
    await page
      .getByRole('textbox', { name: 'Mapping' })
      .fill(smallMapping.replace('a-register', 'lost-connections'))
    await page.getByText('Rows: 1. Ready 1').waitFor()
    await dryRun(page)
    await confirm(page, 'Delete')
    await page.getByRole('heading', { level: 1, name: 'Imports' }).waitFor()
    expect(await page.getByRole('link', { name: 'a.csv' }).count()).toBe(0)
  })

  it('show the reason for a failure', async () => {
    const sent = await sendForm(dashboard.api, '/v1/imports', [
      ['mapping', smallMapping.replace('a-register', 'broken-files'), 'mapping.yaml'],
      ['file', 'PK\u0003\u0004', 'broken.xlsx'],
    ])
    const { id } = sent.json<{ id: string }>()
    const { page } = await dashboard.openSignedIn(`/imports/${id}`)
    await page.getByText('The import has stopped.').waitFor()
    expect(await page.getByRole('alert').first().textContent()).toContain('damaged or cut off')
    await page.getByRole('button', { name: 'Delete' }).waitFor()
  })

  it('have no accessibility faults and no overflow on a phone, in both colour schemes', async () => {
    const { csv, mapping } = await exampleFiles()
    const { page, go } = await dashboard.openSignedIn('/imports/new', {
      ...auditOptions,
      viewport: { width: 375, height: 800 },
    })
    const audit = async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await findAccessibilityFaults(page)).toEqual([])
      }
      expect(await measureOverflow(page)).toBeLessThanOrEqual(0)
    }
    await chooseFiles(page, csv)
    await page.getByRole('textbox', { name: 'Mapping' }).fill(mapping.replace('title:', 'titel:'))
    await page.locator('.faults-of-lines .fault').first().waitFor()
    await audit()
    await page
      .getByRole('textbox', { name: 'Mapping' })
      // With a scheme of its own, a repeated attempt does not find the records of the first one.
      .fill(mapping.replace(/^scheme: \S+/, `scheme: audited-${randomUUID()}`))
    await page.getByText('Rows: 4.').waitFor()
    await audit()
    await dryRun(page)
    await page.getByRole('group', { name: 'Atlantis' }).waitFor()
    await audit()
    await confirm(page, 'Commit')
    await page.getByText('The records are written.').waitFor()
    await page.getByRole('link', { name: 'Bridge over the Example River' }).waitFor()
    await audit()
    await go('/imports')
    await page.getByRole('link', { name: 'register.csv' }).first().waitFor()
    await audit()
  })
})
