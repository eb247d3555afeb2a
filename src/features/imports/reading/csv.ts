import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { formatCount } from '../../../format-count.ts'
import type { Problem } from '../../../problems/problem.ts'
import { passInSlices } from '../../../time-slice.ts'
import { type Dialect, delimiterLine, detectDialect, parserOptions } from './dialect.ts'
import { type FileToRead, type OpenFile, readBytes, unreadableFile } from './file.ts'
import { readLimits } from './limits.ts'
import { openTable, type TableRow } from './table.ts'
import { openTextFile, type TextFile } from './text.ts'

/** Number of bytes that are read to detect the dialect. */
const sampleBytes = 64 * 1024

/** Maximum size of the pieces that the parser gets, in bytes. It parses a piece in one step, and each byte may be an empty row. */
const pieceBytes = 4096

/** Longest encoding of a line break, in bytes (UTF-32). */
const breakBytes = 4

/** A missing line break is the only sign that a file is cut off within its last cell. */
const noLineBreakNote =
  'The last row has no line break at its end. If the file may be cut off, check its last row.'

const quoteHint = 'If the file has no quotes around values, set rows.quote to none in the mapping.'

const unclosedQuoteNote = (line: number) =>
  `The last row is not shown: a quote that opens on line ${line} or later is never closed. ${quoteHint}`

const oneColumnNote =
  'The file has one column only. If it should have more, set rows.delimiter in the mapping, for example to ";", or rows.header to the line with the column names.'

/**
 * Returns the position of a value that contains further rows. In `1|"Plan|x⏎2|"Plan|y`, two stray quotes make one row of two: its
 * second value begins with the first quote and ends in the next row.
 * @param raw the text of the row. A value that begins with an escaped quote does not count.
 * @returns undefined if there is no such value.
 */
function findValueWithRows(cells: readonly string[], raw: string, dialect: Dialect): number | undefined {
  const { delimiter, quote } = dialect
  // The values stand in the text in their order, so each is looked for after the one before it.
  let from = 0
  const index = cells.findIndex((cell) => {
    if (!cell.startsWith(quote) || !/[\r\n]/.test(cell)) return false
    // The rest of one row, and the beginning of another, have at least as many delimiters as a row.
    if (cell.split(delimiter, cells.length).length < cells.length) return false
    // A few characters suffice, and to look for a long text might take the square of its length.
    const [start = ''] = cell.slice(1, 41).split(/["'\\\r\n]/, 1)
    const position = raw.indexOf(`${quote}${dialect.escape}${quote}${start}`, from)
    from = position + 1
    return position === -1
  })
  return index === -1 ? undefined : index
}

/** Opens a CSV file. Detects its encoding and dialect unless the options state them. @throws Problem when it cannot be read. */
export async function openCsv(file: FileToRead): Promise<OpenFile> {
  const { path, options, mayBeCut = false } = file
  const text = await openTextFile(file)
  let sample = ''
  for await (const chunk of text.read(sampleBytes)) sample += chunk
  const dialect = detectDialect(sample, options)
  const notes = [...text.encoding.notes]
  const records = readRecords(text, dialect, {
    skipsDelimiterLine: delimiterLine.test(sample),
    ...(mayBeCut && { onCut: (line) => notes.push(unclosedQuoteNote(line)) }),
  })
  const { columns, rows } = await openTable(records, options, {
    subject: 'The file',
    // The number is a line, but stored citations have the word "row".
    locate: (number) => `row ${number}`,
    omitsEmptyCells: false,
    hint: 'Most likely a value has a delimiter or a line break without quotes around it, or the row is cut off.',
  })
  if (columns.length === 1) notes.push(oneColumnNote)
  if (!mayBeCut && !(await endsWithLineBreak(path))) notes.push(noLineBreakNote)
  return {
    fileInfo: { format: 'csv', encoding: text.encoding.name, dialect, columns, notes },
    batches: rows,
    close: async () => {
      await records.return()
    },
  }
}

/**
 * Whether there is a line break in the last four bytes of a text file. So a last line of up to three bytes counts as complete.
 */
async function endsWithLineBreak(path: string): Promise<boolean> {
  const end = await readBytes(path, 'end', breakBytes)
  return end.includes(0x0a) || end.includes(0x0d)
}

/**
 * Splits the chunks of a text into pieces of at most `pieceBytes`.
 * @throws Problem of `tooLong` for a line with more characters than a row may have. The parser itself counts no delimiters, so a
 *   line of delimiters would become a row with any number of values.
 */
async function* readPieces(
  chunks: AsyncIterable<string | Buffer>,
  tooLong: () => Problem,
): AsyncGenerator<Buffer, void, undefined> {
  let lineLength = 0
  for await (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      const piece = bytes.subarray(start, start + pieceBytes)
      const breakAt = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('\r'))
      lineLength = (breakAt === -1 ? lineLength : 0) + countCharacters(piece.subarray(breakAt + 1))
      if (lineLength > readLimits.rowCharacters) throw tooLong()
      yield piece
    }
  }
}

/** Returns the number of characters that begin in a piece of UTF-8. */
function countCharacters(piece: Buffer): number {
  let count = 0
  for (const byte of piece) if ((byte & 0xc0) !== 0x80) count += 1
  return count
}

/**
 * Reads the rows of a CSV file in batches, each row with the line on which it begins.
 * @param skipsDelimiterLine whether the first line states the delimiter (`delimiterLine`).
 * @param onCut called with a line if the file ends in a quoted value that opens there or later: then this row is left out. Without
 * `onCut`, such a file is refused.
 */
async function* readRecords(
  text: TextFile,
  dialect: Dialect,
  { skipsDelimiterLine, onCut }: { skipsDelimiterLine: boolean; onCut?: (line: number) => void },
): AsyncGenerator<readonly TableRow[], void, undefined> {
  const parser = parse({
    ...parserOptions(dialect),
    bom: true,
    raw: true,
    max_record_size: readLimits.rowCharacters,
  })
  let line = 1
  const pieces = readPieces(text.readForParser(), () => rowTooLong(line))
  // A failure of the source destroys the parser with its error, which the loop below throws.
  pipeline(Readable.from(passInSlices(pieces)), parser).catch(() => undefined)
  let count = 0
  let batch: TableRow[] = []
  try {
    for await (const parsed of parser) {
      // With the option `raw`, and without `columns` and `cast`, csv-parse emits the text of a row and its values.
      const { record: cells, raw } = parsed as { record: string[]; raw: string }
      if (cells.length > readLimits.rowValues) throw rowTooLong(line, readLimits.rowValues, 'values')
      count += 1
      const withRows = findValueWithRows(cells, raw, dialect)
      if (!(skipsDelimiterLine && line === 1))
        batch.push({ number: line, cells, ...(withRows !== undefined && { withRows }) })
      line += 1 + countBreaks(cells)
      if (batch.length >= readLimits.batchRows) {
        yield batch
        batch = []
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // Without a second complete record, the preview would show no row.
    if (!(onCut && count > 1 && error.code === 'CSV_QUOTE_NOT_CLOSED')) throw toProblem(error, line)
    onCut(line)
  }
  yield batch
}

/** Counts the line breaks within the values of a row. */
function countBreaks(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    if (cell.includes('\n')) count += cell.split('\n').length - 1
    else if (cell.includes('\r')) count += cell.split('\r').length - 1
  }
  return count
}

const rowTooLong = (line: number, limit: number = readLimits.rowCharacters, unit = 'characters') =>
  unreadableFile(
    `The row that begins on line ${line} has more than ${formatCount(limit)} ${unit}. Most likely a quote opens there and is never closed. ${quoteHint}`,
  )

/** @param line line on which the malformed row begins. */
function toProblem({ code, message }: CsvError, line: number): Problem {
  if (code === 'CSV_MAX_RECORD_SIZE') return rowTooLong(line)
  if (code === 'CSV_QUOTE_NOT_CLOSED') {
    return unreadableFile(
      `A quote that opens on line ${line} or later is never closed: the file is cut off, or the quote is a part of a value. Close the quote, or double it within a quoted value. ${quoteHint}`,
    )
  }
  return unreadableFile(`The CSV is malformed in the row that begins on line ${line}: ${message}`)
}
