import type { FastifyInstance } from 'fastify'
import type { Database } from '../database/database.ts'
import { isMigrated } from '../database/migrate.ts'
import { isWritable } from '../database/settings.ts'
import { Problem } from '../problems/problem.ts'
import type { Draining } from './draining.ts'

/** How long a connection, and then each statement, may take. */
const readinessTimeoutMs = 2000

const json = 'application/json; charset=utf-8'

/** Opens a connection for readiness checks alone, so that they do not wait for a busy pool. */
function openOwnConnection(app: FastifyInstance, database: Database): Database {
  const own = database.fork({
    maxConnections: 1,
    acquireTimeoutMs: readinessTimeoutMs,
    statementTimeoutMs: readinessTimeoutMs,
  })
  app.addHook('onClose', () => own.close())
  return own
}

/** @throws Problem `unavailable` when requests can't be answered. */
async function statusOf(database: Database): Promise<string> {
  if (!(await isMigrated(database))) throw new Problem('unavailable', 'The database is not migrated.')
  return JSON.stringify({ status: (await isWritable(database)) ? 'ok' : 'read_only' })
}

/**
 * `/healthz` tells that the process lives, `/readyz` that it can answer: the database is there and migrated, and the
 * process is not about to end. A database that takes no changes can still be read, so this is ready, too.
 */
export function serveHealth(app: FastifyInstance, pool: Database, draining: Draining): void {
  const database = openOwnConnection(app, pool)
  const ok = JSON.stringify({ status: 'ok' })
  let asking: Promise<string> | undefined
  const ask = () => {
    // However many ask at the same time, the database is asked once.
    asking ??= statusOf(database).finally(() => {
      asking = undefined
    })
    return asking
  }
  app.get('/healthz', async (_request, reply) => reply.type(json).send(ok))
  app.get('/readyz', async (_request, reply) => {
    if (draining.begun) throw new Problem('unavailable', 'The service is about to end.')
    return reply.type(json).send(await ask())
  })
}
