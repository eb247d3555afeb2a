import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answerQuestions, describeInBrowser, useDashboard } from '../support/dashboard.ts'
import { holdRequests } from '../support/held-requests.ts'
import { importCsv, newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'

/** The mapping and the files of a new import in the dashboard, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

const mapping =
  'scheme: chosen-again\nrecords:\n  sources: {id: Id, properties: {title: Title, kind: =report}}\n'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entente-new-imports-'))
})

afterAll(() => rm(folder, { recursive: true }))

describeInBrowser('the form of a new import', () => {
  it('shows no errors in a mapping that the user has not written yet', async () => {
    const { page } = await dashboard.openSignedIn('/imports/new')
    await writeFile(join(folder, 'alone.csv'), 'Id,Title\n1,One\n')
    await page.getByLabel('File with the rows').setInputFiles(join(folder, 'alone.csv'))
    await page.getByText('Choose, draft or write a mapping.').waitFor()
    const faults = page.locator('.faults-of-lines li')
    expect(await faults.count()).toBe(0)
    // The errors of the empty mapping are not those of the text that replaces it.
    const { held, release } = await holdRequests(page, '**/v1/imports/preview')
    await page.getByRole('textbox', { name: 'Mapping' }).fill(mapping)
    await held
    expect(await faults.count()).toBe(0)
    release()
    await page.getByText('Rows: 1.').waitFor()
  })

  it('keeps a mapping that is typed while another mapping is being read', async () => {
    const csv = `${treatyHeader}\n1,On water,2001,China\n`
    await importCsv(dashboard.api.database, treatyMapping(newScheme()), csv)
    const { page, settle } = await dashboard.openSignedIn('/imports/new')
    const { held, release } = await holdRequests(page, '**/mapping.yaml')
    await page.getByLabel('A built-in or earlier mapping').selectOption({ index: 2 })
    await held
    const text = page.getByRole('textbox', { name: 'Mapping' })
    await text.fill('scheme: typed')
    release()
    await settle()
    expect(await text.inputValue()).toBe('scheme: typed')
  })

  it('asks before another mapping replaces the one that the user has written', async () => {
    const { page } = await dashboard.openSignedIn('/imports/new')
    const text = page.getByRole('textbox', { name: 'Mapping' })
    const choice = page.getByLabel('A built-in or earlier mapping')
    const questions = answerQuestions(page, (count) => count > 1)
    await choice.selectOption('iati')
    await expect.poll(() => text.inputValue()).toBe('iati')
    expect(questions).toEqual([])
    await text.fill('scheme: written')
    await choice.selectOption('iati')
    expect(await text.inputValue()).toBe('scheme: written')
    expect(await choice.inputValue()).toBe('')
    await choice.selectOption('iati')
    await expect.poll(() => text.inputValue()).toBe('iati')
    expect(questions).toEqual(Array(2).fill(expect.stringContaining('mapping that you have written')))
  })

  it('says that a file has changed since it was chosen, and reads it when it is chosen again', async () => {
    const { page } = await dashboard.openSignedIn('/imports/new')
    const path = join(folder, 'register.csv')
    const rows = page.getByLabel('File with the rows')
    const text = page.getByRole('textbox', { name: 'Mapping' })
    await writeFile(path, 'Id,Title\n1,One\n')
    await rows.setInputFiles(path)
    await text.fill(mapping)
    await page.getByText('Rows: 1.').waitFor()
    await writeFile(path, 'Id,Title\n1,One\n2,Two\n')
    await text.fill(`${mapping}# Changed\n`)
    await page.getByText('a file has changed since you chose it; choose it again').waitFor()
    await rows.setInputFiles(path)
    await page.getByText('Rows: 2.').waitFor()
    expect(await page.getByRole('alert').filter({ hasText: /./ }).count()).toBe(0)
  })

  it('does not send a file that has grown, even if the browser can read it, as Firefox can', async () => {
    const { page } = await dashboard.openSignedIn('/imports/new')
    const path = join(folder, 'grown.csv')
    await writeFile(path, 'Id,Title\n1,One\n')
    await page.getByLabel('File with the rows').setInputFiles(path)
    await page.getByRole('textbox', { name: 'Mapping' }).fill(mapping)
    await page.getByText('Rows: 1.').waitFor()
    await page.evaluate(() => {
      const { stream } = Blob.prototype
      Blob.prototype.stream = function () {
        return stream.call(new Blob([this, '2,Two\n']))
      }
    })
    await page.getByRole('button', { name: 'Start the dry run' }).click()
    await page.getByText('a file has changed since you chose it; choose it again').waitFor()
  })
})
