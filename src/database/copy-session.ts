import type { Readable } from 'node:stream'
import type { Connection } from './connection.ts'

/** A connection in a transaction on one snapshot of the database, for one `COPY` after another. */
export interface CopySession {
  /**
   * Starts `COPY … TO STDOUT`. The stream reads from PostgreSQL only as fast as it is read. One at a time.
   * @param label names the statement in the log of slow statements, without its values.
   * @throws PostgreSQL's error, which is 57014 when no bytes arrive within the statement timeout; the reason of `signal`.
   */
  start(text: string, label: string, signal?: AbortSignal): Promise<Readable>
  /** Rolls back and releases the connection. Everything must have been read. */
  close(): Promise<void>
  /** Cancels what runs and closes the connection. Does nothing after `close`. */
  abort(): Promise<void>
}

/** Makes a `CopySession` of a connection whose transaction has begun. */
export const copySession = (connection: Connection): CopySession => ({
  start: (text, label, signal) => connection.copy(text, label, signal),
  close: async () => {
    try {
      await connection.execute('rollback')
    } catch (error) {
      connection.discard()
      throw error
    } finally {
      connection.release()
    }
  },
  abort: () => connection.destroy(),
})
