import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { Problem } from '../../problems/problem.ts'
import { mentionName } from './mentions.ts'
import type { Decision, ImportName } from './names.ts'

/** The names to decide, as CSV: a person fills in the column `decision`, and sends the file back. */

const candidateColumns = [1, 2, 3].flatMap((number) => [`candidate${number}`, `candidate${number}.name`])

/** The columns of the file, in order. */
export const decisionColumns = ['resource', 'name', 'country', 'rows', 'decision', ...candidateColumns]

/** The decision for a name that stands for no record: its values are left out. */
export const leftOut = '-'

/** Maximum number of decisions in a file. */
export const maxDecisions = 100_000

/** Returns CSV lines of names, with their candidates. */
export const writeNames = (names: readonly ImportName[]): string =>
  stringify(
    names.map(({ mention, rows, candidates }) => [
      mention.resource,
      mentionName(mention),
      mention.country ?? '',
      rows,
      '',
      ...[0, 1, 2].flatMap((index) => [candidates[index]?.key ?? '', candidates[index]?.name ?? '']),
    ]),
    { record_delimiter: 'windows' },
  )

/** The header of the file. */
export const namesHeader = stringify([decisionColumns], { record_delimiter: 'windows' })

/**
 * Reads decisions from CSV with the columns `resource`, `name`, `decision` and optionally `country`. Skips lines without a
 * decision.
 * @throws Problem `invalid-body` for a malformed file, with the line.
 */
export function readDecisions(text: string): Decision[] {
  const rows = parseRows(text)
  const faults = rows.flatMap(({ record, info }) =>
    record.resource === undefined || record.name === undefined || record.decision === undefined
      ? [
          {
            pointer: `/${info.lines}`,
            code: 'required',
            message: 'needs the columns resource, name and decision',
          },
        ]
      : [],
  )
  if (faults.length > 0) throw invalidFile('The file of decisions cannot be used.', faults.slice(0, 100))
  return rows.flatMap(({ record: { resource = '', name = '', country = '', decision = '' } }) => {
    const chosen = decision.trim()
    if (chosen === '') return []
    return [{ resource, name, country: country || null, key: chosen === leftOut ? null : chosen }]
  })
}

const invalidFile = (detail: string, errors: { pointer: string; code: string; message: string }[] = []) =>
  new Problem('invalid-body', detail, { errors })

function parseRows(text: string): { record: Partial<Record<string, string>>; info: { lines: number } }[] {
  try {
    return parse(text, {
      columns: true,
      bom: true,
      info: true,
      to: maxDecisions + 1,
      trim: true,
      delimiter: [',', ';', '\t'],
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw invalidFile(`The file of decisions is not CSV: ${reason}.`)
  }
}
