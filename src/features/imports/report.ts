import { autocommitReads, type Database } from '../../database/database.ts'
import { countMissing } from './missing.ts'
import { countUnresolvedNames } from './names.ts'
import { faultsSql, refusedStates } from './rows.ts'
import type { FaultyColumn, ImportReport, KeptRecord } from './store.ts'

/** Maximum numbers of columns and of records (`KeptRecord`) that a report lists. */
const maxColumns = 50
const maxKept = 100

/** Counts the rows with faults by column, in descending order. @param states the states of the rows to count. */
const findFaultyColumns = (database: Database, id: string, states: readonly string[]) =>
  database.read<FaultyColumn>({
    text: `select fault ->> 'column' as column, count(distinct position)::int as rows,
        (array_agg(fault order by position))[1] as example
      from import_rows, json_array_elements(${faultsSql}) as fault
      where import = $1 and state = any($2)
      group by fault ->> 'column' order by 2 desc, 1 limit $3`,
    values: [id, states, maxColumns],
  })

/**
 * Adds records to `kept` of the report of a running step: records with properties that the import does not overwrite, or that
 * the undo could not fully revert. The step stores the report with its progress, so that a process that continues the step has them.
 * @param keptCount number of all properties that the import does not overwrite; during an undo, number of all records that it
 * could not fully revert.
 * @returns the report, with at most 100 records in `kept`.
 */
export function addKept(
  report: ImportReport | null,
  added: readonly KeptRecord[],
  keptCount: number,
): ImportReport {
  const {
    refusedBy = [],
    droppedBy = [],
    names = { unresolved: 0, rows: 0 },
    missing = 0,
    kept = [],
  } = report ?? {}
  return { refusedBy, droppedBy, names, missing, kept: [...kept, ...added].slice(0, maxKept), keptCount }
}

/**
 * Makes the report of a finished step: refused rows, dropped values, unresolved names, missing records, and `kept`
 * (`KeptRecord`).
 */
export async function makeReport(
  database: Database,
  id: string,
  { kept = [], keptCount = 0 }: Partial<Pick<ImportReport, 'kept' | 'keptCount'>> = {},
): Promise<ImportReport> {
  const [refusedBy, droppedBy, names, missing] = await Promise.all([
    findFaultyColumns(database, id, refusedStates),
    findFaultyColumns(database, id, ['ready']),
    countUnresolvedNames(autocommitReads(database), id),
    countMissing(autocommitReads(database), id),
  ])
  return { refusedBy, droppedBy, names, missing, kept, keptCount }
}
