import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { columnOf } from '../database/columns.ts'
import { type Row, withPositions } from '../database/rows.ts'
import type { FieldContext, FieldRows } from './field.ts'

/** Lists that are stored as rows of a table, which has the columns `record` and `position`. */

/** Returns the table of a list. @throws Error when the field has no table. */
export function listTable(context: FieldContext): PgTable {
  const [table] = context.registry.fieldTables(context)
  if (!table) throw new Error(`the list ${context.name} has no table`)
  return table
}

/** Returns the query for the rows of a record, in the order of the list. */
export const listQuery = (table: PgTable, columns: SQL, { recordId }: Pick<FieldContext, 'recordId'>): SQL =>
  sql`select ${columns} from ${table} where ${columnOf(table, 'record')} = ${recordId} order by ${columnOf(table, 'position')}`

/**
 * Returns how the entries of a list are stored: its table, and the function that splits lists into rows.
 * @param toRow returns the row of an entry, without record and position.
 * @param common values that are the same in every row, such as `resource`.
 */
export const listRows = <Entry>(
  table: PgTable,
  toRow: (entry: Entry) => Row,
  common: Row = {},
): FieldRows<Entry[]> => ({
  tables: [{ table, recordId: columnOf(table, 'record') }],
  split: (values) => [
    {
      table,
      rows: values.flatMap(({ id, value }) => withPositions(value.map(toRow), { ...common, record: id })),
    },
  ],
})
