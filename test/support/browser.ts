import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const defaultPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The path of Chromium: CHROMIUM_PATH, otherwise the first of the default paths that exists. */
const chromiumPath: string | undefined =
  process.env.CHROMIUM_PATH ?? defaultPaths.find((path) => existsSync(path))

/** Whether browser tests are skipped because Chromium is not installed. In CI they fail instead. */
export const skipsBrowser: boolean = chromiumPath === undefined && process.env.CI !== 'true'

/** Starts Chromium without a window. @throws if Chromium is not installed. */
export async function openBrowser(): Promise<Browser> {
  if (chromiumPath === undefined)
    throw new Error('Chromium was not found: install Chromium, or set CHROMIUM_PATH to its path')
  return await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
}
