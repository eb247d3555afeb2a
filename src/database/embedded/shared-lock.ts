import pg from 'pg'
import { errorCode } from '../../error-code.ts'
import { failure } from '../../operational-error.ts'
import { isConnectionError } from '../errors.ts'

/**
 * The lock by which the last of several processes stops the embedded server that they share. Each process holds a shared
 * advisory lock on a separate connection. The process that gets the lock exclusively is the last one, and no other process
 * can join while it holds this lock. PostgreSQL releases a lock when its connection ends, so a killed process holds none.
 */
const lockKey = 0x656e7465

/** A held lock, and the connection that holds it. */
export interface SharedLock {
  client: pg.Client
  /** Resolves when the connection that holds the lock has ended, and the lock with it. */
  lost: Promise<void>
}

/**
 * Takes the shared lock of the server at `url`. Returns undefined if the server is stopping, has stopped, or recovers from a
 * crash.
 * @throws OperationalError for any other failure, such as a refused login.
 */
export async function acquireSharedLock(url: string): Promise<SharedLock | undefined> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'entente shared lock',
    keepAlive: true,
  })
  // The server may stop at any time, which ends the lock. `isHeld` and `releaseSharedLock` notice that.
  client.on('error', () => {})
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve)
  })
  try {
    await client.connect()
    if (await tryLock(client, 'pg_try_advisory_lock_shared')) return { client, lost }
    await client.end()
  } catch (error) {
    if (!isServerAway(error)) throw failure('the embedded PostgreSQL cannot be used', error)
  }
  return undefined
}

/** Whether the lock is still held. It is lost when PostgreSQL closes all connections, as when one of its processes crashes. */
export function isHeld({ client }: SharedLock): Promise<boolean> {
  return client.query('select').then(
    () => true,
    () => false,
  )
}

/**
 * Releases the lock. If no other process holds it, `stop` runs before another process can join.
 * @returns false if the lock is lost meanwhile, so that nobody knows whether another process holds it.
 * @throws what `stop` throws; PostgreSQL's error, unless the server is stopping or recovers from a crash.
 */
export async function releaseSharedLock({ client }: SharedLock, stop: () => Promise<void>): Promise<boolean> {
  try {
    const isLast = await exchangeLock(client)
    if (isLast) await stop()
    return isLast !== undefined
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Releases the shared lock, then tries to take the exclusive one: of two processes that close at the same time, the later
 * one gets it. Returns false if another process still holds the shared lock, or has got the exclusive one and is stopping the
 * server. Returns undefined if the connection has ended.
 */
async function exchangeLock(client: pg.Client): Promise<boolean | undefined> {
  try {
    await client.query('select pg_advisory_unlock_shared($1)', [lockKey])
    return await tryLock(client, 'pg_try_advisory_lock')
  } catch (error) {
    if (isServerAway(error)) return undefined
    throw error
  }
}

type TryLockFunction = 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared'

async function tryLock(client: pg.Client, lockFunction: TryLockFunction): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(`select ${lockFunction}($1) as held`, [lockKey])
  return rows[0]?.held === true
}

/** Whether the server is stopping, has stopped, or recovers from a crash of one of its processes. */
const isServerAway = (error: unknown): boolean =>
  isConnectionError(error) || ['57P01', '57P02', '57P03'].includes(errorCode(error))
