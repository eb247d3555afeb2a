import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The dashboard with forced colours, with more contrast, and its small links, in a browser. */

const dashboard = useDashboard()

/** Returns what shows the state of an element: its background, outline and underline. */
const look = (element: Locator) =>
  element.evaluate((node) => {
    const { backgroundColor, outlineStyle, textDecorationLine } = getComputedStyle(node)
    return [backgroundColor, outlineStyle, textDecorationLine].join()
  })

describeInBrowser('the dashboard', () => {
  it('shows what is selected, current, pressed or added even with forced colours', async () => {
    const { page, go } = await dashboard.open('/explore/agreements', { forcedColors: 'active' })
    const navigation = page.getByRole('navigation')
    const current = await look(navigation.getByRole('link', { name: 'Agreements' }))
    expect(current).not.toBe(await look(navigation.getByRole('link', { name: 'Projects' })))
    await page.getByText('Columns', { exact: true }).click()
    const pressed = await look(page.getByRole('button', { pressed: true }).first())
    expect(pressed).not.toBe(await look(page.getByRole('button', { pressed: false }).first()))
    const search = page.locator('.search-box').getByRole('combobox')
    await search.fill('china')
    await page.getByRole('option').nth(1).waitFor()
    await search.press('ArrowDown')
    const selected = await look(page.getByRole('option', { selected: true }))
    expect(selected).not.toBe(await look(page.getByRole('option', { selected: false }).first()))
    await go('/explore/agreements')
    await page.getByRole('table').getByRole('link').first().click()
    expect(await look(page.locator('.diff ins').first())).toContain('underline')
  })

  it('draws soft texts and button borders in the text colour if the user wants more contrast', async () => {
    const { page } = await dashboard.open('/explore/agreements', { contrast: 'more' })
    const border = await page
      .getByRole('link', { name: 'CSV' })
      .evaluate((button) => getComputedStyle(button).borderTopColor)
    const colorOf = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).color)
    const [softText, text] = [await colorOf('.page-head p'), await colorOf('body')]
    expect([border, softText]).toEqual([text, text])
  })

  it('has links to sources, such as [1], of at least 24 by 24 pixels', async () => {
    const { page } = await dashboard.open('/countries/CHN')
    const marks = page.locator('.reference-marks')
    await marks.first().waitFor()
    const sizes = await marks.evaluateAll((links) =>
      links.flatMap((link) => [link.getBoundingClientRect().width, link.getBoundingClientRect().height]),
    )
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(24)
  })
})
