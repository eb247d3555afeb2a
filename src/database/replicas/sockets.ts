import { Socket } from 'node:net'

/** The open sockets to one server, so that the service can close all of them when the server hangs. */
export class Sockets {
  readonly #open = new Set<Socket>()

  /** Creates a socket, for the option `stream` of pg. */
  readonly create = (): Socket => {
    const socket = new Socket()
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return socket
  }

  /** Closes all connections. Statements on them fail immediately. */
  destroyAll(): void {
    for (const socket of this.#open) socket.destroy()
  }
}
