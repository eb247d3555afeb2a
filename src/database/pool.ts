import pg from 'pg'

/**
 * Opens the pool of connections that the whole process shares; whoever opens it ends it. Nothing is connected until
 * the first query, which fails after ten seconds when no connection could be had.
 */
export function openPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    application_name: 'entente',
    // What the API answers must not depend on where the server stands. And statements that ask many tables for a few
    // rows are done long before they would be compiled.
    options: '-c TimeZone=UTC -c jit=off',
    connectionTimeoutMillis: 10_000,
    // Long, because a connection takes its prepared statements with it.
    idleTimeoutMillis: 300_000,
    keepAlive: true,
  })
  // When the server goes away, the pool drops its idle connections and says so here. Nobody waits for them, and the
  // next query connects anew or reports why it cannot; without a listener the event would end the process.
  pool.on('error', () => {})
  return pool
}
