import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import pg from 'pg'
import { isMigrated } from '../../database/migrate.ts'
import { takesChanges } from '../../database/read-only.ts'
import { Problem } from '../../problems/problem.ts'

/** Longest time that the database may take to answer, in milliseconds. */
const readinessTimeoutMs = 2000

const json = 'application/json; charset=utf-8'

/** Opens one connection for readiness checks at the first check, so that they never wait for the pool. */
function openReadinessPool(app: FastifyInstance): pg.Pool {
  const { options } = app.pool
  const own = new pg.Pool({
    ...options,
    max: 1,
    application_name: 'entente readiness',
    connectionTimeoutMillis: readinessTimeoutMs,
    query_timeout: readinessTimeoutMs,
  })
  // The next check opens a new connection, or says why it cannot.
  own.on('error', () => {})
  app.addHook('onClose', () => own.end())
  return own
}

/** @throws Problem `unavailable` when the database is not migrated. */
async function readinessBody(readiness: pg.Pool): Promise<string> {
  if (!(await isMigrated(readiness))) throw new Problem('unavailable', 'The database is not migrated.')
  return JSON.stringify({ status: (await takesChanges(readiness)) ? 'ok' : 'read_only' })
}

/**
 * Serves `/healthz`: the process lives; and `/readyz`: the database is reachable and migrated, and the service is not
 * shutting down. A read-only database is ready, too.
 */
export const health = fp(
  async function health(app) {
    const readiness = openReadinessPool(app)
    const ok = JSON.stringify({ status: 'ok' })
    let pending: Promise<string> | undefined
    const checkOnce = () => {
      // Simultaneous requests share one check.
      pending ??= readinessBody(readiness).finally(() => {
        pending = undefined
      })
      return pending
    }
    app.get('/healthz', async (_request, reply) => reply.type(json).send(ok))
    app.get('/readyz', async (_request, reply) => {
      if (app.isShuttingDown) throw new Problem('unavailable', 'The service is about to end.')
      return reply.type(json).send(await checkOnce())
    })
  },
  { name: 'health', dependencies: ['database', 'shutdown'] },
)
