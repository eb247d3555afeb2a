import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The button that saves a form longer than the window, in a browser. */

const dashboard = useDashboard()

/**
 * Returns the start of the HTML of the focused element, or of the error at it, if it reaches below the top of the bar with the
 * button; null if neither does, or if the focus is in the bar.
 */
function findHidden(): string | null {
  const bar = document.querySelector('.save-bar')
  const focused = document.activeElement
  if (!bar || !focused) throw new Error('there is no bar, or no focused element')
  if (bar.contains(focused)) return null
  const shown = [focused, document.getElementById(`${focused.id}-faults`)]
  const hidden = shown.find(
    (one) => one && one.getBoundingClientRect().bottom > bar.getBoundingClientRect().top,
  )
  return hidden?.outerHTML.slice(0, 200) ?? null
}

describeInBrowser('a long form', () => {
  it.each([
    { width: 360, height: 640 },
    { width: 1440, height: 700 },
    // As in a window of 1280 by 1024 pixels with a zoom of 400 %.
    { width: 320, height: 256 },
  ])(
    'shows its button also at the first field, and never hides the focus: $width × $height',
    async (viewport) => {
      const { page } = await dashboard.openSignedIn('/new/agreements', { viewport })
      await page.getByLabel('Title required').focus()
      const create = page.getByRole('button', { name: 'Create' })
      const position = await create.boundingBox()
      expect((position?.y ?? Infinity) + (position?.height ?? 0)).toBeLessThanOrEqual(viewport.height)
      await page.getByLabel('Signed on').fill('2011-13')
      await create.click()
      await page.getByRole('alert').waitFor()
      await page.getByLabel('Title required').focus()
      const reason = page.getByLabel('Reason for the change')
      const isAtEnd = () => reason.evaluate((input) => input === document.activeElement)
      for (let count = 0; count < 100 && !(await isAtEnd()); count++) {
        expect(await page.evaluate(findHidden)).toBeNull()
        await page.keyboard.press('Tab')
      }
      expect(await page.evaluate(findHidden)).toBeNull()
      await page.keyboard.press('Tab')
      expect(await create.evaluate((button) => button === document.activeElement)).toBe(true)
    },
  )
})
