import { toText } from './mapping/path.ts'
import type { ConvertedRow, Row } from './types.ts'

/** Rows that repeat the header of a table, such as at the top of each printed page, and would become records. */

/** Finds the first row whose values are the names of their columns. */
export class RepeatedHeader {
  readonly #columns: readonly string[]
  #note: string | undefined

  /** @param columns the names of the columns of the file; empty for formats without columns. */
  constructor(columns: readonly string[]) {
    this.#columns = columns
  }

  /** Looks at a row, unless the mapping leaves it out. */
  add({ locator, values }: Row, { kind }: ConvertedRow): void {
    if (this.#note !== undefined || kind === 'skipped') return
    const textOf = (column: string) => toText(values[column] ?? null)
    const first = this.#columns.find(textOf)
    if (first === undefined || textOf(first) !== first) return
    const filled = this.#columns.filter(textOf)
    // A single name among empty values may be a value.
    if (filled.length < Math.min(2, this.#columns.length)) return
    if (!filled.every((column) => textOf(column) === column)) return
    const quoted = JSON.stringify(first)
    this.#note = `The values of ${locator} are the names of the columns. If the header is repeated there, leave such rows out with when in the mapping, such as when: {${quoted}: {not: ${quoted}}}.`
  }

  /** Returns a note about the row; none if there is no such row. */
  get notes(): string[] {
    return this.#note === undefined ? [] : [this.#note]
  }
}
