import { z } from 'zod'
import { toFaultValue } from '../shorten.ts'
import type { FileInfo, JsonObject, JsonValue, Row } from '../types.ts'
import { readLimits } from './limits.ts'
import type { RowOptions } from './options.ts'
import type { DateSystem } from './xlsx/serial.ts'

/** The columns of a file of refused rows (`rejected.csv`) that say which row was refused, why, and how to mend it. */
const refusedRowColumns = ['import.row', 'import.column', 'import.reason', 'import.suggestion'] as const

/** The values of a refused row in these columns. */
export type RefusedRowCells = Record<(typeof refusedRowColumns)[number], string>

/**
 * The column that lists the columns in which a row has numbers, as JSON. Otherwise, these numbers would be read in the notation
 * that the mapping states for texts.
 */
const numbersColumn = 'import.numbers'

/**
 * The column that lists those values of a row that have no column, as JSON: an empty list if the row has fewer values than the
 * table has columns, and an object if the file has no columns. A row that repeats the id of an earlier row, which may not be in the
 * file of refused rows, has `repeats` and the place of that row.
 */
const extraColumn = 'import.extra'

/** The beginning of a cell in `import.extra` of a row that repeats the id of an earlier row. */
const repeatsWord = 'repeats '

/**
 * Columns without values. A file of refused rows has one of them if the serial numbers of the original workbook do not count days
 * in Excel's system of 1900.
 */
const dateSystemColumns: Readonly<Record<Exclude<DateSystem, '1900'>, string>> = {
  '1904': 'import.date1904',
  libreoffice: 'import.dateLibreOffice',
}

/**
 * Returns the names of the columns that a file of refused rows has in addition to those of the imported file. CSV and XML have no
 * numbers, except a file of refused rows itself.
 */
export const additionalColumns = ({
  format,
  columns,
  dateSystem,
}: Pick<FileInfo, 'format' | 'columns' | 'dateSystem'>): string[] => {
  const hasNumbers = columns.includes(numbersColumn) || (format !== 'csv' && format !== 'xml')
  return [
    ...refusedRowColumns,
    ...(hasNumbers ? [numbersColumn] : []),
    ...(dateSystem === undefined || dateSystem === '1900' ? [] : [dateSystemColumns[dateSystem]]),
    extraColumn,
  ]
}

/** The columns that a file of refused rows may have in addition to those of the imported file. */
const allAdditionalColumns: readonly string[] = [
  ...refusedRowColumns,
  numbersColumn,
  ...Object.values(dateSystemColumns),
  extraColumn,
]

/** Maximum number of columns of a table, which may be a file of refused rows. */
export const maxTableColumns = readLimits.columns + allAdditionalColumns.length

/**
 * Returns the columns of the rows of a file that come from the service: those of a file of refused rows, and `import.extra`, in which
 * the reader puts values of other tables that have no column.
 */
export function addedColumns({ columns }: Pick<FileInfo, 'columns'>): string[] {
  if (isRefusedRowsFile({ columns })) return columns.filter(isAdditional)
  return columns.length === 0 || columns.includes(extraColumn) ? [] : [extraColumn]
}

/** Whether a column is one that files of refused rows have in addition to those of the imported file. */
export const isAdditional = (column: string): boolean => allAdditionalColumns.includes(column)

/**
 * Returns the cells of a row in the columns `import.numbers` and `import.extra`. A damaged list in `import.numbers` stays, so that
 * the row is refused until a person has corrected the list.
 * @param columns the columns of the imported file; if it has none, the properties that have a column.
 * @param repeated the place of the earlier row whose id the row repeats; undefined if it repeats none.
 */
export function describeValues(
  columns: readonly string[],
  values: JsonObject,
  repeated: string | undefined,
): Record<string, JsonValue> {
  const numbers = columns.filter((column) => typeof values[column] === 'number')
  const listed = values[numbersColumn]
  const damaged = typeof listed === 'string' && parseColumnList(listed) === undefined ? listed : undefined
  const known = new Set(columns)
  const others = Object.entries(values).filter(([name]) => !known.has(name) && !isAdditional(name))
  const repeats = repeated === undefined ? null : `${repeatsWord}${repeated}`
  return {
    [numbersColumn]: damaged ?? (numbers.length > 0 ? numbers : null),
    [extraColumn]: values[extraColumn] ?? (others.length > 0 ? Object.fromEntries(others) : repeats),
  }
}

/**
 * Adds values that have no column to those of a row, which may have such values from a file of refused rows. A row with too few
 * values gets an empty list, so that it is refused until a person has checked it.
 */
export const withExtraValues = (values: JsonObject, extra: readonly JsonValue[]): JsonObject => ({
  ...values,
  [extraColumn]: [values[extraColumn] ?? [], extra].flat(),
})

/** Returns what is known about a file of refused rows, with the date system of the original file. */
export function restoreDateSystem(fileInfo: FileInfo): FileInfo {
  const has = (system: keyof typeof dateSystemColumns) => fileInfo.columns.includes(dateSystemColumns[system])
  return { ...fileInfo, dateSystem: has('1904') ? '1904' : has('libreoffice') ? 'libreoffice' : '1900' }
}

/** Matches a number in the notation of JSON whose integer part has at most 15 digits. Longer ones would lose digits. */
const jsonNumber = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i

const columnList = z.array(z.string())

/** Returns the columns that a text in the column `import.numbers` lists; undefined if it is not a list of columns. */
function parseColumnList(text: string): string[] | undefined {
  try {
    return columnList.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * Restores the numbers of a row of a file of refused rows. If people have replaced a number by a text that is not a number, it
 * stays text. Values without a column, a wrong number of values, and a repeated id remain a fault until a person has emptied the
 * cell in the column `import.extra`.
 */
export function restoreRow(row: Row): Row {
  const restored = restoreNumbers(row)
  const extra = row.values[extraColumn]
  if (row.fault || extra === undefined || extra === null) return restored
  const text = String(extra)
  return {
    ...restored,
    fault: { column: extraColumn, value: toFaultValue(text), detail: describeExtra(text) },
  }
}

/** Returns why a row is refused because of its cell in `import.extra`, and how to mend it. */
function describeExtra(extra: string): string {
  if (extra.startsWith(repeatsWord))
    return 'The row had the id of an earlier row of the file, and would replace the record of that row. Give it an id of its own and empty this cell, or remove the row.'
  if (extra === '[]')
    return 'The row had fewer values than columns. Check that each value is in its column, and empty this cell.'
  return `The column ${extraColumn} has values without a column, or a value with several rows. Move the values to their columns and rows, and empty this cell.`
}

function restoreNumbers(row: Row): Row {
  const listed = row.values[numbersColumn]
  if (typeof listed !== 'string') return row
  const columns = parseColumnList(listed)
  if (!columns) {
    const detail =
      'The value is not a list of columns. Write it as in the downloaded file, such as ["Amount"].'
    return { ...row, fault: { column: numbersColumn, value: toFaultValue(listed), detail } }
  }
  const numbers = columns.flatMap((column) => {
    const value = row.values[column]
    return typeof value === 'string' && jsonNumber.test(value) ? [[column, Number(value)]] : []
  })
  return { ...row, values: { ...row.values, ...Object.fromEntries(numbers) } }
}

/** Whether a table is a file of refused rows, which people have corrected and import again. */
export const isRefusedRowsFile = ({ columns }: Pick<FileInfo, 'columns'>): boolean =>
  refusedRowColumns.every((column) => columns.includes(column))

/**
 * Returns the options for reading a file of refused rows: of the given ones, only `groupBy`. The others describe the original
 * file. A file of refused rows has its columns in the first row, and people may have saved it in another format.
 * @returns undefined if the given options can be used as they are: they have at most `groupBy` and `path`.
 */
export function refusedRowsOptions({ groupBy, path, ...others }: RowOptions): RowOptions | undefined {
  if (Object.keys(others).length === 0) return undefined
  return groupBy === undefined ? {} : { groupBy }
}
