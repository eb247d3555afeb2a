import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../support/browser.ts'
import { type Server, start } from './servers.ts'

/**
 * Measures the pages of the built service in Chromium, each in a new browser context: the time until its text can be read, until
 * its last widget has its content, how far the layout shifts, and how many bytes of JavaScript it loads.
 *
 *     npm run bench:pages
 *     npm run bench:pages -- --agreements 1000000
 */

/** What a visit of a page took. */
interface Visit {
  /** Milliseconds from the request until the heading is there. */
  headingMs: number
  /** Milliseconds until no widget waits for the API any more. */
  completeMs: number
  /** Cumulative layout shift, as the Layout Instability API counts it. */
  layoutShift: number
  /** Bytes of scripts as they were sent. */
  scriptBytes: number
}

/** Counts the layout shifts of a page from its beginning on. */
const countShifts = `
  globalThis.layoutShift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.layoutShift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
`

const scriptBytes = (page: Page): Promise<number> =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((entry) => entry instanceof PerformanceResourceTiming)
      .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  )

async function visit(browser: Browser, address: string): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } })
  try {
    const page = await context.newPage()
    await page.addInitScript(countShifts)
    const beganAt = performance.now()
    await page.goto(address, { waitUntil: 'commit' })
    await page.getByRole('heading', { level: 1 }).waitFor()
    const headingMs = performance.now() - beganAt
    await page.locator('.loading').first().waitFor({ state: 'detached', timeout: 60_000 })
    const completeMs = performance.now() - beganAt
    // A shift is reported with the frame after it.
    await page.waitForTimeout(300)
    const layoutShift = Number(await page.evaluate('globalThis.layoutShift'))
    return { headingMs, completeMs, layoutShift, scriptBytes: await scriptBytes(page) }
  } finally {
    await context.close()
  }
}

const pages = [
  ['overview', '/'],
  ['country', '/countries/PAK'],
  ['explorer', '/explore/agreements'],
  ['search', '/search?q=energy'],
  ['changes', '/changes'],
] as const

const headings = ['page', 'visit', 'heading', 'complete', 'layout shift', 'JavaScript']

function row(name: string, which: string, measured: Visit): string[] {
  const { headingMs, completeMs, layoutShift, scriptBytes: bytes } = measured
  return [
    name,
    which,
    `${headingMs.toFixed(0)} ms`,
    `${completeMs.toFixed(0)} ms`,
    layoutShift.toFixed(3),
    `${(bytes / 1024).toFixed(1)} KiB`,
  ]
}

/** Starts the built service on the registry of a folder, which it fills with made-up agreements if there are to be any. */
async function startService(folder: string, agreements: number): Promise<Server> {
  const env = { PORT: '0', DATA_DIR: folder, RATE_LIMIT: '0', LOG_LEVEL: 'warn' }
  if (agreements > 0) {
    const args = ['dist/cli/main.js', 'generate', '--create', '--agreements', String(agreements)]

    const { status } = spawnSync(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: 'inherit',
    })
    if (status !== 0) throw new Error(`could not generate ${agreements} agreements`)
  }
  return await start(['dist/cli/main.js', 'serve'], env)
}

const { values } = parseArgs({ options: { agreements: { type: 'string', default: '0' } } })
const folder = await mkdtemp(join(tmpdir(), 'entente-pages-'))
try {
  const service = await startService(folder, Number(values.agreements))
  const browser = await openBrowser()
  const rows = [headings, headings.map(() => '---')]
  for (const [name, path] of pages) {
    rows.push(row(name, 'first', await visit(browser, service.origin + path)))
    rows.push(row(name, 'second', await visit(browser, service.origin + path)))
  }
  for (const cells of rows) console.log(`| ${cells.join(' | ')} |`)
  await browser.close()
  await service.close()
} finally {
  await rm(folder, { recursive: true, force: true })
}
