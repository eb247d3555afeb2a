import { OperationalError } from '../operational-error.ts'
import type { Database } from './database.ts'
import { listFirstItems } from './list-first-items.ts'
import { withoutTimeLimits } from './session-settings.ts'

/**
 * Checks that the database has the history tables, triggers and views that `sync_history()` creates, also the views for readers
 * without a role. The check may take longer than the time limits of the role allow.
 * @throws OperationalError that names the differences.
 */
export async function checkHistory(database: Database): Promise<void> {
  const rows = await database.read<{ difference: string }>(
    { text: 'select history_drift as difference from history_drift()' },
    { setup: withoutTimeLimits },
  )
  if (rows.length === 0) return
  const differences = rows.map(({ difference }) => difference)
  throw new OperationalError(
    `the history of the database does not match its tables (${listFirstItems(differences, '; ')}): run "select sync_history()" in the database as its owner`,
  )
}
