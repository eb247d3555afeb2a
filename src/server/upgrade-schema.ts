import { checkDeclaredColumns } from '../database/check-declared-columns.ts'
import type { Database } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { registry } from '../resources/registry.ts'

/**
 * Applies the migrations that the database lacks, and then checks that it has every declared table and column.
 * @throws OperationalError when a migration fails, the database has migrations with which this version cannot work, its history
 * does not match its tables, or a declared table or column is missing.
 */
export async function upgradeSchema(database: Database): Promise<void> {
  await migrate(database)
  await checkDeclaredColumns(database, registry.tables)
}
