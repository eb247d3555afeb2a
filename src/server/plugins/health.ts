import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { type Database, Freshness } from '../../database/database.ts'
import { readSchemaState } from '../../database/migrate.ts'
import type { Replicas } from '../../database/replicas/replicas.ts'
import { isWritable } from '../../database/settings.ts'
import { Problem } from '../../problems/problem.ts'
import { sendProblemUnlogged } from './error-handler.ts'

/** Maximum wait for a connection, and maximum duration of each statement, in milliseconds. */
const readinessTimeoutMs = 2000

/**
 * Age of a database session in milliseconds, by the last status, after which the next check opens another one. A session keeps the
 * settings of its start, so it does not notice that the database has become read-only or writable. Anybody can request checks, so
 * even with `read_only` there is a pause.
 */
const reconnectAfterMs = { ok: 60_000, read_only: 1000 }

/** Opens a database with a connection of its own for readiness checks, so that they do not wait for a busy pool. */
const openReadinessDatabase = ({ database }: FastifyInstance): Database =>
  database.fork({
    maxConnections: 1,
    acquireTimeoutMs: readinessTimeoutMs,
    statementTimeoutMs: readinessTimeoutMs,
  })

/** Returns a database that reads on the primary, or on a replica while the primary is unavailable. */
const preferPrimary = (readiness: Database): Database =>
  readiness.forWork({
    owner: ['readiness'],
    freshness: new Freshness({ position: undefined, maxAgeMs: 0 }),
  })

/** The body of the response. */
interface Readiness {
  status: 'ok' | 'read_only'
  replicas?: ReturnType<Replicas['getState']>[]
}

/**
 * Returns the body of the response.
 * @throws Problem `unavailable` when the connection to the embedded server is lost, or when `readSchemaState` does not return
 * `migrated`. If the database cannot be reached, throws the error of the read.
 */
async function readinessBody(readiness: Database): Promise<Readiness> {
  const { outage, replicas } = readiness
  if (outage !== undefined) throw new Problem('unavailable', outage)
  const database = replicas ? preferPrimary(readiness) : readiness
  const state = await readSchemaState(database)
  if (state !== 'migrated')
    throw new Problem(
      'unavailable',
      state === 'too new'
        ? 'The database has migrations with which this version of Entente cannot work. Run the version that applied them, or use another database.'
        : 'The database lacks migrations of this version of Entente. Run `entente migrate`, or restart the service, which migrates at its start.',
    )
  return {
    status: (await isWritable(database)) ? 'ok' : 'read_only',
    ...(replicas && { replicas: replicas.all.map((replica) => replicas.getState(replica)) }),
  }
}

/**
 * Serves `/healthz`, which succeeds while the process runs, and `/readyz`, which succeeds if the database is reachable and
 * migrated, and the service is not shutting down. The service is also ready while the database is read-only or replicas are
 * down. If there are replicas, the response has their states.
 */
export const health = fp(
  async function health(app) {
    let readiness = openReadinessDatabase(app)
    let openedAt = performance.now()
    app.addHook('onClose', () => readiness.close())
    const check = async () => {
      const body = await readinessBody(readiness)
      if (performance.now() - openedAt > reconnectAfterMs[body.status] && !app.closing.aborted) {
        const former = readiness
        readiness = openReadinessDatabase(app)
        openedAt = performance.now()
        await former.close()
      }
      return body
    }
    let pending: Promise<Readiness> | undefined
    const checkOnce = () => {
      // Simultaneous requests share one check.
      pending ??= check().finally(() => {
        pending = undefined
      })
      return pending
    }
    app.get('/healthz', async () => ({ status: 'ok' }))
    app.get('/readyz', (request, reply) => {
      if (!app.isShuttingDown) return checkOnce()
      // Stopping is expected, and no error for the log.
      return sendProblemUnlogged(new Problem('unavailable', 'The service is shutting down.'), request, reply)
    })
  },
  { name: 'health', dependencies: ['database', 'shutdown'] },
)
