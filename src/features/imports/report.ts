import { isDeepStrictEqual } from 'node:util'
import type { Database, Transaction } from '../../database/database.ts'
import { conflictWithOthers } from '../../database/errors.ts'
import { type FaultyColumn, type ImportReport, type KeptRecord, withoutKept } from './job-schemas.ts'
import { countMissing } from './missing.ts'
import { countNames } from './names.ts'
import { faultsSql, refusedStates } from './rows.ts'
import { changeImport, type ImportChange, type ImportJob } from './store.ts'
import type { RowFault } from './types.ts'

/** Maximum number of columns in each of the lists `refusedBy` and `droppedBy` of a report. */
const maxColumns = 50

/** Maximum number of entries in the list `kept` of a report. */
const maxKept = 100

/** A column with faults, the position of the row of its example, and the number of faults in all columns. */
interface LocatedColumn extends FaultyColumn {
  position: number
  allFaults: number
}

/** Counts the rows with faults by column, in descending order. @param states the states of the rows to count. */
const findFaultyColumns = (tx: Transaction, id: string, states: readonly string[]) =>
  tx.query<LocatedColumn>({
    text: `select fault ->> 'column' as column, count(distinct position)::int as rows, min(position) as position,
        (array_agg(fault order by position))[1] as example, (sum(count(*)) over ())::int as "allFaults"
      from import_rows, json_array_elements(${faultsSql}) as fault
      where import = $1 and state = any($2)
      group by fault ->> 'column' order by 2 desc, 1 limit $3`,
    values: [id, states, maxColumns],
  })

/**
 * Adds records to `kept` of the report of a running step: records with properties that the import does not overwrite or, during
 * an undo, records that the undo could not fully revert. The step stores the report with its progress, so that another process
 * can continue the step.
 * @param keptCount number of all properties that the import does not overwrite; during an undo, number of all records that it
 * could not fully revert.
 * @returns the report, with at most `maxKept` entries in `kept`.
 */
export function addKept(
  report: ImportReport | null,
  added: readonly KeptRecord[],
  keptCount: number,
): ImportReport {
  const kept = [...(report?.kept ?? []), ...added].slice(0, maxKept)
  return { ...withoutKept(report), kept, keptCount }
}

/**
 * Returns a report of a running step with `refusedBy` and `droppedBy` of the report that is stored now, since a redaction may
 * have removed a text from them. Locks the import until the transaction ends.
 */
export async function withStoredFaults(
  tx: Transaction,
  id: string,
  report: ImportReport,
): Promise<ImportReport> {
  const [row] = await tx.query<{ report: ImportReport | null }>({
    text: 'select report from imports where id = $1 for update',
    values: [id],
  })
  const { refusedBy = [], droppedBy = [] } = row?.report ?? {}
  return { ...report, refusedBy, droppedBy }
}

/**
 * Requires that the examples of a report are still the faults of their rows, and that no redaction has removed them.
 * @throws an error after which the transaction is repeated, if a redaction has removed one.
 */
async function requireFaults(tx: Transaction, id: string, columns: readonly LocatedColumn[]): Promise<void> {
  const rows = await tx.query<{ position: number; faults: RowFault[] | null }>({
    text: `select position, ${faultsSql} as faults from import_rows where import = $1 and position = any($2::int[])`,
    values: [id, columns.map(({ position }) => position)],
  })
  const faults = new Map(rows.map((row) => [row.position, row.faults ?? []]))
  for (const { position, example } of columns)
    if (!faults.get(position)?.some((fault) => isDeepStrictEqual(fault, example)))
      throw conflictWithOthers('rows of the import were redacted meanwhile')
}

const toFaultyColumn = ({ position: _, allFaults: __, ...column }: LocatedColumn): FaultyColumn => column

/**
 * Makes the report of a finished step: refused rows, dropped values, unresolved names, missing records, and the kept records
 * in the report of the running step. Stores the report together with a change to the import, and with the count of dropped
 * values. A redaction of a row either finds the stored report, or is found by `requireFaults`.
 * @returns whether the import was changed (`changeImport`). If it was not, no report is stored.
 */
export function storeReport(database: Database, job: ImportJob, change: ImportChange): Promise<boolean> {
  const { id } = job
  return database.transaction(async (tx) => {
    // The reads take long, but hold up nobody: the transaction has no locks and no id yet.
    const refused = await findFaultyColumns(tx, id, refusedStates)
    // Of a refused row, nothing is written, so nothing is dropped.
    const dropped = await findFaultyColumns(tx, id, ['ready'])
    const report = {
      refusedBy: refused.map(toFaultyColumn),
      droppedBy: dropped.map(toFaultyColumn),
      names: await countNames(tx, id),
      missing: await countMissing(tx, id),
      kept: job.report?.kept ?? [],
      keptCount: job.report?.keptCount ?? 0,
    }
    const counts = { ...job.counts, dropped: dropped[0]?.allFaults ?? 0 }
    if (!(await changeImport(tx, job, { ...change, report, counts }))) return false
    await requireFaults(tx, id, [...refused, ...dropped])
    return true
  })
}
