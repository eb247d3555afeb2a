import { quote } from '../../../../problems/faults.ts'

/** A number with a decimal comma, or with points that can only separate thousands: `12,5`, `1.250,00` or `1.187.334`. */
const decimalComma =
  /^[^\d.,]*(?:\d+,(?:\d{1,2}|\d{4,})|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,})[^\d.,]*$/

/** A number whose point may separate thousands: `1.234`. */
const ambiguousPoint = /^[^\d.,]*[1-9]\d{0,2}\.\d{3}[^\d.,]*$/

/** Maximum number of columns that are named in notes. */
const maxColumns = 10

/**
 * Finds columns without a stated notation in which some numbers have a decimal comma, or points that can only separate thousands,
 * and others a point that is read as a decimal point but may separate thousands.
 */
export class NumberNotations {
  readonly #columns = new Map<string, { comma?: string; point?: string }>()

  /** Looks at a text that was read as a number. @param column its column; empty for a constant. */
  add(column: string, text: string): void {
    const kind = ambiguousPoint.test(text) ? 'point' : decimalComma.test(text) ? 'comma' : undefined
    if (kind === undefined || column === '') return
    const found = this.#columns.get(column) ?? {}
    found[kind] ??= text.trim()
    this.#columns.set(column, found)
  }

  /** Returns a note about each such column. */
  get notes(): string[] {
    return [...this.#columns]
      .flatMap(([column, { comma, point }]) =>
        comma === undefined || point === undefined
          ? []
          : `The column ${quote(column)} has ${quote(comma)} and ${quote(point)}, whose point was read as a decimal point. If it separates thousands, write number: "1.234,5" in the mapping.`,
      )
      .slice(0, maxColumns)
  }
}
