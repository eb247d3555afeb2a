import { parse } from 'csv-parse/sync'
import type { FileInfo } from '../types.ts'
import type { RowOptions } from './options.ts'

/** The delimiter, the quote (`none` if there is none) and the escape character of a CSV file. */
export type Dialect = NonNullable<FileInfo['dialect']>

const delimiters = [',', ';', '\t', '|']
const quotes = ['"', "'"]

/** A first line that states the delimiter, as Excel reads it: `sep=;`. */
export const delimiterLine = /^sep=(.)(?:\r\n?|\n)/

/** Maximum number of rows of the sample that are compared. csv-parse calls rows records. */
const maxSampleRecords = 200

/**
 * Detects the dialect of a CSV file: the delimiter and quote with which most rows have the same number of values.
 * @param sample the beginning of the text. Its last line may be incomplete.
 * @param known the options of the mapping, which may state parts of the dialect.
 * @returns the dialect. If no dialect divides the rows into several values, the parts that are not stated are `,` and `"`.
 */
export function detectDialect(sample: string, known: RowOptions): Dialect {
  const delimiter = known.delimiter ?? delimiterLine.exec(sample)?.[1]
  const text = sample.replace(delimiterLine, '')
  let best: Dialect = { delimiter: delimiter ?? ',', quote: known.quote ?? '"', escape: known.quote ?? '"' }
  let bestScore = 0
  for (const quote of known.quote ? [known.quote] : quotes) {
    for (const candidate of delimiter ? [delimiter] : delimiters) {
      const dialect = detectEscape(text, { delimiter: candidate, quote, escape: quote })
      const score = scoreDialect(text, dialect)
      if (score > bestScore) [best, bestScore] = [dialect, score]
    }
  }
  return best
}

/**
 * Detects how quotes inside a value are escaped: by a second quote, as in the given dialect, or by a backslash. In the wrong
 * dialect, values end too early or too late, so that fewer rows have the same number of values.
 */
function detectEscape(text: string, doubled: Dialect): Dialect {
  const { quote, delimiter } = doubled
  if (quote === 'none' || !text.includes(`\\${quote}`)) return doubled
  const backslash = { ...doubled, escape: '\\' }
  const countClean = (dialect: Dialect) => {
    const { regular, quoted } = countRows(text, dialect)
    return regular - quoted
  }
  const gain = countClean(backslash) - countClean(doubled)
  if (gain !== 0) return gain > 0 ? backslash : doubled
  // Both dialects fit the compared rows equally well, so the more frequent kind of escape decides. Before a delimiter or the end of a
  // line, the backslash may be the end of the value, as in "D:\scans\".
  const count = (part: string) => text.split(part).length - 1
  const atEnd = [delimiter, '\r', '\n'].reduce((sum, end) => sum + count(`\\${quote}${end}`), 0)
  const isLast = text.endsWith(`\\${quote}`) ? 1 : 0
  return count(`\\${quote}`) - atEnd - isLast > count(`${quote}${quote}`) ? backslash : doubled
}

/** Returns the options of csv-parse for a dialect. Rows may have any number of values: `Table` checks the number later. */
export const parserOptions = (dialect: Dialect) => ({
  ...(dialect.quote === 'none' ? { delimiter: dialect.delimiter, quote: null, escape: null } : dialect),
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: false,
})

/** Numbers of rows of a text in a dialect. */
interface RowCounts {
  /** Number of rows that are not empty. */
  all: number
  /** The most common number of values, if it is more than 1. */
  columns: number
  /** Number of rows with this number of values. */
  regular: number
  /** Number of rows with quotes around parsed values, which are a sign of another dialect. */
  quoted: number
}

function countRows(text: string, dialect: Dialect): RowCounts {
  // The sample may end within a row, even within a quoted value.
  const options = { ...parserOptions(dialect), to: maxSampleRecords, skip_records_with_error: true }
  const parsed: string[][] = parse(text, options)
  const records = parsed.length > 2 && parsed.length < maxSampleRecords ? parsed.slice(0, -1) : parsed
  const counts = new Map<number, number>()
  let all = 0
  for (const record of records) {
    if (record.length <= 1 && record[0] === '') continue
    all += 1
    counts.set(record.length, (counts.get(record.length) ?? 0) + 1)
  }
  let [columns, regular] = [1, 0]
  for (const [length, count] of counts) {
    if (length > 1 && count > regular) [columns, regular] = [length, count]
  }
  return { all, columns, regular, quoted: records.filter(hasQuotes).length }
}

/** Rates a dialect by the share of rows with the most common number of values, and by that number. */
function scoreDialect(text: string, dialect: Dialect): number {
  const { all, columns, regular, quoted } = countRows(text, dialect)
  return columns > 1 ? (regular * (1 + Math.log2(columns) / 20) - quoted) / all : 0
}

/** Whether quotes are around a value of a row, or around several values that are one value in another dialect. */
const hasQuotes = (record: readonly string[]): boolean =>
  quotes.some((quote) => {
    const first = record.findIndex((value) => value.trimStart().startsWith(quote))
    if (first === -1) return false
    return record.some(
      (value, index) =>
        value.trimEnd().endsWith(quote) && (index > first || (index === first && value.length > 1)),
    )
  })
