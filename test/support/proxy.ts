import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy in front of a database that simulates network failures. */
export interface Proxy {
  /** The URL of the database through the proxy. */
  url: string
  /** From now on, open connections pass on nothing and stay open, as with a dead router. */
  cut(): void
  /** Closes all connections, and each new one at once, until `back` is called. */
  away(): void
  back(): void
  /** Closes the connection that next sends `text`, once the database has received it. */
  loseAfter(text: string): void
  close(): void
}

/** Opens a proxy to the server of a URL. */
export async function openProxy(target: string): Promise<Proxy> {
  const to = new URL(target)
  const pairs = new Set<[Socket, Socket]>()
  let isAway = false
  let fatal: string | undefined
  const server = createServer((near) => {
    if (isAway) return near.destroy()
    const far = connect(Number(to.port || 5432), to.hostname)
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    near.pipe(far)
    far.pipe(near)
    near.on('data', (bytes: Buffer) => {
      if (fatal === undefined || !bytes.includes(fatal)) return
      fatal = undefined
      far.unpipe().end()
      // The response of PostgreSQL is dropped. By then the statement has run.
      far.resume().once('end', () => near.destroy())
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
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return {
    url: url.href,
    cut() {
      for (const [near, far] of pairs) {
        for (const socket of [near, far]) socket.unpipe().pause()
      }
    },
    away() {
      isAway = true
      for (const pair of pairs) for (const socket of pair) socket.destroy()
    },
    back() {
      isAway = false
    },
    loseAfter(text) {
      fatal = text
    },
    close() {
      server.close()
      for (const pair of pairs) for (const socket of pair) socket.destroy()
    },
  }
}
