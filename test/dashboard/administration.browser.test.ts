import { expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import { answerQuestions, describeInBrowser, signIn, useDashboard } from '../support/dashboard.ts'
import { holdRequests } from '../support/held-requests.ts'

/** Administration in the dashboard, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

describeInBrowser('administration in the dashboard', () => {
  it('shows a new key once, and revokes it', async () => {
    const { page, settle } = await dashboard.openSignedIn('/administration')
    await page.getByRole('button', { name: 'Create the key' }).click()
    await page.locator('.fault', { hasText: 'is required' }).waitFor()
    await page.getByLabel('Name').fill('The treaty section')
    await page.getByLabel('Role').selectOption('editor')
    await page.getByRole('button', { name: 'Create the key' }).click()
    const key = (await page.locator('.secret').textContent()) ?? ''
    expect((await dashboard.api.get('/v1/actor', { key })).json()).toMatchObject({ role: 'editor' })
    await page.getByRole('button', { name: 'I have stored it' }).click()
    const row = page.getByRole('row', { name: /The treaty section/ })
    await row.waitFor()
    expect(await page.content()).not.toContain(key)
    await page.reload()
    await settle()
    expect(await page.content()).not.toContain(key)
    await row.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await row.getByText(/^revoked /).waitFor()
    expect((await dashboard.api.get('/v1/actor', { key })).status).toBe(401)
  })

  it.each([
    ['en-GB', 'Name', 'Create the key', /^Expires at: must be in the future$/],
    ['zh-CN', '名称', '新建密钥', /^到期时间：必须在将来$/],
  ])(
    'refuses an expiry date in the past, with a message that leads to its field: %s',
    async (locale, ...texts) => {
      const [name, create, fault] = texts
      const { page } = await dashboard.openSignedIn('/administration', { locale })
      await page.getByLabel(name).fill('A key of the past')
      await page.locator('input[type="date"]').fill('2011-04-26')
      await page.getByRole('button', { name: create }).click()
      await page.getByRole('button', { name: fault }).click()
      expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('date')
    },
  )

  it('does not move the form for a new key when a narrow table of keys scrolls sideways', async () => {
    await dashboard.createKey('reader', 'The archive')
    const { page } = await dashboard.openSignedIn('/administration', {
      viewport: { width: 360, height: 740 },
    })
    const create = page.getByRole('button', { name: 'Create the key' })
    const before = await create.boundingBox()
    const revoke = page.getByRole('row', { name: /The archive/ }).getByRole('button', { name: 'Revoke' })
    await revoke.focus()
    const box = await revoke.boundingBox()
    expect((box?.x ?? Infinity) + (box?.width ?? 0)).toBeLessThanOrEqual(360)
    expect((await create.boundingBox())?.x).toBe(before?.x)
  })

  it('asks before leaving a new key that the user has not confirmed as stored', async () => {
    const { page } = await dashboard.openSignedIn('/administration')
    const questions = answerQuestions(page)
    await page.getByLabel('Name').fill('The map section')
    await page.getByRole('button', { name: 'Create the key' }).click()
    const key = await page.locator('.secret').textContent()
    const question = 'The new key is shown only here. Leave without storing it?'
    await page.getByRole('link', { name: 'Map' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect.poll(() => questions).toEqual([question, question])
    expect(await page.locator('.secret').textContent()).toBe(key)
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await page.getByRole('link', { name: 'Map' }).click()
    await page.waitForURL('**/map')
    expect(questions).toEqual([question, question])
  })

  it('asks before leaving while a new key is being created', async () => {
    const { page } = await dashboard.openSignedIn('/administration')
    const questions = answerQuestions(page)
    const { held, release } = await holdRequests(page, '**/v1/keys', 'POST')
    await page.getByLabel('Name').fill('The slow section')
    await page.getByRole('button', { name: 'Create the key' }).click()
    await held
    await page.getByRole('link', { name: 'Map' }).click()
    release()
    await page.locator('.secret').waitFor()
    expect(questions).toEqual(['The new key is shown only here. Leave without storing it?'])
  })

  it('ends a session whose key was revoked, and keeps the input', async () => {
    const { id, key } = await dashboard.createKey('editor')
    const { page } = await dashboard.open(`/new/sources`)
    await signIn(page, key)
    await page.getByLabel('Title required').fill('A report that must not be lost')
    await page.getByLabel('Kind required').selectOption('report')
    await dashboard.api.delete(`/v1/keys/${id}`)
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('The service no longer accepts your key').waitFor()
    await signIn(page, adminKey)
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { level: 1, name: 'A report that must not be lost' }).waitFor()
  })

  it('redacts a text in all versions of a record after a confirmation, and then a property', async () => {
    const name = 'Jane Doe'
    const document = { title: `Talk with ${name}`, kind: 'interview', interviewee: name }
    const id = await dashboard.create('sources', document)
    const { page } = await dashboard.openSignedIn(`/records/sources/${id}/redact`)
    await page.getByRole('textbox', { name: /^Text/ }).fill(name)
    await page.getByText('Occurrences in the latest version: 2.').waitFor()
    const submit = page.getByRole('button', { name: 'Redact' })
    expect(await submit.isDisabled()).toBe(true)
    await page.getByLabel('I know that this cannot be undone.').check()
    await submit.click()
    await page.getByRole('alert').getByText('Reason: is required').waitFor()
    await page.getByRole('textbox', { name: /^Reason/ }).fill('At her own request.')
    await submit.click()
    await page.getByRole('heading', { level: 1, name: 'Talk with [redacted]' }).waitFor()
    const { text } = await dashboard.api.get(`/v1/sources/${id}/history`)
    expect(text).not.toContain(name)

    await page.getByRole('link', { name: 'Redact' }).click()
    await page.getByLabel('the values of properties').check()
    await page.getByLabel(/^Interviewee/).check()
    await page.getByRole('textbox', { name: /^Reason/ }).fill('The replacement is not wanted either.')
    await page.getByLabel('I know that this cannot be undone.').check()
    await submit.click()
    await page.getByText('Reason: The replacement is not wanted either.').waitFor()
    expect((await dashboard.api.get(`/v1/sources/${id}`)).json()).toMatchObject({
      interviewee: null,
      version: 3,
    })
  })

  it('shows health and load', async () => {
    const { page } = await dashboard.openSignedIn('/administration')
    await page.getByText('reads and writes').waitFor()
    const requests = page.getByRole('row', { name: /^Requests answered since the start/ })
    expect(Number((await requests.locator('td').textContent())?.replace(',', ''))).toBeGreaterThan(0)
  })

  it('shows internal records only with a key, and HTML in titles as text', async () => {
    // Markup that runs a script when it is inserted as HTML, unlike a `script` element.
    const title = 'Notes <img src="x" onerror="name=1"> of a meeting'
    await dashboard.api.post('/v1/sources', { title, kind: 'other', visibility: 'internal' })
    const { page } = await dashboard.openSignedIn('/administration')
    await page
      .getByRole('row', { name: /^Sources/ })
      .getByRole('link', { name: '1' })
      .click()
    await page.getByRole('link', { name: title }).click()
    await page.getByText('Internal', { exact: true }).waitFor()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    // `window.name` stays empty unless the script in the title runs.
    expect(await page.evaluate(() => name)).toBe('')
    const address = page.url()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'There is nothing here.' }).waitFor()
    expect(address).not.toContain(adminKey)
  })

  it('forgets the stored key of a reader when an administrator signs in without storing the key', async () => {
    const { key } = await dashboard.createKey('reader', 'A stored reader')
    const { page, settle } = await dashboard.open('/administration')
    await signIn(page, key)
    await page.getByText('The key of A stored reader does not have this right.').waitFor()
    await page.getByLabel('Key', { exact: true }).fill(adminKey)
    await page.getByLabel('Stay signed in until this tab is closed').uncheck()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Keys', exact: true }).waitFor()
    await page.reload()
    await settle()
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0)
  })

  it('shows no number of requests per second after a restart, which resets the counter', async () => {
    const { page } = await dashboard.openSignedIn('/administration')
    const perSecond = page.getByRole('row', { name: /^Requests per second/ }).locator('td')
    const answered = page.getByRole('row', { name: /^Requests answered/ }).locator('td')
    for (const [count, rate] of [
      [1000, /./],
      [1500, /^[\d.,]+$/],
      [3, /^–$/],
    ] as const) {
      const body = `entente_http_request_duration_seconds_count{status="200"} ${count}\n`
      await page.route('**/metrics', (route) => route.fulfill({ body }))
      await page.getByRole('button', { name: 'Refresh' }).click()
      await expect.poll(() => answered.textContent()).toBe(count.toLocaleString('en'))
      expect(await perSecond.textContent()).toMatch(rate)
    }
  })

  it('offers a reader neither the list of keys nor a link to create a record', async () => {
    const { key } = await dashboard.createKey('reader')
    const { page, go } = await dashboard.open(`/administration`)
    await signIn(page, key)
    await page.getByText('The key of A reader does not have this right.').waitFor()
    expect(await page.getByRole('heading', { name: 'Keys' }).count()).toBe(0)
    await go('/explore/agreements')
    expect(await page.getByRole('link', { name: 'New record' }).count()).toBe(0)
  })

  it('says in the language of the page why the service is not ready', async () => {
    const { page } = await dashboard.openSignedIn('/administration', { locale: 'zh-CN' })
    const readiness = (text: string) => page.getByText(text, { exact: true }).waitFor()
    await page.route('**/readyz', (route) => route.abort())
    await page.getByRole('button', { name: '刷新' }).click()
    await readiness('服务没有响应')
    await page.route('**/readyz', (route) =>
      route.fulfill({
        status: 503,
        json: { type: '/problems/unavailable', detail: 'The service is shutting down.' },
      }),
    )
    await page.getByRole('button', { name: '刷新' }).click()
    await readiness('服务暂时不可用，请稍候')
  })
})
