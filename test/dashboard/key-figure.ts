import type { Locator, Page } from 'playwright-core'

/** Finds the value of the key figure with a name. */
export const keyFigure = (page: Page, name: string): Locator =>
  page.locator('.key-figure', { has: page.getByText(name, { exact: true }) }).locator('dd')
