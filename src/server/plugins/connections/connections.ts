import type { Socket } from 'node:net'
import { NewConnectionLimit } from './new-connection-limit.ts'

/** Limits of the connections of clients. */
export interface ConnectionLimits {
  /**
   * Maximum number of connections. It must leave descriptors for the database and for files. Near it, a new connection closes the
   * one that has been idle longest.
   */
  maxConnections: number
  /** Maximum number of connections of one address. */
  maxPerAddress: number
  /** Maximum number of connections that one address opens a second, on average; 0 for no limit. */
  maxNewPerSecond: number
  /** Returns the name of the address that a connection counts for; undefined if it counts for none. */
  getAddressName(remoteAddress: string): string | undefined
}

/** Connections that come from one address, or a connection that counts for none. */
interface Source {
  count: number
  maxCount: number
  /** Idle connections of the address. The first one has been idle longest. */
  idle: Set<Socket>
}

interface Tracked {
  source: Source
  hasRequested: boolean
}

/** Share of `maxConnections` above which idle connections are closed for new ones. The rest is for bursts. */
const evictionShare = 0.9

/**
 * The open connections of clients. A connection is idle while no request waits or is in progress: before its first request has
 * arrived, and between two requests.
 */
export class Connections {
  /** Numbers of closed connections, by the reasons that the metric `entente_connections_closed_total` explains. */
  readonly closedCounts = { address: 0, idle: 0, refused: 0, rate: 0 }
  readonly #limits: ConnectionLimits
  readonly #evictionCount: number
  readonly #newConnections: NewConnectionLimit
  readonly #tracked = new Map<Socket, Tracked>()
  readonly #sources = new Map<string, Source>()
  readonly #idle = new Set<Socket>()

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
    this.#evictionCount = Math.floor(limits.maxConnections * evictionShare)
    this.#newConnections = new NewConnectionLimit(limits.maxNewPerSecond)
  }

  get count(): number {
    return this.#tracked.size
  }

  get idleCount(): number {
    return this.#idle.size
  }

  /**
   * Adds a new connection. If its address, or the service, then has too many connections, closes an idle one. If its address
   * opens too many connections a second, closes the new one instead, unless `limitRate` is false.
   */
  add(socket: Socket, { limitRate }: { limitRate: boolean }): void {
    const name = this.#limits.getAddressName(socket.remoteAddress ?? '')
    if (limitRate && name !== undefined && !this.#newConnections.admit(name, performance.now())) {
      this.closedCounts.rate += 1
      // Without the reset, the system would keep each such connection in the state TIME_WAIT for a minute.
      socket.resetAndDestroy()
      return
    }
    const source = this.#findOrCreateSource(name)
    source.count += 1
    this.#tracked.set(socket, { source, hasRequested: false })
    this.#addIdle(socket, source)
    socket.once('close', () => this.#forget(socket, source, name))
    if (source.count > source.maxCount) this.#closeIdle(source.idle, 'address')
    else if (this.#tracked.size > this.#evictionCount) this.#closeIdle(this.#idle, 'idle')
  }

  /**
   * Charges the address of a misused connection (`NewConnectionLimit.charge`). Also closes the connections of the address that have
   * not had a request yet, since they may be misused in the same way. Does nothing without a limit of new connections.
   */
  connectionMisused(socket: Socket): void {
    const name = this.#limits.getAddressName(socket.remoteAddress ?? '')
    if (name === undefined || !this.#newConnections.charge(name, performance.now())) return
    for (const other of this.#sources.get(name)?.idle ?? []) {
      if (this.#tracked.get(other)?.hasRequested) continue
      this.closedCounts.rate += 1
      other.resetAndDestroy()
    }
  }

  /** Closes all connections without a request in progress. */
  closeAllIdle(): void {
    for (const socket of this.#idle) socket.destroy()
  }

  /** Keeps a connection open for its requests. Does nothing for a connection that was not added. */
  becameBusy(socket: Socket): void {
    const tracked = this.#tracked.get(socket)
    if (!tracked) return
    tracked.hasRequested = true
    this.#removeIdle(socket, tracked.source)
  }

  /** Lets a connection be closed again, since its requests have ended. */
  becameIdle(socket: Socket): void {
    const tracked = this.#tracked.get(socket)
    if (tracked) this.#addIdle(socket, tracked.source)
  }

  #findOrCreateSource(name: string | undefined): Source {
    if (name === undefined) return { count: 0, maxCount: Number.POSITIVE_INFINITY, idle: new Set() }
    const source = this.#sources.get(name) ?? {
      count: 0,
      maxCount: this.#limits.maxPerAddress,
      idle: new Set(),
    }
    this.#sources.set(name, source)
    return source
  }

  #addIdle(socket: Socket, source: Source): void {
    source.idle.add(socket)
    this.#idle.add(socket)
  }

  #removeIdle(socket: Socket, source: Source): void {
    source.idle.delete(socket)
    this.#idle.delete(socket)
  }

  /** Closes the first of the given idle connections, which has been idle longest: the new one, if no other is idle. */
  #closeIdle([longestIdle]: Set<Socket>, reason: 'address' | 'idle'): void {
    const source = longestIdle && this.#tracked.get(longestIdle)?.source
    if (!source) return
    this.closedCounts[reason] += 1
    this.#removeIdle(longestIdle, source)
    longestIdle.destroy()
  }

  #forget(socket: Socket, source: Source, name: string | undefined): void {
    source.count -= 1
    this.#removeIdle(socket, source)
    this.#tracked.delete(socket)
    if (source.count === 0 && name !== undefined) this.#sources.delete(name)
  }
}
