import type { Page } from 'playwright-core'

/** A script that adds up the layout shifts of a page from the start of its load. */
const sumShifts = `
  globalThis.layoutShift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.layoutShift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
`

/** Maximum cumulative layout shift of a view: a fiftieth of the threshold for "good" in Web Vitals. */
export const maxLayoutShift = 0.002

/** Measures the layout shifts of all views that a page opens from now on. */
export async function watchLayout(page: Page): Promise<void> {
  await page.addInitScript(sumShifts)
}

/** Returns the cumulative layout shift of a watched page since its last load, as the Layout Instability API counts it. */
export async function readLayoutShift(page: Page): Promise<number> {
  // The browser reports a shift in the next frame.
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))')
  return Number(await page.evaluate('globalThis.layoutShift'))
}
