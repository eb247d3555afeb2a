import type { TestDatabase } from './database.ts'

/** Returns the URL of a database for connections with time limits, as a role may have them. */
export async function withTimeLimits(
  { url, pool }: Pick<TestDatabase, 'url' | 'pool'>,
  limitMs: number,
): Promise<string> {
  // PostgreSQL has `transaction_timeout` since version 17.
  const { rows } = await pool.query<{ name: string }>(
    `select name from pg_settings where name in
      ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')`,
  )
  const limits = rows.map(({ name }) => `-c ${name}=${limitMs}`).join(' ')
  const limited = new URL(url)
  limited.searchParams.set('options', limits)
  return limited.href
}
