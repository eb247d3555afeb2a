import { quote } from '../../../../problems/faults.ts'

/** Two groups of digits that are a month or a season in EDTF, or the years of a range: `2001-05`, `2014-24`, `2007-13`. */
const yearAndNumber = /^(\d\d)(\d\d)-(\d\d)$/

/** Maximum number of columns that are named in notes. */
const maxColumns = 10

/** Finds columns without a stated format in which some of these texts are read as ranges of years, and others, which may be ones, as months. */
export class DateNotations {
  readonly #columns = new Map<string, { years?: string; month?: string }>()

  /** Looks at a text that was read as a date. @param column its column; empty for a constant. */
  add(column: string, text: string, date: string): void {
    const [written, century, year = '', last = ''] = yearAndNumber.exec(text.trim()) ?? []
    // The month `2011-04` is no range, since 2004 is before 2011.
    if (written === undefined || century === undefined || last <= year || column === '') return
    const found = this.#columns.get(column) ?? {}
    found[date.includes('/') ? 'years' : 'month'] ??= written
    this.#columns.set(column, found)
  }

  /** Returns a note about each such column. */
  get notes(): string[] {
    return [...this.#columns]
      .flatMap(([column, { years, month }]) =>
        years === undefined || month === undefined
          ? []
          : `The column ${quote(column)} has ${quote(years)}, which was read as years, and ${quote(month)}, which was read as a month or a season. If it means years, write ${quote(`${month.slice(0, 4)}/${month.slice(0, 2)}${month.slice(5)}`)}.`,
      )
      .slice(0, maxColumns)
  }
}
