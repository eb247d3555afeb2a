import { expect, it } from 'vitest'
import type { Transaction } from '../../src/database/database.ts'
import { entryWithoutRow, writeEntries } from '../../src/features/imports/entries.ts'
import { createImport } from '../../src/features/imports/store.ts'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'
import { newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'
import { uploadTreaties } from '../support/uploaded-imports.ts'

/** The page of an import that has failed, cannot be read, or is in progress, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

const storeImport = (tx: Transaction, scheme: string, state: 'failed' | 'uploaded') =>
  createImport(tx, {
    scheme,
    mapping: treatyMapping(scheme),
    state,
    autoCommit: false,
    actor: { kind: 'command', id: null, name: 'A test' },
    requestId: null,
  })

/** Stores an import that created an organization for a name, and failed before it created its source. */
async function failAfterNames(organization: string): Promise<string> {
  const scheme = newScheme()
  return await dashboard.api.database.transaction(async (tx) => {
    const { id } = await storeImport(tx, scheme, 'failed')
    await writeEntries(tx, { id, scheme }, [entryWithoutRow('organizations', organization, 1)])
    return id
  })
}

describeInBrowser('an import that has failed', () => {
  it('can be undone and not deleted if it has written records before its source', async () => {
    const organization = await dashboard.create('organizations', { name: 'A new academy', kind: 'academic' })
    const { page } = await dashboard.openSignedIn(`/imports/${await failAfterNames(organization)}`)
    await page.getByRole('link', { name: 'A new academy' }).waitFor()
    expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click()
    await page.getByText('The import has been undone.').waitFor()
    expect((await dashboard.api.get(`/v1/organizations/${organization}`)).status).toBe(404)
  })
})

describeInBrowser('an import that cannot be read', () => {
  it.each([404, 503])('has a heading and a link to the list after a %i response', async (status) => {
    const id = '0192f0c1-7a3b-7c4d-8e5f-0123456789ab'
    const { page, go } = await dashboard.openSignedIn('/')
    if (status === 503) await page.route(`**/v1/imports/${id}`, (route) => route.fulfill({ status }))
    await go(`/imports/${id}`)
    await page.getByRole('alert').waitFor()
    await page.getByRole('heading', { level: 1, name: id }).waitFor()
    expect(await page.getByRole('main').getByRole('link', { name: 'Imports' }).count()).toBe(1)
  })
})

describeInBrowser('an import in progress', () => {
  it('opens at most two streams of events a second if a proxy ends each stream at once', async () => {
    const { page, go } = await dashboard.openSignedIn('/')
    const { id } = await dashboard.api.database.transaction((tx) => storeImport(tx, newScheme(), 'uploaded'))
    let streams = 0
    await page.route('**/events', (route) => {
      streams += 1
      return route.fulfill({ contentType: 'text/event-stream', body: ': the start\n\n' })
    })
    await go(`/imports/${id}`)
    const [streamsBefore, startedAt] = [streams, Date.now()]
    await page.waitForTimeout(3000)
    const opened = streams - streamsBefore
    expect(opened).toBeGreaterThan(0)
    expect(opened).toBeLessThanOrEqual((2 * (Date.now() - startedAt)) / 1000)
  })

  it('stays on the page with the error while the service restarts, and is then followed again', async () => {
    const { page, go } = await dashboard.openSignedIn('/')
    const { id } = await dashboard.api.database.transaction((tx) => storeImport(tx, newScheme(), 'uploaded'))
    let isDown = false
    let streams = 0
    await page.route('**/v1/imports/**', (route) => {
      if (isDown) return route.abort()
      if (!route.request().url().endsWith('/events')) return route.continue()
      streams += 1
      return route.fulfill({ contentType: 'text/event-stream', body: '\n' })
    })
    await go(`/imports/${id}`)
    isDown = true
    const failure = page.getByText('This may be out of date: the service did not answer')
    await failure.waitFor()
    expect(await page.getByRole('progressbar').count()).toBe(1)
    isDown = false
    await failure.waitFor({ state: 'detached' })
    const streamsBefore = streams
    await expect.poll(() => streams, { timeout: 10_000 }).toBeGreaterThan(streamsBefore)
    expect(await page.getByRole('progressbar').count()).toBe(1)
  })

  it('is read once for each step', async () => {
    const id = await uploadTreaties(dashboard.api, `${treatyHeader}\n1,On water,2001,China\n`)
    const { page, settle } = await dashboard.openSignedIn(`/imports/${id}`)
    let reads = 0
    page.on('request', (request) => {
      if (request.method() === 'GET' && request.url().endsWith(`/v1/imports/${id}`)) reads += 1
    })
    for (const [step, done] of [
      ['Commit', 'The records are written.'],
      ['Undo', 'The import has been undone.'],
    ] as const) {
      reads = 0
      await page.getByRole('button', { name: step, exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: step, exact: true }).click()
      await page.getByText(done).waitFor()
      await settle()
      expect(reads, step).toBe(1)
    }
    await page.locator('a[href*="lang=zh"]').click()
    await page.getByText('此导入已撤销。').waitFor()
    await expect.poll(() => reads).toBe(2)
  })
})
