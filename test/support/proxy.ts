import { connect, createServer, type Socket } from 'node:net'
import { getPort } from './ports.ts'

/** A TCP proxy in front of a database. The proxy simulates network failures. */
export interface DatabaseProxy {
  /** The URL of the database through the proxy. */
  url: string
  /** Stops forwarding on all open connections without closing them, as a dead router does. */
  stall(): void
  /**
   * Stops forwarding after the login, as a pooler without a server does, on each connection that opens from now until
   * `acceptConnections`.
   */
  stallAfterLogin(): void
  /** Closes all connections, and every new connection immediately, until `acceptConnections` is called. */
  refuseConnections(): void
  acceptConnections(): void
  /** Closes all connections, and forwards new ones to the server of another URL, as a balancer does after a failover. */
  forwardTo(target: string): void
  /** Closes the connection that next sends `text`, after the statement has run and before its response is forwarded. */
  disconnectAfter(text: string): void
  close(): void
}

/** The message of PostgreSQL that ends a login: the session is ready, and in no transaction. */
const readyForQuery = 'Z\0\0\0\x05I'

/** Opens a proxy to the server of a URL. */
export async function openProxy(target: string): Promise<DatabaseProxy> {
  let to = new URL(target)
  const pairs = new Set<[Socket, Socket]>()
  let isRefusing = false
  let isStallingAfterLogin = false
  let triggerText: string | undefined
  const server = createServer((client) => {
    if (isRefusing) return client.destroy()
    const upstream = connect(Number(to.port || 5432), to.hostname)
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    client.pipe(upstream)
    upstream.pipe(client)
    client.on('data', (bytes: Buffer) => {
      if (triggerText === undefined || !bytes.includes(triggerText)) return
      triggerText = undefined
      upstream.unpipe().end()
      // The response is discarded. PostgreSQL closes the connection after it has run the statement.
      upstream.resume().once('end', () => client.destroy())
    })
    if (isStallingAfterLogin)
      upstream.on('data', (bytes: Buffer) => {
        if (bytes.includes(readyForQuery)) client.unpipe().pause()
      })
    for (const socket of pair) {
      socket.on('error', () => {})
      socket.on('close', () => {
        pairs.delete(pair)
        for (const one of pair) one.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = getPort(server)
  const closeConnections = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return {
    url: url.href,
    stall() {
      for (const [client, upstream] of pairs) {
        for (const socket of [client, upstream]) socket.unpipe().pause()
      }
    },
    refuseConnections() {
      isRefusing = true
      closeConnections()
    },
    stallAfterLogin() {
      isStallingAfterLogin = true
    },
    acceptConnections() {
      isRefusing = false
      isStallingAfterLogin = false
    },
    forwardTo(other) {
      to = new URL(other)
      closeConnections()
    },
    disconnectAfter(text) {
      triggerText = text
    },
    close() {
      server.close()
      closeConnections()
    },
  }
}
