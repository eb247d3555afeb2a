import { formatCount } from '../../../format-count.ts'
import { didYouMeanSentence } from '../../../problems/suggest.ts'
import { startSlices } from '../../../time-slice.ts'
import { toFaultValue } from '../shorten.ts'
import type { JsonValue, Row, Scalar } from '../types.ts'
import { cleanText } from './clean.ts'
import { unreadableFile } from './file.ts'
import { readLimits } from './limits.ts'
import type { RowOptions } from './options.ts'
import { isAdditional, withExtraValues } from './refused-rows.ts'

/** A value of a cell. */
export type Cell = Scalar | null

/** A row of a table: its number (in CSV, the line on which it begins), and its cells as they are in the file. */
export interface TableRow {
  number: number
  cells: Cell[]
  /** Position of a cell of CSV that contains further rows, because a stray quote opens it. */
  withRows?: number
}

/** Whether a cell has no value. */
export const isBlank = (cell: Cell | undefined) => cell === undefined || cell === null || cell === ''

/** Whether a cell has more characters than can be read. */
const isTooLong = (cell: Cell | undefined) =>
  typeof cell === 'string' && cell.length > readLimits.cellCharacters

/** Whether a row has no value. */
const isEmptyRow = ({ cells }: TableRow): boolean => cells.every(isBlank)

/** What differs between the formats of tables. */
interface TableFormat {
  /** The table as the subject of a message, such as `The file`. */
  subject: string
  /** What to do if the table has no header, after a space. */
  headerHint?: string
  /** Makes the locator of a row. */
  locate: (number: number) => string
  /** Whether rows lack the empty cells at their ends. If not, a row with too few cells has a fault. */
  omitsEmptyCells: boolean
  /** The likely reason for a wrong number of values, or what to do about it, for messages. */
  hint: string
}

/** Converts cells to rows: reads the column names from the header, and then assigns each cell to its column. */
class Table {
  columns: readonly string[] = []
  /** Whether the header has been read. */
  hasColumns = false
  readonly #options: RowOptions
  readonly #format: TableFormat
  #previous: Record<string, JsonValue> | undefined
  /** The columns of `fillDown` whose last value comes from a row with a fault, and the locator of that row. */
  readonly #doubtful = new Map<string, string>()

  constructor(options: RowOptions, format: TableFormat) {
    this.#options = options
    this.#format = format
  }

  /**
   * Converts the next row of the file.
   * @returns the row; undefined for an empty row, for the header and for rows before it.
   * @throws Problem when the header is missing, or its columns cannot be used.
   */
  convert(row: TableRow): Row | undefined {
    if (!this.hasColumns) {
      const { header } = this.#options
      if (header === 'none') {
        if (isEmptyRow(row)) return undefined
        this.#readHeader(row.cells.map((_, index) => columnName(index)))
      } else {
        if (header === undefined ? isEmptyRow(row) : row.number < header) return undefined
        if (header !== undefined && row.number > header) {
          throw headerMissing(header, this.#format)
        }
        this.#readHeader(row.cells.map((cell) => String(cell ?? '')))
        return undefined
      }
    }
    return isEmptyRow(row) ? undefined : this.#makeRow(row)
  }

  #readHeader(cells: readonly string[]): void {
    const names = cells.map(normalizeName)
    while (names.length > 0 && names.at(-1) === '') names.pop()
    // A file of refused rows has more columns than the file from which it was made.
    const count = names.filter((name) => !isAdditional(name)).length
    if (count > readLimits.columns) {
      throw unreadableFile(
        `The file has ${formatCount(count)} columns. At most ${formatCount(readLimits.columns)} can be read.`,
      )
    }
    this.columns = names.map((name, index) => cleanText(name) || columnName(index))
    const seen = new Map<string, number>()
    for (const [index, name] of this.columns.entries()) {
      const first = seen.get(name)
      if (first !== undefined) {
        throw unreadableFile(
          `The columns ${columnName(first)} and ${columnName(index)} have the same name, "${name}". Rename one of them.`,
        )
      }
      seen.set(name, index)
    }
    for (const column of [...(this.#options.fillDown ?? []), this.#options.groupBy ?? []].flat()) {
      if (!seen.has(column)) {
        const missing = didYouMeanSentence(`The file has no column "${column}"`, column, this.columns)
        // Only in CSV, rows have all their cells.
        const isCsv = !this.#format.omitsEmptyCells
        throw unreadableFile(`${missing}${oneColumnHint(this.columns, isCsv, this.#options)}`)
      }
    }
    this.hasColumns = true
  }

  #makeRow({ number, cells, withRows }: TableRow): Row {
    const fillDown = this.#options.fillDown ?? []
    // `fromEntries` makes `__proto__` a column like any other.
    const values: Record<string, JsonValue> = Object.fromEntries(
      this.columns.map((column, index) => {
        const cell = cells[index]
        const value = cell === undefined || cell === '' ? null : cleanCell(cell)
        return [column, fillDown.includes(column) ? (value ?? this.#previous?.[column] ?? null) : value]
      }),
    )
    const row = this.#addFault({ number, locator: this.#format.locate(number), values }, cells, withRows)
    if (!this.#options.fillDown) return row
    this.#previous = values
    return this.#checkFilled(row, cells, withRows !== undefined)
  }

  /**
   * Adds a fault to a row that takes a value from a row with a fault, since that value may be in the wrong column, or incomplete.
   * Remembers the columns whose values may be wrong.
   * @param containsRows whether a value of the row contains further rows.
   */
  #checkFilled(row: Row, cells: readonly Cell[], containsRows: boolean): Row {
    let checked = row
    // In a sheet, a further value does not move the others.
    const isMoved = containsRows || (row.fault?.column === '' && !this.#format.omitsEmptyCells)
    for (const column of this.#options.fillDown ?? []) {
      const cell = cells[this.columns.indexOf(column)]
      const from = isBlank(cell) ? this.#doubtful.get(column) : undefined
      if (from !== undefined && !checked.fault) {
        const value = toFaultValue(String(row.values[column] ?? ''))
        const detail = `The value may have to come from ${from}, which is refused. Check it in both rows.`
        checked = { ...row, fault: { column, value, detail } }
      }
      if (isMoved || isTooLong(cell)) this.#doubtful.set(column, row.locator)
      else if (!isBlank(cell)) this.#doubtful.delete(column)
    }
    return checked
  }

  #addFault(row: Row, cells: readonly Cell[], withRows: number | undefined): Row {
    const { omitsEmptyCells } = this.#format
    const expected = this.columns.length
    let found = cells.length
    while (found > expected && isBlank(cells[found - 1])) found -= 1
    if (found > expected || (found < expected && !omitsEmptyCells)) {
      // A sheet may have a thousand empty cells before an extra value.
      const tooMany = cells.slice(expected, found).filter((cell) => !(omitsEmptyCells && isBlank(cell)))
      const leftOver = tooMany.length > 0 ? ` Extra values: ${toFaultValue(tooMany.join(' | '))}.` : ''
      const detail = `The row has ${pluralize(found, 'value')}, and the header ${pluralize(expected, 'column')}.${leftOver} ${this.#format.hint}`
      const fault = { column: '', value: toFaultValue(cells.join(' | ')), detail }
      return { ...row, values: withExtraValues(row.values, tooMany.map(cleanCell)), fault }
    }
    if (withRows !== undefined) {
      const detail =
        'A quote opens the value and is not closed at its end, so the value contains further rows. If the file has no quotes around values, set rows.quote to none in the mapping. Otherwise, double the quotes within values.'
      const cell = cells[withRows] ?? null
      const fault = { column: this.columns[withRows] ?? '', value: toFaultValue(String(cell)), detail }
      // As a value without a column, so that the row is refused again until a person has corrected it.
      return { ...row, values: withExtraValues(row.values, [cleanCell(cell)]), fault }
    }
    const long = cells.findIndex(isTooLong)
    if (long === -1) return row
    const detail = `The value has more than ${formatCount(readLimits.cellCharacters)} characters.`
    return {
      ...row,
      fault: { column: this.columns[long] ?? '', value: toFaultValue(String(cells[long])), detail },
    }
  }
}

/**
 * Returns a sentence, after a space, about the likely reason why a table with only one column lacks a column. A title above the
 * column names is most often one cell. Returns an empty text for several columns, and for a sheet with a stated `rows.header`.
 */
export function oneColumnHint(columns: readonly string[], isCsv: boolean, { header }: RowOptions): string {
  if (columns.length !== 1) return ''
  const start = ' With only one column,'
  const title = 'above the column names (rows.header)'
  if (isCsv)
    return `${start} the delimiter is probably a different one (rows.delimiter)${header === undefined ? `, or a title is ${title}` : ''}.`
  return header === undefined ? `${start} a title is probably ${title}.` : ''
}

/** Returns the problem of a table without a header. @param header the option `rows.header`. */
const headerMissing = (header: RowOptions['header'], { subject, headerHint = '' }: TableFormat) =>
  unreadableFile(
    typeof header === 'number'
      ? `${subject} has no row ${header}. Set rows.header to the number of the row with the column names.${headerHint}`
      : `${subject} has no row with the names of the columns.${headerHint}`,
  )

const pluralize = (count: number, noun: string) => `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`

/**
 * Returns a cell as it can be stored. A text that is too long is cut to one character above the limit. So if a file of refused
 * rows is imported, the row with this text is refused again.
 */
const cleanCell = (cell: Cell): Cell =>
  typeof cell === 'string' ? cleanText(cell.slice(0, readLimits.cellCharacters + 1)) : cell

/** Column names in spreadsheets may have line breaks and no-break spaces. People see them as single spaces. */
const normalizeName = (name: string) => name.replaceAll(/[\s\u00a0]+/g, ' ').trim()

/** Returns the letters with which spreadsheets name a column. @example columnName(27) // 'AB' */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter
}

/**
 * Reads a table up to its header.
 * @param source rows of cells, in batches of any size. It is closed if the header cannot be used.
 * @returns the names of the columns, and the rows after the header.
 * @throws Problem when there is no header, or its columns cannot be used.
 */
export async function openTable(
  source: AsyncGenerator<readonly TableRow[], void, undefined>,
  options: RowOptions,
  format: TableFormat,
): Promise<{ columns: readonly string[]; rows: AsyncGenerator<readonly Row[], void, undefined> }> {
  const table = new Table(options, format)
  const converted = convertAll(table, source)
  const first: Row[] = []
  while (!table.hasColumns) {
    const { done, value } = await converted.next()
    if (done) throw headerMissing(options.header, format)
    first.push(...value)
  }
  const rows = (async function* () {
    yield first
    yield* converted
  })()
  return { columns: table.columns, rows }
}

/** Converts rows in time slices, and yields those of each slice: the rows of one batch may need much memory. */
async function* convertAll(
  table: Table,
  source: AsyncIterable<readonly TableRow[]>,
): AsyncGenerator<readonly Row[], void, undefined> {
  const pause = startSlices()
  for await (const batch of source) {
    let rows: Row[] = []
    for (const tableRow of batch) {
      const row = table.convert(tableRow)
      if (row) rows.push(row)
      const pausing = pause()
      if (!pausing) continue
      await pausing
      yield rows
      rows = []
    }
    yield rows
  }
}
