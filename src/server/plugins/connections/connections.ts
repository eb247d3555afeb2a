import type { Socket } from 'node:net'
import { Arrivals } from './arrivals.ts'

/** Limits of the connections of clients. */
export interface ConnectionLimits {
  /** Maximum number of connections. Near it, a new one closes the one that has been idle longest. */
  maxConnections: number
  /** Maximum number of connections of one address; infinity for no limit. */
  maxPerAddress: number
  /** Maximum number of connections that one address opens a second, on average; 0 for any number. */
  maxNewPerSecond: number
  /** Names the address that a connection counts for; undefined when it counts for none. */
  nameAddress(remoteAddress: string): string | undefined
}

/** Connections that come from one address. */
interface Source {
  count: number
  maxCount: number
  /** Its idle connections, the one that has been idle longest first. */
  idle: Set<Socket>
}

interface Tracked {
  source: Source
  /** Requests that are being answered. */
  requests: number
  hasRequested: boolean
}

/** Share of `maxConnections` above which idle connections are closed for new ones. The rest is for bursts. */
const evictionShare = 0.9

/**
 * The open connections of clients. A connection is idle while none of its requests is being answered: before its first
 * request has arrived, and between two requests.
 */
export class Connections {
  /** Connections that were closed: for a new one of the same address, or of any; or at once as too many, or too many a second. */
  readonly closed = { address: 0, idle: 0, refused: 0, rate: 0 }
  readonly #limits: ConnectionLimits
  readonly #evictionCount: number
  readonly #arrivals: Arrivals
  readonly #tracked = new Map<Socket, Tracked>()
  readonly #sources = new Map<string, Source>()
  readonly #idle = new Set<Socket>()

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
    this.#evictionCount = Math.floor(limits.maxConnections * evictionShare)
    this.#arrivals = new Arrivals(limits.maxNewPerSecond)
  }

  get count(): number {
    return this.#tracked.size
  }

  get idleCount(): number {
    return this.#idle.size
  }

  /** Adds a new connection, and closes one that is idle when there are too many. Closes it when its address opens too many. */
  open(socket: Socket): void {
    const name = this.#limits.nameAddress(socket.remoteAddress ?? '')
    if (name !== undefined && !this.#arrivals.admit(name, performance.now())) {
      this.closed.rate += 1
      // Without the reset, the system would remember each of them for a minute.
      socket.resetAndDestroy()
      return
    }
    const source = this.#takeSource(name)
    source.count += 1
    this.#tracked.set(socket, { source, requests: 0, hasRequested: false })
    this.#setIdle(socket, source)
    socket.once('close', () => this.#forget(socket, source, name))
    if (source.count > source.maxCount) this.#closeIdle(source.idle, 'address')
    else if (this.#tracked.size > this.#evictionCount) this.#closeIdle(this.#idle, 'idle')
  }

  /**
   * Counts a misused connection, such as one with thousands of requests in one packet. Its address
   * may open no new ones for some seconds, and those are closed on which no request has been read: they may hold as many.
   */
  misused(socket: Socket): void {
    const name = this.#limits.nameAddress(socket.remoteAddress ?? '')
    if (name === undefined || !this.#arrivals.charge(name, performance.now())) return
    for (const other of this.#sources.get(name)?.idle ?? []) {
      if (this.#tracked.get(other)?.hasRequested) continue
      this.closed.rate += 1
      other.resetAndDestroy()
    }
  }

  /** Counts a request of a connection. Does nothing for a connection that was not added. */
  requestStarted(socket: Socket): void {
    const tracked = this.#tracked.get(socket)
    if (!tracked) return
    tracked.requests += 1
    tracked.hasRequested = true
    this.#setBusy(socket, tracked.source)
  }

  /** Counts the end of a request. */
  requestEnded(socket: Socket): void {
    const tracked = this.#tracked.get(socket)
    if (!tracked) return
    tracked.requests -= 1
    if (tracked.requests === 0) this.#setIdle(socket, tracked.source)
  }

  #takeSource(name: string | undefined): Source {
    if (name === undefined) return { count: 0, maxCount: Number.POSITIVE_INFINITY, idle: new Set() }
    const source = this.#sources.get(name) ?? {
      count: 0,
      maxCount: this.#limits.maxPerAddress,
      idle: new Set(),
    }
    this.#sources.set(name, source)
    return source
  }

  #setIdle(socket: Socket, source: Source): void {
    source.idle.add(socket)
    this.#idle.add(socket)
  }

  #setBusy(socket: Socket, source: Source): void {
    source.idle.delete(socket)
    this.#idle.delete(socket)
  }

  /** Closes the first of the idle connections. It is the new one when no other is idle. */
  #closeIdle([longestIdle]: Set<Socket>, reason: 'address' | 'idle'): void {
    const source = longestIdle && this.#tracked.get(longestIdle)?.source
    if (!source) return
    this.closed[reason] += 1
    this.#setBusy(longestIdle, source)
    longestIdle.destroy()
  }

  #forget(socket: Socket, source: Source, name: string | undefined): void {
    source.count -= 1
    this.#setBusy(socket, source)
    this.#tracked.delete(socket)
    if (source.count === 0 && name !== undefined) this.#sources.delete(name)
  }
}
