import { Socket } from 'node:net'

/**
 * The sockets of connections to one server, which can be cut all at once: a server that hangs neither answers a statement nor
 * closes its connection.
 */
export class Sockets {
  readonly #open = new Set<Socket>()

  /** Creates a socket, for the option `stream` of pg. */
  readonly create = (): Socket => {
    const socket = new Socket()
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return socket
  }

  /** Cuts all connections. Statements on them fail at once. */
  cut(): void {
    for (const socket of this.#open) socket.destroy()
  }
}
