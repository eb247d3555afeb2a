import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { Work } from '../../database/database.ts'
import { publicReads } from '../../database/public-reads.ts'
import { laterPosition, type Position } from '../../database/replicas/position.ts'
import { cursorSecret } from '../../database/settings.ts'
import { createQueryParser } from '../../model/query-string.ts'
import { clientOwner } from '../../operations/client.ts'
import { ConcurrencyLimiter, type ConcurrencyLimits } from '../../operations/concurrency.ts'
import { Names } from '../../operations/names/names.ts'
import { type Context, type Endpoint, type Publisher, seesInternal } from '../../operations/operation.ts'
import { hasTimeAfter, pastParameterNames, requirePast } from '../../query/past.ts'
import { anonymous } from './authentication/authenticate.ts'
import { readApiRequest } from './operations/api-request.ts'
import { checkAccept, checkBodyType, checkUnsupportedHeaders } from './operations/checks.ts'
import { findElsewhere } from './operations/find-elsewhere.ts'
import { cacheKey, varyingHeaders } from './response-cache/cache-key.ts'
import { addOptions, methodNotAllowed } from './routes.ts'

const json = 'application/json; charset=utf-8'

/** Converts a path of the OpenAPI document to the router's notation. */
const routeUrl = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** Returns the route options that reads and writes share. */
const routeOptions = ({ method, path, contract }: Endpoint) =>
  ({
    method,
    url: routeUrl(path),
    config: {
      operationId: contract.operationId,
      access: contract.access,
      ...(contract.cost !== undefined && { cost: contract.cost }),
    },
    ...(contract.body?.maxBytes !== undefined && { bodyLimit: contract.body.maxBytes }),
    onRequest: [
      (request, _reply, done) => {
        checkAccept(contract, request)
        checkBodyType(contract, request)
        checkUnsupportedHeaders(contract, request)
        done()
      },
    ],
  }) satisfies Omit<RouteOptions, 'handler'>

/** Returns the context of a request. Its database work counts against the limits of the request's client. */
function contextFor({ client }: FastifyRequest, context: Context, work: Omit<Work, 'owner'>): Context {
  const clientWork = { owner: clientOwner(client), ...work }
  const database = context.database.forWork(clientWork)
  // Exports have their own limit per client (`exportLimit`), so they need the work only to read from replicas.
  if (!work.freshness) return { ...context, database }
  return { ...context, database, exportDatabase: context.exportDatabase.forWork(clientWork) }
}

/**
 * Margin for differences between clocks: a replica serves a read with `asOf` only if the time of `asOf` is further in the past
 * than the maximum age plus this margin.
 */
const pastMarginMs = 1000

/** The contexts of readers who see internal records, and of all other readers. */
interface ReadContexts {
  internal: Context
  public: Context
}

/** Adds a route that changes nothing. Its response is encoded, compared with `If-None-Match`, and stored if `cache` allows. */
function addRead(
  app: FastifyInstance,
  endpoint: Endpoint,
  contexts: ReadContexts,
  endpoints: readonly Endpoint[],
): void {
  const { contract } = endpoint
  const parseQuery = createQueryParser(contract.query, findElsewhere(endpoint, endpoints))
  const headers = varyingHeaders(endpoint)
  const isCached = contract.cache !== false
  const pastParameters = pastParameterNames(contract.query)
  const options = routeOptions(endpoint)
  app.route({
    ...options,
    config: { ...options.config, ...(isCached && { cache: { headers } }) },
    // The cache key of a search needs its body, which has not been read yet.
    onRequest:
      isCached && endpoint.method === 'GET'
        ? [...options.onRequest, app.readResponder.serveStored]
        : options.onRequest,
    handler: (request, reply) => {
      // A stored response is sent to other actors, too, so it may depend on the actor only through the context.
      const visible = { actor: isCached ? anonymous : request.actor, headers }
      const { apiRequest, rawQuery } = readApiRequest(endpoint, parseQuery, request, reply, visible)
      const key = () => cacheKey(endpoint, request, headers, rawQuery, apiRequest.language)
      return app.readResponder.respond(request, reply, key, async (computation) => {
        const { getSignal, onFurtherOwner, onRead, onReplica } = computation
        // A replica must have replayed everything that was committed before `allChangedAt`, so that a record that became
        // internal or was redacted disappears immediately.
        const freshness =
          contract.replicas === false
            ? undefined
            : app.positions?.freshness(request, app.changes?.allChangedAt, onReplica)
        let isRecent = false
        if (pastParameters.some((name) => apiRequest.query.has(name))) {
          const now = await requirePast(pastParameters, apiRequest.query, app.database.clock)
          isRecent =
            freshness !== undefined &&
            hasTimeAfter(pastParameters, apiRequest.query, now.getTime() - freshness.maxAgeMs - pastMarginMs)
        }
        const context = seesInternal(request.actor) ? contexts.internal : contexts.public
        const work = { getSignal, onFurtherOwner, onRead, ...(!isRecent && { freshness }) }
        return endpoint.handle(apiRequest, contextFor(request, context, work))
      })
    },
  })
}

/** Adds a route that may change something, or whose response is only for editors or administrators. */
function addWrite(
  app: FastifyInstance,
  endpoint: Endpoint,
  context: Context,
  endpoints: readonly Endpoint[],
): void {
  const { contract } = endpoint
  const parseQuery = createQueryParser(contract.query, findElsewhere(endpoint, endpoints))
  const positionObserver = (request: FastifyRequest) =>
    app.positions
      ? {
          onCommit: (position: Position) => {
            request.lastCommit = laterPosition(request.lastCommit, position)
          },
          // A refusal may depend on a commit that no replica has replayed yet.
          onRollback: (position: Position) => {
            request.lastRollback = position
          },
        }
      : {}
  app.route({
    ...routeOptions(endpoint),
    handler: async (request, reply) => {
      const { apiRequest } = readApiRequest(endpoint, parseQuery, request, reply, { actor: request.actor })
      // `finally` also runs after an error, which may have happened after the commit.
      const {
        status,
        headers,
        type = json,
        body,
      } = await endpoint
        .handle(apiRequest, contextFor(request, context, positionObserver(request)))
        .finally(() => {
          if (contract.access === 'write') app.readResponder.recordWrite(request)
          app.positions?.storeAndSend(request, reply)
        })
      reply.code(status).header('cache-control', 'no-store').headers(headers)
      return body === undefined ? reply.send() : reply.type(type).send(body)
    },
  })
}

/**
 * Refuses with 405 the methods of a path that would match a route with a parameter: GET of `/v1/topics/search` would read
 * the topic `search`.
 */
function addRefusals(app: FastifyInstance, url: string): void {
  const allowed = app.routes.methods(url)
  const shadowed = app.routes
    .methodsShadowedBy(url)
    .filter((method) => method !== 'HEAD' && !allowed.includes(method))
  if (shadowed.length === 0) return
  app.route({
    method: shadowed,
    url,
    config: { isRefusal: true },
    onRequest: (request, _reply, done) => done(methodNotAllowed(url, request.method, allowed)),
    handler: () => {},
  })
}

/**
 * Maximum number of connections for streams: one for the feed of all changes, one for the feed of public changes, and four
 * for streams that lag behind, and for the polls of streams of imports.
 */
const maxStreamConnections = 6

/** Options of the plugin `operations`. */
export interface OperationsOptions {
  endpoints: readonly Endpoint[]
  exportLimits: ConcurrencyLimits
  streamLimits: ConcurrencyLimits
  publisher: Publisher
  /** Maximum bytes of an uploaded file. */
  importMaxBytes: number
}

/** Serves the operations of all resources and the endpoints of features. */
export const operations = fp<OperationsOptions>(
  async function operations(app, { endpoints, exportLimits, streamLimits, publisher, importMaxBytes }) {
    const { database, keyring, closing, changes, metrics } = app
    const exportDatabase = database.fork({ maxConnections: exportLimits.maxTotal })
    const streamDatabase = database.fork({ maxConnections: maxStreamConnections })
    app.addHook('onClose', () => Promise.all([exportDatabase.close(), streamDatabase.close()]))
    const exportLimit = new ConcurrencyLimiter('exports', exportLimits)
    const streamLimit = new ConcurrencyLimiter('streams', streamLimits)
    metrics.gauge('entente_exports_running', 'Exports that are being sent.', () => exportLimit.running)
    metrics.gauge(
      'entente_streams_running',
      'Open streams, of changes and of the progress of imports.',
      () => streamLimit.running,
    )
    // Reads the time of the database once before the first request, which may find every connection in use.
    await database.clock.now()
    const context: Context = {
      database,
      exportDatabase,
      streamDatabase,
      exportLimit,
      streamLimit,
      importMaxBytes,
      names: new Names(changes),
      publisher,
      cursorSecret: await cursorSecret(database),
      keyring,
      waitForChange: (timeoutMs) => changes?.waitForChange(timeoutMs) ?? delay(timeoutMs),
      closing,
    }
    const publicContext = {
      ...context,
      database: publicReads(database),
      exportDatabase: publicReads(exportDatabase),
      streamDatabase: publicReads(streamDatabase),
      names: new Names(changes),
    }
    const contexts = { internal: context, public: publicContext }
    for (const endpoint of endpoints) {
      if (endpoint.contract.access === 'read') addRead(app, endpoint, contexts, endpoints)
      else addWrite(app, endpoint, context, endpoints)
    }
    const urls = new Set(endpoints.map(({ path }) => routeUrl(path)))
    for (const url of urls) addOptions(app, url)
    for (const url of urls) addRefusals(app, url)
  },
  {
    name: 'operations',
    dependencies: [
      '@fastify/accepts',
      'authentication',
      'body-parsers',
      'changes',
      'client',
      'database',
      'keyring',
      'metrics',
      'multipart',
      'positions',
      'response-cache',
      'routes',
      'shutdown',
    ],
  },
)
