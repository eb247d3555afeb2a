import { parse } from 'csv-parse/sync'
import { Problem } from '../../problems/problem.ts'
import { safeCsv, unescapeFormulas } from '../../query/safe-csv.ts'
import type { Decision } from './decisions.ts'
import { mentionName } from './mentions.ts'
import { type ImportName, maxCandidates } from './names.ts'
import { formatCount } from './reading/unreadable-file.ts'

/** Unresolved names as CSV: a person fills in the column `decision`, and sends the file back. */

const candidateIndexes = Array.from({ length: maxCandidates }, (_, index) => index)

const candidateColumns = candidateIndexes.flatMap((index) => [
  `candidate${index + 1}`,
  `candidate${index + 1}.name`,
])

/** The columns of the file, in order. */
const columns = ['resource', 'name', 'country', 'scheme', 'rows', 'decision', ...candidateColumns]

/** The text in the column `decision` that says that a name has no record: values with this name are left out. */
const noRecordMarker = '-'

/** Maximum number of rows in a file of decisions, including rows without a decision. */
const maxRows = 100_000

/** A decision in a file, and the line on which its row ends. */
export interface FileDecision extends Decision {
  line: number
}

/** Returns names as CSV rows, with their candidates and an empty column `decision`. */
export const namesToCsv = (names: readonly ImportName[]): string =>
  safeCsv(
    names.map(({ mention, rows, candidates }) => [
      mention.resource,
      mentionName(mention),
      mention.country ?? '',
      mention.scheme ?? '',
      rows,
      '',
      ...candidateIndexes.flatMap((index) => [candidates[index]?.key ?? '', candidates[index]?.name ?? '']),
    ]),
  )

/** The header of the file. */
export const namesHeader = safeCsv([columns])

/**
 * Reads decisions from CSV with the columns `resource`, `name`, `decision` and optionally `country` and `scheme`. Skips rows
 * without a decision.
 * @param locate returns where a line is: a JSON pointer, or a file and a line.
 * @throws Problem `invalid-body` for a malformed file, with the lines, and for a file with more than 100,000 rows.
 */
export function readDecisions(text: string, locate: (line: number) => string): FileDecision[] {
  const rows = parseRows(text)
  if (rows.length > maxRows)
    throw invalidFile(
      `The file of decisions has more than ${formatCount(maxRows)} rows. Remove rows without a decision, or split the file.`,
    )
  const [first] = rows
  if (first && ['resource', 'name', 'decision'].some((column) => first.record[column] === undefined)) {
    const message = 'needs the columns resource, name and decision'
    throw invalidFile('The file of decisions cannot be used.', [
      { pointer: locate(1), code: 'required', message },
    ])
  }
  return rows.flatMap(({ record, info }) => {
    const { resource = '', name = '', country = '', scheme = '', decision = '' } = record
    const chosen = decision.trim()
    if (chosen === '') return []
    const key = chosen === noRecordMarker ? null : chosen
    return [{ resource, name, country: country || null, scheme: scheme || null, key, line: info.lines }]
  })
}

const invalidFile = (detail: string, errors: { pointer: string; code: string; message: string }[] = []) =>
  new Problem('invalid-body', detail, { errors })

/** Returns the first delimiter, which is in the header. Names in other rows may contain further delimiters. */
const delimiterOf = (text: string): string => /[,;\t]/.exec(text)?.[0] ?? ','

function parseRows(text: string): { record: Partial<Record<string, string>>; info: { lines: number } }[] {
  try {
    return parse(text, {
      columns: true,
      bom: true,
      info: true,
      // One row too many shows that the file exceeds the limit.
      to: maxRows + 1,
      trim: true,
      cast: unescapeFormulas,
      delimiter: delimiterOf(text),
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw invalidFile(`The file of decisions is not CSV: ${reason}.`)
  }
}
