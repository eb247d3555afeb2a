import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** The shadows at the edges of tables and matrices that are wider than the window, in a browser. */

const dashboard = useDashboard()

/** Tells at which edges a frame has a shadow, by the pixels in a line above the texts in it. */
async function findShadows(page: Page, frame: Locator): Promise<{ left: boolean; right: boolean }> {
  const box = await frame.boundingBox()
  if (!box) throw new Error('the page has no such frame')
  const clip = { x: Math.ceil(box.x), y: Math.ceil(box.y) + 2, width: Math.floor(box.width), height: 1 }
  const line = (await page.screenshot({ clip, fullPage: true })).toString('base64')
  return await page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const context = new OffscreenCanvas(image.width, 1).getContext('2d')
    if (!context) throw new Error('there is no canvas')
    context.drawImage(image, 0, 0)
    const colorAt = (x: number) => context.getImageData(x, 0, 1, 1).data.join()
    const middle = colorAt(Math.floor(image.width / 2))
    return { left: colorAt(1) !== middle, right: colorAt(image.width - 2) !== middle }
  }, line)
}

describeInBrowser('a wide table', () => {
  it.each([
    { path: '/explore/agreements', frame: '.explore .widget-body', width: 360, colorScheme: 'light' },
    { path: '/explore/agreements', frame: '.explore .widget-body', width: 360, colorScheme: 'dark' },
    { path: '/network?layout=matrix', frame: '.matrix-frame', width: 240, colorScheme: 'light' },
  ] as const)(
    'has a shadow at each edge beyond which it continues: $path, $colorScheme',
    async ({ path, frame: selector, width, colorScheme }) => {
      const { page } = await dashboard.open(path, { colorScheme, viewport: { width, height: 740 } })
      const frame = page.locator(selector)
      const scrollTo = (share: number) =>
        frame.evaluate((element, part) => {
          element.scrollLeft = part * (element.scrollWidth - element.clientWidth)
        }, share)
      expect(await findShadows(page, frame)).toEqual({ left: false, right: true })
      await scrollTo(0.5)
      expect(await findShadows(page, frame)).toEqual({ left: true, right: true })
      await scrollTo(1)
      expect(await findShadows(page, frame)).toEqual({ left: true, right: false })
      await page.setViewportSize({ width: 1440, height: 900 })
      expect(await findShadows(page, frame)).toEqual({ left: false, right: false })
    },
  )

  it('scrolls to the headings of columns beyond its edge when Tab reaches them', async () => {
    const { page } = await dashboard.open('/explore/agreements', { viewport: { width: 360, height: 740 } })
    await page.getByRole('button', { name: 'Title' }).focus()
    for (const name of ['Kind', 'Status', 'Signed on']) {
      await page.keyboard.press('Tab')
      const heading = page.getByRole('button', { name })
      expect(await heading.evaluate((button) => button === document.activeElement)).toBe(true)
      const box = await heading.boundingBox()
      expect((box?.x ?? Infinity) + (box?.width ?? 0)).toBeLessThanOrEqual(360)
    }
  })
})
