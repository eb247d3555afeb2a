import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Database, DatabaseObserver } from '../../database/database.ts'
import type { Replica } from '../../database/replicas/replica.ts'

declare module 'fastify' {
  interface FastifyInstance {
    database: Database
  }
}

/** Maximum length of a slow statement in the log, in characters. */
const maxLoggedStatementLength = 4000

/**
 * Counts what the database refuses and cancels. Logs slow statements (without values), and when the connection to the embedded
 * server is lost or the server does not stop.
 */
const databaseObserver = ({ metrics, log, server, traceStatement }: FastifyInstance): DatabaseObserver => ({
  ...(traceStatement && { trace: traceStatement }),
  requestRefused: (lane, reason) =>
    reason === 'share' ? metrics.requestOverShare(lane) : metrics.requestShed(reason),
  statementTimedOut: () => metrics.statementTimeouts.inc(),
  serverDisconnected: (reason) => log.error({ reason }, 'the connection to the embedded PostgreSQL is lost'),
  serverReconnected: () => log.warn('the connection to the embedded PostgreSQL is restored'),
  serverStoppedImmediately: () =>
    log.error(
      'the embedded PostgreSQL does not stop, so its processes are ended: it recovers at its next start',
    ),
  statementSlow: (text, durationMs) => {
    metrics.slowStatements.inc()
    // The startup message must be the first line on the terminal, so nothing is logged before.
    if (!server.listening) return
    const entry = { statement: text.slice(0, maxLoggedStatementLength), milliseconds: Math.round(durationMs) }
    log.warn(entry, 'slow statement')
  },
})

/** Starts to monitor the replicas, logs when one is unreachable, and provides their metrics. */
function observeReplicas({ metrics, log, server }: FastifyInstance, { replicas }: Database): void {
  if (!replicas) return
  const describe = ({ number, address }: Replica) => ({ replica: number, address })
  replicas.observer = {
    replicaUnreachable: (replica, reason) => {
      // The startup message must be the first line, so nothing is logged before.
      if (!server.listening || log.level === 'silent') return false
      log.warn({ ...describe(replica), reason }, 'a read replica is unreachable')
      return true
    },
    replicaPromoted: (replica) => log.info(describe(replica), 'a read replica has become the primary'),
    replicaReachable: (replica) => log.info(describe(replica), 'a read replica is reachable again'),
  }
  replicas.start()
  metrics.counter(
    'entente_reads_total',
    'Reads by server: on a replica, on the primary, or on the primary after a replica had failed.',
    'server',
    replicas.reads,
  )
  metrics.counter(
    'entente_replica_waits_total',
    'Reads that waited for a replica to replay the last write of their client, by result.',
    'result',
    replicas.waits,
  )
  metrics.replicaGauge(
    'entente_replica_up',
    '1 while the replica answers as a standby, and, if the primary is known, as a standby of the primary; otherwise 0.',
    replicas.all.map((replica) => () => (replica.isReachable ? 1 : 0)),
  )
  metrics.replicaGauge(
    'entente_replica_backoff',
    '1 while the replica answers but is not used, after connections to it were lost or refused.',
    replicas.all.map((replica) => () => (replica.isReachable && !replica.isUsable ? 1 : 0)),
  )
  metrics.replicaGauge(
    'entente_replica_lag_bytes',
    "Bytes of the primary's log that the replica has not replayed; no value while this is unknown.",
    replicas.all.map((replica) => () => replicas.lagBytes(replica)),
  )
}

/**
 * Provides `app.database` and its metrics. The database must be migrated. The caller closes it after the app.
 */
export const database = fp<{ database: Database }>(
  async (app, { database }) => {
    const { metrics } = app
    const { maxConnections } = database.options
    database.observe(databaseObserver(app))
    observeReplicas(app, database)
    app.decorate('database', database)
    metrics.gauge('entente_pool_connections_max', 'Maximum size of the pool.', () => maxConnections)
    metrics.gauge('entente_pool_connections', 'Open connections of the pool.', () => database.counts.total)
    metrics.gauge(
      'entente_pool_connections_idle',
      'Connections of the pool that are free.',
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
