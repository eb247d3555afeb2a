import { parse } from 'csv-parse/sync'
import type { FileFacts } from '../types.ts'

/** How a CSV file is written. */
export type Dialect = NonNullable<FileFacts['dialect']>

const delimiters = [',', ';', '\t', '|']
const quotes = ['"', "'"]

/** Records of the sample that are compared. */
const comparedRecords = 200

/**
 * Finds out the dialect of CSV: the delimiter with which most records have the same number of values.
 * @param sample the beginning of the text. Its last line may be cut.
 * @param wanted what is known of the dialect.
 */
export function detectDialect(sample: string, wanted: { delimiter?: string; quote?: string }): Dialect {
  const named = /^sep=(.)\r?\n/.exec(sample)?.[1]
  const delimiter = wanted.delimiter ?? named
  const text = named ? sample.slice(sample.indexOf('\n') + 1) : sample
  let best: Dialect = { delimiter: delimiter ?? ',', quote: wanted.quote ?? '"', escape: wanted.quote ?? '"' }
  let bestScore = 0
  for (const quote of wanted.quote ? [wanted.quote] : quotes) {
    for (const candidate of delimiter ? [delimiter] : delimiters) {
      const dialect = { delimiter: candidate, quote, escape: detectEscape(text, quote) }
      const score = scoreDialect(text, dialect)
      if (score > bestScore) [best, bestScore] = [dialect, score]
    }
  }
  return best
}

/** Some programs write a quote inside a value with a backslash, and not twice. */
function detectEscape(text: string, quote: string): string {
  const count = (part: string) => text.split(part).length - 1
  return count(`\\${quote}`) > count(`${quote}${quote}`) ? '\\' : quote
}

/** Options of csv-parse for a dialect. Rows of any length are taken, and judged by their header later. */
export const parserOptions = (dialect: Dialect) => ({
  ...dialect,
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: false,
})

/** Returns how well a dialect fits: the share of records with the most usual number of values, and that number. */
function scoreDialect(text: string, dialect: Dialect): number {
  // The end of the sample may cut a record, in the middle of a quoted value at worst.
  const options = { ...parserOptions(dialect), to: comparedRecords, skip_records_with_error: true }
  const all: string[][] = parse(text, options)
  const records = all.length > 2 && all.length < comparedRecords ? all.slice(0, -1) : all
  const counts = new Map<number, number>()
  let judged = 0
  for (const record of records) {
    if (record.length <= 1 && record[0] === '') continue
    judged += 1
    counts.set(record.length, (counts.get(record.length) ?? 0) + 1)
  }
  let [columns, share] = [1, 0]
  for (const [length, count] of counts) {
    if (length > 1 && count / judged > share) [columns, share] = [length, count / judged]
  }
  // Quotes that are part of values mean that the dialect has others.
  const kept = records.filter(hasQuotes).length
  return columns > 1 ? share * (1 + Math.log2(columns) / 20) - kept / Math.max(1, judged) : 0
}

/** Whether quotes are around a value of a record, or around several that a delimiter between the quotes has parted. */
const hasQuotes = (record: readonly string[]): boolean =>
  quotes.some((quote) => {
    const first = record.findIndex((value) => value.trimStart().startsWith(quote))
    if (first === -1) return false
    return record.some(
      (value, at) => value.trimEnd().endsWith(quote) && (at > first || (at === first && value.length > 1)),
    )
  })
