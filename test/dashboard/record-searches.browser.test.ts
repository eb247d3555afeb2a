import { expect, it } from 'vitest'
import { describeInBrowser, pickRecord, useDashboard } from '../support/dashboard.ts'

/** The searches for records in the forms and in the header of the dashboard, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

describeInBrowser('a search for records', () => {
  it('that has a text but no picked record is a fault of its field', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.getByLabel('Title required').fill('With a topic')
    await page.getByLabel('Kind required').selectOption('treaty')
    const topics = page.locator('[id="field/topics"]')
    await topics.fill('energy')
    await page
      .getByRole('option', { name: /^Energy/ })
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Create' }).click()
    const fault = 'this text is only a search: choose a suggestion, or clear the text'
    await page
      .getByRole('alert')
      .getByRole('button', { name: `Topics: ${fault}` })
      .press('Enter')
    expect(await topics.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await page.locator('[id="field/topics-faults"]').textContent()).toBe(fault)
    await topics.fill('')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { level: 1, name: 'With a topic' }).waitFor()
  })

  it('that is a fault is named by the label of its field, even in an item of a list', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.getByRole('button', { name: 'Add to Parties' }).click()
    const label = 'Country, organization or region'
    const search = page.getByRole('combobox', { name: label })
    await search.fill('germany')
    await page.getByRole('button', { name: 'Create' }).click()
    await page
      .getByRole('alert')
      .getByRole('button', { name: `Parties › 1 › ${label}: this text is only a search` })
      .waitFor()
    const description = `[id="${await search.getAttribute('aria-describedby')}"]`
    expect(await page.locator(description).textContent()).toMatch(/^this text is only a search/)
  })

  it('that is a fault has its own message, even if its text equals a message of the service', async () => {
    const { page, settle } = await dashboard.openSignedIn('/new/agreements', { locale: 'zh-CN' })
    const translations = page.waitForResponse(/sentences/)
    await page.locator('[id="field/topics"]').fill('needs a name')
    await page.getByRole('button', { name: '新建' }).click()
    await translations
    await settle()
    const fault = '这只是搜索文字：请选择一个建议，或清空文字'
    expect(await page.locator('[id="field/topics-faults"]').textContent()).toBe(fault)
  })

  it('leaves a record that is picked again at its place in the list', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    const topics = page.locator('[id="field/topics"]')
    const pick = async (name: string) => {
      await topics.fill(name)
      await page
        .getByRole('option', { name: new RegExp(`^${name}`) })
        .first()
        .click()
    }
    const picked = page.locator('.picked bdi')
    await pick('Energy')
    await pick('Health')
    await picked.nth(1).waitFor()
    expect(await picked.allTextContents()).toEqual([
      expect.stringMatching(/^Energy/),
      expect.stringMatching(/^Health/),
    ])
    await pick('Energy')
    await expect.poll(() => topics.inputValue()).toBe('')
    expect((await picked.allTextContents()).at(0)).toMatch(/^Energy/)
  })

  it('keeps its text when an earlier item of its list is removed', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    const search = page.getByRole('combobox', { name: 'Country, organization or region' })
    const add = page.getByRole('button', { name: 'Add to Parties' })
    await add.click()
    await pickRecord(page, search, 'Pakistan')
    await add.click()
    await search.fill('germany')
    await page.getByRole('button', { name: 'Remove Parties 1' }).click()
    await page.getByRole('button', { name: 'Remove Parties 2' }).waitFor({ state: 'detached' })
    expect(await search.inputValue()).toBe('germany')
  })

  it('scrolls to the selected suggestion, and Escape closes the list before it clears the text', async () => {
    const { page } = await dashboard.open('/changes', { viewport: { width: 320, height: 300 } })
    const search = page.locator('.search-box').getByRole('combobox')
    await search.fill('china')
    const last = page.getByRole('option').last()
    await last.waitFor()
    for (let count = await page.getByRole('option').count(); count > 0; count -= 1)
      await search.press('ArrowDown')
    expect(await last.getAttribute('aria-selected')).toBe('true')
    await expect
      .poll(() =>
        last.evaluate((option) => {
          const { left, bottom } = option.getBoundingClientRect()
          return option.contains(document.elementFromPoint(left + 5, bottom - 5))
        }),
      )
      .toBe(true)
    await search.press('Escape')
    expect(await search.inputValue()).toBe('china')
    expect(await search.getAttribute('aria-expanded')).toBe('false')
    await search.press('Escape')
    expect(await search.inputValue()).toBe('')
  })

  it('picks a suggestion by the main button of the mouse only', async () => {
    const { page } = await dashboard.open('/changes')
    await page.locator('.search-box').getByRole('combobox').fill('china')
    const option = page.getByRole('option').first()
    await option.click({ button: 'right' })
    expect(await option.isVisible()).toBe(true)
    await option.click()
    await page.waitForURL('**/countries/CHN')
  })

  it('shows the slugs of topics, even those with a hyphen', async () => {
    const { page } = await dashboard.openSignedIn('/new/agreements')
    await page.locator('[id="field/topics"]').fill('science and technology')
    await page.getByRole('option', { name: / science-and-technology · / }).waitFor()
  })

  it('shows codes, which distinguish records with equal names, also in the view of results', async () => {
    const { page, go } = await dashboard.open('/changes')
    await page.getByRole('combobox').fill('pakistan')
    await page.getByRole('option', { name: 'Pakistan PAK · Countries' }).waitFor()
    await go('/search?q=energy')
    await page.getByRole('listitem').getByText('energy · Topics', { exact: true }).waitFor()
  })

  it('says that it has failed, and shows suggestions once the service responds again', async () => {
    const { page } = await dashboard.open('/changes')
    await page.route('**/v1/search?*', (route) => route.abort())
    await page.locator('.search-box').getByRole('combobox').fill('energy')
    const status = page.locator('.search-box').getByRole('status')
    await status.getByText('This could not be loaded: the service did not answer').waitFor()
    await page.unroute('**/v1/search?*')
    await page
      .getByRole('option', { name: /^Energy/ })
      .first()
      .waitFor()
    expect(await status.isVisible()).toBe(false)
  })

  it('leaves the keys to an input method while it composes characters', async () => {
    const { page } = await dashboard.open('/changes')
    const search = page.getByRole('combobox', { name: 'Search the registry' })
    await search.fill('energy')
    await page
      .getByRole('option', { name: /^Energy/ })
      .first()
      .waitFor()
    for (const key of ['ArrowDown', 'Enter'])
      for (const composition of [{ isComposing: true }, { keyCode: 229 }])
        await search.dispatchEvent('keydown', { key, ...composition })
    expect(await page.getByRole('option', { selected: true }).count()).toBe(0)
    expect(await search.inputValue()).toBe('energy')
    expect(new URL(page.url()).pathname).toBe('/changes')
  })
})
