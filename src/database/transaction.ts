import { Problem } from '../problems/problem.ts'
import type { Connection } from './connection.ts'
import { isConflict, isReadOnly, mayHaveLostSession } from './errors.ts'
import { unreachablePosition } from './replicas/position.ts'
import type { Work } from './shares/work.ts'
import type { Transaction } from './statement.ts'

/** Maximum number of attempts to run a transaction that conflicts with other transactions, including the first attempt. */
const maxAttempts = 5

/**
 * Runs a transaction. If PostgreSQL rolls it back because of a conflict with another transaction (`isConflict`), runs it again,
 * for at most `maxAttempts` attempts in all.
 * @throws the error of the last attempt.
 */
export async function retryConflicts<T>(runTransaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runTransaction()
    } catch (error) {
      if (attempt >= maxAttempts || !isConflict(error)) throw error
    }
  }
}

/** Announced instead of the name of a resource when every resource may have changed. */
export const everything = '*'

/**
 * The functions to call when a transaction has ended. After a commit: `onWritten` if the transaction has written, `announce`
 * with the announced resources, and `work.onCommit`. After a commit with an unknown outcome: the last two, with `everything`
 * and `unreachablePosition`. After a rollback: `work.onRollback`.
 */
interface EndHandlers {
  onWritten(): void
  announce(announced: string[]): void
  work: Work | undefined
}

/**
 * Runs `callback` in a transaction on a connection, and releases the connection.
 * @throws what `begin`, `callback` or the commit throws, after the rollback; Problem `outcome-unknown` if the outcome of the
 * commit is unknown.
 */
export async function inTransaction<T>(
  connection: Connection,
  callback: (tx: Transaction) => Promise<T>,
  handlers: EndHandlers,
): Promise<T> {
  try {
    await connection.execute('begin')
    const result = await callback(connection)
    await commit(connection, handlers)
    connection.release()
    return result
  } catch (error) {
    // After a failover, the connection may still lead to the old primary, which is read-only, so it is not used again.
    if (isReadOnly(error)) connection.discard()
    await rollBack(connection, handlers.work)
    throw error
  }
}

async function commit(connection: Connection, { onWritten, announce, work }: EndHandlers): Promise<void> {
  try {
    const { hasWritten, announced, position } = await connection.commit({
      position: work?.onCommit !== undefined,
    })
    if (hasWritten) onWritten()
    announce(announced)
    if (position) work?.onCommit?.(position)
  } catch (error) {
    if (!mayHaveLostSession(error)) throw error
    announce([everything])
    work?.onCommit?.(unreachablePosition)
    throw new Problem(
      'outcome-unknown',
      'The database did not confirm the commit, so the change may or may not have been made. Read the record again to find out. With If-Match or an Idempotency-Key the request can be repeated safely.',
      { cause: error },
    )
  }
}

/** Rolls back and releases the connection. A connection that cannot roll back is closed. */
async function rollBack(connection: Connection, work: Work | undefined): Promise<void> {
  try {
    const position = await connection.rollBack({ position: work?.onRollback !== undefined })
    if (position) work?.onRollback?.(position)
  } catch {
    connection.discard()
  }
  connection.release()
}
