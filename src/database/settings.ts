import type { Database } from './database.ts'

/** Reads the secret that a migration has stored, and that signs cursors. @throws Error when it is missing. */
export async function cursorSecret(database: Database): Promise<string> {
  const text = "select value from settings where name = 'cursor_secret'"
  const [row] = await database.read<{ value: string }>({ text })
  if (!row) throw new Error('the table settings has no cursor_secret: migrate the database')
  return row.value
}

/** Whether the database accepts writes. A hot standby and a read-only database do not. */
export async function isWritable(database: Database): Promise<boolean> {
  const text = "select current_setting('transaction_read_only') as read_only"
  const [row] = await database.read<{ read_only: string }>({ text })
  return row?.read_only === 'off'
}
