import { setTimeout as delay } from 'node:timers/promises'
import accepts from '@fastify/accepts'
import Fastify, { type FastifyInstance } from 'fastify'
import type pg from 'pg'
import type { Config } from './config.ts'
import { Changes } from './database/changes.ts'
import { guardPool, type PoolLimits } from './database/guard.ts'
import { openKeyring } from './database/keyring.ts'
import { cursorSecret } from './database/settings.ts'
import { endpoints as acrossResources } from './features/index.ts'
import { admission } from './http/admission.ts'
import { authorizeWith } from './http/authentication.ts'
import { readBodies } from './http/body.ts'
import { guardBrowsers } from './http/browsers.ts'
import { serveDocumentation } from './http/documentation.ts'
import { drainBeforeClosing } from './http/draining.ts'
import { followRequests, requestIds } from './http/following.ts'
import { serveHealth } from './http/health.ts'
import { limitUrls } from './http/limits.ts'
import { loggingAt } from './http/logging.ts'
import { Metrics, measurePool, measureReads, poolWatch, serveMetrics } from './http/metrics.ts'
import { trustIssuer } from './http/oidc.ts'
import { shedUnderPressure } from './http/pressure.ts'
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

/** What the service may have beside the grid. */
const servicePaths = [
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/openapi.yaml',
  '/docs',
  '/problems',
  '/problems/{type}',
].map((path) => ({ path, methods: ['GET', 'HEAD'] }))

/** What the service has beside the grid, as it is set up. */
const servicePathsOf = ({ METRICS }: Config) =>
  servicePaths.filter(({ path }) => path !== '/metrics' || METRICS !== 'off')

/** Answers in memory, while changes of the database are heard; undefined when there is to be none. */
function openMemory(app: FastifyInstance, pool: pg.Pool, config: Config): Memory | undefined {
  if (config.CACHE_MB === 0) return undefined
  const changes = new Changes(pool, config.LISTEN_DATABASE_URL, app.log)
  changes.open()
  app.addHook('onClose', () => changes.close())
  return { changes, store: new Store(config.CACHE_MB * 1024 * 1024) }
}

/** The issuer whose tokens are trusted, if there is one. */
function issuerOf({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_ROLE_CLAIM: roleClaim }: Config) {
  return issuer === undefined || audience === undefined
    ? undefined
    : trustIssuer({ issuer, audience, roleClaim })
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

/** What the configuration says of how the pool may be used. */
const limitsOf = (config: Config): PoolLimits => ({
  waiting: config.POOL_QUEUE,
  wait: config.POOL_WAIT_SECONDS * 1000,
  statement: config.STATEMENT_SECONDS * 1000,
  slow: config.SLOW_STATEMENT_MS || Number.POSITIVE_INFINITY,
})

/** Milliseconds without a byte, on a connection with a request, after which it is closed. */
const silence = 300_000

/** How long a connection that can't go on is kept for its last answer, in milliseconds. */
const lingering = 1000

/** How often Node looks for requests that take too long to arrive, in milliseconds. */
const checkArrivals = 1000

/** Builds the service on a migrated database: plugins and routes, in this order. It does not listen yet. */
export async function buildApp({
  config,
  pool,
}: {
  config: Config
  pool: pg.Pool
}): Promise<FastifyInstance> {
  const app = Fastify({
    logger: loggingAt(config.LOG_LEVEL),
    bodyLimit,
    trustProxy: config.TRUST_PROXY ?? false,
    ...requestIds,
    requestTimeout: config.REQUEST_SECONDS * 1000,
    connectionTimeout: silence,
    http: {
      connectionsCheckingInterval: checkArrivals,
      // Node takes the two for one another when the headers may take longer than all of the request.
      requestTimeout: config.REQUEST_SECONDS * 1000,
      headersTimeout: config.REQUEST_SECONDS * 1000,
    },
    // A request that was sent before the end of the service was known is answered.
    return503OnClosing: false,
    // Keys are checked by their own rules, which say more than "not found"; the query is read where its parameters
    // are known.
    routerOptions: { maxParamLength: 5000, querystringParser: () => ({}) },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    clientErrorHandler(error, socket) {
      if (socket.writable) socket.end(connectionAnswer(error.code))
      // Time to read the answer, whether or not the client closes its side.
      setTimeout(() => socket.destroy(), lingering).unref()
    },
  })
  const metrics = new Metrics()
  followRequests(app, metrics)
  const draining = drainBeforeClosing(app, config.DRAIN_SECONDS * 1000)
  guardPool(pool, limitsOf(config), poolWatch(metrics, app))
  const endpoints = [...endpointsOf(resources, operations), ...acrossResources]
  const keyring = openKeyring(pool, config.LISTEN_DATABASE_URL)
  app.addHook('onClose', keyring.close)
  const authorize = authorizeWith({
    adminKey: config.ADMIN_KEY,
    keyring,
    verifyToken: issuerOf(config),
    publicRead: config.PUBLIC_READ,
  })

  await shedUnderPressure(app, metrics, {
    lag: config.SHED_LAG_MS,
    memory: config.SHED_MEMORY_MB * 1024 * 1024,
  })
  await app.register(accepts)
  await guardBrowsers(app, config.CORS_ORIGINS ?? [])
  limitUrls(app)
  const admit = await admission(app, authorize, config.RATE_LIMIT)
  answerProblems(app, () => [...knownPaths(endpoints), ...servicePathsOf(config)])
  readBodies(app)
  serveHealth(app, pool, draining)
  serveMetrics(app, metrics, admit, config.METRICS)
  serveProblemPages(app)
  await serveDocumentation(app, endpoints, resources, packageVersion)
  const memory = openMemory(app, pool, config)
  const context = {
    pool,
    cursorSecret: await cursorSecret(pool),
    keyring,
    changed: async (milliseconds: number) => memory?.changes.next(milliseconds) ?? delay(milliseconds),
    closing: closingOf(app, memory),
  }
  const reads = new Reads(memory, config.PUBLIC_READ)
  measurePool(metrics, pool)
  measureReads(metrics, reads, memory)
  mountEndpoints(app, endpoints, { context, admit, reads })
  return app
}
