import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a database that can be cut in silence, as a dead router does: nobody is told. */
export interface Proxy {
  /** The database's URL by this way. */
  url: string
  /** From here on no connection that is open now passes anything on. */
  cut(): void
  close(): void
}

/** Opens a way to the server of a URL. */
export async function openProxy(target: string): Promise<Proxy> {
  const to = new URL(target)
  const pairs = new Set<[Socket, Socket]>()
  const server = createServer((near) => {
    const far = connect(Number(to.port || 5432), to.hostname)
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    near.pipe(far)
    far.pipe(near)
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
    close() {
      server.close()
      for (const pair of pairs) for (const socket of pair) socket.destroy()
    },
  }
}
