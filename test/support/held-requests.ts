import type { Page } from 'playwright-core'

/** Requests of a page that wait until they are released. */
interface HeldRequests {
  /** Resolves when the page has made the first of these requests, which waits for `release`. */
  held: Promise<unknown>
  /** Lets the held requests and all later ones continue. */
  release: () => void
}

/**
 * Holds requests of a page until `release` is called.
 * @param url the URLs of the requests, as a pattern of Playwright.
 * @param method the method of the requests; by default, requests with any method are held.
 */
export async function holdRequests(page: Page, url: string | RegExp, method?: string): Promise<HeldRequests> {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let resolveHeld = () => {}
  const held = new Promise<void>((resolve) => {
    resolveHeld = resolve
  })
  await page.route(url, async (route) => {
    if (method === undefined || route.request().method() === method) {
      resolveHeld()
      await released
    }
    await route.continue()
  })
  return { held, release }
}
