import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { isMigrated } from '../database/migrate.ts'
import { Problem } from '../problems/problem.ts'

/** `/healthz` tells that the process lives, `/readyz` that it can answer: the database is there and migrated. */
export function serveHealth(app: FastifyInstance, pool: pg.Pool): void {
  const ok = JSON.stringify({ status: 'ok' })
  app.get('/healthz', async (_request, reply) => reply.type('application/json; charset=utf-8').send(ok))
  app.get('/readyz', async (_request, reply) => {
    if (!(await isMigrated(pool))) throw new Problem('unavailable', 'The database is not migrated.')
    return reply.type('application/json; charset=utf-8').send(ok)
  })
}
