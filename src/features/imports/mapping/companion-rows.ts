import { formatCount } from '../../../format-count.ts'
import { addTo } from '../../../group-by.ts'
import { quote } from '../../../problems/faults.ts'
import type { RowOptions } from '../reading/options.ts'
import type { DateSystem } from '../reading/xlsx/serial.ts'
import type { JsonObject, Row } from '../types.ts'
import { toText } from './path.ts'

/** A companion file: a file that a mapping names, and that is given with the imported file. */
export interface Companion {
  name: string
  /** How its rows are read. A mapping may join the same file several times, such as each sheet of a workbook. */
  rows: RowOptions
}

/** Returns the key of the rows of a companion file. A name has no `/`, so no key is the name of another file. */
export const companionKey = ({ name, rows }: Companion): string =>
  Object.keys(rows).length === 0 ? name : `${name}/${JSON.stringify(rows)}`

/** Returns the name of the companion file of a key. */
export const companionName = (key: string): string => key.split('/', 1).join('')

/** A row of a companion file. */
type CompanionRow = Pick<Row, 'locator' | 'values'>

/** A code of a code list with two values. */
interface Contradiction {
  code: string
  one: { value: string; locator: string }
  other: { value: string; locator: string }
}

/** A companion file in memory: a list of codes, or the rows of a joined file. */
export class CompanionRows {
  readonly columns: readonly string[]
  readonly #rows: readonly CompanionRow[]
  readonly #indexes = new Map<string, Map<string, CompanionRow[]>>()
  /** The rows that `join` has returned, and the columns in which it may look. */
  readonly #joined = { rows: new Set<CompanionRow>(), columns: new Set<string>() }

  /** The date system of the file, for `date: excel`. */
  readonly dateSystem: DateSystem
  /** The encoding of the file if it was guessed. */
  readonly guessedEncoding: string | undefined

  /** @param columns empty for JSON, NDJSON and XML, whose rows may be nested objects. */
  constructor(
    columns: readonly string[],
    rows: readonly CompanionRow[],
    {
      dateSystem = '1900',
      guessedEncoding,
    }: { dateSystem?: DateSystem | undefined; guessedEncoding?: string | undefined } = {},
  ) {
    this.columns = columns
    this.dateSystem = dateSystem
    this.guessedEncoding = guessedEncoding
    this.#rows = rows
  }

  /** Returns the first row whose value in this column is this text. */
  find(column: string, text: string): JsonObject | undefined {
    return this.#index(column).get(text)?.[0]?.values
  }

  /** Returns the codes that have several values, each with its first value and the first other one, and where they are. */
  findContradictions(codeColumn: string, valueColumn: string): Contradiction[] {
    const toValue = ({ locator, values }: CompanionRow) => ({
      locator,
      value: toText(values[valueColumn] ?? null) ?? '',
    })
    return [...this.#index(codeColumn)].flatMap(([code, [first, ...others]]) => {
      if (code === '' || !first) return []
      const one = toValue(first)
      const other = others.map(toValue).find(({ value }) => value !== one.value)
      return other ? { code, one, other } : []
    })
  }

  /**
   * Remembers that the mapping joins this file by a column. `join` is never called if no row of the imported file has a text to
   * look for.
   */
  expectJoin(column: string): void {
    this.#joined.columns.add(column)
  }

  /** Returns the rows whose value in this column is this text, to join them to a row of the imported file. */
  join(column: string, text: string): JsonObject[] {
    const rows = this.#index(column).get(text) ?? []
    for (const row of rows) this.#joined.rows.add(row)
    return rows.map(({ values }) => values)
  }

  /**
   * Returns a note about the rows that `join` has not returned; undefined if there are none, or if the file is not joined.
   * @param file the name of the file.
   */
  describeUnmatched(file: string): string | undefined {
    const { rows, columns } = this.#joined
    const [column] = columns
    const example = this.#rows.find((row) => !rows.has(row))
    if (column === undefined || !example) return undefined
    const key = toText(example.values[column] ?? null) ?? ''
    const unmatched = this.#rows.length - rows.size
    return `Rows of ${file} that match no row of the imported file: ${formatCount(unmatched)} of ${formatCount(this.#rows.length)}, such as ${example.locator} (${column} ${quote(key)}).`
  }

  /** The texts of a column, for suggestions; none if there are more than `max`. */
  texts(column: string, max: number): readonly string[] {
    const index = this.#index(column)
    return index.size > max ? [] : [...index.keys()]
  }

  #index(column: string): Map<string, CompanionRow[]> {
    const cached = this.#indexes.get(column)
    if (cached) return cached
    const index = new Map<string, CompanionRow[]>()
    for (const row of this.#rows) {
      const text = toText(row.values[column] ?? null)
      if (text !== undefined) addTo(index, text, row)
    }
    this.#indexes.set(column, index)
    return index
  }
}
