import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'
import { treatyHeader } from '../support/imports.ts'
import { uploadTreaties } from '../support/uploaded-imports.ts'

/** The Chinese titles of records in lists for which the service sends the same titles in every language, in a browser. */

const dashboard = useDashboard({ changesRecords: true })
const chinese = { locale: 'zh-CN' }

describeInBrowser('a Chinese page', () => {
  it('shows the Chinese title of a search result, and the title that matches', async () => {
    const { page, pageErrors, go } = await dashboard.open('/search?q=pakistan', chinese)
    const results = page.getByRole('main').getByRole('listitem')
    expect(await results.first().textContent()).toBe('巴基斯坦 Pakistan · PAK · 国家和地区')
    await go('/search?q=巴基斯坦')
    expect(await results.first().textContent()).toBe('巴基斯坦 PAK · 国家和地区')
    await page.getByRole('combobox').fill('pakistan')
    await page.getByRole('option', { name: '巴基斯坦 Pakistan · PAK' }).waitFor()
    expect(pageErrors).toEqual([])
  })

  it('shows the titles of the service if the Chinese ones cannot be read', async () => {
    const { page } = await dashboard.openTab(chinese)
    await page.route('**/v1/countries?*', (route) => route.abort())
    await page.goto(`${dashboard.api.origin}/search?q=pakistan`)
    await page.getByRole('main').getByRole('link', { name: 'Pakistan', exact: true }).waitFor()
  })

  it('shows the Chinese titles of records with similar names, to which a record can be merged', async () => {
    const create = (name: string, alias: string) =>
      dashboard.create('organizations', {
        name,
        kind: 'academic',
        aliases: [{ name: alias, language: 'zh' }],
      })
    const from = await create('Institute of Glaciers', '冰川所')
    await create('Institute of Glaciers', '冰川研究所')
    const { page, pageErrors } = await dashboard.openSignedIn(`/records/organizations/${from}/merge`, chinese)
    const proposals = page.getByRole('main').getByRole('listitem')
    expect(await proposals.first().getByRole('button').textContent()).toBe('冰川研究所')
    expect(pageErrors).toEqual([])
  })

  it('shows the Chinese titles of the candidates for a name of an import', async () => {
    const id = await uploadTreaties(dashboard.api, `${treatyHeader}\n1,On water,2001,Congo\n`)
    const { page } = await dashboard.openSignedIn(`/imports/${id}`, chinese)
    await page
      .getByRole('group', { name: 'Congo', exact: true })
      .getByLabel(/^刚果民主共和国 COD/)
      .waitFor()
  })

  it('shows the Chinese titles of possible duplicates, even if there are more than 50', async () => {
    const create = (title: string, name: string) =>
      dashboard.createAgreement({ title, alternativeTitles: [{ name, language: 'zh' }] })
    for (const count of Array.from({ length: 26 }, (_, index) => index)) {
      await create(`Treaty ${count}`, `条约甲 ${count}`)
      await create(`Treaty ${count}`, `条约乙 ${count}`)
    }
    const { page, pageErrors } = await dashboard.openSignedIn('/duplicates/agreements', chinese)
    const links = page.getByRole('main').getByRole('listitem').getByRole('link')
    expect(await links.first().textContent()).toBe('条约甲 0 · 条约乙 0')
    expect(await links.last().textContent()).toBe('条约甲 25 · 条约乙 25')
    expect(pageErrors).toEqual([])
  })
})
