import { OperatorError } from '../operator-error.ts'
import type { Database } from './database.ts'

/** Maximum number of differences that a message names. */
const maxDifferences = 5

/**
 * Checks that each versioned table has its history table, triggers and view, as `sync_history()` makes them.
 * @throws OperatorError that names the differences.
 */
export async function checkHistory(database: Database): Promise<void> {
  const rows = await database.read<{ difference: string }>({
    text: 'select history_drift as difference from history_drift()',
  })
  if (rows.length === 0) return
  const named = rows.slice(0, maxDifferences).map(({ difference }) => difference)
  const more = rows.length > named.length ? ` and ${rows.length - named.length} more` : ''
  throw new OperatorError(
    `the history of the database does not match its tables (${named.join('; ')}${more}): run "select sync_history()" in the database as its owner`,
  )
}
