import { FaultList, Problem } from '../../../problems/problem.ts'
import { didYouMean } from '../../../problems/suggest.ts'
import { quoteList } from '../../../wording.ts'
import { oneColumnHint } from '../reading/table.ts'
import type { FileInfo } from '../types.ts'
import type { ColumnUse } from './context.ts'
import { isColumn, type Path } from './path.ts'
import type { Mapping } from './schema.ts'

/** Maximum number of columns that a message lists. */
const maxListed = 30

/**
 * Checks that a file has the columns that a mapping names. Only CSV and XLSX have columns.
 * @param uses the columns that the mapping names.
 * @throws Problem `invalid-mapping` with a fault for each place in the mapping that names a missing column.
 */
export function checkColumns(
  mapping: Mapping,
  uses: readonly ColumnUse[],
  { columns, format }: FileInfo,
): void {
  if (columns.length === 0) return
  // The lists that the mapping itself adds to a row.
  const lists = [...Object.keys(mapping.join ?? {}), ...(mapping.rows.groupBy ? ['rows'] : [])]
  const ofFile = new Set(columns)
  const known = new Set([...columns, ...lists])
  /** Whether a path from the row leads into a list. The rows of a group have no other columns than those of the file. */
  const isInList = ([list, column]: Path['steps']) =>
    list !== undefined &&
    lists.includes(list.name) &&
    (list.name !== 'rows' || !mapping.rows.groupBy || !column || ofFile.has(column.name))
  const isKnown = ({ path, isInGroup }: ColumnUse) =>
    isInGroup ? isColumn(path, ofFile) : isColumn(path, known) || isInList(path.steps)
  const missing = new Set<string | undefined>()
  const faults = new FaultList()
  for (const use of uses) {
    if (isKnown(use)) continue
    const { path, pointer } = use
    // `/Title`, `'Title'` and `Title` mean the same column.
    missing.add(path.steps.length === 1 ? path.steps[0]?.name : path.columns.at(-1))
    const name = path.text
    const message = `the file has no column ${JSON.stringify(name)}${didYouMean(name, columns)}`
    faults.add(() => ({ pointer, code: 'unknown', message }))
  }
  if (faults.count === 0) return
  const columnsWord = (count: number) => (count === 1 ? 'column' : 'columns')
  const shown = quoteList(columns.slice(0, maxListed))
  const more = columns.length > maxListed ? ` and ${columns.length - maxListed} more` : ''
  const hint = oneColumnHint(columns, format === 'csv', mapping.rows)
  throw new Problem(
    'invalid-mapping',
    `The mapping names ${missing.size} ${columnsWord(missing.size)} that the file does not have. The file has the ${columnsWord(columns.length)} ${shown}${more}.${hint}`,
    { errors: faults },
  )
}
