import { getTableName } from 'drizzle-orm'
import pg from 'pg'
import type { Transaction } from '../../database/database.ts'
import { groupBy } from '../../group-by.ts'
import { recordId } from '../../model/keys.ts'
import type { Resource } from '../../model/resource.ts'
import { startSlices } from '../../time-slice.ts'
import type { Redaction } from './redaction.ts'

/** Redacts the former rows of a record: its rows in the schema `history`. Reads with `asOf` return them. */

/** A table of the schema `history`. */
interface FormerTable {
  name: string
  /** The column with the id of the record. */
  owner: 'id' | 'record'
  /** Columns whose values are redacted directly. */
  columns: string[]
  /** The columns of type `uuid` or `uuid[]`. A redaction of a text does not change them. */
  idColumns: string[]
  /** SQL assignments of the columns that the current table generates and this one stores; null if there are none. */
  computed: string | null
}

/**
 * Finds the history tables whose rows can belong to a record of a resource, even if the current table was dropped. $1 is the name
 * of the resource's table. `columns` omits columns that only the registry sets, such as versions and times, and the visibility,
 * which hides rows from readers without a role.
 */
const formerTablesQuery = `
  select former.relname as name, owner.attname as owner,
    array(select attname::text from pg_attribute as former_column where attrelid = former.oid and attnum > 0 and not attisdropped
      and attname not in (owner.attname, 'record', 'resource', 'key', 'version', 'shape', 'visibility', 'position', 'row_start',
        'row_end', 'created_at', 'updated_at')
      and not exists (select from pg_attribute as current_column where current_column.attrelid = to_regclass(format('public.%I', former.relname))
        and current_column.attname = former_column.attname and current_column.attgenerated <> '')) as columns,
    array(select attname::text from pg_attribute where attrelid = former.oid
      and atttypid in ('uuid'::regtype, 'uuid[]'::regtype)) as "idColumns",
    (select string_agg(format('%I = %s', attname, pg_get_expr(adbin, adrelid)), ', ')
      from pg_attribute join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attrelid = to_regclass(format('public.%I', former.relname)) and attgenerated <> '' and attname <> 'id') as computed
  from pg_class as former join pg_attribute as owner on owner.attrelid = former.oid and not owner.attisdropped
    and owner.attname = case when former.relname in ('records', $1) then 'id' else 'record' end
  where former.relnamespace = 'history'::regnamespace and former.relkind = 'r'`

interface FormerRow {
  ctid: string
  values: Record<string, unknown>
}

/** The new values of the columns of a row that change. */
interface ChangedRow {
  ctid: string
  /** The columns in SQL, separated by commas. */
  columns: string
  /** The values as JSON. */
  values: string
}

/** Number of rows that are read at a time. It is low because each row of `records` has a whole document, of up to 1 MiB. */
const batchSize = 10

/** Yields the former rows of a record in batches. The cursor does not see rows that the caller updates meanwhile. */
async function* readRows(
  tx: Transaction,
  table: string,
  owner: FormerTable['owner'],
  id: string,
): AsyncGenerator<FormerRow[]> {
  await tx.query({
    text: `declare former_rows no scroll cursor for
      select ctid::text as ctid, to_jsonb(former) as values from ${table} as former where ${owner} = $1`,
    values: [id],
  })
  for (let isLast = false; !isLast; ) {
    const rows = await tx.query<FormerRow>({ text: `fetch ${batchSize} from former_rows` })
    yield rows
    isLast = rows.length < batchSize
  }
  await tx.query({ text: 'close former_rows' })
}

/** Returns the changes of a row by the redaction; undefined if there are none. `records.document` is JSON in a text column. */
function redactRow(
  { name: table, columns, idColumns }: FormerTable,
  { ctid, values }: FormerRow,
  redaction: Redaction,
): ChangedRow | undefined {
  const redacted = columns.flatMap((column): [string, unknown][] => {
    const value = values[column]
    if (value === null || (redaction.text !== undefined && idColumns.includes(column))) return []
    const after =
      table === 'records' && column === 'document'
        ? JSON.stringify(redaction.redactRecord(JSON.parse(String(value))))
        : redaction.redactColumn(table, column, value)
    return JSON.stringify(after) === JSON.stringify(value) ? [] : [[column, after]]
  })
  if (redacted.length === 0) return undefined
  return {
    ctid,
    columns: redacted.map(([column]) => pg.escapeIdentifier(column)).join(),
    values: JSON.stringify(Object.fromEntries(redacted)),
  }
}

/** Writes the changed values of rows: with one statement for all rows in which the same columns change. */
async function updateRows(tx: Transaction, table: string, changedRows: ChangedRow[]): Promise<void> {
  for (const [columns, rows] of groupBy(changedRows, (row) => row.columns))
    await tx.query({
      text: `update ${table} set (${columns}) = (select ${columns} from json_populate_record(null::${table}, changed.values))
        from unnest($1::tid[], $2::json[]) as changed(ctid, values) where ${table}.ctid = changed.ctid`,
      values: [rows.map(({ ctid }) => ctid), rows.map(({ values }) => values)],
    })
}

async function redactTable(
  tx: Transaction,
  former: FormerTable,
  id: string,
  redaction: Redaction,
): Promise<number> {
  const { name, owner, computed } = former
  const table = `history.${pg.escapeIdentifier(name)}`
  const pause = startSlices()
  let changed = 0
  for await (const rows of readRows(tx, table, owner, id)) {
    const changedRows: ChangedRow[] = []
    for (const row of rows) {
      const changedRow = redactRow(former, row, redaction)
      if (changedRow) changedRows.push(changedRow)
      await pause()
    }
    await updateRows(tx, table, changedRows)
    changed += changedRows.length
  }
  if (changed > 0 && computed !== null)
    await tx.query({ text: `update ${table} set ${computed} where ${owner} = $1`, values: [id] })
  return changed
}

/**
 * Redacts the former rows of a locked record.
 * @returns the number of changed rows.
 */
export async function redactFormerRows(
  tx: Transaction,
  resource: Resource,
  key: string,
  redaction: Redaction,
): Promise<number> {
  const tables = await tx.query<FormerTable>({
    text: formerTablesQuery,
    values: [getTableName(resource.table)],
  })
  let changed = 0
  for (const table of tables) changed += await redactTable(tx, table, recordId(resource, key), redaction)
  return changed
}
