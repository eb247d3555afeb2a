import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a database that can fail as ways do. */
export interface Proxy {
  /** The database's URL by this way. */
  url: string
  /** From here on no connection that is open now passes anything on, and nobody is told, as with a dead router. */
  cut(): void
  /** Ends all connections, and each new one at once, until it is back. */
  away(): void
  back(): void
  /** Ends the connection on which the service next sends a text, when the database has got it. */
  loseAfter(text: string): void
  close(): void
}

/** Opens a way to the server of a URL. */
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
      // What PostgreSQL answers is not passed on, and by then it has done what it was told.
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
