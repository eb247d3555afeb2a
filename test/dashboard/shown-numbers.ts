import type { Page } from 'playwright-core'

/** A number that a page shows, and the path of the view to which it links. */
export interface ShownNumber {
  /**
   * How the number is shown: `key-figure`, `bar`, `column`, `marker`, `claim` (the value of a record of `figures`),
   * `recorded` (the number of records that match a claim), `money` or `citations`.
   */
  kind: string
  /** The heading of the widget. */
  widget: string
  path: string
  text: string
}

/** All numbers that a page shows in its key figures, charts, tables and lists. */
export interface ShownPage {
  numbers: ShownNumber[]
  /** The dates in the table of the timeline, with the paths of their records. */
  dates: { path: string; text: string }[]
  /** The entries of the lists of changes and of expiring agreements: the time or text after the title. */
  entries: { widget: string; path: string; text: string }[]
  /** The line with day and URL in the head of the page. This line is shown only in print. */
  printed: string
  /** The rest of the text of the page. It must not contain a digit. */
  rest: string
}

/**
 * Reads all numbers of a page. Each number that was read is removed from a copy of the page, so a number that is not covered
 * remains in `rest`.
 */
export function readNumbers(page: Page): Promise<ShownPage> {
  return page.evaluate(() => {
    const main = document.querySelector('main')?.cloneNode(true)
    if (!(main instanceof HTMLElement)) throw new Error('the page has no main element')
    const numbers: ShownNumber[] = []
    const pathOf = (element: Element | null) => element?.getAttribute('href') ?? ''
    const textOf = (element: Element | null | undefined) => element?.textContent?.trim() ?? ''
    const widgetOf = (element: Element) => textOf(element.closest('.widget')?.querySelector('h2'))
    const afterColon = (text: string) => text.split(': ').at(-1) ?? ''
    /** Calls `read` with each element, and then removes all of them from the copy. */
    const readAndRemove = (selector: string, read: (element: Element) => void) => {
      const found = [...main.querySelectorAll(selector)]
      for (const element of found) read(element)
      for (const element of found) element.remove()
    }
    const add = (element: Element, kind: string, path: string, text: string) =>
      numbers.push({ kind, widget: widgetOf(element), path, text })
    readAndRemove('.key-figure', (figure) =>
      add(figure, 'key-figure', pathOf(figure.querySelector('dd a')), textOf(figure.querySelector('dd'))),
    )
    readAndRemove('svg.map a', (marker) =>
      add(marker, 'marker', pathOf(marker), afterColon(textOf(marker.querySelector('title')))),
    )
    readAndRemove('svg.columns:not(.timeline) a', (column) => {
      add(column, 'column', pathOf(column), afterColon(textOf(column.querySelector('title'))))
      const label = column.querySelector('text')
      if (label) add(column, 'column', pathOf(column), textOf(label))
    })
    // The remaining texts of charts are the labels of axes, and the titles and dates of the timeline, which its table has, too.
    readAndRemove('svg', () => {})
    readAndRemove('table.bars tbody tr', (row) =>
      add(row, 'bar', pathOf(row.querySelector('th a')), textOf(row.querySelector('td.number'))),
    )
    readAndRemove('tr:has(th a[href^="/records/figures/"])', (row) => {
      const [value, recorded] = row.querySelectorAll('td.number')
      add(row, 'claim', pathOf(row.querySelector('th a')), textOf(value))
      const link = recorded?.querySelector('a') ?? null
      if (link) add(row, 'recorded', pathOf(link), textOf(link))
    })
    const dates: ShownPage['dates'] = []
    readAndRemove('table.dated tr', (row) =>
      dates.push({ path: pathOf(row.querySelector('th a')), text: textOf(row.querySelector('td')) }),
    )
    readAndRemove('tr:has(td.number)', (row) =>
      add(row, 'money', pathOf(row.querySelector('th a')), [...row.children].map(textOf).join('|')),
    )
    readAndRemove('li[id^="source-"]', (item) => {
      const link = item.querySelector('a.small')
      add(item, 'citations', pathOf(link), textOf(link).split(' ').at(-1) ?? '')
    })
    const entries: ShownPage['entries'] = []
    readAndRemove('.entries > li', (item) =>
      entries.push({
        widget: widgetOf(item),
        path: pathOf(item.querySelector('a')),
        text: item.querySelector('time')?.getAttribute('datetime') ?? textOf(item.querySelector('.soft')),
      }),
    )
    let printed = ''
    readAndRemove('.page-head .print-only', (line) => {
      printed = textOf(line)
    })
    return { numbers, dates, entries, printed, rest: main.textContent ?? '' }
  })
}
