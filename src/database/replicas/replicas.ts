import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { FreshnessDemand } from './freshness.ts'
import { comparePositions, type Position } from './position.ts'
import { Primary } from './primary.ts'
import { Replica, type ReplicaChoice } from './replica.ts'

/** The replicas, and how current they must be. */
export interface ReplicaOptions {
  /** Each URL must always lead to one particular replica. */
  urls: readonly string[]
  /** Maximum age of the data that a read sees, in milliseconds. */
  maxAgeMs: number
}

/**
 * Receives events for the service's log: a replica is unreachable (it does not respond to probes, or must not be used), has become
 * the primary, or is reachable again.
 */
export interface ReplicaObserver {
  /** @returns whether the event was logged. If not, the next failure is reported again, without a pause. */
  replicaUnreachable(replica: Replica, reason: string): boolean
  replicaPromoted(replica: Replica): void
  replicaReachable(replica: Replica): void
}

/** How long a read waits for a replica to replay the position that the read must see. */
const maxWaitMs = 50

/** Pause between two probes while a read waits. */
const waitStepMs = 2

/** Probe interval while there are no reads. */
const idleIntervalMs = 1000

/** Time after a read during which servers are probed at the short interval. */
const activeForMs = 1000

/** How often a replica that stays unreachable is reported. */
const reportIntervalMs = 60_000

/** A primary that has not responded for this time counts as unreachable. */
const primaryTimeoutMs = 1000

/**
 * The replicas of a primary. Measures how far each has replayed the write-ahead log, and chooses the replica for a read. All
 * pools of a process share one instance.
 */
export class Replicas {
  readonly all: readonly Replica[]
  readonly options: ReplicaOptions
  /** Numbers of reads with a `Freshness`: on a replica, on the primary, and on the primary after a replica had failed. */
  readonly reads = { replica: 0, primary: 0, retried: 0 }
  /** Numbers of waits for a replica to replay a position, by outcome. */
  readonly waits = { reached: 0, timeout: 0 }
  readonly #primary: Primary
  readonly #intervalMs: number
  readonly #events = new EventEmitter<{ reachable: [Replica]; unreachable: [Replica] }>().setMaxListeners(0)
  /** The last state of each server, and when it was reported. The observer receives a first state only if it is `unreachable`. */
  readonly #reported = new Map<
    Replica,
    { state: 'reachable' | 'primary' | 'unreachable'; reportedAt: number }
  >()
  /** Replicas that have been seen on the primary's timeline. */
  readonly #confirmed = new Set<Replica>()
  #timer: NodeJS.Timeout | undefined
  #probedAt = Number.NEGATIVE_INFINITY
  #readAt = Number.NEGATIVE_INFINITY
  #isClosed = false
  #isStoringTimeline = false
  #rotation = 0
  observer: ReplicaObserver = {
    replicaUnreachable: () => false,
    replicaPromoted: () => {},
    replicaReachable: () => {},
  }

  /** @param storeTimeline stores the timeline of the primary in a table, which the replicas replay. */
  constructor(
    primaryUrl: string,
    options: ReplicaOptions,
    storeTimeline: (timeline: string) => Promise<void>,
  ) {
    this.options = options
    // Servers must be probed several times within the maximum age, and a replica that hangs must be noticed soon.
    this.#intervalMs = Math.min(idleIntervalMs, Math.max(5, options.maxAgeMs / 4))
    this.#primary = new Primary(primaryUrl, {
      onPosition: () => this.#updateAsOf(),
      onTimeline: (timeline) => void this.#storeTimeline(timeline, storeTimeline),
    })
    this.all = options.urls.map(
      (url, index) =>
        new Replica(url, index + 1, {
          onPosition: (replica) => this.#receive(replica),
          onUnreachable: (replica, reason) => this.#handleFailure(replica, reason),
        }),
    )
  }

  /** Starts to probe the servers in the background. */
  start(): void {
    if (this.#timer === undefined) this.#probeAll()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await Promise.all([this.#primary.close(), ...this.all.map((replica) => replica.close())])
  }

  /**
   * Calls `onReachable` when a replica becomes reachable, and `onUnreachable` after each probe that fails.
   * @returns a function that unsubscribes.
   */
  watch(handler: { onReachable(replica: Replica): void; onUnreachable(replica: Replica): void }): () => void {
    this.#events.on('reachable', handler.onReachable).on('unreachable', handler.onUnreachable)
    return () => {
      this.#events.off('reachable', handler.onReachable).off('unreachable', handler.onUnreachable)
    }
  }

  /**
   * Returns the state of a replica: `primary` if it is the primary; `away` if it is unreachable (`Replica.isReachable`), or pauses
   * because a read has lost its connection or got none; `behind` if its data is older than both the maximum age and two idle
   * probe intervals; otherwise `current`.
   */
  getState(replica: Replica): 'current' | 'behind' | 'primary' | 'away' {
    if (this.#isPrimary(replica)) return 'primary'
    if (!replica.isUsable) return 'away'
    return replica.isFresh(Math.max(this.options.maxAgeMs, 2 * idleIntervalMs)) ? 'current' : 'behind'
  }

  /**
   * Bytes of the primary's log that a replica has not replayed; undefined while the replica is unreachable, or the end of the log
   * is not known.
   */
  lagBytes(replica: Replica): number | undefined {
    const { lsn } = this.#primary
    return replica.isReachable && lsn >= 0 ? Math.max(0, lsn - replica.lsn) : undefined
  }

  /**
   * Chooses the replica for a read: among the replicas that are fresh enough and have replayed the position, the one with the
   * least load. If the fresh replicas have not replayed the position yet, waits up to 50 ms for one of them. If no replica is
   * fresh enough because the primary is unreachable, chooses the last resort.
   * @returns undefined if the read must go to the primary.
   */
  choose(
    { position, maxAgeMs, notBefore }: FreshnessDemand,
    load: (replica: Replica) => number,
  ): ReplicaChoice | undefined | Promise<ReplicaChoice | undefined> {
    this.#resumeProbing()
    const fresh = this.all.filter((replica) => replica.isUsable && replica.isFresh(maxAgeMs, notBefore))
    const ready = position ? fresh.filter((replica) => replica.hasReached(position)) : fresh
    if (ready.length > 0) return toChoice(this.#leastLoaded(ready, load))
    if (position && fresh.length > 0) return this.#wait(furthest(fresh), position)
    return this.#primary.isSilentFor(primaryTimeoutMs) ? this.lastResort(position) : undefined
  }

  /**
   * Returns the replica that has replayed the most, for reads while the primary is unreachable. Its age is unknown. Leaves out
   * replicas that were never seen on the primary's timeline: they may follow another primary. Also leaves out replicas on an
   * earlier timeline than the primary or another replica: they may have changes that the primary never received.
   * @returns undefined if no usable replica has replayed the position.
   */
  lastResort(position: Position | undefined): ReplicaChoice | undefined {
    const confirmed = [...this.#confirmed]
    const timeline = Math.max(this.#primary.timeline, ...confirmed.map((replica) => replica.timeline))
    const usable = confirmed.filter(
      (replica) => replica.isUsable && replica.timeline === timeline && replica.hasReached(position),
    )
    return usable.length === 0 ? undefined : { replica: furthest(usable), asOf: Number.NEGATIVE_INFINITY }
  }

  /** Returns the replica with the least load. Replicas with equal load are chosen in rotation. */
  #leastLoaded(replicas: readonly Replica[], load: (replica: Replica) => number): Replica {
    this.#rotation = (this.#rotation + 1) % replicas.length
    const rotated = [...replicas.slice(this.#rotation), ...replicas.slice(0, this.#rotation)]
    return rotated.reduce((best, replica) => (load(replica) < load(best) ? replica : best))
  }

  async #wait(replica: Replica, position: Position): Promise<ReplicaChoice | undefined> {
    const endsAt = performance.now() + maxWaitMs
    for (let leftMs = maxWaitMs; leftMs > 0; leftMs = endsAt - performance.now()) {
      await Promise.race([replica.probe(), delay(leftMs, undefined, { ref: false })])
      if (replica.isUsable && replica.hasReached(position)) {
        this.waits.reached += 1
        return toChoice(replica)
      }
      await delay(waitStepMs, undefined, { ref: false })
    }
    this.waits.timeout += 1
    return undefined
  }

  /** Records a read. Probes the servers immediately if the last probe is old, because there were no reads. */
  #resumeProbing(): void {
    const now = performance.now()
    this.#readAt = now
    if (now - this.#probedAt <= 2 * this.#intervalMs) return
    clearTimeout(this.#timer)
    this.#probeAll()
  }

  #probeAll(): void {
    if (this.#isClosed) return
    const now = performance.now()
    this.#probedAt = now
    const intervalMs = now - this.#readAt < activeForMs ? this.#intervalMs : idleIntervalMs
    this.#timer = setTimeout(() => this.#probeAll(), intervalMs).unref()
    // Replicas are probed after the primary, so that a replica without lag has the measured position of the primary.
    const primary = Promise.race([this.#primary.probe(), delay(intervalMs, undefined, { ref: false })])
    void primary.then(() => {
      for (const replica of this.all) void replica.probe()
    })
  }

  /**
   * Stores the timeline, unless that is in progress: the primary may keep each attempt waiting, which would take more and more
   * connections. Ignores failures: another process may have stored the timeline. If none has, the next probe tries again.
   */
  async #storeTimeline(timeline: string, store: (timeline: string) => Promise<void>): Promise<void> {
    if (this.#isStoringTimeline) return
    this.#isStoringTimeline = true
    await store(timeline).catch(() => {})
    this.#isStoringTimeline = false
  }

  #receive(replica: Replica): void {
    const { identity } = this.#primary
    if (identity !== undefined && replica.identity !== identity) {
      replica.reject('it is not a standby of the primary, or the database is another one')
      return
    }
    replica.asOf = this.#primary.asOf(replica)
    if (replica.asOf > Number.NEGATIVE_INFINITY) this.#confirmed.add(replica)
    const reported = this.#reported.get(replica)
    if (reported?.state === 'reachable') return
    this.#reported.set(replica, { state: 'reachable', reportedAt: performance.now() })
    this.#events.emit('reachable', replica)
    if (reported) this.observer.replicaReachable(replica)
  }

  #handleFailure(replica: Replica, reason: string): void {
    this.#events.emit('unreachable', replica)
    const now = performance.now()
    const reported = this.#reported.get(replica)
    if (this.#isPrimary(replica)) {
      if (reported?.state === 'primary') return
      this.#reported.set(replica, { state: 'primary', reportedAt: now })
      if (reported) this.observer.replicaPromoted(replica)
      return
    }
    if (reported?.state === 'unreachable' && now - reported.reportedAt < reportIntervalMs) return
    const isLogged = this.observer.replicaUnreachable(replica, reason)
    this.#reported.set(replica, {
      state: 'unreachable',
      reportedAt: isLogged ? now : Number.NEGATIVE_INFINITY,
    })
  }

  /** Whether the server of a replica is now the primary, and not the primary of another database. */
  #isPrimary(replica: Replica): boolean {
    const { identity } = this.#primary
    return replica.isPrimary && (identity === undefined || replica.identity === identity)
  }

  #updateAsOf(): void {
    for (const replica of this.all) if (replica.isReachable) replica.asOf = this.#primary.asOf(replica)
  }
}

const toChoice = (replica: Replica): ReplicaChoice => ({ replica, asOf: replica.asOf })

/** Returns the replica that has replayed the most. */
const furthest = (replicas: readonly Replica[]): Replica =>
  replicas.reduce((best, replica) => (comparePositions(replica, best) > 0 ? replica : best))
