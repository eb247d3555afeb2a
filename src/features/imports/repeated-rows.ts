import type pg from 'pg'
import { toStorableJson } from './rows.ts'
import { toFaultValue } from './shorten.ts'
import type { RowFault } from './types.ts'

/** Rows that describe the same record as an earlier row of the file. */

/** Number of rows that one statement refuses. */
const batchSize = 2000

/** Returns the fault of a row that describes the same record (`recordIdentity`) as an earlier row. @param id as in the row. */
export const repeatedFault = (resource: string, id: string, firstLocator: string): RowFault => ({
  column: '',
  value: toFaultValue(id),
  detail: `has the id of ${firstLocator}: only one row may describe a record of ${resource}. Give each row an id of its own, or sort the rows of a table by this id and name its column in rows.groupBy`,
})

/** Returns the locator of the earlier row if a fault is one of `repeatedFault`; otherwise undefined. */
export const repeatedLocator = ({ detail }: RowFault): string | undefined =>
  /^has the id of (.+): only one row may describe a record of /.exec(detail)?.[1]

interface RepeatedRow {
  position: number
  resource: string
  /** The id of the record, as the row has it. */
  id: string
  /** The locator of the first row that describes the record. */
  firstLocator: string
}

/**
 * SQL of rows that describe the same record as an earlier row, even a refused one: it may be the row that is right once it is
 * corrected. `ids` has the identities of the drafts, in their order.
 */
const repeatedRows = `select distinct on (found.position) found.position,
    later.drafts -> (found.number::int - 1) ->> 'resource' as resource,
    later.drafts -> (found.number::int - 1) -> 'externalId' ->> 'id' as id, earlier.locator as "firstLocator"
  from (
    select rows.position, rows.state, number, min(rows.position) over (partition by identity) as first
    from import_rows rows, unnest(ids) with ordinality as identities(identity, number) where import = $1 and state <> 'skipped'
  ) found
  join import_rows earlier on earlier.import = $1 and earlier.position = found.first
  join import_rows later on later.import = $1 and later.position = found.position
  where found.first < found.position and found.state = 'ready' order by found.position, found.number`

/**
 * Refuses the staged rows of an import that describe the same record as an earlier row.
 * @returns the number of refused rows.
 * @throws the reason of `signal`, between two batches.
 */
export async function refuseRepeated(
  client: pg.ClientBase,
  id: string,
  signal: AbortSignal,
): Promise<number> {
  // PostgreSQL stores the rows of a cursor with hold, on disk if they are many: they may be nearly all rows of the file.
  await client.query(`declare repeated no scroll cursor with hold for ${repeatedRows}`, [id])
  for (let refused = 0; ; ) {
    signal.throwIfAborted()
    const { rows } = await client.query<RepeatedRow>(`fetch ${batchSize} from repeated`)
    if (rows.length === 0) {
      await client.query('close repeated')
      return refused
    }
    const faults = rows.map((row) => toStorableJson([repeatedFault(row.resource, row.id, row.firstLocator)]))
    await client.query(
      `update import_rows set state = 'refused', faults = given.faults
       from unnest($2::int[], $3::json[]) as given(position, faults)
       where import = $1 and import_rows.position = given.position`,
      [id, rows.map(({ position }) => position), faults],
    )
    refused += rows.length
  }
}
