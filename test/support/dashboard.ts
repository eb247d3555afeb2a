import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Api } from './api.ts'

/** The longest wait for something on a page, on a busy machine. */
const timeoutMs = 10_000

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
