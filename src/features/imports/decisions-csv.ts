import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { formatCount } from '../../format-count.ts'
import { Problem } from '../../problems/problem.ts'
import { safeCsv, unescapeFormulas } from '../../query/safe-csv.ts'
import { startSlices } from '../../time-slice.ts'
import type { Decision } from './decisions.ts'
import { mentionName } from './mentions.ts'
import { type ImportName, maxCandidates } from './names.ts'
import type { DetectedEncoding } from './reading/encoding.ts'
import { decodeText } from './reading/text.ts'
import type { FileInfo } from './types.ts'

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

/** Number of bytes that are parsed at once, without a pause. */
const sliceBytes = 4096

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

/** Returns what an import knows before it reads its rows: a note if the encoding of its file of decisions was guessed. */
const describeDecisions = ({ name, notes }: DetectedEncoding): FileInfo | null =>
  notes.length === 0
    ? null
    : {
        columns: [],
        notes: [
          `The encoding of the file of decisions is most likely ${name}. If names that it decides are still unresolved, save that file as UTF-8, and send it with the next import.`,
        ],
      }

/** The decisions of a file, and what its import knows before it reads its rows. */
export interface DecisionsFile {
  decisions: FileDecision[]
  fileInfo: FileInfo | null
}

/**
 * Reads decisions from CSV with the columns `resource`, `name`, `decision` and optionally `country` and `scheme`, in any encoding
 * that files with rows may have. Skips rows without a decision.
 * @param locate returns where a line is: a JSON pointer, or a file and a line.
 * @throws Problem `invalid-body` for a malformed file, with the line of the first fault, and for a file with more than 100,000
 * rows.
 */
export async function readDecisions(bytes: Buffer, locate: (line: number) => string): Promise<DecisionsFile> {
  const decoded = await decodeText(bytes)
  if (!decoded)
    throw invalidFile('The encoding of the file of decisions could not be detected. Save it as UTF-8.')
  const decisions: FileDecision[] = []
  let header: string[] | undefined
  let rows = 0
  for await (const { cells, line } of parseRows(decoded.text)) {
    if (!header) {
      header = cells
      if (['resource', 'name', 'decision'].every((column) => cells.includes(column))) continue
      const message = 'needs the columns resource, name and decision'
      throw invalidFile('The file of decisions cannot be used.', [
        { pointer: locate(1), code: 'required', message },
      ])
    }
    if (cells.length !== header.length)
      throw malformedFile(
        `the row that ends on line ${line} has ${cells.length} values instead of ${header.length}`,
      )
    rows += 1
    if (rows > maxRows)
      throw invalidFile(
        `The file of decisions has more than ${formatCount(maxRows)} rows. Remove rows without a decision, or split the file.`,
      )
    const decision = toDecision(header, cells)
    if (decision) decisions.push({ ...decision, line })
  }
  return { decisions, fileInfo: describeDecisions(decoded.encoding) }
}

/** Returns the decision of a row; undefined if it has none. */
function toDecision(header: readonly string[], cells: readonly string[]): Decision | undefined {
  const cell = (column: string) => unescapeFormulas(cells[header.lastIndexOf(column)] ?? '')
  const chosen = cell('decision').trim()
  if (chosen === '') return undefined
  return {
    resource: cell('resource'),
    name: cell('name'),
    country: cell('country') || null,
    scheme: cell('scheme') || null,
    key: chosen === noRecordMarker ? null : chosen,
  }
}

const invalidFile = (detail: string, errors: { pointer: string; code: string; message: string }[] = []) =>
  new Problem('invalid-body', detail, { errors })

const malformedFile = (reason: string) => invalidFile(`The file of decisions is not CSV: ${reason}.`)

/** Returns the first delimiter, which is in the header. Names in other rows may contain further delimiters. */
const delimiterOf = (text: string): string => /[,;\t]/.exec(text)?.[0] ?? ','

/** Yields the bytes of a text in small slices, with pauses: the parser parses each slice without one. */
async function* inSlices(text: string): AsyncGenerator<Buffer> {
  const pause = startSlices()
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += sliceBytes) {
    yield bytes.subarray(start, start + sliceBytes)
    await pause()
  }
}

/** Yields the rows of a file, each with the line on which it ends. */
async function* parseRows(text: string): AsyncGenerator<{ cells: string[]; line: number }> {
  const parser = parse({
    bom: true,
    info: true,
    // `readDecisions` counts the values instead: an error of csv-parse would copy the whole row without a pause.
    relax_column_count: true,
    trim: true,
    delimiter: delimiterOf(text),
  })
  // A failure of the source destroys the parser with its error, which the loop below throws.
  pipeline(Readable.from(inSlices(text)), parser).catch(() => undefined)
  try {
    for await (const row of parser) {
      // With `info`, and without `columns` and `cast`, csv-parse emits arrays of strings and the number of lines so far.
      const { record, info } = row as { record: string[]; info: { lines: number } }
      yield { cells: record, line: info.lines }
    }
  } catch (error) {
    throw error instanceof CsvError ? malformedFile(error.message) : error
  }
}
