import type { Page } from 'playwright-core'

/** A number that a page draws, and the view of the records that it counts. */
export interface DrawnNumber {
  /** What draws it: `figure`, `bar`, `column`, `mark`, `claim`, `money` or `citations`. */
  kind: string
  /** The heading of its widget. */
  widget: string
  path: string
  text: string
}

/** Every number that a page draws in its key figures, charts, tables and lists. */
export interface DrawnPage {
  numbers: DrawnNumber[]
  /** The dates of the timeline, with the paths of their records. */
  dates: { path: string; text: string }[]
  /** The lists of changes and of what expires: the text of each entry beside its title. */
  entries: { widget: string; path: string; text: string }[]
  /** What only paper shows in the head of the page: the day and the address. */
  printed: string
  /** The text of the page without all of these. It must have no digit. */
  rest: string
}

/**
 * Reads every number of a page. Numbers that were read are removed from a copy of the page, so any number that is not covered
 * remains in `rest`.
 */
export function readNumbers(page: Page): Promise<DrawnPage> {
  return page.evaluate(() => {
    const main = document.querySelector('main')?.cloneNode(true)
    if (!(main instanceof HTMLElement)) throw new Error('the page has no main part')
    const numbers: DrawnNumber[] = []
    const pathOf = (element: Element | null) => element?.getAttribute('href') ?? ''
    const textOf = (element: Element | null | undefined) => element?.textContent?.trim() ?? ''
    const widgetOf = (element: Element) => textOf(element.closest('.widget')?.querySelector('h2'))
    const afterColon = (text: string | null) => text?.split(': ').at(-1) ?? ''
    /** Reads each element, and takes all of them out of the copy. */
    const take = (selector: string, read: (element: Element) => void) => {
      const found = [...main.querySelectorAll(selector)]
      for (const element of found) read(element)
      for (const element of found) element.remove()
    }
    const draw = (element: Element, kind: string, path: string, text: string) =>
      numbers.push({ kind, widget: widgetOf(element), path, text })
    take('.key-figure', (one) =>
      draw(one, 'figure', pathOf(one.querySelector('dd a')), textOf(one.querySelector('dd'))),
    )
    take('svg.map a', (one) => draw(one, 'mark', pathOf(one), afterColon(one.getAttribute('aria-label'))))
    take('svg.columns:not(.timeline) a', (one) => {
      draw(one, 'column', pathOf(one), afterColon(one.getAttribute('aria-label')))
      const above = one.querySelector('text')
      if (above) draw(one, 'column', pathOf(one), textOf(above))
    })
    // What is left of charts are the marks of their axes.
    take('svg', () => {})
    take('table.bars tbody tr', (row) =>
      draw(row, 'bar', pathOf(row.querySelector('th a')), textOf(row.querySelector('td.number'))),
    )
    take('tr:has(th a[href^="/records/figures/"])', (row) => {
      const [value, recorded] = row.querySelectorAll('td.number')
      draw(row, 'claim', pathOf(row.querySelector('th a')), textOf(value))
      const link = recorded?.querySelector('a') ?? null
      if (link) draw(row, 'figure', pathOf(link), textOf(link))
    })
    const dates: DrawnPage['dates'] = []
    take('table.dated tr', (row) =>
      dates.push({ path: pathOf(row.querySelector('th a')), text: textOf(row.querySelector('td')) }),
    )
    take('tr:has(td.number)', (row) =>
      draw(row, 'money', pathOf(row.querySelector('th a')), [...row.children].map(textOf).join('|')),
    )
    take('li[id^="source-"]', (item) => {
      const link = item.querySelector('a.small')
      draw(item, 'citations', pathOf(link), textOf(link).split(' ')[0] ?? '')
    })
    const entries: DrawnPage['entries'] = []
    take('.entries > li', (item) =>
      entries.push({
        widget: widgetOf(item),
        path: pathOf(item.querySelector('a')),
        text: item.querySelector('time')?.getAttribute('datetime') ?? textOf(item.querySelector('.soft')),
      }),
    )
    let printed = ''
    take('.page-head .print-only', (line) => {
      printed = textOf(line)
    })
    return { numbers, dates, entries, printed, rest: main.textContent ?? '' }
  })
}
