import pg from 'pg'
import { boundPrepared } from './prepared.ts'

/**
 * Opens the pool of connections that the whole process shares; whoever opens it ends it. Nothing is connected until
 * the first query, which fails after ten seconds when no connection could be had. Sessions get no settings, since a
 * pooler such as PgBouncer may give each transaction another one: no statement may depend on any.
 */
export function openPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    application_name: 'entente',
    connectionTimeoutMillis: 10_000,
    // Long, because a connection takes its prepared statements with it.
    idleTimeoutMillis: 300_000,
    keepAlive: true,
    onConnect: async (client) => {
      // While a connection is lent, nobody else listens, and an event without a listener would end the process. Whoever
      // has borrowed it is told by the statement that fails.
      client.on('error', () => {})
      boundPrepared(client)
      // Only a matter of speed: statements that ask many tables for a few rows are done long before they were compiled.
      await client.query('set jit = off')
    },
  })
  // When the server goes away, the pool drops its idle connections and says so here. Nobody waits for them, and the
  // next query connects anew or reports why it cannot; without a listener the event would end the process.
  pool.on('error', () => {})
  return pool
}
