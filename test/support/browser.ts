import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const usualPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The path of a Chromium: the one of CHROMIUM_PATH, otherwise one in its usual places. */
export const chromiumPath: string | undefined =
  process.env.CHROMIUM_PATH ?? usualPaths.find((path) => existsSync(path))

/** Whether browser tests are skipped: where there is no Chromium. In CI they fail instead. */
export const skipsBrowser: boolean = chromiumPath === undefined && process.env.CI !== 'true'

/** Starts Chromium without a window. */
export async function openBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('there is no Chromium: install one, or set CHROMIUM_PATH')
  return await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
}
