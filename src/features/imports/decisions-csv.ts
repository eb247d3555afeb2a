import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatCount } from '../../format-count.ts'
import { Problem } from '../../problems/problem.ts'
import { safeCsv, unescapeFormulas } from '../../query/safe-csv.ts'
import type { Decision } from './decisions.ts'
import { mentionName } from './mentions.ts'
import { type ImportName, maxCandidates } from './names.ts'
import { openCsv } from './reading/csv.ts'
import { readableFormats } from './reading/encoding.ts'
import type { OpenFile } from './reading/file.ts'
import { withoutRowOptions } from './reading/options.ts'
import { withTemporaryFolder } from './temporary-folders.ts'
import type { FileInfo, JsonObject } from './types.ts'

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

/** A decision in a file, and the line on which its row begins. */
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
const describeDecisions = ({ encoding = '' }: FileInfo): FileInfo | null =>
  encoding.startsWith('utf')
    ? null
    : {
        columns: [],
        notes: [
          `The encoding of the file of decisions is most likely ${encoding}. If names that it decides are still unresolved, save that file as UTF-8, and send it with the next import.`,
        ],
      }

/** The decisions of a file, and what its import knows before it reads its rows. */
export interface DecisionsFile {
  decisions: FileDecision[]
  fileInfo: FileInfo | null
}

/**
 * Reads decisions from CSV with the columns `resource`, `name`, `decision` and optionally `country` and `scheme`. Detects encoding and
 * delimiter as for an imported file. Skips rows without a decision. An empty file has no decisions: a form sends one if no file was
 * chosen.
 * @param locate returns where a line or the whole file is: a JSON pointer, or a path and a line.
 * @throws Problem `invalid-body` with the first fault: the file cannot be read, lacks a column or has too many rows (`maxRows`), or a
 *   row has a fault; otherwise as `withTemporaryFolder` does.
 */
export async function readDecisions(
  { bytes, name }: { bytes: Buffer; name: string },
  locate: (line?: number) => string,
): Promise<DecisionsFile> {
  if (bytes.length === 0) return { decisions: [], fileInfo: null }
  const refuse: Refuse = (message, line, code = 'invalid') =>
    new Problem('invalid-body', unusable, { errors: [{ pointer: locate(line), code, message }] })
  try {
    return await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'decisions.csv')
      await writeFile(path, bytes)
      return await collectDecisions(await openCsv({ path, name, options: { quote: '"' } }), refuse)
    })
  } catch (error) {
    if (error instanceof Problem && error.type === 'unreadable-file')
      throw refuse(withoutMappingAdvice(error.message))
    throw error
  }
}

/** Returns the problem of a fault, in the whole file or in the row that begins on a line. */
type Refuse = (message: string, line?: number, code?: string) => Problem

async function collectDecisions(
  { fileInfo, batches, close }: OpenFile,
  refuse: Refuse,
): Promise<DecisionsFile> {
  try {
    if (!['resource', 'name', 'decision'].every((column) => fileInfo.columns.includes(column)))
      throw refuse('needs the columns resource, name and decision', 1, 'required')
    const decisions: FileDecision[] = []
    let rows = 0
    for await (const batch of batches) {
      rows += batch.length
      if (rows > maxRows)
        throw refuse(
          `has more than ${formatCount(maxRows)} rows. Remove rows without a decision, or split the file.`,
        )
      for (const { number: line, values, fault } of batch) {
        if (fault) throw refuse(fault.detail, line)
        const decision = toDecision(values)
        if (decision) decisions.push({ ...decision, line })
      }
    }
    return { decisions, fileInfo: describeDecisions(fileInfo) }
  } finally {
    await close?.()
  }
}

const unusable =
  'The file of decisions cannot be used. Save it as CSV in UTF-8, with the columns of the file of names.'

/** Returns a message without the sentences about imported files: other formats, and options of rows in the mapping. */
const withoutMappingAdvice = (message: string) =>
  withoutRowOptions(message.replace(` ${readableFormats}`, ''))

/** Returns the decision of a row; undefined if it has none. */
function toDecision(values: JsonObject): Decision | undefined {
  const cell = (column: string) => unescapeFormulas(String(values[column] ?? '')).trim()
  const chosen = cell('decision')
  if (chosen === '') return undefined
  return {
    resource: cell('resource'),
    name: cell('name'),
    country: cell('country') || null,
    scheme: cell('scheme') || null,
    key: chosen === noRecordMarker ? null : chosen,
  }
}
