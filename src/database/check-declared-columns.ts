import { getTableColumns, getTableName } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { OperationalError } from '../operational-error.ts'
import type { Database } from './database.ts'
import { listFirstItems } from './list-first-items.ts'
import * as commonTables from './tables/index.ts'

/**
 * SQL that finds the declared columns that the catalog lacks, in the order of their declaration. If a whole table is missing,
 * the result has the name of the table once, and none of its columns.
 */
const missingColumnsSql = `select name, min(number) as number from (
    select case when relation is null then declared.table_name else declared.table_name || '.' || declared.column_name end as name, number
    from unnest($1::text[], $2::text[]) with ordinality as declared (table_name, column_name, number)
    cross join to_regclass(format('public.%I', declared.table_name)) as relation
    where not exists (
      select from pg_attribute where attrelid = relation and attname = declared.column_name and not attisdropped
    )
  ) as missing group by name order by number`

/**
 * Checks that the database has every declared table and column. It may have more, since a newer version may have added them.
 * @param tables the tables of the resources.
 * @throws OperationalError that names what is missing.
 */
export async function checkDeclaredColumns(database: Database, tables: readonly PgTable[]): Promise<void> {
  const columns = [...Object.values(commonTables), ...tables].flatMap((table) =>
    Object.values(getTableColumns(table)).map(({ name }) => [getTableName(table), name]),
  )
  const rows = await database.read<{ name: string }>({
    text: missingColumnsSql,
    values: [columns.map(([table]) => table), columns.map(([, column]) => column)],
  })
  if (rows.length === 0) return
  const missing = rows.map(({ name }) => name)
  throw new OperationalError(
    `the database lacks tables or columns that this version declares (${listFirstItems(missing, ', ')}): if their declaration is new, generate its migration with "npm run migration -- --name what-it-adds"; otherwise restore the database from a backup`,
  )
}
