import type pg from 'pg'

/**
 * SQL that sets the settings on which the service's statements and the parsing of their results depend, whatever the role or
 * the database sets. With another `datestyle`, for example, pg could not parse the expiry of a key. Without `array_nulls`, a null in
 * a list becomes the text `NULL`. A `gin_fuzzy_search_limit` leaves out records that match. A hot standby refuses statements in the
 * isolation level `serializable`.
 */
export const sessionSettings = [
  "datestyle = 'ISO'",
  'array_nulls = on',
  'gin_fuzzy_search_limit = 0',
  'search_path = public',
  'extra_float_digits = 1',
  'standard_conforming_strings = on',
  'quote_all_identifiers = off',
  "default_transaction_isolation = 'read committed'",
]
  .map((setting) => `set ${setting}`)
  .join('; ')

/**
 * SQL that lifts the time limits of the role until the end of the transaction, for work that may take longer. It does not lift
 * them for the session, since PgBouncer gives the session to other clients later. PostgreSQL has `transaction_timeout` since
 * version 17.
 */
export const withoutTimeLimits = `select set_config(name, '0', true) from pg_settings where name in
    ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')`

/**
 * Lets PostgreSQL check every second whether the connection of a running statement is closed. Without the check, the statement of
 * a killed process keeps its locks until its end. A server on Windows refuses this setting.
 */
export async function checkConnectionWhileRunning(client: pg.ClientBase): Promise<void> {
  await client.query("set client_connection_check_interval = '1s'").catch(() => {})
}
