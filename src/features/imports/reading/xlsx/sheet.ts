import { type Cell, columnName, type TableRow } from '../table.ts'
import { unreadableFile } from '../unreadable-file.ts'
import { createXmlParser } from '../xml-parser.ts'
import type { Archive } from './archive.ts'
import { decodeEscapes, localName, RichTextReader } from './parts.ts'
import { formatSerial } from './serial.ts'

/** The parts of the workbook to which the cells of a sheet refer. */
export interface CellContext {
  strings: readonly string[]
  dateStyles: readonly boolean[]
  date1904: boolean
}

/** Gets the name of a cell, such as `C2`, whose formula has no stored value. */
type ReportFormula = (cell: string) => void

/** Maximum number of columns of a sheet in spreadsheet programs. */
const maxColumns = 16_384

/** Returns the position of a cell's column, from 0. @example columnIndex('AB12') // 27 */
function columnIndex(reference: string): number {
  let index = 0
  for (let position = 0; position < reference.length; position += 1) {
    const letter = reference.charCodeAt(position) - 64
    if (letter < 1 || letter > 26) break
    index = index * 26 + letter
    if (index > maxColumns) break
  }
  return index - 1
}

/**
 * Reads the rows of a sheet in batches. The value of a formula is its stored result.
 * @param onFormulaWithoutValue is called for each formula without a stored result, which some libraries write. Its cell is empty.
 * @throws Problem when the sheet is missing or malformed, or has too many columns.
 */
export async function* readSheet(
  archive: Archive,
  entry: string,
  context: CellContext,
  onFormulaWithoutValue: ReportFormula,
): AsyncGenerator<readonly TableRow[], void, undefined> {
  let rows: TableRow[] = []
  const parser = createSheetParser(context, (row) => rows.push(row), onFormulaWithoutValue)
  const decoder = new TextDecoder()
  for await (const chunk of await archive.read(entry)) {
    parser.write(decoder.decode(chunk, { stream: true }))
    if (rows.length === 0) continue
    yield rows
    rows = []
  }
  parser.end()
  yield rows
}

/** Creates the parser of a sheet, which calls `addRow` at the end of each row. */
function createSheetParser(
  context: CellContext,
  addRow: (row: TableRow) => void,
  onFormulaWithoutValue: ReportFormula,
) {
  let row: TableRow = { number: 0, cells: [] }
  let column = -1
  let [type, style, value] = ['', 0, '']
  let inValue = false
  let hasFormula = false
  const inline = new RichTextReader()
  return createXmlParser('The sheet', {
    open(element, attributes) {
      const name = localName(element)
      if (name === 'row') {
        row = { number: Number(attributes.r ?? row.number + 1), cells: [] }
        column = -1
      } else if (name === 'c') {
        column = attributes.r === undefined ? column + 1 : columnIndex(attributes.r)
        if (column < 0 || column >= maxColumns)
          throw unreadableFile(
            `The sheet has a cell in row ${row.number} whose column is not one of A to ${columnName(maxColumns - 1)}: ${attributes.r ?? `number ${column + 1}`}.`,
          )
        ;[type, style, value] = [attributes.t ?? 'n', Number(attributes.s ?? 0), '']
        hasFormula = false
      } else if (name === 'v') inValue = true
      else if (name === 'f') hasFormula = true
      else inline.open(name)
    },
    close(element) {
      const name = localName(element)
      if (name === 'v') inValue = false
      else if (name === 'row') addRow(row)
      else if (name === 'c') {
        const text = inline.take()
        // The result of type `str` may be an empty text.
        if (hasFormula && value === '' && type !== 'str')
          onFormulaWithoutValue(`${columnName(column)}${row.number}`)
        while (row.cells.length < column) row.cells.push(null)
        row.cells[column] = readCell(type, type === 'inlineStr' ? text : value, style, context)
      } else inline.close(name)
    },
    text(text) {
      if (inValue) value += text
      else inline.text(text)
    },
  })
}

function readCell(type: string, text: string, style: number, context: CellContext): Cell {
  if (text === '') return null
  switch (type) {
    case 's':
      return context.strings[Number(text)] ?? null
    case 'str':
      return decodeEscapes(text)
    case 'b':
      return text === '1' || text === 'true'
    case 'n': {
      const number = Number(text)
      const date = context.dateStyles[style] ? formatSerial(number, context.date1904) : undefined
      return date ?? (Number.isFinite(number) ? number : text)
    }
    default:
      return text
  }
}
