import { quote } from '../../../../problems/faults.ts'

/** Two groups of digits that are a month or a season in EDTF, or the years of a range: `2001-05`, `2014-24`, `2007-13`. */
const yearAndNumber = /^(\d\d)(\d\d)-(\d\d)$/

/** The year at the start of a date, unless some of its digits are unknown. */
const startYear = /^-?\d{4,}(?!X)/

/** Years before this one are most likely of another calendar: 1390 is 2011 in Iran. */
const firstUsualYear = 1500

/** Maximum number of years from now of a usual date. 2554 is 2011 in Thailand, and 9999 often means that there is no date. */
const maxYearsAhead = 100

/** Maximum number of notes. */
const maxNotes = 10

/** The first text of each kind in a column. */
interface FoundTexts {
  /** A text such as `2007-13` that was read as a range of years. */
  years?: string
  /** A text such as `2001-05` that may be a range of years, and was read as a month or a season. */
  month?: string
  /** A date with an unusual year. */
  unusual?: string
}

/** Finds columns whose dates may be read wrongly: ranges of years beside months, and years of other calendars. */
export class DateNotations {
  readonly #columns = new Map<string, FoundTexts>()
  readonly #lastUsualYear = new Date().getUTCFullYear() + maxYearsAhead

  /**
   * Looks at a text that was read as a date.
   * @param column its column; empty for a constant.
   * @param hasFormat whether the mapping states the format of the column.
   */
  add(column: string, text: string, { date, hasFormat }: { date: string; hasFormat: boolean }): void {
    if (column === '') return
    const year = Number(startYear.exec(date)?.[0] ?? firstUsualYear)
    if (year < firstUsualYear || year > this.#lastUsualYear) this.#keep(column, 'unusual', text)
    const [written, , start = '', end = ''] = yearAndNumber.exec(text.trim()) ?? []
    // The month `2011-04` is no range, since 2004 is before 2011.
    if (!hasFormat && written !== undefined && end > start)
      this.#keep(column, date.includes('/') ? 'years' : 'month', written)
  }

  /** Keeps the text if it is the first of its kind in the column. */
  #keep(column: string, kind: keyof FoundTexts, text: string): void {
    const found = this.#columns.get(column) ?? {}
    found[kind] ??= text
    this.#columns.set(column, found)
  }

  /** Returns notes about these columns. */
  get notes(): string[] {
    return [...this.#columns].flatMap(([column, texts]) => describeColumn(column, texts)).slice(0, maxNotes)
  }
}

function describeColumn(column: string, { years, month, unusual }: FoundTexts): string[] {
  const notes: string[] = []
  if (years !== undefined && month !== undefined) {
    const range = `${month.slice(0, 4)}/${month.slice(0, 2)}${month.slice(5)}`
    notes.push(
      `The column ${quote(column)} has ${quote(years)}, which was read as years, and ${quote(month)}, which was read as a month or a season. If it means years, write ${quote(range)}.`,
    )
  }
  if (unusual !== undefined)
    notes.push(
      `The column ${quote(column)} has dates before ${firstUsualYear} or more than ${maxYearsAhead} years from now, such as ${quote(unusual)}. If they are of another calendar, convert them in the file. If they mean that there is no date, list them in "empty" of the mapping.`,
    )
  return notes
}
