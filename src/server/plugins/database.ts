import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Database, DatabaseObserver } from '../../database/database.ts'

declare module 'fastify' {
  interface FastifyInstance {
    database: Database
  }
}

/** Longest text of a slow statement in the log, in characters. */
const maxLoggedStatementLength = 4000

/** Counts what the database refuses and cancels, and logs slow statements without their values. */
const observer = ({ metrics, log, server }: FastifyInstance): DatabaseObserver => ({
  refused: (lane, reason) =>
    reason === 'share' ? metrics.requestOverShare(lane) : metrics.requestShed(reason),
  stopped: () => metrics.statementTimedOut(),
  lost: (reason) => log.error({ reason }, 'the embedded PostgreSQL is away'),
  restored: () => log.warn('the embedded PostgreSQL runs again'),
  slow: (text, durationMs) => {
    metrics.statementSlow()
    // The first line on the terminal is for people; nothing is logged before it.
    if (!server.listening) return
    const entry = { statement: text.slice(0, maxLoggedStatementLength), milliseconds: Math.round(durationMs) }
    log.warn(entry, 'slow statement')
  },
})

/**
 * Provides `app.database`, and measures it.
 * The database must be migrated. Its opener closes it, after the app.
 */
export const database = fp<{ database: Database }>(
  async (app, { database }) => {
    const { metrics } = app
    const { maxConnections } = database.options
    database.observe(observer(app))
    app.decorate('database', database)
    metrics.gauge('entente_pool_connections_max', 'Connections that the pool may open.', () => maxConnections)
    metrics.gauge('entente_pool_connections', 'Connections that the pool has.', () => database.counts.total)
    metrics.gauge(
      'entente_pool_connections_idle',
      'Of these, those that are free.',
      () => database.counts.idle,
    )
    metrics.gauge(
      'entente_pool_waiting',
      'Requests that wait for a connection.',
      () => database.counts.waiting,
    )
    metrics.laneGauge(
      'entente_lane_running',
      'Connections in use by lane: cheap statements and changes, or expensive statements.',
      (lane) => database.laneCounts(lane).running,
    )
    metrics.laneGauge(
      'entente_lane_waiting',
      'Requests that wait for a connection, by lane.',
      (lane) => database.laneCounts(lane).waiting,
    )
  },
  { name: 'database', dependencies: ['metrics'] },
)
