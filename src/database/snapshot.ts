import type { Readable } from 'node:stream'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'

/** A connection of its own that sees the database as it was at one moment. */
export interface Snapshot {
  /** The bytes of a `COPY … TO STDOUT`, only as fast as they are read. One at a time. */
  copy(statement: string): Readable
  /** Gives the connection back, after everything was read. */
  close(): Promise<void>
  /** Stops what runs, and closes the connection. Does nothing once it was closed. */
  abandon(): Promise<void>
}

const ignore = () => {}

/**
 * Opens a snapshot for reading. Whoever opens it closes or abandons it.
 * @param begin the statements that begin the transaction.
 * @throws what PostgreSQL or the pool says when there is no connection to be had.
 */
export async function openSnapshot(
  pool: pg.Pool,
  begin = 'begin isolation level repeatable read read only',
): Promise<Snapshot> {
  const client = await pool.connect()
  // A connection may break while nothing runs on it; the next statement says so, and the process must not end.
  client.on('error', ignore)
  try {
    await client.query(begin)
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const [backend] = rows
    let open = true
    const release = (broken: boolean) => {
      open = false
      if (!broken) client.off('error', ignore)
      client.release(broken)
    }
    return {
      copy: (statement) => {
        const stream = client.query(copyTo(statement))
        // It tells of a broken connection even when nobody reads it any more.
        stream.on('error', ignore)
        return stream
      },
      close: async () => {
        try {
          await client.query('rollback')
          release(false)
        } catch (error) {
          release(true)
          throw error
        }
      },
      abandon: async () => {
        if (!open) return
        // This closes the socket, which ends a statement that is writing to it. One that sorts would not notice.
        release(true)
        await pool.query('select pg_cancel_backend($1)', [backend?.pid]).catch(ignore)
      },
    }
  } catch (error) {
    client.release(true)
    throw error
  }
}
