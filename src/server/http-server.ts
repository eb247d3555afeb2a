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

/** Maximum number of waiting requests of one connection. Further ones close it. */
const maxPipelined = 64

/** The event of the server for a connection that is closed for too many requests at once. Listeners receive the socket. */
export const misuse = 'misuse'

/** The address or network that a connection comes from. */
const addressOf = (socket: Socket): string => anonymousClient(socket.remoteAddress ?? '').name

/**
 * Passes requests on in turn: those of a connection one after another, and those of all as the queue says. A client may send
 * thousands in one packet (pipelining); Node.js would handle all of them at once, and delay all other clients.
 * @param refuse receives a connection that has sent too many requests at once.
 */
function inTurn(
  turns: RequestQueue,
  handle: RequestListener,
  refuse: (socket: Socket) => void,
): RequestListener {
  /** Waiting requests of connections with an active request. */
  const connections = new WeakMap<Socket, (() => void)[]>()
  /** Runs what belongs to the next request outside of the asynchronous context of the last one. */
  const outside = AsyncLocalStorage.snapshot()

  const begin = (request: IncomingMessage, response: ServerResponse, waiting: (() => void)[]) => {
    const { socket } = request
    response.on('close', () => {
      const next = waiting.shift()
      if (next) outside(next)
      else connections.delete(socket)
    })
    turns.add(
      () => addressOf(socket),
      () => {
        if (!socket.destroyed) handle(request, response)
      },
    )
  }

  return (request, response) => {
    const { socket } = request
    // The rest of a packet is read, too.
    if (socket.destroyed) return
    const waiting = connections.get(socket)
    if (!waiting) {
      const none: (() => void)[] = []
      connections.set(socket, none)
      begin(request, response, none)
    } else if (waiting.length === maxPipelined) refuse(socket)
    else waiting.push(() => begin(request, response, waiting))
  }
}

/** Limits of the connections of a server. */
export interface HttpServerOptions extends ServerOptions {
  /** A connection with an active request is closed after this many milliseconds without traffic. */
  connectionTimeoutMs: number
}

/** Makes the server of Fastify, whose clients have their requests begun in turn. */
export const httpServer =
  ({ connectionTimeoutMs, ...options }: HttpServerOptions) =>
  (handle: RequestListener): Server => {
    const refuse = (socket: Socket) => {
      // The socket forgets its address when it is closed.
      server.emit(misuse, socket)
      socket.destroy()
    }
    const turns = new RequestQueue()
    const server = createServer(options, inTurn(turns, handle, refuse)).setTimeout(connectionTimeoutMs)
    return server.on('connection', (socket: Socket) => turns.connectionOpened(addressOf(socket)))
  }
