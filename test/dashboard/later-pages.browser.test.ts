import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Later pages of lists, and those that cannot be read. */

const dashboard = useDashboard()

describeInBrowser('a later page that fails', () => {
  it.each([
    { view: '/explore/agreements', wrong: 'cursor=wrong', item: 'rowheader' },
    { view: '/timeline', wrong: 'cursor=wrong', item: 'rowheader' },
    { view: '/changes', wrong: 'after=wrong', item: 'listitem' },
  ] as const)('has a link to the first page: $view', async ({ view, wrong, item }) => {
    const { page } = await dashboard.open(`${view}?${wrong}`)
    await page.getByRole('alert').first().waitFor()
    await page.getByRole('link', { name: 'First page' }).click()
    await page.getByRole('main').getByRole(item).first().waitFor({ state: 'attached' })
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('has a button to the first page in lists without a URL of their own', async () => {
    const { page, settle } = await dashboard.openSignedIn('/administration')
    await page.route('**/v1/keys?*', async (route) => {
      if (new URL(route.request().url()).searchParams.has('cursor'))
        return await route.fulfill({ status: 400 })
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), page: { next: 'second' } } })
    })
    await page.reload()
    await settle()
    await page.getByRole('button', { name: 'Next page' }).press('Enter')
    await page.getByRole('alert').waitFor()
    await page.getByRole('button', { name: 'First page' }).press('Enter')
    await page.getByRole('button', { name: 'Next page' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})

describeInBrowser('the list of changes', () => {
  it('leads to a page of older changes with its own URL, and back to the latest', async () => {
    const { api } = dashboard
    const { page, settle } = await dashboard.open('/changes')
    const links = page.getByRole('main').getByRole('listitem').getByRole('link')
    const hrefs = () => links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    const latest = await hrefs()
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.waitForURL('**/changes?after=*')
    await settle()
    const { data } = (await api.get('/v1/changes?order=desc&limit=200')).json<{ data: { key: string }[] }>()
    expect([...latest, ...(await hrefs())].map((href) => href?.split('/').at(-1))).toEqual(
      data.map(({ key }) => key),
    )
    const csv = await (await fetch(`${page.url()}&format=csv`)).text()
    expect(csv).toContain(data[100]?.key)
    await page.getByRole('link', { name: 'First page' }).click()
    await settle()
    expect(await hrefs()).toEqual(latest)
  })
})
