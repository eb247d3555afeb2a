import axe from 'axe-core'
import type { APIResponse, Browser, BrowserContextOptions, Locator, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest'
import { type Api, startTestApi } from './api.ts'
import { adminKey } from './app.ts'
import { openBrowser, skipsBrowser } from './browser.ts'
import { watchLayout } from './layout-shift.ts'

/** Timeout for elements of a page, which is long enough for a busy machine. */
const timeoutMs = 20_000

/** A browser tab whose errors and requests are watched. */
export interface WatchedPage {
  page: Page
  /** Since the last `go`: script errors, failed requests, requests to other origins. */
  pageErrors: string[]
  /** Opens a view of the same service in the tab, and waits until it has loaded everything. */
  go(path: string): Promise<void>
  /** Waits until the page has loaded everything. */
  settle(): Promise<void>
}

/** Options of a browser context, and the session of its first page. */
export interface PageOptions extends BrowserContextOptions {
  session?: { key: string; actor: unknown }
}

/**
 * A script that stores a session as the dashboard does, but only on the first page of a tab: a later page must not sign in again
 * after the user has signed out.
 */
const storeSession = (session: unknown): string => `if (sessionStorage.getItem('tested') === null) {
  sessionStorage.setItem('tested', 'yes')
  sessionStorage.setItem('session', ${JSON.stringify(JSON.stringify(session))})
}`

/** Tells whether a request stays open, as the event stream of an import does. */
const isStream = (request: Request) => new URL(request.url()).pathname.endsWith('/events')

/** Returns the set of a page's open requests, which is updated as they start and end. */
function watchRequests(page: Page): ReadonlySet<Request> {
  const pending = new Set<Request>()
  page.on('request', (request) => {
    if (!isStream(request)) pending.add(request)
  })
  const end = (request: Request) => {
    pending.delete(request)
  }
  page.on('requestfinished', end)
  page.on('requestfailed', end)
  return pending
}

/** A script that waits for two frames: components send further requests in effects, one frame after they are rendered. */
const twoFrames =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))'

/** Waits until a page has loaded everything: no request is open, now and two frames later. */
async function settle(page: Page, pending: ReadonlySet<Request>): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (let quietRounds = 0; quietRounds < 2; ) {
    await page.evaluate(twoFrames)
    quietRounds = pending.size === 0 ? quietRounds + 1 : 0
    if (quietRounds < 2 && Date.now() > deadline) {
      const requests = [...pending].map((request) => request.url()).join(', ') || 'none at the moment'
      throw new Error(
        `${page.url()} has not loaded everything in ${timeoutMs} ms; open requests: ${requests}`,
      )
    }
  }
}

/**
 * Opens a view in a tab with its own browser context, and waits until it has loaded everything. A new context starts a
 * process with empty caches, so tests of many views open them one after another in the same tab.
 */
export async function openPage(
  browser: Browser,
  api: Api,
  path: string,
  { session, ...options }: PageOptions = {},
): Promise<WatchedPage> {
  // Animations are off: placeholders that pulse are drawn sixty times a second.
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })
  if (session !== undefined) await context.addInitScript(storeSession(session))
  const page = await context.newPage()
  page.setDefaultTimeout(timeoutMs)
  await watchLayout(page)
  const pending = watchRequests(page)
  const pageErrors: string[] = []
  page.on('pageerror', (error) => pageErrors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') pageErrors.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(api.origin)) pageErrors.push(`a request to ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) pageErrors.push(`${response.status()} ${response.url()}`)
  })
  const go = async (next: string) => {
    pageErrors.length = 0
    await page.goto(api.origin + next, { waitUntil: 'load' })
    await settle(page, pending)
  }
  await go(path).catch(async (error) => {
    await context.close()
    throw error
  })
  return { page, pageErrors, go, settle: () => settle(page, pending) }
}

/** Closes a tab with its context. Ignores the errors of route handlers whose requests have not finished. */
async function closeTab(page: Page): Promise<void> {
  if (!page.isClosed()) await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.context().close()
}

/** Options of a browser context in which axe can run. Without them, the content security policy of the page blocks axe. */
export const auditOptions: BrowserContextOptions = { bypassCSP: true }

/** Returns the violations of WCAG 2.2 AA that axe finds: the rule and the first element. Needs `auditOptions`. */
export async function findAccessibilityFaults(page: Page): Promise<string[]> {
  // Content that is read again fades after a while, so its contrast is lower.
  await page.locator('.updating').first().waitFor({ state: 'detached' })
  // axe does not check the contrast of texts above gradients, which are the shadows at the edges of wide tables.
  await page.addStyleTag({ content: '.widget-body, .matrix-frame { background: none !important }' })
  await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    // The injected script defines `axe`.
    const { axe: checker } = globalThis as unknown as { axe: typeof axe }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    const { violations } = await checker.run({ runOnly: tags })
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
}

/** Returns by how many CSS pixels the content of a page is wider than its window; above 0, the page scrolls horizontally. */
export const measureOverflow = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))

/** Signs in on a page that asks for a key, by default as an administrator. */
export async function signIn(page: Page, key = adminKey): Promise<void> {
  await page.getByLabel('Key', { exact: true }).fill(key)
  await page.getByLabel('Stay signed in until this tab is closed').check()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

/** Enters a text in a search for records, waits for a suggestion that begins with it, and picks the first suggestion. */
export async function pickRecord(page: Page, search: Locator, text: string): Promise<void> {
  await search.fill(text)
  const option = page.getByRole('option', { name: new RegExp(`^${text}`, 'i') })
  await option.first().waitFor()
  await search.press('Enter')
}

/**
 * Answers the questions of a page whether to leave or replace something: with yes if `accepts` returns true for the number of
 * questions so far, by default with no. @returns the questions, to which later ones are added.
 */
export function answerQuestions(page: Page, accepts = (_count: number) => false): string[] {
  const questions: string[] = []
  page.on('dialog', (dialog) => {
    questions.push(dialog.message())
    void (accepts(questions.length) ? dialog.accept() : dialog.dismiss())
  })
  return questions
}

/** The body of a response as Playwright reads it. */
type ResponseBody = Awaited<ReturnType<APIResponse['json']>>

/** Changes the bodies of the service's responses to some requests of a page. */
export async function changeResponses(
  page: Page,
  url: string | RegExp,
  change: (body: ResponseBody) => unknown,
): Promise<void> {
  await page.route(url, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: change(await response.json()) })
  })
}

let browser: Promise<Browser> | undefined

/** Returns the browser that all test files of a worker share. It ends with the worker. */
export function sharedBrowser(): Promise<Browser> {
  browser ??= openBrowser()
  return browser
}

let service: Promise<Api> | undefined

/** No rate limit, since tests open many pages in a short time. */
const env = { RATE_LIMIT: '0' }

/** Returns the service that all test files of a worker share if they leave no changed records. It ends with the worker. */
function sharedService(): Promise<Api> {
  service ??= startTestApi({ env })
  return service
}

/** A service with the seed data, and a browser, for the tests of a file. */
class Dashboard {
  #opened: { api: Api; browser: Browser } | undefined
  readonly #changesRecords: boolean

  constructor(changesRecords: boolean) {
    this.#changesRecords = changesRecords
  }

  get #parts(): { api: Api; browser: Browser } {
    if (!this.#opened)
      throw new Error(
        'the dashboard is not open: use it only in tests and hooks that are skipped without Chromium',
      )
    return this.#opened
  }

  get api(): Api {
    return this.#parts.api
  }

  get browser(): Browser {
    return this.#parts.browser
  }

  async start(): Promise<void> {
    const api = this.#changesRecords ? startTestApi({ env }) : sharedService()
    this.#opened = { api: await api, browser: await sharedBrowser() }
  }

  async close(): Promise<void> {
    if (this.#changesRecords) await this.#opened?.api.close()
  }

  /** Creates a record of a resource. Returns its id. */
  async create(resource: string, document: Record<string, unknown>): Promise<string> {
    const created = await this.api.post(`/v1/${resource}`, document)
    if (created.status !== 201) throw new Error(created.text)
    return created.json<{ id: string }>().id
  }

  /** Creates an API key. */
  async createKey(role: string, name = `A ${role}`): Promise<{ id: string; key: string }> {
    const created = await this.api.post('/v1/keys', { name, role })
    if (created.status !== 201) throw new Error(created.text)
    return created.json()
  }

  /** Creates an agreement, by default a treaty. Returns its id. */
  createAgreement(document: Record<string, unknown>): Promise<string> {
    return this.create('agreements', { kind: 'treaty', ...document })
  }

  /** Reads an agreement as it is now, past the response cache. */
  async readAgreement(id: string): Promise<unknown> {
    const headers = { 'cache-control': 'no-cache' }
    return (await this.api.get(`/v1/agreements/${id}`, { headers })).json()
  }

  /** Opens a page, and waits until it has loaded everything. The tab closes after the test. */
  async open(path: string, options?: PageOptions): Promise<WatchedPage> {
    const tab = await openPage(this.browser, this.api, path, options)
    onTestFinished(() => closeTab(tab.page))
    return tab
  }

  /** Opens a tab on a small page: for tests that prepare the tab, or open several views in it. */
  openTab(options?: PageOptions): Promise<WatchedPage> {
    return this.open('/sign-in', options)
  }

  /** Opens a page as an administrator who has signed in. */
  async openSignedIn(path: string, options?: BrowserContextOptions): Promise<WatchedPage> {
    const actor = (await this.api.get('/v1/actor', { key: adminKey })).json()
    return await this.open(path, { ...options, session: { key: adminKey, actor } })
  }
}

/**
 * Starts a dashboard before the tests of a file, unless browser tests are skipped. If the file has its own service, closes the
 * service after the tests.
 * @param options.changesRecords whether the file needs its own service, because it leaves new, changed or removed records.
 * @param options.prepare creates records once the dashboard has started.
 */
export function useDashboard({ changesRecords = false, prepare = async () => {} } = {}): Dashboard {
  const dashboard = new Dashboard(changesRecords)
  beforeAll(async () => {
    if (skipsBrowser) return
    await dashboard.start()
    await prepare()
  })
  afterAll(() => dashboard.close())
  return dashboard
}

/** Declares tests that need Chromium, and are skipped without it. */
export function describeInBrowser(title: string, tests: () => void): void {
  describe.skipIf(skipsBrowser)(`${title} [needs Chromium]`, tests)
}
