import { describeFault } from '../features/imports/describe-fault.ts'
import type { FaultyColumn } from '../features/imports/job-schemas.ts'
import type { ImportJob } from '../features/imports/store.ts'
import { formatCount } from '../format-count.ts'

/** Formats the report of an import for a terminal. */

/** Maximum number of columns in a list of the report. */
const maxColumns = 20

/** Maximum number of kept records, with reasons, in the report. */
const maxKeptRecords = 10

const line = (name: string, count: number, note = '') =>
  `  ${name.padEnd(18)}${formatCount(count).padStart(11)}${note === '' ? '' : `  ${note}`}`

/** Returns the first lines of a list, and a line that says if there are more. */
const firstLines = (lines: readonly string[], max: number): string[] =>
  lines.length > max ? [...lines.slice(0, max), '    …'] : [...lines]

function columnLines(columns: readonly FaultyColumn[] = []): string[] {
  const lines = columns.map(({ column, rows, example }) => {
    const subject = column === '' ? 'the row' : column
    return `    ${subject}: ${formatCount(rows)}, such as ${describeFault(example)}`
  })
  return firstLines(lines, maxColumns)
}

function nameLines({ report }: ImportJob): string[] {
  const { unresolved = 0, rows = 0, leftOut = 0 } = report?.names ?? {}
  // A row with two of the names has two occurrences.
  const occurrences = `${formatCount(rows)} ${rows === 1 ? 'occurrence' : 'occurrences'}`
  return [
    ...(unresolved > 0
      ? [line('unresolved names', unresolved, `with ${occurrences} (--names FILE lists them)`)]
      : []),
    ...(leftOut > 0 ? [line('names left out', leftOut, 'by decisions, with their values')] : []),
  ]
}

/** The columns that the mapping does not read, as `column (rows)`. */
function unusedLines({ fileInfo }: ImportJob): string[] {
  const unused = fileInfo?.unused ?? []
  if (unused.length === 0) return []
  const listed = unused.slice(0, maxColumns).map(({ column, rows }) => `${column} (${formatCount(rows)})`)
  const more = unused.length > maxColumns ? ' …' : ''
  return [
    line('columns not read', unused.length, 'with the number of rows that have a value'),
    `    ${listed.join(', ')}${more}`,
  ]
}

const missingLines = ({ report }: ImportJob): string[] =>
  report && report.missing > 0
    ? [
        line(
          'records missing',
          report.missing,
          'that earlier files had; not deleted (--missing FILE lists them)',
        ),
      ]
    : []

function keptLines({ report }: ImportJob): string[] {
  const lines = (report?.kept ?? []).map(({ resource, key, reason }) => `    ${resource} ${key}: ${reason}`)
  return firstLines(lines, maxKeptRecords)
}

const headings: Partial<Record<ImportJob['state'], string>> = {
  staged: 'Dry run',
  committed: 'Committed',
  undone: 'Undone',
  failed: 'Failed',
}

/** Returns the report of an import, as lines of text. */
export function describeImport(job: ImportJob): string {
  const { id, state, counts, rowsRead, files, fileInfo, scheme, failure, report } = job
  const format = fileInfo
    ? [
        fileInfo.format,
        fileInfo.encoding,
        fileInfo.dialect && `delimiter ${JSON.stringify(fileInfo.dialect.delimiter)}`,
        fileInfo.sheet && `sheet ${fileInfo.sheet}`,
      ]
        .filter((part) => part !== undefined && part !== '')
        .join(', ')
    : ''
  const heading = `${headings[state] ?? state}: ${files[0]?.name ?? ''} → ${scheme} (import ${id})`
  if (state === 'undone') {
    const kept = report?.keptCount ?? 0
    return [
      heading,
      line('records written', counts.created + counts.changed, 'by the import'),
      line('records kept', kept, kept > 0 ? 'not fully undone, for the reasons below' : ''),
      ...keptLines(job),
    ].join('\n')
  }
  return [
    heading,
    ...(failure === null ? [] : failure.split('\n').map((text) => `  ${text}`)),
    line('rows read', rowsRead ?? 0, format),
    ...(fileInfo?.notes ?? []).map((note) => `    ${note}`),
    ...unusedLines(job),
    line('records created', counts.created),
    line('records changed', counts.changed),
    line('records unchanged', counts.unchanged),
    ...(counts.kept > 0 ? [line('properties kept', counts.kept, 'not overwritten')] : []),
    ...keptLines(job),
    ...(counts.dropped > 0
      ? [line('values dropped', counts.dropped, 'in whole or in part'), ...columnLines(report?.droppedBy)]
      : []),
    ...(counts.skipped > 0 ? [line('rows left out', counts.skipped, 'by the mapping')] : []),
    line('rows refused', counts.refused),
    ...columnLines(report?.refusedBy),
    ...nameLines(job),
    ...missingLines(job),
  ].join('\n')
}
