import { AsyncLocalStorage } from 'node:async_hooks'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { anonymousClient } from './plugins/client/addresses.ts'
import { RequestQueue } from './request-queue.ts'

/** Maximum number of waiting requests of one connection. A further request closes the connection. */
const maxPipelined = 64

/** Event of the server: a connection is closed because it has too many waiting requests. Listeners receive the socket. */
export const tooManyPipelinedRequests = 'tooManyPipelinedRequests'

/** Event of the server: an idle connection has got a request, which may wait in the queue. Listeners receive the socket. */
export const connectionBecameBusy = 'connectionBecameBusy'

/** Event of the server: all requests of a connection have ended. Listeners receive the socket. */
export const connectionBecameIdle = 'connectionBecameIdle'

const activeResponses = new WeakMap<Socket, ServerResponse>()

/** Returns the response that a connection is waiting for or receiving, or undefined. */
export const activeResponse = (socket: Socket): ServerResponse | undefined => activeResponses.get(socket)

/** Returns the name of the address (IPv6: of the /64 network) that a connection comes from. */
const getAddressName = (socket: Socket): string => anonymousClient(socket.remoteAddress ?? '').name

/**
 * Wraps a request listener. Requests of a connection start one after another, and requests of all connections start in the
 * order of the queue. A client may send thousands of requests in one write (pipelining); Node.js alone would start all of
 * them in one iteration of the event loop, and delay all other clients.
 * @param report emits an event of a connection.
 */
function startInOrder(
  queue: RequestQueue,
  handle: RequestListener,
  report: (event: string, socket: Socket) => void,
): RequestListener {
  /** Waiting requests of connections with an active request. */
  const waitingBySocket = new WeakMap<Socket, (() => void)[]>()
  /** Runs a function outside of the asynchronous context of the previous request. */
  const runOutside = AsyncLocalStorage.snapshot()

  const begin = (request: IncomingMessage, response: ServerResponse, waiting: (() => void)[]) => {
    const { socket } = request
    activeResponses.set(socket, response)
    response.on('close', () => {
      activeResponses.delete(socket)
      const next = waiting.shift()
      if (next) runOutside(next)
      else {
        waitingBySocket.delete(socket)
        report(connectionBecameIdle, socket)
      }
    })
    queue.add(
      () => getAddressName(socket),
      () => {
        // After a response that closes the connection, the client does not expect that a further request has an effect.
        if (socket.writable) handle(request, response)
      },
    )
  }

  return (request, response) => {
    const { socket } = request
    // Node.js also parses the rest of a packet after the socket was destroyed.
    if (socket.destroyed) return
    const waiting = waitingBySocket.get(socket)
    if (!waiting) {
      const newWaiting: (() => void)[] = []
      waitingBySocket.set(socket, newWaiting)
      report(connectionBecameBusy, socket)
      begin(request, response, newWaiting)
    } else if (waiting.length === maxPipelined) {
      // A destroyed socket has no address, so the event comes first.
      report(tooManyPipelinedRequests, socket)
      socket.destroy()
    } else waiting.push(() => begin(request, response, waiting))
  }
}

/** Options of the HTTP server. */
export interface HttpServerOptions extends ServerOptions {
  /** A connection is closed after this many milliseconds without traffic, unless its client waits for the service. */
  connectionTimeoutMs: number
}

/** Returns the server factory for Fastify. The server starts requests in the order of a `RequestQueue`. */
export const createServerFactory =
  ({ connectionTimeoutMs, ...options }: HttpServerOptions) =>
  (handle: RequestListener): Server => {
    const queue = new RequestQueue()
    const listener = startInOrder(queue, handle, (event, socket) => server.emit(event, socket))
    const server = createServer(options, listener).setTimeout(connectionTimeoutMs, (socket) => {
      // Until a response begins, the service is slow, and not the client.
      if (activeResponse(socket)?.headersSent !== false) socket.destroy()
    })
    // Node.js emits this event in place of `request` for an unknown expectation. Without a listener, it would answer 417 itself.
    server.on('checkExpectation', listener)
    // By default, Node.js silently drops the headers after the first thousand. The limit of their size is enough.
    server.maxHeadersCount = 0
    return server.on('connection', (socket: Socket) => queue.connectionOpened(getAddressName(socket)))
  }
