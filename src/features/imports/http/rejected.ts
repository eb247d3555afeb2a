import { stringify } from 'csv-stringify/sync'
import type { DatabaseClient } from '../../../database/database.ts'
import type { ImportRecord } from '../store.ts'
import type { JsonObject, JsonValue, RowFault } from '../types.ts'
import { csvDownload } from './csv-download.ts'

/** The columns that a file of refused rows has beside those of the file. */
const reasonColumns = ['import.row', 'import.column', 'import.reason', 'import.suggestion']

/** Rows that are read together. */
const pageRows = 1000

interface RefusedRow {
  position: number
  locator: string
  values: JsonObject
  faults: RowFault[] | null
}

/** The states of rows that are not written. A row may still wait for others when a commit has failed. */
const refusedStates = "('refused', 'blocked', 'waiting')"

const readRefused = (database: DatabaseClient, id: string, after: number): Promise<RefusedRow[]> =>
  database.read<RefusedRow>({
    text: `select position, locator, values, faults from import_rows
      where import = $1 and position > $2 and state in ${refusedStates} order by position limit $3`,
    values: [id, after, pageRows],
  })

const toCell = (value: JsonValue | undefined): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

const joined = (faults: RowFault[], part: (fault: RowFault) => string | undefined): string =>
  faults
    .map(part)
    .filter((text) => text !== undefined && text !== '')
    .join('; ')

function toCells(columns: readonly string[], { locator, values, faults }: RefusedRow): string[] {
  const all = faults ?? []
  return [
    ...columns.map((column) => toCell(values[column])),
    locator,
    joined(all, ({ column }) => column),
    joined(all, ({ detail }) => detail),
    joined(all, ({ suggestion }) => suggestion),
  ]
}

/** Maximum number of properties that become columns, if the file itself has no columns. */
const maxColumns = 2000

const columnsOf = ({ facts }: ImportRecord, rows: readonly RefusedRow[]): readonly string[] =>
  facts && facts.columns.length > 0
    ? facts.columns
    : [...new Set(rows.flatMap(({ values }) => Object.keys(values)))].slice(0, maxColumns)

/**
 * Yields the refused rows of an import as CSV, as they were in the file, with four more columns: where the row is, the
 * columns that are wrong, why, and what would be right. It can be mended and imported again.
 */
export async function* writeRejected(
  database: DatabaseClient,
  imported: ImportRecord,
): AsyncGenerator<string> {
  let rows = await readRefused(database, imported.id, 0)
  const columns = columnsOf(imported, rows)
  yield stringify([[...columns, ...reasonColumns]], { record_delimiter: 'windows' })
  for (let last = rows.at(-1); last; last = rows.at(-1)) {
    yield stringify(
      rows.map((row) => toCells(columns, row)),
      { record_delimiter: 'windows' },
    )
    rows = await readRefused(database, imported.id, last.position)
  }
}

/** `GET /v1/imports/{id}/rejected.csv` */
export const rejectedRows = csvDownload({
  name: 'rejected',
  operationId: 'getRejectedRows',
  summary: 'Read the refused rows of an import as CSV',
  description:
    'The rows that were refused, as they were in the file (cells are not changed for spreadsheets), with the columns `import.row`, `import.column`, `import.reason` and `import.suggestion`. Mend them, and import the file again with the same mapping.',
  write: writeRejected,
})
