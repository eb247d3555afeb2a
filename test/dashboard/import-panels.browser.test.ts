import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import {
  answerQuestions,
  describeInBrowser,
  signIn,
  useDashboard,
  type WatchedPage,
} from '../support/dashboard.ts'
import { importCsv, newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'
import { uploadTreaties } from '../support/uploaded-imports.ts'
import { keyFigure } from './key-figure.ts'

/** The panels of a dry run, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

/**
 * Sends a file of treaties for a dry run, waits for its end, and opens the page of the import. A page that is opened earlier reads
 * the data of its panels again when it has followed the dry run to its end.
 */
async function openDryRun(scheme: string, csv: string): Promise<WatchedPage> {
  const id = await uploadTreaties(dashboard.api, csv, scheme)
  await expect.poll(() => stateOfImport(id), { timeout: 20_000 }).toBe('staged')
  return await dashboard.openSignedIn(`/imports/${id}`)
}

const stateOfImport = async (id: string) =>
  (await dashboard.api.get(`/v1/imports/${id}`, { key: adminKey })).json<{ state: string }>().state

const panel = (page: Page, heading: string) =>
  page.locator('section.widget', { has: page.getByRole('heading', { level: 2, name: heading, exact: true }) })

async function download(page: Page, name: string): Promise<string[]> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Download ${name}` }).click(),
  ])
  // The suggested name contains the id of the import.
  expect(file.suggestedFilename()).toContain(`${name.replace('.csv', '')}-`)
  return (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
}

describeInBrowser('the panels of a dry run', () => {
  it('list the records that only earlier files had, and the columns that are not read', async () => {
    const scheme = newScheme()
    const rows = ['1,On water,2001,China', '2,On air,2002,China', '3,On fire,2003,China']
    await importCsv(dashboard.api.database, treatyMapping(scheme), [treatyHeader, ...rows].join('\n'))
    const changed = [
      `${treatyHeader},Remarks,Page`,
      '1,On water,2001,China,seen,4',
      '4,On earth,2004,China,,7',
    ]
    const { page } = await openDryRun(scheme, changed.join('\n'))
    const missing = panel(page, 'Missing records')
    await missing.getByText('Records: 2').waitFor()
    const [header, ...lost] = await download(page, 'missing.csv')
    expect(header).toBe('resource,key,id,name')
    expect(lost.map((line) => line.split(',').slice(2).join(',')).sort()).toEqual(['2,On air', '3,On fire'])
    const unused = panel(page, 'Not read').getByRole('listitem')
    expect((await unused.allTextContents()).sort()).toEqual(['Page rows: 2', 'Remarks rows: 1'])
  })

  it('are hidden when no record is missing and every column is read', async () => {
    const { page } = await openDryRun(newScheme(), `${treatyHeader}\n1,On water,2001,China\n`)
    await panel(page, 'Ready to commit').waitFor()
    for (const heading of ['Missing records', 'Not read', 'Unresolved names', 'Refused rows'])
      expect(await panel(page, heading).count(), heading).toBe(0)
  })

  it('let a person choose a candidate, leave a name out, and decide later', async () => {
    const rows = [
      '1,On water,2001,Congo',
      '2,On air,2002,Congo',
      '3,On fire,2003,Atlantis',
      '4,On sand,2004,Mu',
    ]
    const { page } = await openDryRun(newScheme(), [treatyHeader, ...rows].join('\n'))
    const names = panel(page, 'Unresolved names')
    await names.getByText('Names: 3, in rows: 4.').waitFor()
    expect(await keyFigure(page, 'Refused rows').textContent()).toBe('4')
    expect((await download(page, 'names.csv')).length).toBeGreaterThan(3)
    const congo = names.getByRole('group', { name: 'Congo', exact: true })
    await congo.getByText('rows: 2').waitFor()
    const candidate = congo.getByLabel(/^Democratic Republic of the Congo COD · similarity \d+ %$/)
    await candidate.check()
    await names.getByRole('group', { name: 'Atlantis' }).getByLabel('Leave it out').check()
    const mu = names.getByRole('group', { name: 'Mu', exact: true })
    await mu.getByLabel('Leave it out').check()
    await page.getByRole('button', { name: 'Save decisions (3)' }).waitFor()
    await mu.getByLabel('Decide later').check()
    await page.getByRole('button', { name: 'Save decisions (2)' }).click()
    await congo.waitFor({ state: 'detached' })
    await names.getByText('Names: 1, in rows: 1.').waitFor()
    await expect.poll(() => keyFigure(page, 'New records').textContent(), { timeout: 20_000 }).toBe('3')
    expect(await keyFigure(page, 'Refused rows').textContent()).toBe('1')
  })

  it('show the remaining names even if the new dry run ends before the page reads the import', async () => {
    const rows = ['1,On fire,2003,Atlantis', '2,On sand,2004,Mu']
    const { page } = await openDryRun(newScheme(), [treatyHeader, ...rows].join('\n'))
    const names = panel(page, 'Unresolved names')
    await names.getByText('Names: 2, in rows: 2.').waitFor()
    await names.getByRole('group', { name: 'Atlantis' }).getByLabel('Leave it out').check()
    await page.route(/\/v1\/imports\/[\w-]+$/, async (route) => {
      let response = await route.fetch()
      while ((await response.json()).state === 'staging') response = await route.fetch()
      await route.fulfill({ response })
    })
    await page.getByRole('button', { name: 'Save decisions (1)' }).click()
    await names.getByText('Names: 1, in rows: 1.').waitFor()
    await names.getByRole('group', { name: 'Atlantis' }).waitFor({ state: 'detached' })
    await names.getByRole('group', { name: 'Mu', exact: true }).getByLabel('Leave it out').check()
    await page.getByRole('button', { name: 'Save decisions (1)' }).click()
    await names.waitFor({ state: 'detached' })
  })

  it('refuse a decision if somebody else has decided on the name or committed since the read', async () => {
    const rows = ['1,On fire,2003,Atlantis', '2,On sand,2004,Mu']
    const { page, settle } = await openDryRun(newScheme(), [treatyHeader, ...rows].join('\n'))
    const path = `/v1${new URL(page.url()).pathname}`
    const id = path.split('/').at(-1) ?? ''
    const names = panel(page, 'Unresolved names')
    const group = (name: string) => names.getByRole('group', { name, exact: true })
    const decide = async (name: string) => {
      await group(name).getByLabel('Leave it out').check()
      await page.getByRole('button', { name: 'Save decisions (1)' }).click()
    }
    const refusal = page.getByRole('alert')
    const decision = { resource: 'countries', name: 'Atlantis', key: 'PAK' }
    await dashboard.api.put(`${path}/names`, { decisions: [decision] })
    await expect.poll(() => stateOfImport(id)).toBe('staged')
    await decide('Atlantis')
    await refusal.getByText('"ADMIN_KEY" has decided that "Atlantis" is "PAK"').waitFor()
    await page.getByRole('button', { name: 'Show the current state' }).click()
    await names.getByText('Names: 1, in rows: 1.').waitFor()
    expect(await keyFigure(page, 'New records').textContent()).toBe('1')
    // Otherwise, the page might still read the names, and would find none after the commit.
    await settle()
    await dashboard.api.post(`${path}/commit`, undefined)
    await expect.poll(() => stateOfImport(id)).toBe('committed')
    await decide('Mu')
    await refusal.getByText('it is no longer open for decisions').waitFor()
    await page.getByRole('button', { name: 'Show the current state' }).click()
    await page.getByText('The records are written.').waitFor()
    expect(await names.count()).toBe(0)
  })

  it('keep the button that saves decisions at the bottom of the window', async () => {
    const rows = Array.from({ length: 9 }, (_, index) => `${index},Treaty ${index},2001,Atlantis ${index}`)
    const { page } = await openDryRun(newScheme(), [treatyHeader, ...rows].join('\n'))
    const names = panel(page, 'Unresolved names')
    const choice = names.getByLabel('Leave it out').first()
    await choice.check()
    for (const viewport of [
      { width: 1440, height: 700 },
      { width: 360, height: 640 },
    ]) {
      await page.setViewportSize(viewport)
      await choice.scrollIntoViewIfNeeded()
      const button = await names.getByRole('button', { name: 'Save decisions (1)' }).boundingBox()
      expect((button?.y ?? Infinity) + (button?.height ?? 0)).toBeLessThanOrEqual(viewport.height)
    }
  })

  it('show the whole of a name to decide, even if it is one long word', async () => {
    const { page } = await openDryRun(newScheme(), `${treatyHeader}\n1,On water,2001,${'a'.repeat(250)}\n`)
    const legend = panel(page, 'Unresolved names').locator('legend')
    await legend.waitFor()
    expect(await legend.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(false)
    const panelBox = await panel(page, 'Unresolved names').boundingBox()
    const box = await legend.boundingBox()
    expect(box?.width).toBeLessThan(panelBox?.width ?? 0)
  })

  it('ask before unsaved decisions are lost, by another page of names, by leaving or by a commit', async () => {
    const rows = Array.from({ length: 21 }, (_, index) => `${index},Treaty ${index},2001,Atlantis ${index}`)
    const { page } = await openDryRun(newScheme(), [treatyHeader, ...rows].join('\n'))
    const questions = answerQuestions(page)
    const names = panel(page, 'Unresolved names')
    const choice = names.getByLabel('Leave it out').first()
    await choice.check()
    await names.getByRole('button', { name: 'Next page' }).click()
    await page.getByRole('link', { name: 'Map', exact: true }).click()
    expect(questions).toHaveLength(2)
    await page.getByRole('button', { name: 'Commit', exact: true }).click()
    expect(questions).toHaveLength(3)
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.locator('a[href*="lang=zh"]').click()
    await panel(page, '待定的名称').getByRole('radio').first().waitFor()
    await page.locator('a[href*="lang=en"]').click()
    expect(questions).toHaveLength(3)
    expect(await choice.isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Save decisions (1)' }).click()
    await names.getByText('Names: 20, in rows: 20.').waitFor()
    expect(questions).toHaveLength(3)
  })

  it('keep unsaved decisions in another language while the service does not answer', async () => {
    const { page } = await openDryRun(newScheme(), [treatyHeader, '1,On fire,2003,Atlantis'].join('\n'))
    const choice = page.locator('.name-choice').getByRole('radio').nth(-2)
    await choice.check()
    await page.route('**/v1/imports/**', (route) => route.abort())
    await page.locator('a[href*="lang=zh"]').click()
    const failure = page.getByRole('alert').getByText('以下内容可能不是最新的：服务没有响应')
    await failure.first().waitFor()
    expect(await choice.isChecked()).toBe(true)
    await page.unrouteAll({ behavior: 'wait' })
    // The page reads the import and the names again by itself.
    await expect.poll(() => failure.count()).toBe(0)
    await panel(page, '待定的名称').waitFor()
    expect(await choice.isChecked()).toBe(true)
  })

  it('keep unsaved decisions when the key is refused, and when another key lacks the right', async () => {
    const { page } = await openDryRun(newScheme(), [treatyHeader, '1,On fire,2003,Atlantis'].join('\n'))
    const choice = panel(page, 'Unresolved names').getByLabel('Leave it out')
    await choice.check()
    const save = page.getByRole('button', { name: 'Save decisions (1)' })
    await page.route('**/v1/**', (route) =>
      route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer ent_revoked' } }),
    )
    await save.click()
    await page.getByText('The service no longer accepts your key').waitFor()
    await page.unrouteAll({ behavior: 'wait' })
    expect(await choice.isChecked()).toBe(true)
    const reader = await dashboard.createKey('reader')
    const refusal = page.waitForResponse(
      (answer) => answer.url().includes('/names?') && answer.status() === 403,
    )
    await signIn(page, reader.key)
    await refusal
    const lack = page.getByText('The key of A reader does not have this right.')
    await lack.waitFor()
    await signIn(page)
    // The reader has the button to sign out, too, so `signIn` does not wait for the other session.
    await lack.waitFor({ state: 'detached' })
    await save.click()
    await panel(page, 'Unresolved names').waitFor({ state: 'detached' })
    await panel(page, 'Ready to commit').waitFor()
  })
})

describeInBrowser('the panel of kept properties', () => {
  it('shows the reasons in the language of the page', async () => {
    const { api } = dashboard
    const scheme = newScheme()
    const importTitle = (title: string) =>
      importCsv(api.database, treatyMapping(scheme), `${treatyHeader}\n1,${title},2001,China\n`)
    await importTitle('On water')
    const found = await api.get(`/v1/agreements?externalIdScheme=${scheme}`)
    const [agreement] = found.json<{ data: { id: string }[] }>().data
    await api.patch(`/v1/agreements/${agreement?.id}`, { title: 'On ice' })
    const { id } = await importTitle('On air')
    const { page } = await dashboard.openSignedIn(`/imports/${id}`, { locale: 'zh-CN' })
    await panel(page, '保留的属性和记录').getByText('未覆盖 title').waitFor()
  })
})

describeInBrowser('the refusal of an undo', () => {
  it('says in the language of the page which import must be undone first', async () => {
    const scheme = newScheme()
    const importTitle = (title: string) =>
      importCsv(dashboard.api.database, treatyMapping(scheme), `${treatyHeader}\n1,${title},2001,China\n`)
    const { id } = await importTitle('On water')
    const later = await importTitle('On air')
    const { page } = await dashboard.openSignedIn(`/imports/${id}`, { locale: 'zh-CN' })
    await page.getByRole('button', { name: '撤销' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '撤销' }).click()
    await page.getByRole('alert').getByText(`后来的导入 ${later.id}`).waitFor()
  })
})
