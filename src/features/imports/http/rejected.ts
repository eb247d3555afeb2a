import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'csv-stringify/sync'
import type { DatabaseClient } from '../../../database/database.ts'
import { describeFault } from '../describe-fault.ts'
import { readLimits } from '../reading/limits.ts'
import {
  additionalColumns,
  describeValues,
  isAdditional,
  type RefusedRowCells,
} from '../reading/refused-rows.ts'
import { repeatedLocator } from '../repeated-rows.ts'
import { type FaultyRow, readFaultyRows, refusedStates } from '../rows.ts'
import type { ImportJob } from '../store.ts'
import type { FileInfo, JsonObject, JsonValue, RowFault } from '../types.ts'
import { csvDownload } from './csv-download.ts'

/** Maximum number of rows that one statement reads. */
const pageSize = 1000

/** A refused row, or one of the rows of a refused group. */
type RefusedRow = Pick<FaultyRow, 'locator' | 'values' | 'faults'>

/** Reads the next refused rows, at most `limit`. @param after the position of the last row that was read. */
const readRefusedRows = (database: DatabaseClient, id: string, after: number, limit: number) =>
  readFaultyRows(database, { id, states: refusedStates, after }, Math.min(limit, pageSize))

/** Options of the CSV of refused rows. By itself, csv-stringify quotes a line break only if it is CRLF. */
const csvOptions = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const

const toCell = (value: JsonValue | undefined): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

/** Joins one property of all faults of a row. */
const joinFaults = (faults: RowFault[], part: (fault: RowFault) => string | undefined): string =>
  faults
    .map(part)
    .filter((text) => text !== undefined && text !== '')
    .join('; ')

/**
 * Returns the text of a fault for the column `import.reason`: a detail that begins with a small letter gets the value before it, any
 * other detail is a sentence of its own.
 */
const toReason = (fault: RowFault): string =>
  /^\p{Ll}/u.test(fault.detail) ? describeFault(fault) : fault.detail

/** Returns a refused row as rows of the file: several, if they were neighbouring rows that `groupBy` has joined. */
function splitGroup(row: RefusedRow): RefusedRow[] {
  const { rows, ...others } = row.values
  // A joined row has the values of its first row, and the list `rows`. A row of a JSON file may have a property `rows` of its own.
  if (!Array.isArray(rows) || !isDeepStrictEqual(others, rows[0])) return [row]
  return rows.map((values, index) => ({
    ...row,
    // The rows of a group are rows of a file, whose values are in an object.
    values: values as JsonObject,
    faults: index === 0 ? row.faults : null,
  }))
}

/** Returns the cells of a row: those of the file's columns, and those of the additional columns. */
function toCells(
  { columns, additional }: { columns: readonly string[]; additional: readonly string[] },
  { locator, values, faults }: RefusedRow,
): string[] {
  const listed = faults ?? []
  const refusal: RefusedRowCells = {
    'import.row': locator,
    'import.column': joinFaults(listed, ({ column }) => column),
    'import.reason': joinFaults(listed, toReason),
    'import.suggestion': joinFaults(listed, ({ suggestion }) => suggestion),
  }
  const [repeated] = listed.flatMap((fault) => repeatedLocator(fault) ?? [])
  const added: Record<string, JsonValue> = { ...refusal, ...describeValues(columns, values, repeated) }
  return [
    ...columns.map((column) => toCell(values[column])),
    ...additional.map((name) => toCell(added[name])),
  ]
}

/**
 * Returns the columns of the imported file, without those that a file of refused rows adds. If the file has no columns (JSON,
 * NDJSON, XML), returns the names of the properties in the given rows, at most as many as a file may have columns.
 */
const listColumns = ({ columns }: FileInfo, rows: readonly RefusedRow[]): readonly string[] =>
  columns.length > 0
    ? columns.filter((column) => !isAdditional(column))
    : [...new Set(rows.flatMap(({ values }) => Object.keys(values)))].slice(0, readLimits.columns)

/** The file of an import whose file has not been read yet. Such an import has no rows. */
const unreadFile: FileInfo = { format: 'csv', columns: [], notes: [] }

/**
 * Yields the refused rows of an import as CSV, as they were in the file, with more columns: where the row is, which columns are
 * wrong, why, what would be right, which cells were numbers and not texts (`import.numbers`), and which values had no column, or
 * which earlier row has the same id (`import.extra`). An empty column `import.date1904` or `import.dateLibreOffice` states the date
 * system of the workbook, unless it is the 1900 system. People correct the file and import it again (`isRefusedRowsFile`).
 */
export async function* streamRefusedRows(database: DatabaseClient, job: ImportJob): AsyncGenerator<string> {
  let rows = await readRefusedRows(database, job.id, 0, pageSize)
  const fileInfo = job.fileInfo ?? unreadFile
  const columns = listColumns(fileInfo, rows.flatMap(splitGroup))
  const additional = additionalColumns(fileInfo)
  yield stringify([[...columns, ...additional]], csvOptions)
  for (let last = rows.at(-1); last; last = rows.at(-1)) {
    yield stringify(
      rows.flatMap(splitGroup).map((row) => toCells({ columns, additional }, row)),
      csvOptions,
    )
    // PostgreSQL computes the sizes of all rows up to the limit, even if few of them fit into a page (`maxPageBytesSql`). So the
    // limit is only twice the number of rows that did fit.
    rows = await readRefusedRows(database, job.id, last.position, 2 * rows.length)
  }
}

/** `GET /v1/imports/{id}/rejected.csv` */
export const refusedRows = csvDownload({
  name: 'rejected',
  operationId: 'getRejectedRows',
  summary: 'Read the refused rows of an import as CSV',
  description:
    'The rows that were refused, as they were in the file (formulas are not escaped: import the CSV into a spreadsheet as text), with the columns `import.row`, `import.column`, `import.reason`, `import.suggestion` and `import.extra`, and `import.numbers`, `import.date1904` or `import.dateLibreOffice` where needed. If the file was CSV or XLSX, correct the rows, and import this CSV with the same mapping.',
  stream: streamRefusedRows,
})
