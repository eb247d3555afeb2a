import type { Readable } from 'node:stream'
import type { Connection } from './connection.ts'

/** A connection with a transaction on one snapshot of the database, which runs one `COPY` after another. */
export interface CopySession {
  /**
   * Starts `COPY … TO STDOUT`. The stream reads from PostgreSQL as fast as the caller reads it. The next `COPY` can
   * start only when the stream has ended.
   * @param label names the statement in the log and in traces, without its values.
   * @throws the error of PostgreSQL (57014 when no bytes arrive within the statement timeout), or the reason of `signal`.
   */
  start(text: string, label: string, signal?: AbortSignal): Promise<Readable>
  /**
   * Rolls back and releases the connection. All streams must have been read to the end.
   * @throws PostgreSQL's error if it cannot roll back. The connection is then closed.
   */
  close(): Promise<void>
  /** Cancels the running `COPY` and closes the connection. Does nothing after `close`. */
  abort(): Promise<void>
}

/** Creates a `CopySession` on a connection whose transaction has begun. */
export const createCopySession = (connection: Connection): CopySession => ({
  start: (text, label, signal) => connection.copy(text, label, signal),
  close: () =>
    connection
      .execute('rollback')
      .catch((error: unknown) => {
        connection.discard()
        throw error
      })
      .finally(() => connection.release()),
  abort: () => connection.destroy(),
})
