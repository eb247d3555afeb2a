import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { isMigrated } from '../../database/migrate.ts'
import { takesChanges } from '../../database/read-only.ts'
import { Problem } from '../../problems/problem.ts'
import type { Draining } from './draining.ts'

/** How long the database may take to answer, in milliseconds. */
const patience = 2000

const json = 'application/json; charset=utf-8'

/**
 * A connection for asking whether the database is there, made when it is first needed: what the others are busy with
 * does not matter then.
 */
function openOwnConnection(app: FastifyInstance, { options }: pg.Pool): pg.Pool {
  const own = new pg.Pool({
    ...options,
    max: 1,
    application_name: 'entente readiness',
    connectionTimeoutMillis: patience,
    query_timeout: patience,
  })
  // The next question makes a new one, or says why it can't.
  own.on('error', () => {})
  app.addHook('onClose', () => own.end())
  return own
}

/** @throws Problem `unavailable` when requests can't be answered. */
async function statusOf(database: pg.Pool): Promise<string> {
  if (!(await isMigrated(database))) throw new Problem('unavailable', 'The database is not migrated.')
  return JSON.stringify({ status: (await takesChanges(database)) ? 'ok' : 'read_only' })
}

/**
 * `/healthz` tells that the process lives, `/readyz` that it can answer: the database is there and migrated, and the
 * process is not about to end. A database that takes no changes can still be read, so this is ready, too.
 */
export function serveHealth(app: FastifyInstance, pool: pg.Pool, draining: Draining): void {
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
