import type { Position } from './position.ts'
import { Probe } from './probe.ts'

/** The row of `settings` with the timeline of the primary, written by the first process that sees it. */
export const timelineSetting = 'timeline'

/** The timeline as a replica knows it is what it has replayed: its own functions tell it much later. */
const statement = `select pg_is_in_recovery() as "isStandby", (pg_last_wal_replay_lsn() - '0/0')::float8 as lsn,
  (select value from settings where name = '${timelineSetting}') as timeline`

interface ProbeRow {
  isStandby: boolean
  lsn: number | null
  timeline: string | null
}

/** Pause after a read lost its connection. It doubles with each further loss. */
const minRestMs = 100
const maxRestMs = 5000

/** Receives the measurements of a replica. */
export interface ReplicaHandler {
  /** Called when the position of the replica is measured. */
  onPosition(replica: Replica): void
  onAway(replica: Replica, reason: string): void
}

/** A replica that a read runs on. */
export interface Choice {
  replica: Replica
  /** The earliest time as of which it reads, as `performance.now()`. */
  asOf: number
}

/** A standby that replays the log of the primary, and how far it is. */
export class Replica {
  /** Its index in the configuration, from 1. */
  readonly number: number
  /** Host and port. */
  readonly address: string
  readonly url: string
  readonly #probe: Probe<ProbeRow>
  readonly #handler: ReplicaHandler
  #isUp = false
  #lsn = -1
  #timeline = -1
  #faults = 0
  #restsUntil = Number.NEGATIVE_INFINITY
  /** The time up to which it has at least everything that was committed, as `performance.now()`. */
  asOf = Number.NEGATIVE_INFINITY

  constructor(url: string, number: number, handler: ReplicaHandler) {
    const { hostname, port } = new URL(url)
    this.url = url
    this.number = number
    this.address = `${hostname}:${port || 5432}`
    this.#handler = handler
    this.#probe = new Probe(url, statement, {
      onResult: (row) => this.#receive(row),
      onFailure: (reason) => this.#lose(reason),
    })
  }

  /** Whether the replica responds to probes. */
  get isUp(): boolean {
    return this.#isUp
  }

  /** Whether reads may be sent to it, apart from how far it is. */
  get isUsable(): boolean {
    return this.#isUp && performance.now() >= this.#restsUntil
  }

  /** Bytes of the log that it has replayed; a lower bound, since replay continues. Negative while it is unknown. */
  get lsn(): number {
    return this.#lsn
  }

  get timeline(): number {
    return this.#timeline
  }

  /** Whether a read that starts now finds everything that was committed `maxAgeMs` ago, and before a moment. */
  isFresh(maxAgeMs: number, notBefore = Number.NEGATIVE_INFINITY): boolean {
    return this.asOf >= notBefore && performance.now() - this.asOf <= maxAgeMs
  }

  /** Whether it has replayed a position. */
  hasReached(position: Position | undefined): boolean {
    return !position || (this.#timeline >= position.timeline && this.#lsn >= position.lsn)
  }

  /** Measures the position of the replica. Resolves after success and after failure; never rejects. */
  probe(): Promise<void> {
    return this.#probe.run()
  }

  /** Notes that the connection of a read was lost or refused: others rest for a while. */
  noteFault(): void {
    this.#restsUntil = performance.now() + Math.min(minRestMs * 2 ** this.#faults, maxRestMs)
    this.#faults += 1
    void this.probe()
  }

  /** Notes that a read has succeeded. */
  noteSuccess(): void {
    this.#faults = 0
  }

  close(): Promise<void> {
    return this.#probe.close()
  }

  #receive({ isStandby, lsn, timeline }: ProbeRow): void {
    if (!isStandby) {
      this.#probe.fail(new Error('it is not a standby'))
      return
    }
    this.#isUp = true
    // It may be less than before: a server that was started again replays once more.
    this.#lsn = lsn ?? -1
    this.#timeline = timeline === null ? -1 : Number.parseInt(timeline, 16)
    this.#handler.onPosition(this)
  }

  #lose(reason: string): void {
    this.#isUp = false
    this.#lsn = -1
    this.asOf = Number.NEGATIVE_INFINITY
    this.#handler.onAway(this, reason)
  }
}
