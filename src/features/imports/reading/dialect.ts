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
 */
export function detectDialect(sample: string, known: RowOptions): Dialect {
  const delimiter = known.delimiter ?? delimiterLine.exec(sample)?.[1]
  const text = sample.replace(delimiterLine, '')
  let best: Dialect = { delimiter: delimiter ?? ',', quote: known.quote ?? '"', escape: known.quote ?? '"' }
  let bestScore = 0
  for (const quote of known.quote ? [known.quote] : quotes) {
    for (const candidate of delimiter ? [delimiter] : delimiters) {
      const dialect = { delimiter: candidate, quote, escape: detectEscape(text, quote) }
      const score = scoreDialect(text, dialect)
      if (score > bestScore) [best, bestScore] = [dialect, score]
    }
  }
  return best
}

/** Detects how quotes inside a value are escaped: by a backslash, or by a second quote. */
function detectEscape(text: string, quote: string): string {
  const count = (part: string) => text.split(part).length - 1
  return count(`\\${quote}`) > count(`${quote}${quote}`) ? '\\' : quote
}

/** Returns the options of csv-parse for a dialect. Rows may have any number of values: `Table` checks the number later. */
export const parserOptions = (dialect: Dialect) => ({
  ...(dialect.quote === 'none' ? { delimiter: dialect.delimiter, quote: null, escape: null } : dialect),
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: false,
})

/** Rates a dialect by the share of rows with the most common number of values, and by that number. */
function scoreDialect(text: string, dialect: Dialect): number {
  // The sample may end within a row, even within a quoted value.
  const options = { ...parserOptions(dialect), to: maxSampleRecords, skip_records_with_error: true }
  const all: string[][] = parse(text, options)
  const records = all.length > 2 && all.length < maxSampleRecords ? all.slice(0, -1) : all
  const counts = new Map<number, number>()
  let counted = 0
  for (const record of records) {
    if (record.length <= 1 && record[0] === '') continue
    counted += 1
    counts.set(record.length, (counts.get(record.length) ?? 0) + 1)
  }
  let [columns, share] = [1, 0]
  for (const [length, count] of counts) {
    if (length > 1 && count / counted > share) [columns, share] = [length, count / counted]
  }
  // If parsed values still have quotes around them, the file has another dialect.
  const quoted = records.filter(hasQuotes).length
  return columns > 1 ? share * (1 + Math.log2(columns) / 20) - quoted / Math.max(1, counted) : 0
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
