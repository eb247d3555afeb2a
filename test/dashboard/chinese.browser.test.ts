import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createLanguage } from '../../src/dashboard/i18n/language.ts'
import { problemTypes } from '../../src/problems/types.ts'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Names, punctuation, dates and error messages on Chinese pages. */

const dashboard = useDashboard()
const chinese = { locale: 'zh-CN' }

const faultOf = (page: Page, id: string) => page.locator(`[id="field/${id}-faults"]`)

/** Returns the id of the source of the seed data. */
async function sourceId(): Promise<string | undefined> {
  const found = await dashboard.api.get('/v1/sources?fields=id')
  return found.json<{ data: { id: string }[] }>().data[0]?.id
}

/** Problem types without a Chinese message: the dashboard never causes them, or the text of the service is more exact. */
const untranslatedTypes = [
  'malformed-request',
  'invalid-search',
  'method-not-allowed',
  'not-acceptable',
  'conflict',
  'unsupported-media-type',
  'expectation-failed',
  'unreadable-file',
  'headers-too-large',
]

describe('Chinese', () => {
  it('has a message for every problem type except those listed as untranslated', () => {
    const { find } = createLanguage('zh')
    const missing = Object.keys(problemTypes).filter((type) => find(`problem.${type}`) === undefined)
    expect(missing).toEqual(untranslatedTypes)
  })
})

describeInBrowser('a Chinese page', () => {
  it('shows the Chinese names of records, in lists and as titles', async () => {
    const { page, go } = await dashboard.open('/explore/countries?code=PAK', chinese)
    await page.getByRole('link', { name: '巴基斯坦', exact: true }).waitFor()
    await go('/records/countries/PAK')
    await page.getByRole('heading', { level: 1, name: '巴基斯坦' }).waitFor()
  })

  it('has Chinese commas between the names of a list', async () => {
    const { page, go } = await dashboard.open('/compare?country=PAK,DEU&before=2026-01-31T00:00:00Z', chinese)
    await page.getByRole('heading', { level: 1, name: '巴基斯坦、德国 · 协议' }).waitFor()
    await go('/explore/agreements?country=PAK,CHN')
    await page.getByRole('button', { name: '巴基斯坦、中国' }).waitFor()
    await page.getByRole('cell', { name: '中国、巴基斯坦' }).waitFor()
  })

  it('has the Chinese name of a resource in the URL, even if the chart does not offer it', async () => {
    const { page, go } = await dashboard.open('/map?resource=figures', chinese)
    const selected = page.locator('.chart-controls select').first().locator('option:checked')
    expect(await selected.textContent()).toBe('统计数字')
    await go('/network?resource=agreements,projects')
    expect(await selected.textContent()).toBe('协议、项目')
  })

  it('has Chinese brackets around roles, and Chinese commas in the details of a source', async () => {
    const { page, go } = await dashboard.open('/explore/assistance-programs', chinese)
    await page.getByRole('cell', { name: '中国（援助方）、发展中区域（受援方）' }).first().waitFor()
    await go('/countries/PAK')
    await page.getByText('，China Internet Information Center，2011年8月').waitFor()
    await go(`/records/sources/${await sourceId()}`)
    await page.getByText('，China Internet Information Center，2011年8月，第 2 段').first().waitFor()
    await page.locator('dd', { hasText: /^英语$/ }).waitFor()
  })

  it('has the Chinese names of changed records', async () => {
    const { page } = await dashboard.openTab(chinese)
    await page.route('**/v1/changes?*', async (route) => {
      const url = new URL(route.request().url())
      url.search = '?resource=organizations'
      await route.fulfill({ response: await route.fetch({ url: url.href }) })
    })
    await page.goto(`${dashboard.api.origin}/changes`)
    await page.getByRole('link', { name: '科学技术部', exact: true }).waitFor()
  })
})

describeInBrowser('a filter on a Chinese page', () => {
  it('accepts a date in the full-width form that an input method writes', async () => {
    const { page } = await dashboard.open('/explore/agreements', chinese)
    await page.locator('input[name="signedOn[gte]"]').fill('２０１１年５月')
    await page.getByRole('button', { name: '应用' }).click()
    await page.getByRole('button', { name: /2011年5月/ }).waitFor()
    expect(new URL(page.url()).searchParams.get('signedOn[gte]')).toBe('2011-05')
  })
})

describeInBrowser('an error on a Chinese page', () => {
  it('is shown in Chinese for each value of a form, with the limit', async () => {
    const { page } = await dashboard.openSignedIn('/new/cooperation-bases', chinese)
    await page.locator('[id="field/unitCount"]').fill('-1')
    await page.locator('[id="field/designatedOn"]').fill('2011-13')
    await page.getByRole('button', { name: '添加到参与方' }).click()
    await page.getByRole('button', { name: '新建' }).click()
    const alert = page.getByRole('alert')
    await alert.getByText('未保存：有的内容不符合要求，什么都没有写入').waitFor()
    expect(await faultOf(page, 'name').textContent()).toBe('必填')
    // Until the sentences are loaded, a general text for the code of the fault is shown.
    await expect.poll(() => faultOf(page, 'unitCount').textContent()).toBe('-1 超出范围：至少 1')
    expect(await faultOf(page, 'designatedOn').textContent()).toMatch(/^不是日期：/)
    expect(await faultOf(page, 'participants/0').textContent()).toBe(
      '国家（地区）、机构和区域须填且只填一项，现在一项也没有',
    )
  })

  it('is in English while the translations cannot be loaded, and later in Chinese', async () => {
    const { page, settle } = await dashboard.openSignedIn('/imports', chinese)
    await page.route('**/sentences*', (route) => route.abort())
    const enterWrongMapping = async () => {
      await page.getByRole('link', { name: '新建导入' }).click()
      await page.getByRole('textbox', { name: '映射' }).fill('schem: x')
      await page.locator('.faults-of-lines .fault').first().waitFor()
      await settle()
      return await page.locator('.faults-of-lines').textContent()
    }
    expect(await enterWrongMapping()).toContain('is not known here')
    await page.unrouteAll()
    page.once('dialog', (dialog) => dialog.accept())
    await page.getByRole('link', { name: '导入', exact: true }).first().click()
    expect(await enterWrongMapping()).toContain('这里没有 "schem"')
  })

  it('is shown in Chinese for a view that could not be loaded, with the names of wrong filters', async () => {
    const { page } = await dashboard.open('/explore/agreements?stauts=signed&signedOn[gte]=soon', chinese)
    await page.getByRole('alert').getByText('无法加载：查询条件有误：').first().waitFor()
    const [unknown, wrong] = await page.getByRole('alert').locator('li').allTextContents()
    expect(unknown).toBe('没有参数 "stauts"；是否想写 "status"？')
    expect(wrong).toMatch(/^签署日期 ≥：不是日期：/)
  })

  it('is shown in Chinese for a mapping and a row of an import, with suggestions', async () => {
    const { page } = await dashboard.openSignedIn('/imports/new', chinese)
    const mapping = 'scheme: chinese\nrecords:\n  sources: {id: Id, properties: {title: Title, kind: Kind}}\n'
    const csv = 'Id,Title,Kind\n1,First,reprt\n'
    await page
      .getByLabel('数据行文件')
      .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    const editor = page.getByRole('textbox', { name: '映射' })
    await editor.fill(mapping.replace('title:', 'titel:'))
    await page.getByRole('button', { name: '第 3 行：这里没有 "titel"；是否想写 "title"？' }).waitFor()
    await editor.fill(mapping)
    const fault = page
      .locator('.row-faults li')
      .filter({ hasText: '"reprt" 不是已知的值；是否想写 "report"？' })
    await fault.first().waitFor()
    expect(await page.locator('.preview [lang=en]').count()).toBe(0)
  })

  it('is marked as English if it has no translation', async () => {
    const { page, go } = await dashboard.open('/changes', chinese)
    const problem = { type: '/problems/teapot', title: 'Teapot', status: 418, detail: 'Short and stout.' }
    await page.route('**/v1/changes?*', (route) =>
      route.fulfill({ status: 418, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    )
    await go('/changes')
    const alert = page.getByRole('alert')
    expect(await alert.locator('[lang=en]').textContent()).toBe('Short and stout.')
    expect(await alert.getByRole('button').count()).toBe(0)
  })
})
