import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** How often the connection is asked whether it still stands, and how long it may take to answer; milliseconds. */
const beat = 500

/** How long to wait before connecting anew, in milliseconds. */
const pause = 1000

/** A channel that is listened to until it is closed. */
export interface Subscription {
  close(): Promise<void>
}

/** Rejects when the connection is broken or silent, since a cut cable closes no socket, or listens no longer. */
const answers = (client: pg.Client, channel: string) =>
  new Promise<void>((resolve, reject) => {
    // After a pause of the whole process the answer may be there and not yet read: it is read before setImmediate.
    const late = setTimeout(() => setImmediate(() => reject(new Error('no answer'))), beat)
    client
      .query('select from pg_listening_channels() as heard where heard = $1', [channel])
      .then(({ rowCount }) => {
        clearTimeout(late)
        if (rowCount === 1) resolve()
        else reject(new Error('the session listens no longer'))
      }, reject)
  })

/**
 * Rejects when what is sent through the pool is not heard: through a pooler in transaction mode, or in another
 * database.
 */
async function hearEcho(client: pg.Client, pool: pg.Pool): Promise<void> {
  const echo = `entente_${randomUUID().replaceAll('-', '')}`
  const heard = new Promise<void>((resolve) => {
    client.on('notification', ({ channel }) => {
      if (channel === echo) resolve()
    })
  })
  await client.query(`listen ${echo}`)
  await pool.query('select pg_notify($1, $2)', [echo, ''])
  const silence = sleep(2 * beat, undefined, { ref: false }).then(() => {
    throw new Error('notifications do not arrive')
  })
  await Promise.race([heard, silence])
  await client.query(`unlisten ${echo}`)
}

/** Listens until the connection is lost or the signal is given. Never throws. */
async function listen(
  client: pg.Client,
  pool: pg.Pool,
  channel: string,
  onNotify: () => void,
  stop: AbortSignal,
): Promise<void> {
  const lost = new AbortController()
  const abort = () => lost.abort()
  const hear = (notification: pg.Notification) => {
    if (notification.channel === channel) onNotify()
  }
  client.on('error', abort).once('end', abort).on('notification', hear)
  stop.addEventListener('abort', abort)
  const aborted = new Promise<never>((_, reject) => {
    lost.signal.addEventListener('abort', () => reject(lost.signal.reason))
  })
  try {
    await Promise.race([client.connect(), aborted])
    await Promise.race([client.query(`listen ${client.escapeIdentifier(channel)}`), aborted])
    await Promise.race([hearEcho(client, pool), aborted])
    onNotify()
    while (!lost.signal.aborted) {
      await answers(client, channel)
      await sleep(beat, undefined, { signal: lost.signal, ref: false })
    }
  } catch {
    // Lost: for whatever reason, the caller is told so.
  } finally {
    stop.removeEventListener('abort', abort)
    client.off('notification', hear)
    client.end().catch(() => {})
  }
}

/**
 * Listens to a channel of PostgreSQL on a connection of its own, and connects anew when that is lost.
 * @param pool through which changes are made; notifications are believed once one of its own has been heard.
 * @param url where to listen; undefined for where the pool connects.
 * @param onNotify what is known may be old: called when listening has begun, and at each notification after that.
 * @param onLost nobody tells of changes any more, until `onNotify` is called again. A connection that was cut is noticed
 * at once, one that has fallen silent within a second.
 */
export function subscribe(
  { pool, url }: { pool: pg.Pool; url: string | undefined },
  channel: string,
  onNotify: () => void,
  onLost: () => void,
): Subscription {
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async () => {
    while (!signal.aborted) {
      const client = new pg.Client({
        ...(url === undefined ? pool.options : { connectionString: url }),
        application_name: 'entente listener',
        connectionTimeoutMillis: 5_000,
      })
      await listen(client, pool, channel, onNotify, signal)
      onLost()
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {})
    }
  }
  const running = run()
  return {
    close: async () => {
      stopping.abort()
      await running
    },
  }
}
