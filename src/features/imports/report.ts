import { type Database, singleReads } from '../../database/database.ts'
import { countOpenNames } from './names.ts'
import type { ImportReport, KeptRecord, RefusedColumn } from './store.ts'

/** Columns that a report names, and kept records that it lists. */
const maxColumns = 50
export const maxKept = 100

/** Makes the report of a finished step: why rows are refused, and which names are open. */
export async function makeReport(
  database: Database,
  id: string,
  { kept = [], keptCount = 0 }: { kept?: KeptRecord[]; keptCount?: number } = {},
): Promise<ImportReport> {
  const refusedBy = await database.read<RefusedColumn>({
    text: `select fault ->> 'column' as column, count(distinct position)::int as rows,
        (array_agg(fault order by position))[1] as example
      from import_rows, json_array_elements(faults) as fault
      where import = $1 and state in ('refused', 'blocked', 'waiting')
      group by fault ->> 'column' order by 2 desc, 1 limit $2`,
    values: [id, maxColumns],
  })
  const names = await countOpenNames(singleReads(database), id)
  return { refusedBy, names, kept: kept.slice(0, maxKept), keptCount }
}
