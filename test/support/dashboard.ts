import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Api } from './api.ts'
import { adminKey } from './app.ts'

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

/** Opens a page of the dashboard as an administrator. */
export async function openSignedIn(
  browser: Browser,
  api: Api,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const { page } = await openPage(browser, api, '/sign-in', options)
  await signIn(page)
  await page.goto(api.origin + path, { waitUntil: 'networkidle' })
  return page
}
