import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Returns the port of a server. @throws if the server does not listen on TCP. */
export function getPort(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on TCP')
  return address.port
}

/** Returns a free port of the loopback interface. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = getPort(server)
  server.close()
  await once(server, 'close')
  return port
}
