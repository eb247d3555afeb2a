import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Demand } from './freshness.ts'
import { compareProgress, type Position } from './position.ts'
import { Primary } from './primary.ts'
import { type Choice, Replica } from './replica.ts'

/** Which replicas there are, and how current they must be. */
export interface ReplicaOptions {
  /** Each leads to one server, always the same. */
  urls: readonly string[]
  /** How old a read may be at most, in milliseconds. */
  maxAgeMs: number
}

/** Receives what the log reports. */
export interface ReplicaObserver {
  away(replica: Replica, reason: string): void
  back(replica: Replica): void
}

/** How long a read waits for a replica to replay what its client has written. */
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

/** Reads by where they ran: on a replica, on the primary, or on the primary after a replica had failed. */
export type ReadCounts = Record<'replica' | 'primary' | 'retried', number>

/** How often reads have waited for a replica to replay a position, by outcome. */
export type Waits = Record<'reached' | 'timeout', number>

/**
 * The replicas of a primary: how far each has replayed its log, and which of them a read may run on. One of these watches for
 * all pools of a process.
 */
export class Replicas {
  readonly all: readonly Replica[]
  readonly options: ReplicaOptions
  readonly reads: ReadCounts = { replica: 0, primary: 0, retried: 0 }
  readonly waits: Waits = { reached: 0, timeout: 0 }
  readonly #primary: Primary
  readonly #intervalMs: number
  readonly #events = new EventEmitter<{ up: [Replica]; away: [Replica] }>().setMaxListeners(0)
  /** What was last reported of replicas, and when. */
  readonly #reported = new Map<Replica, { isUp: boolean; at: number }>()
  readonly #known = new Set<Replica>()
  #timer: NodeJS.Timeout | undefined
  #probedAt = Number.NEGATIVE_INFINITY
  #readAt = Number.NEGATIVE_INFINITY
  #isClosed = false
  #turn = 0
  observer: ReplicaObserver = { away: () => {}, back: () => {} }

  /** @param noteTimeline stores the timeline of the primary, for replicas to replay. */
  constructor(
    primaryUrl: string,
    options: ReplicaOptions,
    noteTimeline: (timeline: string) => Promise<void>,
  ) {
    this.options = options
    // Several round trips must fit into the maximum age.
    this.#intervalMs = Math.max(5, options.maxAgeMs / 4)
    this.#primary = new Primary(primaryUrl, {
      onPosition: () => this.#date(),
      // Another process may do it, and the next probe requests it again.
      onTimeline: (timeline) => void noteTimeline(timeline).catch(() => {}),
    })
    this.all = options.urls.map(
      (url, index) =>
        new Replica(url, index + 1, {
          onPosition: (replica) => this.#receive(replica),
          onAway: (replica, reason) => this.#lose(replica, reason),
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

  /** Calls `handler` when a replica is reachable again, and when it is not. @returns a function that unsubscribes. */
  watch(handler: { up(replica: Replica): void; away(replica: Replica): void }): () => void {
    this.#events.on('up', handler.up).on('away', handler.away)
    return () => void this.#events.off('up', handler.up).off('away', handler.away)
  }

  /** The state of a replica. It is `behind` when its lag is longer than the maximum age and two idle probe intervals. */
  stateOf(replica: Replica): 'current' | 'behind' | 'away' {
    if (!replica.isUsable) return 'away'
    return replica.isFresh(Math.max(this.options.maxAgeMs, 2 * idleIntervalMs)) ? 'current' : 'behind'
  }

  /** Bytes of the primary's log that a replica has not replayed; undefined while it is unreachable. */
  lagBytes(replica: Replica): number | undefined {
    return replica.isUp ? Math.max(0, this.#primary.lsn - replica.lsn) : undefined
  }

  /**
   * Chooses the replica for a read: of those that are fresh enough and have replayed the position, the one with the least load.
   * Waits for a moment if one will have replayed it soon.
   * @returns undefined when the read must go to the primary.
   */
  choose(
    { position, maxAgeMs, notBefore }: Demand,
    load: (replica: Replica) => number,
  ): Choice | undefined | Promise<Choice | undefined> {
    this.#noteRead()
    const fresh = this.all.filter((replica) => replica.isUsable && replica.isFresh(maxAgeMs, notBefore))
    const ready = position ? fresh.filter((replica) => replica.hasReached(position)) : fresh
    if (ready.length > 0) return toChoice(this.#leastLoaded(ready, load))
    if (position && fresh.length > 0) return this.#wait(furthest(fresh), position)
    return this.#primary.isSilentFor(primaryTimeoutMs) ? this.lastResort(position) : undefined
  }

  /**
   * The replica that has replayed the most, for reads while the primary is unreachable. Its age is unknown.
   * @returns undefined when none has replayed the position.
   */
  lastResort(position: Position | undefined): Choice | undefined {
    const able = [...this.#known].filter((replica) => replica.isUsable && replica.hasReached(position))
    return able.length === 0 ? undefined : { replica: furthest(able), asOf: Number.NEGATIVE_INFINITY }
  }

  /** The one with the least load; of several, each in turn. */
  #leastLoaded(replicas: readonly Replica[], load: (replica: Replica) => number): Replica {
    this.#turn = (this.#turn + 1) % replicas.length
    const inTurn = [...replicas.slice(this.#turn), ...replicas.slice(0, this.#turn)]
    return inTurn.reduce((best, one) => (load(one) < load(best) ? one : best))
  }

  async #wait(replica: Replica, position: Position): Promise<Choice | undefined> {
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

  /** Probes the servers at once if the last probe is old, because there were no reads. */
  #noteRead(): void {
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
    // Replicas are probed after the primary, so that a replica without lag is seen at the position of the primary.
    const primary = Promise.race([this.#primary.probe(), delay(intervalMs, undefined, { ref: false })])
    void primary.then(() => {
      for (const replica of this.all) void replica.probe()
    })
  }

  #receive(replica: Replica): void {
    replica.asOf = this.#primary.dateOf(replica)
    if (replica.asOf > Number.NEGATIVE_INFINITY) this.#known.add(replica)
    const reported = this.#reported.get(replica)
    if (reported?.isUp) return
    this.#reported.set(replica, { isUp: true, at: performance.now() })
    this.#events.emit('up', replica)
    if (reported) this.observer.back(replica)
  }

  #lose(replica: Replica, reason: string): void {
    this.#events.emit('away', replica)
    const now = performance.now()
    const reported = this.#reported.get(replica)
    if (reported && !reported.isUp && now - reported.at < reportIntervalMs) return
    this.#reported.set(replica, { isUp: false, at: now })
    this.observer.away(replica, reason)
  }

  #date(): void {
    for (const replica of this.all) if (replica.isUp) replica.asOf = this.#primary.dateOf(replica)
  }
}

const toChoice = (replica: Replica): Choice => ({ replica, asOf: replica.asOf })

/** The one of some replicas that has replayed the most. */
const furthest = (replicas: readonly Replica[]): Replica =>
  replicas.reduce((best, one) => (compareProgress(one, best) > 0 ? one : best))
