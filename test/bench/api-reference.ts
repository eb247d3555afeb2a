import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../support/browser.ts'
import { type Server, startNode } from './servers.ts'

/**
 * Measures the pages of the API reference in Chromium: the time until they are interactive, and how long they block the main
 * thread.
 *
 *     npm run bench:docs
 */

const runs = 5

/** A script that adds up the durations of the long tasks of a page from the start of its load. */
const sumLongTasks = `
  globalThis.blocked = 0
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.blocked += duration
  }).observe({ type: 'longtask', buffered: true })
`

interface Timing {
  interactiveMs: number
  blockedMs: number
}

/** Measures a page in a new browser context. The page is interactive when it has loaded and `control` is visible. */
async function measure(browser: Browser, url: string, control: string): Promise<Timing> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.addInitScript(sumLongTasks)
  const started = performance.now()
  await page.goto(url, { waitUntil: 'load' })
  await page.locator(control).first().waitFor()
  const interactiveMs = performance.now() - started
  // Long tasks in the next second count, too.
  await page.waitForTimeout(1000)
  const blockedMs = Number(await page.evaluate('globalThis.blocked'))
  await context.close()
  return { interactiveMs, blockedMs }
}

const worst = (values: number[]) => Math.round(Math.max(...values))

const folder = await mkdtemp(join(tmpdir(), 'entente-pages-'))
let registry: Server | undefined
let browser: Browser | undefined
try {
  registry = await startNode(['--import', 'tsx', 'src/cli/main.ts', 'serve'], {
    PORT: '0',
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
  })
  browser = await openBrowser()
  console.log('| page | usable after at most | main thread blocked for at most |\n| --- | --- | --- |')
  for (const [path, control] of [
    ['/docs', '.operations a'],
    ['/docs/operations/listAgreements', 'form[data-ready] button'],
    ['/docs/operations/createAgreement', 'form[data-ready] button'],
  ] as const) {
    // The service renders the page at the first request, which is not measured.
    await (await fetch(registry.origin + path)).text()
    const timings: Timing[] = []
    for (let run = 0; run < runs; run++) timings.push(await measure(browser, registry.origin + path, control))
    const interactive = worst(timings.map(({ interactiveMs }) => interactiveMs))
    const blocked = worst(timings.map(({ blockedMs }) => blockedMs))
    console.log(`| \`${path}\` | ${interactive} ms | ${blocked} ms |`)
  }
} finally {
  await browser?.close()
  await registry?.close()
  await rm(folder, { recursive: true, force: true })
}
