import type pg from 'pg'

/** Whether the server takes changes: one that follows another, or was set to be only read, takes none. */
export async function takesChanges(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ read_only: string }>(
    "select current_setting('transaction_read_only') as read_only",
  )
  return rows[0]?.read_only === 'off'
}
