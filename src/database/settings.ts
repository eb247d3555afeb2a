import { OperationalError } from '../operational-error.ts'
import type { Database } from './database.ts'

/** Reads the secret that signs cursors. A migration has stored it once. @throws OperationalError if it is missing. */
export async function cursorSecret(database: Database): Promise<string> {
  const text = "select value from settings where name = 'cursor_secret'"
  const [row] = await database.read<{ value: string }>({ text })
  if (!row)
    throw new OperationalError(
      'the table settings has no row "cursor_secret", which signs cursors: restore the row from a backup, or insert it with a new random value, after which the cursors of clients are invalid',
    )
  return row.value
}

/** Whether the database accepts writes. A hot standby and a read-only database do not. */
export async function isWritable(database: Database): Promise<boolean> {
  const text = "select current_setting('transaction_read_only') as read_only"
  const [row] = await database.read<{ read_only: string }>({ text })
  return row?.read_only === 'off'
}
