import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { describeInBrowser, openPage, sharedBrowser, type WatchedPage } from '../support/dashboard.ts'
import { type Operation, openApiDocumentSchema, operationsIn } from '../support/openapi-document.ts'

/** The pages of the API reference in a browser, and the requests that their forms send. */

describeInBrowser('the pages of the API reference', () => {
  let api: Api
  let tab: WatchedPage
  let operations: Operation[]
  beforeAll(async () => {
    api = await startTestApi()
    tab = await openPage(await sharedBrowser(), api, '/docs')
    operations = operationsIn(openApiDocumentSchema.parse(api.document))
  })
  afterAll(async () => {
    await tab?.page.context().close()
    await api?.close()
  })

  /**
   * Opens the page of an operation, sends its form, and returns the URL and the response.
   * @param fillIn changes the form before it is sent.
   */
  async function sendForm(operationId: string, fillIn?: (page: Page) => Promise<unknown>) {
    const { page, pageErrors, go } = tab
    await go(`/docs/operations/${operationId}`)
    await page.waitForSelector('form[data-ready]')
    await fillIn?.(page)
    await page.click('button')
    await page.waitForFunction(() => document.querySelector('#sent')?.textContent?.includes(' — '))
    const [line = '', outcome = ''] = ((await page.textContent('#sent')) ?? '').split(' — ')
    const body = (await page.textContent('#answer')) ?? ''
    return { url: line.split(' ')[1] ?? '', status: Number(outcome.split(' ')[0]), body, pageErrors }
  }

  it('list every operation, with those of agreements first and open', async () => {
    const { page, pageErrors, go } = tab
    await go('/docs')
    expect(await page.textContent('details >> nth=0')).toContain('/v1/agreements')
    expect(await page.getAttribute('details >> nth=0', 'open')).toBe('')
    expect(await page.locator('.operations li').count()).toBe(operations.length)
    expect(await page.title()).toBe('Operations · Entente API')
    expect(pageErrors).toEqual([])
  })

  it('send an unchanged form of a read, and show the response to its URL', async () => {
    // Without the stream, which does not end, and operations of keys and monitoring, which need more than an unchanged form.
    const reads = operations.filter(
      ({ method, operationId, ...rest }) =>
        method === 'get' &&
        !['keys', 'service'].includes(String(rest.tags)) &&
        operationId !== 'streamChanges',
    )
    const tested = reads.filter(({ path }) => /agreements|countries|network|search|changes/.test(path))
    expect(tested.length).toBeGreaterThan(12)
    for (const { operationId, path } of tested) {
      const { url, status, body, pageErrors } = await sendForm(operationId)
      expect({ operationId, status, pageErrors }).toEqual({ operationId, status: 200, pageErrors: [] })
      const plain = await api.get(url)
      expect(plain.status, operationId).toBe(200)
      const isJson = plain.headers.get('content-type')?.includes('json')
      if (isJson) expect(JSON.parse(body), operationId).toEqual(plain.json())
      // Optional parameters are not sent, so the URL of a list has no query string.
      if (!/\{|aggregate|export|search/.test(path)) expect(url).toBe(path)
    }
  })

  it('show the lines of an export in NDJSON', async () => {
    const { status, body } = await sendForm('exportAgreements', (page) =>
      page.selectOption('[name=format]', 'ndjson'),
    )
    expect(status).toBe(200)
    expect(await tab.page.textContent('#sent')).not.toContain('SyntaxError')
    expect(body).toBe((await api.get('/v1/agreements/export?format=ndjson')).text)
  })

  it('send examples that the service accepts, unless their external ids are taken', async () => {
    for (const id of ['createAgreement', 'createProject', 'createOrganization', 'createSource']) {
      const { status, body } = await sendForm(id, (page) => page.fill('#key', adminKey))
      // The seed data already has records with the external ids of some examples.
      expect([201, 409], `${id}: ${body}`).toContain(status)
    }
  })
})
