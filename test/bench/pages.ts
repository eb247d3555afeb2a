import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import { openBrowser } from '../support/browser.ts'
import { readLayoutShift, watchLayout } from '../support/layout-shift.ts'
import { type Server, startNode } from './servers.ts'

/**
 * Measures two visits to each page of the built service in Chromium: the time until its heading is visible, the time until its
 * last widget has its content, the layout shift, and the bytes of JavaScript that it loads. Each visit has a new browser context,
 * so that only caches of the service are warm at the second visit.
 *
 *     npm run bench:pages
 *     npm run bench:pages -- --agreements 1000000
 *     npm run bench:pages -- --width 375
 */

/** Measurements of one visit to a page. */
interface Visit {
  /** Milliseconds from the request until the heading is visible. */
  headingMs: number
  /** Milliseconds from the request until no widget waits for the API any more. */
  completeMs: number
  /** Cumulative layout shift, as the Layout Instability API counts it. */
  layoutShift: number
  /** Compressed bytes of the scripts. */
  scriptBytes: number
}

const scriptBytes = (page: Page): Promise<number> =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((entry) => entry instanceof PerformanceResourceTiming)
      .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  )

async function visit(browser: Browser, address: string, width: number): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width, height: 900 } })
  try {
    const page = await context.newPage()
    await watchLayout(page)
    const beganAt = performance.now()
    await page.goto(address, { waitUntil: 'commit' })
    await page.getByRole('heading', { level: 1 }).waitFor()
    const headingMs = performance.now() - beganAt
    await page.locator('.loading').first().waitFor({ state: 'detached', timeout: 60_000 })
    const completeMs = performance.now() - beganAt
    const layoutShift = await readLayoutShift(page)
    return { headingMs, completeMs, layoutShift, scriptBytes: await scriptBytes(page) }
  } finally {
    await context.close()
  }
}

/**
 * Names and paths of pages, one or two of each view except the views for editors and administrators. `times compared`
 * compares the current state with the state on a date on which the registry was empty.
 */
const pages = (agreement: string) =>
  [
    ['overview', '/'],
    ['country', '/countries/PAK'],
    ['explorer', '/explore/agreements'],
    ['record', `/records/agreements/${agreement}`],
    ['map', '/map'],
    ['timeline', '/timeline'],
    ['network', '/network'],
    ['network of a country', '/network?centre=CHN'],
    ['countries compared', '/compare?country=PAK,DEU'],
    ['times compared', '/compare?country=PAK&before=2026-01-01T00:00:00Z'],
    ['search', '/search?q=energy'],
    ['changes', '/changes'],
    ['sign-in', '/sign-in'],
  ] as const

/** The id of an agreement, for the page of a record. */
async function findAgreement(origin: string): Promise<string> {
  const response = await fetch(`${origin}/v1/agreements?country=PAK&fields=id&limit=1`)
  const body: unknown = await response.json()
  return z.object({ data: z.tuple([z.object({ id: z.string() })]) }).parse(body).data[0].id
}

const headings = ['page', 'visit', 'heading', 'complete', 'layout shift', 'JavaScript']

function row(name: string, visitName: string, measured: Visit): string[] {
  const { headingMs, completeMs, layoutShift, scriptBytes: bytes } = measured
  return [
    name,
    visitName,
    `${headingMs.toFixed(0)} ms`,
    `${completeMs.toFixed(0)} ms`,
    layoutShift.toFixed(3),
    `${(bytes / 1024).toFixed(1)} KiB`,
  ]
}

/**
 * Starts the built service, and generates agreements first if their number is not 0.
 * @param folder for an embedded database, when `database` is absent.
 */
async function startService(folder: string, agreements: number, database?: string): Promise<Server> {
  const env = {
    PORT: '0',
    DATA_DIR: folder,
    RATE_LIMIT: '0',
    LOG_LEVEL: 'warn',
    ...(database && { DATABASE_URL: database }),
  }
  if (agreements > 0) {
    const args = ['dist/cli/main.js', 'generate', '--create', '--agreements', String(agreements)]
    const { status } = spawnSync(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: 'inherit',
    })
    if (status !== 0) throw new Error(`could not generate ${agreements} agreements`)
  }
  return await startNode(['dist/cli/main.js', 'serve'], env)
}

const { values } = parseArgs({
  options: {
    /** Number of generated agreements, in addition to the seed data. */
    agreements: { type: 'string', default: '0' },
    /** URL of a database that has a registry already; absent: a new embedded one. */
    database: { type: 'string' },
    /** The width of the window, in CSS pixels. */
    width: { type: 'string', default: '1280' },
  },
})
const width = Number(values.width)
const folder = await mkdtemp(join(tmpdir(), 'entente-pages-'))
let service: Server | undefined
let browser: Browser | undefined
try {
  service = await startService(folder, Number(values.agreements), values.database)
  browser = await openBrowser()
  const rows = [headings, headings.map(() => '---')]
  for (const [name, path] of pages(await findAgreement(service.origin))) {
    rows.push(row(name, 'first', await visit(browser, service.origin + path, width)))
    rows.push(row(name, 'second', await visit(browser, service.origin + path, width)))
  }
  for (const cells of rows) console.log(`| ${cells.join(' | ')} |`)
} finally {
  await browser?.close()
  await service?.close()
  await rm(folder, { recursive: true, force: true })
}
