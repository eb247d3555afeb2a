import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Changes } from '../../../database/changes.ts'
import { ClientWrites, CountedPositions } from './client-writes.ts'

/**
 * The earliest generation of the database in which a response for a client may have been read: this generation contains the
 * client's own writes, including writes through other processes up to the position that the client has sent.
 */
export class ClientGenerations {
  readonly #changes: Changes
  readonly #positions: FastifyInstance['positions']
  readonly #writes = new ClientWrites()
  readonly #counted = new CountedPositions()

  constructor(changes: Changes, positions: FastifyInstance['positions']) {
    this.#changes = changes
    this.#positions = positions
  }

  /** Whether all changes up to the position that the client has sent have been counted. */
  isCaughtUp(request: FastifyRequest): boolean {
    const position = this.#sentPosition(request)
    return position === undefined || this.#counted.has(position)
  }

  /** Waits until the changes up to the position of the client have been counted. @returns whether they have been. */
  async catchUp(request: FastifyRequest): Promise<boolean> {
    const position = this.#sentPosition(request)
    if (position === undefined || this.#counted.has(position)) return true
    if (!(await this.#changes.catchUp())) return false
    this.#counted.add(position, this.#changes.generation)
    return true
  }

  /** Returns the earliest generation in which a response for the client may have been read. */
  getMinGeneration(request: FastifyRequest): number {
    return Math.max(this.#writes.get(request.client.name), this.#counted.get(this.#sentPosition(request)))
  }

  /** Records that the client of a request has written. */
  recordWrite({ client, lastCommit }: FastifyRequest): void {
    this.#writes.add(client.name, this.#changes.generation)
    if (lastCommit) this.#counted.add(lastCommit.text, this.#changes.generation)
  }

  #sentPosition(request: FastifyRequest): string | undefined {
    return this.#positions?.readSent(request)?.text
  }
}
