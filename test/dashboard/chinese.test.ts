import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createLanguage } from '../../src/dashboard/i18n/language.ts'
import { problemTypes } from '../../src/problems/types.ts'
import { skipsBrowser } from '../support/browser.ts'
import { useDashboard } from '../support/dashboard.ts'

/** What the service refuses, on Chinese pages. Needs Chromium, and the build. */

const dashboard = useDashboard()
const chinese = { locale: 'zh-CN' }

const faultOf = (page: Page, id: string) => page.locator(`[id="field/${id}-faults"]`)

/** Problems that the dashboard never causes, and those that its texts of a widget say more exactly in English. */
const inEnglish = [
  'malformed-request',
  'invalid-search',
  'method-not-allowed',
  'not-acceptable',
  'idempotency-key-in-use',
  'unsupported-media-type',
  'expectation-failed',
  'unreadable-file',
  'idempotency-key-reused',
  'headers-too-large',
]

describe('Chinese', () => {
  it('has words for every problem that a reader or an editor can meet', () => {
    const { find } = createLanguage('zh')
    const missing = Object.keys(problemTypes).filter((type) => find(`problem.${type}`) === undefined)
    expect(missing).toEqual(inEnglish)
  })
})

describe.skipIf(skipsBrowser)('a refusal on a Chinese page [needs Chromium]', { timeout: 60_000 }, () => {
  it('says in Chinese what is wrong with each value of a form, with the limit', async () => {
    const { page } = await dashboard.openSignedIn('/new/cooperation-bases', chinese)
    await page.locator('[id="field/unitCount"]').fill('-1')
    await page.locator('[id="field/designatedOn"]').fill('2011-13')
    await page.getByRole('button', { name: '添加到参与方' }).click()
    await page.getByRole('button', { name: '新建' }).click()
    const alert = page.getByRole('alert')
    await alert.getByText('未保存：有的内容不符合要求，什么都没有写入').waitFor()
    expect(await faultOf(page, 'name').textContent()).toBe('必填')
    expect(await faultOf(page, 'unitCount').textContent()).toBe('太小、太短或太少：至少 1')
    expect(await faultOf(page, 'designatedOn').textContent()).toMatch(/^不是日期：/)
    expect(await faultOf(page, 'participants/0').textContent()).toBe('国家、机构和区域须填且只填一项')
    expect(await alert.textContent()).not.toMatch(/[a-z]{4}/)
    await page.context().close()
  })

  it('says in Chinese why a view could not be loaded, with the names of wrong filters', async () => {
    const { page } = await dashboard.open('/explore/agreements?stauts=signed&signedOn[gte]=soon', chinese)
    await page.getByRole('alert').getByText('无法加载：查询条件有误：').first().waitFor()
    expect(await page.getByRole('alert').first().textContent()).toContain('stauts')
    await page.context().close()
  })

  it('marks as English what it has no Chinese words for', async () => {
    const { page, go } = await dashboard.open('/changes', chinese)
    const problem = { type: '/problems/teapot', title: 'Teapot', status: 418, detail: 'Short and stout.' }
    await page.route('**/v1/changes?*', (route) =>
      route.fulfill({ status: 418, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    )
    await go('/changes')
    const alert = page.getByRole('alert')
    expect(await alert.locator('[lang=en]').textContent()).toBe('Short and stout.')
    expect(await alert.getByRole('button').count()).toBe(0)
    await page.context().close()
  })
})
