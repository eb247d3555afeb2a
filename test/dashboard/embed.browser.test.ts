import { createServer, type Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { describeInBrowser, sharedBrowser } from '../support/dashboard.ts'
import { getPort } from '../support/ports.ts'

/** Views in frames of other pages, in a browser. */

/** Starts a server whose pages show a view in an `iframe`. */
async function serveFrames(): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const src = decodeURIComponent((request.url ?? '').slice(2))
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><title>Page</title><iframe src="${src}" width="900" height="700"></iframe>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = getPort(server)
  return { server, origin: `http://127.0.0.1:${port}` }
}

let api: Api
let browser: Browser
let allowed: Awaited<ReturnType<typeof serveFrames>>
let other: Awaited<ReturnType<typeof serveFrames>>

const framedUrl = (origin: string, path: string) => `${origin}/?${encodeURIComponent(api.origin + path)}`

async function openFramed(origin: string, path: string) {
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  onTestFinished(() => page.context().close())
  await page.goto(framedUrl(origin, path), { waitUntil: 'networkidle' })
  return { page, frame: page.frameLocator('iframe') }
}

describeInBrowser('an embedded view', () => {
  beforeAll(async () => {
    allowed = await serveFrames()
    other = await serveFrames()
    api = await startTestApi({ env: { RATE_LIMIT: '0', EMBED_ORIGINS: allowed.origin } })
    browser = await sharedBrowser()
  })
  afterAll(async () => {
    await api?.close()
    allowed?.server.close()
    other?.server.close()
  })

  it('is shown in the pages of EMBED_ORIGINS, without navigation', async () => {
    for (const path of [
      '/map?embed=1',
      '/network?centre=CHN&embed=1',
      '/countries/PAK?embed=1',
      '/?embed=1',
    ]) {
      const { page, frame } = await openFramed(allowed.origin, path)
      await frame.getByRole('heading', { level: 1 }).waitFor()
      expect(await frame.getByRole('navigation').count(), path).toBe(0)
      expect(await frame.getByRole('combobox', { name: 'Search the registry' }).count(), path).toBe(0)
      await page.context().close()
    }
  })

  it('of a missing record does not refer to the search, which it does not have', async () => {
    const path = '/records/agreements/01234567-89ab-7cde-8f01-23456789abcd'
    const { frame } = await openFramed(allowed.origin, `${path}?embed=1`)
    await frame.getByText(/^The address may be mistyped/).waitFor()
    expect(await frame.locator('body').textContent()).not.toContain('search')
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    onTestFinished(() => page.context().close())
    await page.goto(api.origin + path)
    await page.getByText('The search above finds records by name.').waitFor()
  })

  it('lists records in the explorer, which does not take `embed` as a filter', async () => {
    const { frame } = await openFramed(allowed.origin, '/explore/agreements?country=PAK&embed=1')
    await frame.getByRole('row').nth(1).waitFor()
  })

  it('keeps its state in the frame, and opens other views in a new window', async () => {
    const { page, frame } = await openFramed(allowed.origin, '/map?resource=projects&embed=1')
    await frame.getByRole('combobox', { name: 'Records' }).selectOption('agreements')
    await frame.getByRole('heading', { level: 1, name: 'Agreements on the map' }).waitFor()
    const [popup] = await Promise.all([
      page.context().waitForEvent('page'),
      frame.getByRole('link', { name: 'Pakistan', exact: true }).click(),
    ])
    await popup.getByRole('navigation').waitFor()
    expect(popup.url()).toBe(`${api.origin}/countries/PAK`)
    await frame.getByRole('heading', { level: 1, name: 'Agreements on the map' }).waitFor()
  })

  it('keeps its language, which the browser does not store, in the frame and in new windows', async () => {
    const { page, frame } = await openFramed(allowed.origin, '/explore/agreements?embed=1&lang=zh')
    await frame.getByRole('checkbox', { name: '中国' }).check()
    await expect.poll(() => page.frames()[1]?.url()).toContain('country=CHN')
    expect(page.frames()[1]?.url()).toContain('lang=zh')
    await frame.getByRole('heading', { level: 1, name: '协议' }).waitFor()
    const [popup] = await Promise.all([
      page.context().waitForEvent('page'),
      frame.getByRole('row').nth(1).getByRole('link').first().click(),
    ])
    await popup.getByRole('link', { name: 'English' }).waitFor()
  })

  it('keeps its language in a link that is opened in a new tab', async () => {
    const { page, frame } = await openFramed(allowed.origin, '/explore/agreements?embed=1&lang=zh')
    const link = frame.getByRole('row').nth(1).getByRole('link').first()
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      link.click({ modifiers: ['ControlOrMeta'] }),
    ])
    await tab.getByRole('link', { name: 'English' }).waitFor()
    expect(new URL(tab.url()).search).toBe('?lang=zh')
  })

  it('opens its data in a new window, since a frame cannot show them', async () => {
    const { page, frame } = await openFramed(allowed.origin, '/map?resource=projects&embed=1')
    const [popup] = await Promise.all([
      page.context().waitForEvent('page'),
      frame.getByRole('link', { name: 'JSON' }).click(),
    ])
    await popup.waitForURL(/v1\/projects/)
    await frame.getByRole('heading', { level: 1, name: 'Projects on the map' }).waitFor()
  })

  it('keeps the values of a filter apart when its URL changes, and in its link to the full page', async () => {
    const ids = 'externalId=interview-2011:F01,interview-2011:F02'
    const { page, frame } = await openFramed(allowed.origin, `/map?${ids}&embed=1`)
    await frame.getByRole('link', { name: 'Agreements: 2' }).waitFor()
    await frame.getByRole('combobox', { name: 'Partners of' }).selectOption('CHN')
    await expect.poll(() => page.frames()[1]?.url()).toContain('partnerOf=CHN')
    await frame.getByRole('link', { name: 'Agreements: 2' }).waitFor()
    const link = await frame.getByRole('link', { name: 'Open in Entente' }).getAttribute('href')
    expect(link).toContain('F01,interview-2011')
    expect(link).not.toContain('embed')
  })

  it('is blocked in pages of other origins, like every view without embed=1', async () => {
    for (const [origin, path] of [
      [other.origin, '/map?embed=1'],
      [allowed.origin, '/map'],
    ] as const) {
      const { page, frame } = await openFramed(origin, path)
      expect(await frame.getByRole('heading', { level: 1 }).count(), `${origin} ${path}`).toBe(0)
      await page.context().close()
    }
  })

  it('cannot be framed by any page if EMBED_ORIGINS is not set', async () => {
    const closed = await startTestApi()
    try {
      const { headers } = await fetch(`${closed.origin}/map?embed=1`)
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    } finally {
      await closed.close()
    }
  })
})
