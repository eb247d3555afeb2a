import { formatCount } from '../../../../format-count.ts'
import { quote } from '../../../../problems/faults.ts'
import { unreadableFile } from '../file.ts'
import { readLimits } from '../limits.ts'
import { maxTableColumns } from '../refused-rows.ts'
import { type Cell, columnName, isBlank, type TableRow } from '../table.ts'
import type { XmlHandlers } from '../xml-parser.ts'
import type { Archive } from './archive.ts'
import {
  appendText,
  decodeEscapes,
  type NumberFormat,
  type NumberStyle,
  parseInChunks,
  RichTextReader,
} from './parts.ts'
import { type DateSystem, formatSerial } from './serial.ts'

/** The parts of the workbook to which the cells of a sheet refer. */
export interface CellContext {
  strings: readonly string[]
  formats: readonly NumberFormat[]
  dateSystem: DateSystem
}

/** Notes about a cell whose value may be wrong. @param cell its reference, such as `C2`. */
const cellNotes = {
  noStoredValue: (cell: string) =>
    `The formula of the cell ${cell} has no stored value: this cell and others like it are read as empty. Open the file in a spreadsheet program, and save it again.`,
  longNumber: (cell: string) =>
    `The number in the cell ${cell} has more than 15 digits, of which spreadsheet programs keep only 15: the last digits of this cell and others like it may be wrong. Format such columns as text before their values are entered.`,
  dayOrMonth: (cell: string) =>
    `The cell ${cell} shows a day or only a month, by the language of the spreadsheet program: this cell and others like it are read as the first day of the month. If they mean months, give them the format yyyy-mm, and save the file again.`,
}

/** A note about two cells of a column whose formats show different currency signs or units. */
const unitNote = (one: ShownUnit, other: ShownUnit) =>
  `The cells ${one.cell} and ${other.cell} show ${quote(one.unit)} and ${quote(other.unit)} beside their numbers. These are not read: if the numbers have different currencies or units, state them in a column of their own.`

/** The currency sign or unit that the format of a cell shows beside its number. */
interface ShownUnit {
  cell: string
  unit: string
}

/** The first integer with more digits than the 15 that spreadsheet programs keep. */
const firstLongNumber = 1e15

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
 * @param notes gets a note about the first cell of each kind whose value may be wrong, and one if two cells of a column show different
 *   units. Some libraries write formulas without a stored result: such a cell is empty.
 * @throws Problem when the sheet is missing or malformed, or has too many columns or a row with too many characters.
 */
export async function* readSheet(
  archive: Archive,
  entry: string,
  context: CellContext,
  notes: string[],
): AsyncGenerator<readonly TableRow[], void, undefined> {
  let rows: TableRow[] = []
  const reader = createSheetReader(context, (row) => rows.push(row), notes)
  for await (const _ of parseInChunks(archive, entry, 'The sheet', reader)) {
    if (rows.length === 0) continue
    yield rows
    rows = []
  }
}

/** Adds empty cells up to a number of cells. */
function fillTo(cells: Cell[], count: number): void {
  while (cells.length < count) cells.push(null)
}

/** Creates the handlers of a sheet's elements, which call `addRow` at the end of each row. */
function createSheetReader(
  context: CellContext,
  addRow: (row: TableRow) => void,
  notes: string[],
): XmlHandlers {
  let row: TableRow = { number: 0, cells: [] }
  let column = -1
  let width = 0
  let characters = 0
  let [type, style, value] = ['', 0, '']
  let inValue = false
  let hasFormula = false
  const inline = new RichTextReader()
  const noted = new Set<keyof typeof cellNotes>()
  /** The first unit of each column, until there is a note about units. */
  const units = new Map<number, ShownUnit>()
  let hasUnitNote = false
  const compareUnits = (unit: string) => {
    const found = { cell: `${columnName(column)}${row.number}`, unit }
    const first = units.get(column) ?? found
    units.set(column, first)
    if (first.unit === unit) return
    hasUnitNote = true
    notes.push(unitNote(first, found))
  }
  const findFault = (cell: Cell): keyof typeof cellNotes | undefined => {
    // The result of type `str` may be an empty text.
    if (hasFormula && value === '' && type !== 'str') return 'noStoredValue'
    if (typeof cell === 'number') return Math.abs(cell) >= firstLongNumber ? 'longNumber' : undefined
    const mayBeMonth = type === 'n' && context.formats[style]?.style === 'dateOrMonth'
    return mayBeMonth && String(cell).endsWith(hiddenEnds.month) ? 'dayOrMonth' : undefined
  }
  return {
    open(name, attributes) {
      if (name === 'row') {
        row = { number: Number(attributes.r ?? row.number + 1), cells: [] }
        column = -1
        width = 0
        characters = 0
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
    close(name) {
      if (name === 'v') inValue = false
      else if (name === 'row') {
        // A sheet may have 100,000 formatted rows without values. They get no cells.
        if (row.cells.length > 0) fillTo(row.cells, width)
        addRow(row)
      } else if (name === 'c') {
        const text = inline.take()
        const cell = readCell(type, type === 'inlineStr' ? text : value, style, context)
        const fault = findFault(cell)
        if (fault && !noted.has(fault)) {
          noted.add(fault)
          notes.push(cellNotes[fault](`${columnName(column)}${row.number}`))
        }
        const { unit = '' } = context.formats[style] ?? {}
        if (unit !== '' && typeof cell === 'number' && !hasUnitNote) compareUnits(unit)
        if (typeof cell === 'string') characters += cell.length
        if (characters > readLimits.rowCharacters)
          throw unreadableFile(
            `Row ${row.number} of the sheet has more than ${formatCount(readLimits.rowCharacters)} characters. Shorten its texts.`,
          )
        if (column < maxTableColumns) {
          width = Math.max(width, column + 1)
          if (!isBlank(cell)) {
            fillTo(row.cells, column)
            row.cells[column] = cell
          }
        } else if (!isBlank(cell)) {
          throw unreadableFile(
            `The sheet has a value in the cell ${columnName(column)}${row.number}. At most ${formatCount(readLimits.columns)} columns can be read: remove the values after the column ${columnName(readLimits.columns - 1)}.`,
          )
        }
      } else inline.close(name)
    },
    text(text) {
      if (inValue) value = appendText(value, text)
      else inline.text(text)
    },
  }
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
    case 'n':
      return readNumber(text, context.formats[style]?.style, context.dateSystem)
    default:
      return text
  }
}

/**
 * The end that is cut off from an ISO date, by the style of its cell, so that the date has the precision that the cell shows. Only
 * the first day of the month or year has this end: on any other day, somebody has entered the day.
 */
const hiddenEnds = { date: '', dateOrMonth: '', month: '-01', year: '-01-01' }

/** Rounds a fraction to the digits that spreadsheet programs show. They store the result of `=1.1*3` as 3.3000000000000003. */
const roundFraction = (number: number) => (Number.isInteger(number) ? number : Number(number.toPrecision(15)))

/**
 * Returns a number in the style of its cell, since a person who fills in a sheet means what the cell shows. Decimals that the
 * cell hides are kept.
 */
function readNumber(text: string, style: NumberStyle, system: DateSystem): Cell {
  const number = Number(text)
  if (!Number.isFinite(number)) return text
  if (style === undefined) return roundFraction(number)
  if (style === 'percentage') return roundFraction(number * 100)
  if (typeof style === 'object') {
    const isWhole = Number.isInteger(number) && number >= 0 && number < firstLongNumber
    return isWhole ? String(number).padStart(style.digits, '0') : roundFraction(number)
  }
  const date = formatSerial(number, system) ?? number
  const hidden = hiddenEnds[style]
  return typeof date === 'string' && date.endsWith(hidden) ? date.slice(0, date.length - hidden.length) : date
}
