import type { Socket } from 'node:net'
import fp from 'fastify-plugin'
import { connectionBecameBusy, connectionBecameIdle, tooManyPipelinedRequests } from '../http-server.ts'
import { anonymousClient, proxyCheck } from './client/addresses.ts'
import { type ConnectionLimits, Connections } from './connections/connections.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The open connections of clients. */
    connections: Connections
  }
}

/** Options of the plugin `connections`. */
export interface ConnectionsOptions extends Omit<ConnectionLimits, 'getAddressName' | 'maxPerAddress'> {
  /** Maximum number of connections of one address, or of one IPv6 /64; undefined for a quarter of `maxConnections`. */
  maxPerAddress: number | undefined
  /** Addresses and networks of reverse proxies, whose connections have the requests of many clients. */
  proxies: readonly string[]
}

/**
 * Bounds the connections of clients, in total and for each address. Near the total limit, a new connection closes the connection
 * that has been idle longest. Above the limit of an address, a new connection of this address closes its connection that has been
 * idle longest. So unused connections do not exhaust the limits. If an address opens too many connections a second, the further
 * ones are closed before anything is read from them. Reading would lengthen the iterations of the event loop, and each iteration
 * accepts only one connection, so new connections of other addresses would wait.
 */
export const connections = fp<ConnectionsOptions>(
  async function connections(app, { maxConnections, maxPerAddress, maxNewPerSecond, proxies }) {
    const isProxy = proxyCheck(proxies)
    const openConnections = new Connections({
      maxConnections,
      maxPerAddress: maxPerAddress ?? Math.ceil(maxConnections / 4),
      maxNewPerSecond,
      getAddressName: (address) => {
        // A connection that was reset before it was accepted has no address.
        return address === '' || isProxy(address) ? undefined : anonymousClient(address).name
      },
    })
    app.decorate('connections', openConnections)
    const { server, metrics, log } = app
    server.maxConnections = maxConnections
    // Runs before the listener of Node.js, which starts to read. During a shutdown each response closes its connection, so
    // clients need a new connection for each request, and the rate of new connections is not limited.
    server.prependListener('connection', (socket: Socket) => {
      if (app.closing.aborted) socket.destroy()
      else openConnections.add(socket, { limitRate: !app.isShuttingDown })
    })
    server.on(tooManyPipelinedRequests, (socket: Socket) => openConnections.connectionMisused(socket))
    server.on('drop', () => {
      openConnections.closedCounts.refused += 1
    })
    // Node.js reports here that no descriptor is left to accept a connection with. It accepts connections again later.
    server.on('error', (error) => {
      if (server.listening) log.error({ err: error }, 'a connection was not accepted')
    })
    // Not the hooks of requests: a request that still waits in the queue must not lose its connection either.
    server.on(connectionBecameBusy, (socket: Socket) => openConnections.becameBusy(socket))
    server.on(connectionBecameIdle, (socket: Socket) => {
      // The headers of a response that began before the shutdown do not ask the client to close the connection.
      if (app.closing.aborted) socket.destroySoon()
      else openConnections.becameIdle(socket)
    })
    metrics.gauge('entente_connections_max', 'Maximum number of client connections.', () => maxConnections)
    metrics.gauge('entente_connections', 'Open client connections.', () => openConnections.count)
    metrics.gauge('entente_connections_idle', 'Idle client connections.', () => openConnections.idleCount)
    metrics.counter(
      'entente_connections_closed_total',
      'Client connections closed by the service, by reason. address: idle connections, to make room for a new one of the same address; idle: idle connections, to make room for a new one of any address; refused: new connections above the maximum; rate: new connections of an address that opens too many a second, and, of an address that has misused a connection, also those that have not had a request yet.',
      'reason',
      openConnections.closedCounts,
    )
  },
  { name: 'connections', dependencies: ['metrics'] },
)
