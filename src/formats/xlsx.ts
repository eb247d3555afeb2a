import { EventEmitter, once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import exceljs from 'exceljs'

/** A column with the type of its cells, which sets their number format. */
export interface SheetColumn {
  name: string
  /** `edtf` is an EDTF date. Its cell is a date if the text is a single day, 1900-03-01 or later; otherwise text. */
  kind: 'number' | 'text' | 'edtf' | 'instant'
}

/** A table to write to one or more sheets. Its rows arrive in batches; each row has a cell for each column. */
export interface SheetTable {
  name: string
  columns: SheetColumn[]
  rows: AsyncIterable<unknown[][]>
}

/** Limits of the format: rows of a sheet, and UTF-16 code units of a cell. */
const sheetLimits = { rows: 1_048_576, codeUnits: 32_767 } as const

type Writer = InstanceType<typeof exceljs.stream.xlsx.WorkbookWriter>
type SheetWriter = ReturnType<Writer['addWorksheet']>

/** A cell whose text was truncated to `sheetLimits.codeUnits`, with the length of the whole text in UTF-16 code units. */
type TruncatedCell = [sheet: string, row: number, column: string, length: number]

const numberFormats = { number: '', text: '', edtf: 'yyyy-mm-dd', instant: 'yyyy-mm-dd hh:mm:ss' }

/** Widths in characters. A date that does not fit is shown as `###`. */
const minWidths = { number: 12, text: 12, edtf: 12, instant: 20 }

/**
 * Characters to write as escape codes (ECMA-376 part 1, 22.9.2.19): U+FFFE, U+FFFF, control characters other than tabs and line
 * feeds, and the first `_` of a text that looks like such a code.
 */
const charactersToEscape = /(?![\t\n])[\p{Cc}\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)/gu

const escapeCharacter = (character: string) =>
  `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`

/**
 * Returns the cell of a text. exceljs writes a plain text like the result of a formula. In such a text, LibreOffice shows escape
 * codes as they are, and loses tabs and line breaks when it saves the sheet as ODS. A rich text has neither problem.
 */
function textCell(text: string): exceljs.CellValue {
  const escaped = text.replaceAll(charactersToEscape, escapeCharacter)
  return /[\t\n]|_x/.test(escaped) ? { richText: [{ text: escaped }] } : escaped
}

const isRichText = (value: exceljs.CellValue) =>
  value !== null && typeof value === 'object' && 'richText' in value

/** Height of a row with one line, in points. */
const lineHeight = 15

/** Shows only the first line of a cell. Otherwise, LibreOffice draws its other lines over the next rows. */
function showFirstLine(row: exceljs.Row, column: number): void {
  row.height = lineHeight
  row.getCell(column).alignment = { vertical: 'top' }
}

/** The first date that has the same serial number in all spreadsheet programs. */
const firstDay = '1900-03-01'

/**
 * Converts an EDTF date of exactly one day, or an instant, to a date if spreadsheets can represent it. Otherwise returns the
 * text.
 */
function dateOrText(text: string, kind: 'edtf' | 'instant'): Date | string {
  const isComplete = kind === 'instant' || /^\d{4}-\d\d-\d\d$/.test(text)
  return isComplete && text >= firstDay ? new Date(text) : text
}

function toCell(value: unknown, kind: SheetColumn['kind']): exceljs.CellValue {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return null
  return kind === 'edtf' || kind === 'instant' ? dateOrText(value, kind) : value
}

const emptyBuffer = Buffer.alloc(0)

/** Whether a value is a writable stream of Node.js or of the package `readable-stream`, whose classes are not related. */
const isWritable = (value: unknown): value is NodeJS.WritableStream & EventEmitter =>
  value instanceof EventEmitter && 'write' in value && typeof value.write === 'function'

/**
 * Waits until the stream to which exceljs pipes a sheet has room for further rows. exceljs has no backpressure, so without this
 * wait it would hold a whole sheet in memory. The stream of the workbook does not show how much of the sheet waits to be compressed.
 */
async function waitForDrain(sheet: SheetWriter, signal: AbortSignal): Promise<void> {
  const pipes: unknown = Reflect.get(Object(Reflect.get(sheet, 'stream')), 'pipes')
  const next: unknown = Array.isArray(pipes) ? pipes[0] : undefined
  if (!isWritable(next)) throw new Error('the stream to which exceljs pipes a sheet cannot be found')
  // Every kind of stream reports a full buffer by the return value of `write`, but not all by a property.
  if (!next.write(emptyBuffer)) await once(next, 'drain', { signal })
}

function openSheet(workbook: Writer, name: string, columns: SheetColumn[]): SheetWriter {
  const sheet = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.columns = columns.map((column) => ({
    header: column.name,
    width: Math.max(minWidths[column.kind], column.name.length + 2),
    style: { numFmt: numberFormats[column.kind] },
  }))
  const header = sheet.getRow(1)
  header.font = { bold: true }
  header.commit()
  return sheet
}

function closeSheet(sheet: SheetWriter, columns: SheetColumn[], lastRow: number): void {
  sheet.autoFilter = {
    from: { row: 1, column: 1 },
    to: { row: lastRow, column: Math.max(1, columns.length) },
  }
  sheet.commit()
}

/** Writes a table to one sheet, or to as many as it needs. @returns the truncated cells. */
async function writeTable(
  workbook: Writer,
  table: SheetTable,
  signal: AbortSignal,
): Promise<TruncatedCell[]> {
  const { columns } = table
  const truncated: TruncatedCell[] = []
  let name = table.name
  let sheetNumber = 1
  let lastRow = 1
  let sheet = openSheet(workbook, name, columns)
  const writeRow = (cells: unknown[]) => {
    if (lastRow === sheetLimits.rows) {
      closeSheet(sheet, columns, lastRow)
      sheetNumber += 1
      name = `${table.name} ${sheetNumber}`
      sheet = openSheet(workbook, name, columns)
      lastRow = 1
    }
    lastRow += 1
    const values = columns.map(({ kind, name: column }, index) => {
      const value = toCell(cells[index], kind)
      if (typeof value !== 'string') return value
      if (value.length <= sheetLimits.codeUnits) return textCell(value)
      truncated.push([name, lastRow, column, value.length])
      return textCell(`${value.slice(0, sheetLimits.codeUnits - 1).replace(/[\ud800-\udbff]$/, '')}…`)
    })
    const row = sheet.addRow(values)
    for (const [index, value] of values.entries()) if (isRichText(value)) showFirstLine(row, index + 1)
    row.commit()
  }
  for await (const batch of table.rows) {
    for (const cells of batch) writeRow(cells)
    await waitForDrain(sheet, signal)
  }
  closeSheet(sheet, columns, lastRow)
  return truncated
}

/** Columns of the sheet `truncated`. Like Excel, `characters` counts UTF-16 code units. */
const truncatedColumns: SheetColumn[] = [
  { name: 'sheet', kind: 'text' },
  { name: 'row', kind: 'number' },
  { name: 'column', kind: 'text' },
  { name: 'characters', kind: 'number' },
]

async function writeTables(workbook: Writer, tables: SheetTable[], signal: AbortSignal): Promise<void> {
  const truncated: TruncatedCell[] = []
  for (const table of tables) truncated.push(...(await writeTable(workbook, table, signal)))
  if (truncated.length > 0) {
    const rows = Readable.from([truncated])
    await writeTable(workbook, { name: 'truncated', columns: truncatedColumns, rows }, signal)
  }
  await workbook.commit()
}

/**
 * Streams a workbook (Office Open XML), without holding its rows in memory. Text cells are never formulas. A table with more
 * rows than a sheet can have continues in further sheets, whose names end in 2, 3 and so on. A text that is too long for a
 * cell is truncated, ends with `…`, and is listed in a sheet `truncated`.
 * @param tables are read and written one after another.
 * @returns a stream that is destroyed with the error if the rows of a table cannot be read.
 */
export function writeWorkbook(tables: SheetTable[]): Readable {
  const output = new PassThrough()
  const closed = new AbortController()
  output.once('close', () => closed.abort())
  const workbook = new exceljs.stream.xlsx.WorkbookWriter({
    stream: output,
    useStyles: true,
    useSharedStrings: false,
    zip: { zlib: { level: 1 } },
  })
  writeTables(workbook, tables, closed.signal).catch((error: unknown) => {
    output.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  return output
}
