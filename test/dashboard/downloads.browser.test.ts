import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Downloads from the dashboard, without and with a key. */

const title = 'A secret observatory'
let id = ''
const dashboard = useDashboard({
  changesRecords: true,
  prepare: async () => {
    id = await dashboard.createAgreement({ title, visibility: 'internal', signedOn: '2020' })
  },
})

/** Clicks on a button that saves a file. @returns the name and the text of the file. */
async function download(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ])
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
}

describeInBrowser('downloads without a key', () => {
  it.each([
    ['agreements', ['CSV', 'NDJSON', 'Excel', 'iCalendar']],
    ['projects', ['CSV', 'NDJSON', 'Excel', 'GeoJSON', 'IATI']],
  ])('exist for each format of %s', async (resource, formats) => {
    const { page } = await dashboard.open(`/explore/${resource}`)
    for (const format of formats) {
      const href = await page.getByRole('link', { name: format, exact: true }).getAttribute('href')
      expect((await dashboard.api.get(href ?? '')).status, format).toBe(200)
    }
  })

  it('are in the language of the page', async () => {
    const { page } = await dashboard.open('/explore/projects?lang=zh')
    const href = await page.getByRole('link', { name: 'CSV', exact: true }).getAttribute('href')
    const { headers } = await dashboard.api.get(href ?? '')
    expect(headers.get('content-language')).toBe('zh')
  })

  it.each([
    ['/?utm_source=mail', '/?format=csv&lang=en'],
    ['/search?q=energy&resource=topics', '/search?q=energy&format=csv&lang=en'],
    ['/changes?utm_source=mail', '/changes?format=csv&lang=en'],
    ['/countries/PAK?utm_source=mail&embed=1', '/countries/PAK?embed=1&format=csv&lang=en'],
    ['/records/countries/PAK?follow=false', '/records/countries/PAK?format=csv&lang=en'],
  ])('do not fail because of a parameter that the page ignores: %s', async (view, link) => {
    const { page } = await dashboard.open(view)
    const href = await page.getByRole('link', { name: 'CSV', exact: true }).getAttribute('href')
    expect(href).toBe(link)
    expect((await fetch(dashboard.api.origin + href)).status).toBe(200)
  })

  it.each([
    { view: '/countries/PAK', fileName: 'PAK.csv' },
    { view: '/map?resource=projects', fileName: 'map.csv' },
    { view: '/', fileName: 'overview.csv' },
  ])('are named after the country or the view: $view', async ({ view, fileName }) => {
    const { page } = await dashboard.open(view)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV', exact: true }).first().click(),
    ])
    expect(file.suggestedFilename()).toBe(fileName)
  })
})

describeInBrowser('downloads with a key', () => {
  it('contain the internal records that the page shows, without a key in a URL', async () => {
    const { page } = await dashboard.openSignedIn('/explore/agreements?sort=title')
    const urls: string[] = []
    page.on('request', (request) => urls.push(request.url()))
    const csv = await download(page, 'CSV')
    expect(csv.name).toBe('agreements.csv')
    expect(csv.text).toContain(title)
    expect((await download(page, 'NDJSON')).text).toContain(title)
    await page.goto(`${dashboard.api.origin}/records/agreements/${id}`)
    const record = await download(page, 'JSON')
    expect(record.name).toBe(`${id}.json`)
    expect(JSON.parse(record.text)).toMatchObject({ title, visibility: 'internal' })
    await page.goto(`${dashboard.api.origin}/timeline`)
    expect((await download(page, 'CSV')).text).toContain(title)
    expect(urls.filter((url) => url.includes(adminKey))).toEqual([])
  })

  it('can be cancelled, and show an error when they fail', async () => {
    const { page } = await dashboard.openSignedIn('/explore/agreements')
    await page.route('**/export?*', () => {})
    await page.getByRole('button', { name: 'CSV', exact: true }).click()
    await page.getByRole('button', { name: 'CSV – cancel' }).click()
    await page.getByRole('button', { name: 'CSV', exact: true }).waitFor()
    await page.unroute('**/export?*')
    await page.route('**/export?*', (route) => route.abort())
    await page.getByRole('button', { name: 'CSV', exact: true }).click()
    await page.getByRole('alert').getByText('the service did not answer').waitFor()
  })

  it('end when the user signs out', async () => {
    const { page } = await dashboard.openSignedIn('/explore/agreements')
    await page.route('**/export?*', () => {})
    const [failed] = await Promise.all([
      page.waitForEvent('requestfailed', (request) => request.url().includes('/export?')),
      page
        .getByRole('button', { name: 'CSV', exact: true })
        .click()
        .then(() => page.getByRole('button', { name: 'CSV – cancel' }).waitFor())
        .then(() => page.getByRole('button', { name: 'Sign out' }).click()),
    ])
    expect(failed.failure()?.errorText).toBe('net::ERR_ABORTED')
  })
})
