import { serverAddress } from '../server-address.ts'
import { databaseIdentity, type Position } from './position.ts'
import { Probe } from './probe.ts'

/** Name of the row of `settings` with the timeline of the primary, written by the first process that sees a new timeline. */
export const timelineSetting = 'timeline'

/** The timeline is read from the replayed table, since the functions of a standby report a new timeline much later. */
const statement = `select pg_is_in_recovery() as "isStandby", (pg_last_wal_replay_lsn() - '0/0')::float8 as lsn,
  (select value from settings where name = '${timelineSetting}') as timeline, ${databaseIdentity} as identity`

/** Why a server that is not a standby counts as unreachable. */
const primaryReason = 'it is not a standby'

interface ProbeRow {
  isStandby: boolean
  lsn: number | null
  timeline: string | null
  identity: string
}

/** Pause in milliseconds after a read lost its connection or got none. It doubles with each further failure. */
const minBackoffMs = 100
const maxBackoffMs = 5000

/** Receives the measurements of a replica. */
export interface ReplicaHandler {
  /** Called when the position of the replica is measured. */
  onPosition(replica: Replica): void
  /** Called after each probe that fails. */
  onUnreachable(replica: Replica, reason: string): void
}

/** A replica on which a read runs. */
export interface ReplicaChoice {
  replica: Replica
  /** The replica has every commit from before this time of `performance.now()`. */
  asOf: number
}

/** A standby that replays the log of the primary, and its measured position. */
export class Replica {
  /** The index of the replica in the configuration, from 1. */
  readonly number: number
  /** Host and port. */
  readonly address: string
  readonly url: string
  readonly #probe: Probe<ProbeRow>
  readonly #handler: ReplicaHandler
  #isReachable = false
  #isPrimary = false
  #lsn = -1
  #timeline = -1
  #identity = ''
  #failures = 0
  #backoffUntil = Number.NEGATIVE_INFINITY
  /** The replica has every commit from before this time of `performance.now()`. Set by `Replicas`; -Infinity while unknown. */
  asOf = Number.NEGATIVE_INFINITY

  constructor(url: string, number: number, handler: ReplicaHandler) {
    this.url = url
    this.number = number
    this.address = serverAddress(url).address
    this.#handler = handler
    this.#probe = new Probe(url, statement, {
      onResult: (row) => this.#receive(row),
      onFailure: (reason) => this.#handleFailure(reason),
    })
  }

  /**
   * Whether the last probe succeeded and found a standby: if the primary is known, a standby of this primary. Otherwise the replica
   * counts as unreachable.
   */
  get isReachable(): boolean {
    return this.#isReachable
  }

  /** Whether the last probe found that the server is not a standby. It then counts as unreachable. */
  get isPrimary(): boolean {
    return this.#isPrimary
  }

  /** Whether reads may be sent to the replica, regardless of its lag. */
  get isUsable(): boolean {
    return this.#isReachable && performance.now() >= this.#backoffUntil
  }

  /** Bytes of the log that are replayed: a lower bound, since replay continues. Negative while unknown. */
  get lsn(): number {
    return this.#lsn
  }

  get timeline(): number {
    return this.#timeline
  }

  /** The `databaseIdentity` in the last response to a probe, also if the server is not a standby. */
  get identity(): string {
    return this.#identity
  }

  /**
   * Whether a read that starts now sees every commit older than `maxAgeMs`, and every commit from before `notBefore`
   * (a time of `performance.now()`).
   */
  isFresh(maxAgeMs: number, notBefore = Number.NEGATIVE_INFINITY): boolean {
    return this.asOf >= notBefore && performance.now() - this.asOf <= maxAgeMs
  }

  /** Whether the replica has replayed the log up to a position; true without a position. */
  hasReached(position: Position | undefined): boolean {
    return !position || (this.#timeline >= position.timeline && this.#lsn >= position.lsn)
  }

  /** Measures the position of the replica. Resolves after success and after failure; never rejects. */
  probe(): Promise<void> {
    return this.#probe.run()
  }

  /** Records that a read lost its connection or got none: the replica gets no reads for a while. */
  recordFailure(): void {
    this.#backoffUntil = performance.now() + Math.min(minBackoffMs * 2 ** this.#failures, maxBackoffMs)
    this.#failures += 1
    void this.probe()
  }

  /** Records that the replica must not be used: it counts as unreachable until a later probe. */
  reject(reason: string): void {
    this.#probe.fail(new Error(reason))
  }

  /** Records that a read has succeeded. */
  recordSuccess(): void {
    this.#failures = 0
  }

  close(): Promise<void> {
    return this.#probe.close()
  }

  #receive({ isStandby, lsn, timeline, identity }: ProbeRow): void {
    this.#identity = identity
    if (!isStandby) {
      this.reject(primaryReason)
      return
    }
    this.#isReachable = true
    this.#isPrimary = false
    // The position may be lower than before: a restarted server replays a part of the log again.
    this.#lsn = lsn ?? -1
    this.#timeline = timeline === null ? -1 : Number.parseInt(timeline, 16)
    this.#handler.onPosition(this)
  }

  #handleFailure(reason: string): void {
    this.#isReachable = false
    this.#isPrimary = reason === primaryReason
    this.#lsn = -1
    this.asOf = Number.NEGATIVE_INFINITY
    this.#handler.onUnreachable(this, reason)
  }
}
