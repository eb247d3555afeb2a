import { Problem } from '../../problems/problem.ts'
import { FairQueue } from './fair-queue.ts'
import { OwnerActivity } from './owner-activity.ts'
import { type Owner, ownerKey, type Work } from './work.ts'

/**
 * Priority class of statements. Reads of a `Work` that are expected to take long (`statement-costs.ts`), or turn out to take long
 * while they run, are `expensive`. All other statements are `cheap`: other reads, changes, and the `COPY` of exports.
 */
export type Lane = 'cheap' | 'expensive'

export const lanes: readonly Lane[] = ['cheap', 'expensive']

/**
 * Why a request gets no connection. `queue`: the queue, or the part of it for this kind of owner, is full. `wait`: the wait timed
 * out. `share`: the owner, or a group that contains the owner, has too many waiting requests.
 */
export type Refusal = 'queue' | 'wait' | 'share'

/** Limits on the use of connections. */
export interface LaneLimits {
  maxConnections: number
  /**
   * Maximum number of concurrent expensive statements, which use at most half of the connections. While clients other than the
   * sender of the last expensive statement send cheap statements, the maximum is one lower, so that a processor is free for
   * these. At least one expensive statement may always run.
   */
  maxExpensive: number
  /** Maximum number of requests that wait for a connection. */
  maxWaiting: number
  /** Maximum wait in milliseconds. Expensive statements wait for up to `statementTimeoutMs` if that is longer. */
  acquireTimeoutMs: number
  statementTimeoutMs: number
}

/** The right to use one connection. */
export interface Lease {
  /** Moves from the cheap to the expensive lane if there is room, without waiting. Returns whether it has moved. */
  moveToExpensive(): boolean
  release(): void
}

interface Waiter {
  start(): void
}

/** Maximum number of waiting expensive statements of one owner. */
const maxExpensiveWaiting = 16

/**
 * Maximum fraction of `maxWaiting` that one kind of owner may use in each lane. The kinds are anonymous clients, authenticated
 * clients, reads of records for several clients, and the service.
 */
const maxKindShare = 0.75

/** Seconds after which a refused request can be repeated. */
const retryAfterSeconds: Record<Lane, string> = { cheap: '1', expensive: '5' }

/** How long a client counts as active after a cheap statement, since more are likely. */
const activeMs = 1000

/** How long processors count as contended after an expensive statement had to wait, since more of these are likely. */
const contentionMs = 10_000

/**
 * How long an owner's expensive statements wait after the owner has abandoned one, while other clients are active. Most
 * statements that were abandoned at the same time are cancelled during this pause, before they run.
 */
const abandonedPauseMs = 250

/**
 * The work of the service itself. Reads of records for several clients are not part of it: their owner, `shared`, counts as one
 * more client.
 */
const serviceWork: Work = { owner: ['service'] }

/**
 * Shares the connections of a pool fairly among owners and lanes. Expensive statements use at most half of the connections, so
 * that others are free for cheap statements. In each lane, a `FairQueue` chooses the owner that gets the next free connection.
 * While no other owner waits, one owner may use all connections of a lane.
 */
export class Lanes {
  readonly #limits: LaneLimits
  readonly #onRefusal: (lane: Lane, refusal: Refusal) => void
  readonly #queues: Readonly<Record<Lane, FairQueue<Waiter>>> = {
    cheap: new FairQueue(),
    expensive: new FairQueue(),
  }
  /** Connections that expensive statements may use. */
  readonly #maxExpensive: number
  /** Time at which an expensive statement last began to wait, in milliseconds of `performance.now()`. */
  #waitedAt = -Infinity
  /** The owner that last requested a connection of the expensive lane. */
  #expensiveOwner: string | undefined
  readonly #cheapActivity = new OwnerActivity()
  /** The owner that last abandoned an expensive statement, and the time until which its other expensive statements wait. */
  #paused: { owner: Owner; untilMs: number } = { owner: [], untilMs: -Infinity }

  constructor(limits: LaneLimits, onRefusal: (lane: Lane, refusal: Refusal) => void) {
    const { maxConnections, maxExpensive } = limits
    const half = Math.floor(maxConnections / 2)
    this.#limits = limits
    this.#onRefusal = onRefusal
    this.#maxExpensive = Math.max(1, Math.min(half, maxExpensive))
  }

  running(lane: Lane): number {
    return this.#queues[lane].running
  }

  waiting(lane: Lane): number {
    return this.#queues[lane].waiting
  }

  /**
   * Whether an expensive statement that has just got its connection shares the processors: another one runs, one has begun to
   * wait in the last ten seconds, or another client has sent a cheap statement in the last second.
   */
  get isContended(): boolean {
    return (
      this.#queues.expensive.running > 1 ||
      performance.now() - this.#waitedAt < contentionMs ||
      this.#areOthersActive
    )
  }

  /** Whether a client has sent a cheap statement in the last second, other than the sender of the last expensive statement. */
  get #areOthersActive(): boolean {
    return performance.now() - this.#cheapActivity.lastOfOthers(this.#expensiveOwner) < activeMs
  }

  /**
   * Waits for the right to use a connection.
   * @returns the lease if the work need not wait, otherwise a promise of the lease.
   * @throws Problem `too-many-waiting` when the owner has too many waiting requests; Problem `overloaded` when the queue,
   * or the part of it for this kind of owner, is full or the wait timed out; the abort reason of the work's signal.
   */
  acquire(lane: Lane, work: Work = serviceWork): Lease | Promise<Lease> {
    const { owner } = work
    this.#recordOwner(lane, owner)
    if (this.#hasRoom(lane) && !(lane === 'expensive' && this.#isPaused(owner)))
      return this.#start(lane, work)
    this.#checkQueue(lane, owner)
    return this.#wait(lane, work)
  }

  #hasRoom(lane: Lane): boolean {
    const { cheap, expensive } = this.#queues
    if (cheap.running + expensive.running >= this.#limits.maxConnections) return false
    return lane === 'cheap' || this.#hasExpensiveRoom()
  }

  #hasExpensiveRoom(): boolean {
    const max = this.#areOthersActive ? Math.max(1, this.#maxExpensive - 1) : this.#maxExpensive
    return this.#queues.expensive.running < max
  }

  /** Records the owner of a request for a connection, unless it is the service. */
  #recordOwner(lane: Lane, owner: Owner): void {
    if (owner === serviceWork.owner) return
    if (lane === 'expensive') this.#expensiveOwner = ownerKey(owner)
    else this.#cheapActivity.record(ownerKey(owner), performance.now())
  }

  #start(first: Lane, work: Work): Lease {
    const { owner } = work
    let lane = first
    let isReleased = false
    this.#queues[lane].start(owner)
    return {
      moveToExpensive: () => {
        if (lane !== 'cheap') return false
        this.#recordOwner('expensive', owner)
        const { cheap, expensive } = this.#queues
        if (expensive.waiting > 0 || !this.#hasExpensiveRoom() || this.#isPaused(owner)) return false
        cheap.end(owner)
        expensive.start(owner)
        lane = 'expensive'
        return true
      },
      release: () => {
        if (isReleased) return
        isReleased = true
        this.#queues[lane].end(owner)
        if (lane === 'expensive' && work.getSignal?.().aborted) this.#pause(owner)
        this.#startNext()
      },
    }
  }

  /** Makes the expensive statements of an owner wait for `abandonedPauseMs`. */
  #pause(owner: Owner): void {
    this.#paused = { owner, untilMs: performance.now() + abandonedPauseMs }
    setTimeout(() => this.#startNext(), abandonedPauseMs).unref()
  }

  get #hasPause(): boolean {
    return performance.now() < this.#paused.untilMs && this.#areOthersActive
  }

  #isPaused(owner: Owner): boolean {
    return this.#hasPause && ownerKey(owner) === ownerKey(this.#paused.owner)
  }

  /** Whether all waiting expensive statements belong to the paused owner. */
  get #areAllPaused(): boolean {
    const { expensive } = this.#queues
    return this.#hasPause && expensive.hasOnlyItemsOf(this.#paused.owner)
  }

  #startNext(): void {
    for (;;) {
      const lane = this.#nextLane()
      const waiter = lane && this.#queues[lane].next()
      if (!waiter) return
      waiter.start()
    }
  }

  /** Cheap statements go first, except that one expensive statement may always run. */
  #nextLane(): Lane | undefined {
    const { cheap, expensive } = this.#queues
    const hasExpensive = expensive.waiting > 0 && this.#hasRoom('expensive') && !this.#areAllPaused
    if (hasExpensive && (expensive.running === 0 || cheap.waiting === 0)) return 'expensive'
    return cheap.waiting > 0 && this.#hasRoom('cheap') ? 'cheap' : undefined
  }

  /** Waits in the queue of the owner and, for work of several owners, in the queues of all of them until one has its turn. */
  #wait(lane: Lane, work: Work): Promise<Lease> {
    const { getSignal, onFurtherOwner } = work
    if (lane === 'expensive') this.#waitedAt = performance.now()
    const queue = this.#queues[lane]
    const signal = getSignal?.()
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      let stopEntering: (() => void) | undefined
      const waiters = new Map<string, () => void>()
      const enter = (owner: Owner, isDuplicate: boolean) => {
        if (waiters.has(ownerKey(owner))) return
        const waiter: Waiter = {
          start: () => {
            end()
            resolve(this.#start(lane, { ...work, owner }))
          },
        }
        waiters.set(ownerKey(owner), () => queue.remove(owner, waiter))
        queue.add(owner, waiter, isDuplicate)
      }
      const leave = (reason: unknown) => {
        end()
        reject(reason)
      }
      const end = () => {
        for (const remove of waiters.values()) remove()
        stopEntering?.()
        clearTimeout(timer)
        clearInterval(recheckTimer)
        signal?.removeEventListener('abort', onAbort)
      }
      const onAbort = () => leave(signal?.reason)
      const timeoutMs = this.#waitTimeoutMs(lane)
      const detail = `Timed out after ${timeoutMs / 1000} s waiting for a database connection.`
      const timer = setTimeout(() => leave(this.#refuse(lane, 'wait', detail)), timeoutMs)
      // There may be more room when the other clients are no longer active.
      const recheckTimer = lane === 'expensive' ? setInterval(() => this.#startNext(), activeMs) : undefined
      signal?.addEventListener('abort', onAbort)
      enter(work.owner, false)
      stopEntering = onFurtherOwner?.((owner) => enter(owner, true))
    })
  }

  #waitTimeoutMs(lane: Lane): number {
    const { acquireTimeoutMs, statementTimeoutMs } = this.#limits
    return lane === 'expensive' ? Math.max(acquireTimeoutMs, statementTimeoutMs) : acquireTimeoutMs
  }

  /**
   * @throws Problem when the queue, or the part of it for this kind of owner, is full, or when the owner has too many waiting
   * requests.
   */
  #checkQueue(lane: Lane, owner: Owner): void {
    const { maxWaiting } = this.#limits
    const detail = (limit: number) => `Too many requests wait for a database connection (limit ${limit}).`
    if (this.waiting('cheap') + this.waiting('expensive') >= maxWaiting)
      throw this.#refuse(lane, 'queue', detail(maxWaiting))
    const [ofKind = 0, ...ofGroups] = this.#queues[lane].countWaiting(owner)
    const maxOfKind = Math.ceil(maxKindShare * maxWaiting)
    if (ofKind >= maxOfKind) throw this.#refuse(lane, 'queue', detail(maxOfKind))
    const half = Math.ceil(maxWaiting / 2)
    const maxOfOwner = lane === 'expensive' ? Math.min(maxExpensiveWaiting, half) : half
    if (ofGroups.some((count) => count >= maxOfOwner))
      throw this.#refuse(lane, 'share', tooManyWaiting(maxOfOwner))
  }

  #refuse(lane: Lane, refusal: Refusal, detail: string): Problem {
    this.#onRefusal(lane, refusal)
    const type = refusal === 'share' ? 'too-many-waiting' : 'overloaded'
    return new Problem(type, detail, { headers: { 'retry-after': retryAfterSeconds[lane] } })
  }
}

const tooManyWaiting = (limit: number) =>
  `${limit} requests of your client, key or network are already waiting, which is the limit. Send the next request when one of them is answered.`
