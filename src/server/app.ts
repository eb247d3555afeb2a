import accepts from '@fastify/accepts'
import fastifyRateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Database } from '../database/database.ts'
import type { Registry } from '../model/registry.ts'
import { registry as serviceRegistry } from '../resources/registry.ts'
import type { Config } from './config.ts'
import { descriptorLimit, maxClientConnections } from './descriptors.ts'
import { listEndpoints } from './endpoints.ts'
import { serverOptions } from './options.ts'
import { access } from './plugins/access.ts'
import { agents } from './plugins/agents.ts'
import { createTokenVerifier } from './plugins/authentication/oidc.ts'
import { authentication } from './plugins/authentication.ts'
import { bodyChunks } from './plugins/body-chunks.ts'
import { bodyParsers } from './plugins/body-parsers.ts'
import { changes } from './plugins/changes.ts'
import { client } from './plugins/client.ts'
import { connections } from './plugins/connections.ts'
import { cors, routeCorsHeaders } from './plugins/cors.ts'
import { dashboard } from './plugins/dashboard.ts'
import { database as databasePlugin } from './plugins/database.ts'
import { documentation } from './plugins/documentation.ts'
import { errorHandler } from './plugins/error-handler.ts'
import { health } from './plugins/health.ts'
import { httpConformance } from './plugins/http-conformance.ts'
import { importer } from './plugins/importer.ts'
import { keyring } from './plugins/keyring.ts'
import { largeBodies } from './plugins/large-bodies.ts'
import { loadShedding } from './plugins/load-shedding.ts'
import { metrics } from './plugins/metrics.ts'
import { metricsEndpoint } from './plugins/metrics-endpoint.ts'
import { multipart } from './plugins/multipart.ts'
import { notFoundHandler } from './plugins/not-found.ts'
import { operations } from './plugins/operations.ts'
import { pageSecurityHeaders } from './plugins/page-security-headers.ts'
import { positions } from './plugins/positions.ts'
import { problemPages } from './plugins/problem-pages.ts'
import { LimiterStore, rateLimit } from './plugins/rate-limit.ts'
import { recomposer } from './plugins/recomposer.ts'
import { reconcile } from './plugins/reconcile.ts'
import { requestEnd } from './plugins/request-end.ts'
import { requestLog } from './plugins/request-log.ts'
import { responseCache } from './plugins/response-cache.ts'
import { routes } from './plugins/routes.ts'
import { securityHeaders } from './plugins/security-headers.ts'
import { shutdown } from './plugins/shutdown.ts'
import { tracing } from './plugins/tracing.ts'
import { transfers } from './plugins/transfers.ts'
import { unreadBodies } from './plugins/unread-bodies.ts'
import { urlLimit } from './plugins/url-limit.ts'

const bytesPerMib = 1024 * 1024

/** Maximum number of failed authentications of an address in a minute. */
const maxFailuresPerMinute = 20

/**
 * Number of descriptors that are kept free for connections to the primary outside of the pools of requests and exports: for streams,
 * imports, notifications, readiness checks, recomposing and cancelling.
 */
const otherConnections = 25

/** The same for each replica: for readiness checks, probes and cancelling. */
const otherConnectionsToReplica = 5

/** Returns the maximum number of connections to PostgreSQL. */
function databaseConnections({ POOL_SIZE, MAX_EXPORTS, READ_DATABASE_URLS = [] }: Config): number {
  const pools = POOL_SIZE + MAX_EXPORTS
  return pools + otherConnections + READ_DATABASE_URLS.length * (pools + otherConnectionsToReplica)
}

/** Returns the verifier of access tokens, or undefined if the configuration names no issuer. */
function tokenVerifier(
  { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_ROLE_CLAIM: roleClaim }: Config,
  { clock }: Database,
) {
  return issuer === undefined || audience === undefined
    ? undefined
    : createTokenVerifier({ issuer, audience, roleClaim }, clock)
}

/** Registers the plugins for all requests, including requests without a route. Their hooks run in the order of registration. */
async function registerCommon(app: FastifyInstance, config: Config, database: Database): Promise<void> {
  await app.register(metrics)
  await app.register(requestEnd)
  await app.register(connections, {
    maxConnections: maxClientConnections(
      descriptorLimit(),
      config.MAX_CONNECTIONS,
      databaseConnections(config),
    ),
    maxPerAddress: config.MAX_CONNECTIONS_PER_ADDRESS,
    maxNewPerSecond: config.MAX_CONNECTIONS_PER_SECOND,
    proxies: config.TRUST_PROXY ?? [],
  })
  await app.register(requestLog)
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined)
    await app.register(tracing, {
      endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
      serviceName: config.OTEL_SERVICE_NAME,
      resourceAttributes: config.OTEL_RESOURCE_ATTRIBUTES,
      sampleRatio: config.OTEL_TRACES_SAMPLER_ARG,
    })
  await app.register(shutdown, { drainMs: config.DRAIN_SECONDS * 1000 })
  await app.register(databasePlugin, { database })
  await app.register(securityHeaders)
  // Before the plugins that refuse requests, since pages of other origins can read only responses with CORS headers.
  if (config.CORS_ORIGINS) await app.register(cors, { origins: config.CORS_ORIGINS })
  await app.register(routeCorsHeaders)
  await app.register(loadShedding, {
    maxEventLoopDelayMs: config.SHED_LAG_MS,
    maxRssBytes: config.SHED_MEMORY_MB * bytesPerMib,
  })
  await app.register(largeBodies)
  await app.register(unreadBodies)
  await app.register(accepts)
  await app.register(urlLimit)
  await app.register(errorHandler)
  await app.register(routes)
  await app.register(bodyChunks)
  await app.register(bodyParsers)
  await app.register(multipart)
  await app.register(keyring)
  if (config.RATE_LIMIT > 0) await app.register(fastifyRateLimit, { global: false, store: LimiterStore })
  await app.register(authentication, {
    adminKey: config.ADMIN_KEY,
    verifyToken: tokenVerifier(config, database),
    // 0 (no rate limit) also means no limit of failures.
    maxFailuresPerMinute: Math.min(maxFailuresPerMinute, config.RATE_LIMIT),
  })
  await app.register(client)
  await app.register(positions)
  if (config.RATE_LIMIT > 0) await app.register(rateLimit, { maxPerMinute: config.RATE_LIMIT })
  await app.register(access, { publicRead: config.PUBLIC_READ })
  await app.register(httpConformance)
  await app.register(notFoundHandler)
}

/**
 * Builds the service on a migrated database: plugins and scopes of routes. It does not listen yet.
 * @throws OperationalError when the limit of open files is too low for the configuration.
 */
export async function buildApp({
  config,
  database,
  registry = serviceRegistry,
}: {
  config: Config
  database: Database
  /** The resources that the service serves. */
  registry?: Registry
}): Promise<FastifyInstance> {
  const app = Fastify(serverOptions(config))
  await registerCommon(app, config, database)
  const { resources } = registry
  const endpoints = listEndpoints(registry)

  await app.register(async function probes(scope) {
    // Monitors send many requests, and must get responses especially while the service is overloaded.
    scope.addHook('onRoute', (route) => {
      const hasAccessRule = route.config?.access !== undefined
      route.config = {
        ...route.config,
        requestLogLevel: 'debug',
        loadShedding: false,
        ...(!hasAccessRule && { rateLimit: false }),
      }
    })
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store')
      done()
    })
    await scope.register(health)
    if (config.METRICS !== 'off') await scope.register(metricsEndpoint, { access: config.METRICS })
  })

  await app.register(async function docs(scope) {
    await scope.register(pageSecurityHeaders)
    await scope.register(problemPages)
    await scope.register(documentation, { registry })
  })

  await app.register(async function pages(scope) {
    await scope.register(pageSecurityHeaders)
    if (config.DASHBOARD === 'on')
      await scope.register(dashboard, { embedOrigins: config.EMBED_ORIGINS ?? [], resources })
  })

  await app.register(recomposer, { registry })
  await app.register(importer, { registry })

  await app.register(async function api(scope) {
    await scope.register(changes, { enabled: config.CACHE_MB > 0 })
    await scope.register(responseCache, {
      maxBytes: config.CACHE_MB * bytesPerMib,
      publicRead: config.PUBLIC_READ,
      registry,
    })
    await scope.register(transfers, {
      minBytesPerSecond: config.MIN_TRANSFER_KIB * 1024,
      maxDurationMs: config.MAX_TRANSFER_SECONDS * 1000,
    })
    await scope.register(operations, {
      endpoints,
      exportLimits: { maxTotal: config.MAX_EXPORTS, maxPerClient: config.MAX_EXPORTS_PER_CLIENT },
      streamLimits: { maxTotal: config.MAX_STREAMS, maxPerClient: config.MAX_STREAMS_PER_CLIENT },
      publisher: {
        name: config.PUBLISHER_NAME,
        iatiId: config.IATI_ORG_ID,
        iatiType: config.IATI_ORG_TYPE,
        serviceUrl: config.PUBLIC_URL,
      },
      importMaxBytes: config.IMPORT_MB * bytesPerMib,
    })
    const ownOrigin = config.PUBLIC_URL === undefined ? [] : [new URL(config.PUBLIC_URL).origin]
    const allowedOrigins = [...(config.CORS_ORIGINS ?? []), ...ownOrigin]
    await scope.register(agents, { registry, allowedOrigins })
    await scope.register(reconcile, { registry, publicUrl: config.PUBLIC_URL })
  })

  return app
}
