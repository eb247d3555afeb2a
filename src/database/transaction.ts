import { Problem } from '../problems/problem.ts'
import type { Connection } from './connection.ts'
import { isReadOnly, isSessionLost, retryAfterSeconds } from './errors.ts'
import { unreachable } from './replicas/position.ts'
import type { Work } from './shares/work.ts'
import type { Transaction } from './statement.ts'

/** Announces a change of unknown resources. */
export const everything = '*'

/** Receives the announcements of each commit, with the owner of its work. */
interface Committing {
  announce(announced: string[]): void
  work: Work | undefined
}

/**
 * Runs work in a transaction on a connection, which is released in the end.
 * @throws what the work throws, after the rollback, and Problem `outcome-unknown` if it is unknown whether it was committed.
 */
export async function inTransaction<T>(
  connection: Connection,
  work: (tx: Transaction) => Promise<T>,
  committing: Committing,
): Promise<T> {
  try {
    await connection.execute('begin')
    const result = await work(connection)
    await commit(connection, committing)
    connection.release()
    return result
  } catch (error) {
    // After a failover the connection may lead to the old primary, which is read-only now.
    if (isReadOnly(error)) connection.discard()
    await rollBack(connection)
    throw error
  }
}

async function commit(connection: Connection, { announce, work }: Committing): Promise<void> {
  try {
    const { announced, position } = await connection.commit({ position: work?.onCommit !== undefined })
    announce(announced)
    if (position) work?.onCommit?.(position)
  } catch (error) {
    if (!isSessionLost(error)) throw error
    announce([everything])
    work?.onCommit?.(unreachable)
    throw new Problem(
      'outcome-unknown',
      'The database did not confirm the commit, so the change may have been made or not. Read the record again to find out. With If-Match or an Idempotency-Key the request can be repeated safely.',
      { cause: error, headers: { 'retry-after': retryAfterSeconds } },
    )
  }
}

/** Rolls back and releases the connection. A connection that cannot roll back is closed. */
async function rollBack(connection: Connection): Promise<void> {
  await connection.execute('rollback').catch(() => connection.discard())
  connection.release()
}
