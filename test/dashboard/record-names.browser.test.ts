import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The names of records in place of keys, and other values of filters as texts, in a browser. */

const dashboard = useDashboard({ changesRecords: true })
const chinese = { locale: 'zh-CN' }

const party = (country: string) => ({ country, role: 'party' })

/**
 * Creates an agreement of China and Pakistan, then replaces Pakistan with Germany.
 * @returns its id, and the time of its creation.
 */
async function createAgreementWithHistory(): Promise<{ id: string; before: string }> {
  const { api } = dashboard
  const document = { title: 'Parties change', kind: 'agreement', topics: ['energy'] }
  const created = await api.post('/v1/agreements', { ...document, parties: ['CHN', 'PAK'].map(party) })
  const { id, updatedAt } = created.json<{ id: string; updatedAt: string }>()
  await api.patch(`/v1/agreements/${id}`, { parties: ['CHN', 'DEU'].map(party), topics: ['innovation'] })
  return { id, before: updatedAt }
}

describeInBrowser('the name of a record', () => {
  it('is Chinese on a Chinese page, in a filter and in a version of the history', async () => {
    const { page, go } = await dashboard.open('/explore/agreements?country=PAK', chinese)
    await page.getByRole('button', { name: '移除筛选条件 国家（地区）：巴基斯坦' }).waitFor()
    const { id } = await createAgreementWithHistory()
    await go(`/records/agreements/${id}`)
    await page.locator('.diff del', { hasText: '巴基斯坦' }).waitFor()
  })

  it('is the Chinese title of an agreement in the list and in lists of the overview', async () => {
    const title = '关于茶叶的协议'
    await dashboard.createAgreement({
      title: 'On tea',
      alternativeTitles: [{ name: 'Tea' }, { name: title, language: 'zh-Hans' }],
      inForceFrom: '2011',
      expiresOn: new Date(Date.now() + 9e9).toISOString().slice(0, 10),
    })
    const { page, go } = await dashboard.open('/explore/agreements?sort=-createdAt', chinese)
    await page.getByRole('link', { name: title }).waitFor()
    await go('/')
    for (const heading of ['最新更新', '一年内到期的协议'])
      await page.locator('.widget', { hasText: heading }).getByRole('link', { name: title }).waitFor()
  })

  it('is the Chinese title of an agreement on timelines and in a comparison of two times', async () => {
    const title = '关于咖啡的协议'
    const before = new Date().toISOString()
    await dashboard.createAgreement({
      title: 'On coffee',
      alternativeTitles: [{ name: title, language: 'zh' }],
      signedOn: '2025',
      parties: ['AND', 'CHN'].map(party),
    })
    const { page, go } = await dashboard.open('/timeline?country=AND', chinese)
    await page.getByRole('link', { name: title }).first().waitFor()
    await go('/countries/AND')
    await page
      .locator('.widget', { hasText: '协议时间线' })
      .getByRole('link', { name: title })
      .first()
      .waitFor()
    await go(`/compare?resource=agreements&before=${before}`)
    await page.getByRole('link', { name: title }).waitFor()
  })

  it('replaces its key in the filters of a chart', async () => {
    const organization = await dashboard.create('organizations', { name: 'Tea Office', kind: 'government' })
    const { page } = await dashboard.open(`/map?region=002&organization=${organization}`)
    await page.getByText('Filters: Region: Africa · Organization: Tea Office').first().waitFor()
  })

  it('is shown with the role in the chip of a filter that has a role', async () => {
    const path = '/explore/agreements?country[all]=CHN:party,DEU&country=PAK'
    const { page, pageErrors } = await dashboard.open(path)
    const filters = page.locator('.chip')
    await filters.getByText('China (Party), Germany').waitFor()
    await filters.getByText('Country: Pakistan').waitFor()
    expect(pageErrors).toEqual([])
  })

  it('is in a comparison of two times, even if only the earlier version refers to it', async () => {
    const { before } = await createAgreementWithHistory()
    const { page } = await dashboard.open(`/compare?country=CHN&before=${before}`)
    const row = (name: string) =>
      page.getByRole('table', { name: 'Parties change' }).getByRole('row', { name: new RegExp(`^${name}`) })
    expect(await row('Parties').first().textContent()).toBe('PartiesChina, PakistanChina, Germany')
    expect(await row('Topics').first().textContent()).toContain('Energy')
  })

  it('is Chinese on a Chinese page, in the dialog of a deletion and the headings of forms', async () => {
    const { page, go } = await dashboard.openSignedIn('/records/countries/PAK', chinese)
    await page.getByRole('button', { name: '删除' }).click()
    await page.getByRole('dialog', { name: '删除“巴基斯坦”？' }).waitFor()
    await go('/records/countries/PAK/edit')
    await page.getByRole('heading', { level: 1, name: '编辑“巴基斯坦”' }).waitFor()
    await go('/records/countries/PAK/redact')
    await page.getByRole('heading', { level: 1, name: '遮蔽“巴基斯坦”' }).waitFor()
    expect(await page.title()).toBe('遮蔽“巴基斯坦” – Entente')
  })
})

describeInBrowser('the value of a filter', () => {
  it('is Chinese on a Chinese page for an unknown year', async () => {
    const { page } = await dashboard.open('/explore/agreements?signedOn[year]=unknown', chinese)
    await page.getByRole('button', { name: '移除筛选条件 签署日期 年份：未知' }).waitFor()
  })

  it('is not replaced with a name for the words of a search', async () => {
    const { page } = await dashboard.open('/explore/agreements?q=CHN, wind&country=CHN')
    await page.getByRole('button', { name: 'CHN, wind' }).waitFor()
    await page.getByRole('button', { name: 'Country: China' }).waitFor()
  })

  it('is the UTC day of `asOf` in the input', async () => {
    const { page } = await dashboard.open('/map?asOf=2026-01-31T20:00:00-05:00')
    await expect.poll(() => page.locator('input[type=date]').last().inputValue()).toBe('2026-02-01')
  })

  it('is shown as a day if `asOf` is the end of that day', async () => {
    const { page } = await dashboard.open('/explore/agreements?asOf=2026-01-31T23:59:59.999Z', chinese)
    await page.getByRole('button', { name: '移除筛选条件 截至：2026年1月31日' }).waitFor()
  })
})
