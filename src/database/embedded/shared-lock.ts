import type pg from 'pg'
import { errorCode } from '../../error-code.ts'
import { failure } from './failure.ts'

/**
 * What makes the processes that share an embedded server agree on who stops it: the last one. Each holds a shared
 * advisory lock through a connection of its own; whoever can have the lock alone is the last, and nobody can join
 * while it is held alone. As PostgreSQL drops a lock with its connection, a process that was killed counts no more.
 */
const lock = 0x656e7465

export interface SharedLock {
  client: pg.Client
  /** Resolves when the connection that holds the lock has ended, and the lock with it. */
  lost: Promise<void>
}

/** Takes a share in the server at `url`, or returns undefined when the server is just going or gone. */
export async function acquireSharedLock(url: string): Promise<SharedLock | undefined> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    connectionString: url,
    application_name: 'entente shared lock',
    keepAlive: true,
  })
  // The server may go away at any time, and the share with it; who gives it back will find out.
  client.on('error', () => {})
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve)
  })
  try {
    await client.connect()
    if (await holds(client, 'pg_try_advisory_lock_shared')) return { client, lost }
    await client.end()
  } catch (error) {
    if (!isGoing(error)) throw failure('the embedded PostgreSQL cannot be used', error)
  }
  return undefined
}

/** Whether a share still counts: it is lost when the server restarts, as it does when one of its processes crashes. */
export function isHeld({ client }: SharedLock): Promise<boolean> {
  return client.query('select').then(
    () => true,
    () => false,
  )
}

/** Gives a share back. When it was the last one, `stop` runs before anybody else can join. */
export async function releaseSharedLock({ client }: SharedLock, stop: () => Promise<void>): Promise<void> {
  try {
    // In this order: of two that leave at the same time, the later one finds itself alone.
    await client.query('select pg_advisory_unlock_shared($1)', [lock])
    if (await holds(client, 'pg_try_advisory_lock')) await stop()
  } finally {
    await client.end().catch(() => {})
  }
}

async function holds(client: pg.Client, attempt: string): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(`select ${attempt}($1) as held`, [lock])
  return rows[0]?.held === true
}

function isGoing(error: unknown): boolean {
  const ended = error instanceof Error && error.message.startsWith('Connection terminated')
  return ended || ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P03'].includes(errorCode(error))
}
