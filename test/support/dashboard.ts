import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { type Api, openApi } from './api.ts'
import { adminKey } from './app.ts'
import { openBrowser, skipsBrowser } from './browser.ts'
import { watchLayout } from './layout-shift.ts'

/** The longest wait for something on a page, on a busy machine. */
const timeoutMs = 20_000

/** A page, and what went wrong while it was open: errors of scripts, refused requests, requests to elsewhere. */
export interface WatchedPage {
  page: Page
  faults: string[]
}

/** Opens a page of the dashboard in a context of its own, and waits until it has loaded everything. */
export async function openPage(
  browser: Browser,
  api: Api,
  path: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(timeoutMs)
  await watchLayout(page)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(api.origin)) faults.push(`a request to ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(api.origin + path, { waitUntil: 'networkidle' })
  return { page, faults }
}

/** Options of a context in which axe can be run: the page's policy would refuse the script. */
export const auditOptions: BrowserContextOptions = { bypassCSP: true }

/** Returns what axe finds against WCAG 2.2 AA: the rule and the first element. Needs `auditOptions`. */
export async function findAccessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    // The script above has defined it.
    const { axe: checker } = globalThis as unknown as { axe: typeof axe }
    const { violations } = await checker.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
}

/** Signs in, as an administrator unless with another key, where the page asks for a key. */
export async function signIn(page: Page, key = adminKey): Promise<void> {
  await page.getByLabel('Key', { exact: true }).fill(key)
  await page.getByLabel('Stay signed in until this tab is closed').check()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

/** The service on the first data and a browser, which the tests of a file share. */
class Dashboard {
  #opened: { api: Api; browser: Browser } | undefined

  get #parts(): { api: Api; browser: Browser } {
    if (!this.#opened) throw new Error('the dashboard is open in tests, and in hooks after its own')
    return this.#opened
  }

  get api(): Api {
    return this.#parts.api
  }

  get browser(): Browser {
    return this.#parts.browser
  }

  async start(): Promise<void> {
    this.#opened = { api: await openApi({ env: { RATE_LIMIT: '0' } }), browser: await openBrowser() }
  }

  async close(): Promise<void> {
    await this.#opened?.browser.close()
    await this.#opened?.api.close()
  }

  /** Opens a page, and waits until it has loaded everything. */
  open(path: string, options?: BrowserContextOptions): Promise<WatchedPage> {
    return openPage(this.browser, this.api, path, options)
  }

  /** Opens a page as an administrator. */
  async openSignedIn(path: string): Promise<Page> {
    const { page } = await this.open('/sign-in')
    await signIn(page)
    await page.goto(this.api.origin + path, { waitUntil: 'networkidle' })
    return page
  }
}

/** Starts a dashboard before the tests of a file, unless browser tests are skipped, and closes it after them. */
export function useDashboard(): Dashboard {
  const dashboard = new Dashboard()
  beforeAll(async () => {
    if (!skipsBrowser) await dashboard.start()
  }, 60_000)
  afterAll(() => dashboard.close())
  return dashboard
}
