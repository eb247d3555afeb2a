import { maxHeaderSize, type Server } from 'node:http'
import type { FastifyHttpOptions } from 'fastify'
import { maxRecordBytes } from '../operations/writing/validation.ts'
import type { Config } from './config.ts'
import { activeResponse, createServerFactory } from './http-server.ts'
import { loggerOptions } from './logger.ts'
import { proxyCheck } from './plugins/client/addresses.ts'
import { connectionErrorResponse, handleError } from './plugins/error-handler.ts'
import { routableUrl } from './plugins/http-conformance.ts'
import { requestIdOptions } from './plugins/request-log.ts'

/** A connection is closed after this many milliseconds without traffic, unless its client waits for the service. */
const connectionTimeoutMs = 300_000

/** An idle connection is closed this many milliseconds after its last response, unless another request arrives. */
const keepAliveTimeoutMs = 72_000

/**
 * After the response to invalid HTTP or to a request that took too long, the connection stays open for this many milliseconds, so
 * that the client can read the response.
 */
const errorCloseTimeoutMs = 1000

/** How often Node.js checks for requests that take too long to arrive, in milliseconds. */
const connectionsCheckingIntervalMs = 1000

/** Maximum duration of the start of a plugin in milliseconds. Some plugins read from the database, which may be busy. */
const pluginTimeoutMs = 60_000

/** The options of the Fastify instance: limits of connections, the logger, and errors outside routes. */
export function serverOptions(config: Config) {
  const requestTimeout = config.REQUEST_SECONDS * 1000
  return {
    logger: loggerOptions(config.LOG_LEVEL),
    bodyLimit: maxRecordBytes,
    pluginTimeout: pluginTimeoutMs,
    trustProxy: config.TRUST_PROXY ? proxyCheck(config.TRUST_PROXY) : false,
    ...requestIdOptions,
    requestTimeout,
    serverFactory: createServerFactory({
      connectionTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: connectionsCheckingIntervalMs,
      requestTimeout,
      // The headers may take as long as the whole request. The default of Node.js is at most a minute.
      headersTimeout: requestTimeout,
      // The plugin `http-conformance` requires the header, and refuses requests without it with a problem.
      requireHostHeader: false,
    }),
    rewriteUrl: ({ url = '' }) => routableUrl(url),
    // A client that does not yet know of the shutdown still gets its response.
    return503OnClosing: false,
    // The operation validates path keys and parses the query, so the router must do neither. The router would refuse
    // keys longer than `maxParamLength` before any plugin sees the request, but no key can be as long as all headers together.
    routerOptions: { maxParamLength: maxHeaderSize, querystringParser: () => ({}) },
    frameworkErrors: handleError,
    clientErrorHandler(error, socket) {
      const active = activeResponse(socket)
      // If a whole request waits for its response, the error belongs to a later request. A response to the error would count as
      // the response to the earlier request, so only the earlier request gets one.
      if (active && !active.headersSent && active.req.complete) {
        active.once('close', () => socket.destroy())
        return
      }
      // A status line in the middle of another response would be a part of its body.
      if (active?.headersSent) socket.destroy()
      else if (socket.writable) socket.end(connectionErrorResponse(error.code))
      // Closes the connection even if the client does not close its side.
      setTimeout(() => socket.destroy(), errorCloseTimeoutMs).unref()
    },
  } satisfies FastifyHttpOptions<Server>
}
