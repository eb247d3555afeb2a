import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import accepts from '@fastify/accepts'
import Fastify, { type FastifyInstance } from 'fastify'
import type pg from 'pg'
import type { Config } from './config.ts'
import { Changes } from './database/changes.ts'
import { cursorSecret } from './database/settings.ts'
import { endpoints as acrossResources } from './endpoints/index.ts'
import { authorizeWith } from './http/authentication.ts'
import { readBodies } from './http/body.ts'
import { serveDocumentation } from './http/documentation.ts'
import { serveHealth } from './http/health.ts'
import { serveProblemPages } from './http/problem-pages.ts'
import { answerError, answerProblems, connectionAnswer } from './http/problems.ts'
import { type Memory, Reads } from './http/reading/reads.ts'
import { Store } from './http/reading/store.ts'
import { knownPaths, mountEndpoints } from './http/routes.ts'
import { endpointsOf } from './operations/endpoints.ts'
import { operations } from './operations/index.ts'
import { packageVersion } from './package-root.ts'
import { resources } from './resources/index.ts'

/** Largest body, in bytes. */
const bodyLimit = 1024 * 1024

/** What the service has beside the grid. */
const servicePaths = [
  '/',
  '/healthz',
  '/readyz',
  '/openapi.json',
  '/openapi.yaml',
  '/docs',
  '/problems',
  '/problems/{type}',
].map((path) => ({ path, methods: ['GET', 'HEAD'] }))

/** Answers in memory, while changes of the database are heard; undefined when there is to be none. */
function openMemory(app: FastifyInstance, pool: pg.Pool, config: Config): Memory | undefined {
  if (config.CACHE_MB === 0) return undefined
  const changes = new Changes(pool, config.LISTEN_DATABASE_URL, app.log)
  changes.open()
  app.addHook('onClose', () => changes.close())
  return { changes, store: new Store(config.CACHE_MB * 1024 * 1024) }
}

/** Aborts when the service begins to close. */
function closingOf(app: FastifyInstance, memory: Memory | undefined): AbortSignal {
  const controller = new AbortController()
  app.addHook('preClose', async () => {
    controller.abort()
    // Wakes what waits for changes.
    memory?.changes.moved()
  })
  return controller.signal
}

/** Builds the service on a migrated database: plugins and routes, in this order. It does not listen yet. */
export async function buildApp({
  config,
  pool,
}: {
  config: Config
  pool: pg.Pool
}): Promise<FastifyInstance> {
  const app = Fastify({
    logger: { level: config.LOG_LEVEL },
    bodyLimit,
    // Histories name requests, also those of other processes and times.
    genReqId: () => randomUUID(),
    // Keys are checked by their own rules, which say more than "not found"; the query is read where its parameters
    // are known.
    routerOptions: { maxParamLength: 5000, querystringParser: () => ({}) },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    clientErrorHandler(error, socket) {
      if (socket.writable) socket.end(connectionAnswer(error.code))
    },
  })
  const endpoints = [...endpointsOf(resources, operations), ...acrossResources]

  await app.register(accepts)
  answerProblems(app, () => [...knownPaths(endpoints), ...servicePaths])
  readBodies(app)
  serveHealth(app, pool)
  serveProblemPages(app)
  await serveDocumentation(app, endpoints, resources, packageVersion)
  const memory = openMemory(app, pool, config)
  const context = {
    pool,
    cursorSecret: await cursorSecret(pool),
    changed: async (milliseconds: number) => memory?.changes.next(milliseconds) ?? delay(milliseconds),
    closing: closingOf(app, memory),
  }
  const authorize = authorizeWith(config.ADMIN_KEY, config.PUBLIC_READ)
  const reads = new Reads(memory, config.PUBLIC_READ)
  mountEndpoints(app, endpoints, { context, authorize, reads })
  return app
}
