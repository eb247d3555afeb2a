import type pg from 'pg'

/** The secret that signs cursors, which a migration has made. @throws when it is not there. */
export async function cursorSecret(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ value: string }>(
    "select value from settings where name = 'cursor_secret'",
  )
  const [row] = rows
  if (!row) throw new Error('the table settings has no cursor_secret: migrate the database')
  return row.value
}
