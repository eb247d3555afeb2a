import { execFileSync } from 'node:child_process'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Printed pages: the briefing of a country, lists and a network. */

const dashboard = useDashboard()

/** Extracts the text of each page of a PDF. Runs in another process: pdf.js fails if libraries have extended prototypes. */
const readPdf = `
import { extractText, getDocumentProxy } from 'unpdf'
import { buffer } from 'node:stream/consumers'
const { text } = await extractText(await getDocumentProxy(new Uint8Array(await buffer(process.stdin))))
process.stdout.write(JSON.stringify(text))`

/** Prints a page to PDF with its print styles. @returns the text of each sheet, on one line. */
async function printPage(page: Page): Promise<string[]> {
  const pdf = await page.pdf({ preferCSSPageSize: true })
  const args = ['--input-type=module', '-e', readPdf]
  const text = execFileSync(process.execPath, args, { input: pdf, encoding: 'utf8' })
  return z
    .array(z.string())
    .parse(JSON.parse(text))
    .map((sheet) => sheet.replaceAll(/\s+/g, ' '))
}

describeInBrowser('a printed page', () => {
  it('of a country has numbered sources, and facts that refer to these numbers', async () => {
    const { page, pageErrors } = await dashboard.open('/countries/PAK')
    // The page requests the sources after the facts that cite them.
    await page.locator('.dated .reference-marks').first().waitFor()
    const text = (await printPage(page)).join(' ')
    const [source] = (await dashboard.api.get('/v1/sources?fields=title')).json<{
      data: { title: string }[]
    }>().data
    expect(text).toContain(`[1] ${source?.title}`)
    const facts = text.slice(0, text.lastIndexOf('Sources'))
    expect(facts).toMatch(/April 2011 China–Pakistan cooperation documents[^[]*\[1\]/)
    expect(pageErrors).toEqual([])
  })

  it('of a country shows the day of its data and its URL', async () => {
    const time = new Date().toISOString()
    const path = `/countries/PAK?asOf=${time}`
    const { page } = await dashboard.open(path)
    const [first = ''] = await printPage(page)
    const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' })
    expect(first).toContain(`As of ${day.format(new Date(time))}`)
    // A long URL is wrapped into several lines.
    expect(first.replaceAll(' ', '')).toContain(dashboard.api.origin + path)
  })

  it.each([
    ...['/explore/agreements?country=PAK', '/changes', '/search?q=energy', '/map?country=PAK'],
    ...['/timeline?country=PAK', '/network?centre=PAK', '/compare?country=PAK,DEU'],
    ...['/', '/records/countries/PAK', '/duplicates/organizations'],
  ])('of the overview, a list, chart or record shows the day of its data and its URL: %s', async (path) => {
    const { page } = await dashboard.openSignedIn(path)
    const [first = ''] = await printPage(page)
    const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' })
    expect(first).toContain(`As of ${day.format(new Date())}`)
    expect(first.replaceAll(' ', '')).toContain(dashboard.api.origin + path)
  })

  it('of a network has the whole matrix', async () => {
    const { page } = await dashboard.open('/network?layout=matrix', { viewport: { width: 320, height: 600 } })
    const frame = page.locator('.matrix-frame')
    await frame.waitFor()
    const isCut = () =>
      frame.evaluate(
        ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
          scrollWidth > clientWidth || scrollHeight > clientHeight,
      )
    expect(await isCut()).toBe(true)
    await page.emulateMedia({ media: 'print' })
    expect(await isCut()).toBe(false)
  })

  it('of a network has the whole graph, without a gap below it', async () => {
    const { page } = await dashboard.open('/network', { viewport: { width: 1400, height: 900 } })
    const graph = page.locator('svg.network')
    await graph.waitFor()
    await page.emulateMedia({ media: 'print' })
    // The chart is measured before the page can adapt it to the new width: a print does not wait for that either.
    const { frame, chart, nodes } = await graph.evaluate((svg) => {
      const { parentElement } = svg
      if (!parentElement) throw new Error('the graph has no frame')
      parentElement.style.width = '500px'
      const bounds = [...svg.querySelectorAll('.node')].map((node) => node.getBoundingClientRect())
      return {
        frame: parentElement.getBoundingClientRect(),
        chart: svg.getBoundingClientRect(),
        nodes: { count: bounds.length, right: Math.max(...bounds.map(({ right }) => right)) },
      }
    })
    expect(chart.width).toBeLessThanOrEqual(500)
    expect(nodes.count).toBeGreaterThan(0)
    expect(nodes.right).toBeLessThanOrEqual(chart.right)
    expect(frame.height).toBeLessThan(chart.height + 10)
  })

  it('of a list has all columns, and says if it is not the whole list', async () => {
    const { page, go } = await dashboard.open('/explore/assistance-programs', {
      viewport: { width: 1280, height: 900 },
    })
    const isCut = () =>
      page.locator('.explore table').evaluate((table) => {
        const [right, frame] = [table.getBoundingClientRect().right, table.parentElement]
        return frame !== null && getComputedStyle(frame).overflowX !== 'visible' && right > frame.clientWidth
      })
    await page.emulateMedia({ media: 'print' })
    expect(await isCut()).toBe(false)
    const width = await page.locator('.explore table').evaluate((table) => table.clientWidth)
    expect(width).toBeGreaterThan(900)
    expect(await page.getByText('Not all are shown here.').isVisible()).toBe(false)
    await go('/explore/countries')
    expect(await page.getByText('Not all are shown here.').isVisible()).toBe(true)
  })

  it('of a list has the headings of the columns on each page', async () => {
    const { page } = await dashboard.open('/explore/countries?columns=name,alpha2')
    const sheets = await printPage(page)
    const hasHeadings = sheets.map((sheet) => sheet.includes('Two-letter code'))
    const withTable = hasHeadings.slice(hasHeadings.indexOf(true))
    expect(withTable.length).toBeGreaterThan(1)
    expect(withTable).not.toContain(false)
  })

  it('has page numbers and the page count, and no interactive controls', async () => {
    const { page } = await dashboard.open('/countries/CHN')
    const sheets = await printPage(page)
    expect(sheets.length).toBeGreaterThan(1)
    for (const [index, sheet] of sheets.entries()) expect(sheet).toContain(`${index + 1} / ${sheets.length}`)
    for (const control of ['Print', 'Show as a table', 'Cooperation bases Assistance programs Countries'])
      expect(sheets.join(' ')).not.toContain(control)
  })
})
