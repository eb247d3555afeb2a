import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type pg from 'pg'
import { guardPool, type PoolLimits, type PoolWatch } from '../../database/guard.ts'
import { placesTaken } from '../../operations/places.ts'

declare module 'fastify' {
  interface FastifyInstance {
    pool: pg.Pool
  }
}

/** Options of the plugin `database`. */
export interface DatabaseOptions {
  /** Connections to a migrated database. Whoever opened the pool closes it, after the app. */
  pool: pg.Pool
  limits: PoolLimits
}

/** Longest text of a slow statement in the log, in characters. */
const maxLoggedStatementLength = 4000

/** Counts what the pool refuses and stops, and logs slow statements without their values. */
const watchPool = ({ metrics, log, server }: FastifyInstance): PoolWatch => ({
  refused: (reason) => metrics.requestShed(reason),
  stopped: () => metrics.statementTimedOut(),
  slow: (statement, durationMs) => {
    metrics.statementSlow()
    // The first line on the terminal is for people; nothing is logged before it.
    if (!server.listening) return
    const entry = {
      statement: statement.slice(0, maxLoggedStatementLength),
      milliseconds: Math.round(durationMs),
    }
    log.warn(entry, 'slow statement')
  },
})

/** Provides `app.pool`: limits how long statements wait and run, and measures the pool. */
export const database = fp<DatabaseOptions>(
  async function database(app, { pool, limits }) {
    guardPool(pool, limits, watchPool(app))
    app.decorate('pool', pool)
    const { metrics } = app
    metrics.gauge(
      'entente_pool_connections_max',
      'Connections that the pool may open.',
      () => pool.options.max,
    )
    metrics.gauge('entente_pool_connections', 'Connections that the pool has.', () => pool.totalCount)
    metrics.gauge('entente_pool_connections_idle', 'Of these, those that are free.', () => pool.idleCount)
    metrics.gauge('entente_pool_waiting', 'Requests that wait for a connection.', () => pool.waitingCount)
    metrics.gauge(
      'entente_long_reads_running',
      'Exports that are being sent, and questions about the past.',
      () => placesTaken(pool),
    )
  },
  { name: 'database', dependencies: ['metrics'] },
)
