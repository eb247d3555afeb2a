import type pg from 'pg'
import { StartupError } from '../startup-error.ts'

/** How many differences a message names. */
const maxDifferences = 5

/**
 * Checks that each versioned table has its twin, triggers and view, as `sync_history()` makes them.
 * @throws StartupError that names the differences.
 */
export async function checkHistory(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ difference: string }>(
    'select history_drift as difference from history_drift()',
  )
  if (rows.length === 0) return
  const named = rows.slice(0, maxDifferences).map(({ difference }) => difference)
  const more = rows.length > named.length ? ` and ${rows.length - named.length} more` : ''
  throw new StartupError(
    `the history of the database does not match its tables (${named.join('; ')}${more}): run "select sync_history()" in the database as its owner`,
  )
}
