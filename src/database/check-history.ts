import { OperationalError } from '../operational-error.ts'
import type { Database } from './database.ts'
import { listFirstItems } from './list-first-items.ts'
import { withoutTimeLimits } from './session-settings.ts'

/**
 * Checks that each versioned table has its history table, triggers and view, as `sync_history()` creates them. The check may take
 * longer than the time limits of the role allow.
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
