import { databaseIdentity, type PositionRow, positionColumns } from './position.ts'
import { Probe } from './probe.ts'
import { timelineSetting } from './replica.ts'

const statement = `select ${positionColumns}, ${databaseIdentity} as identity, (select value from settings where name = '${timelineSetting}') as "storedTimeline"`

type ProbeRow = PositionRow & { storedTimeline: string | null; identity: string }

/** Number of measurements in memory. Positions of replicas are compared with them, so they must cover several intervals. */
const maxSamples = 16

/** Receives the measurements of the primary. */
export interface PrimaryHandler {
  /** Called after each successful measurement of the end of the write-ahead log. */
  onPosition(): void
  /** Called with the timeline of the primary, in hexadecimal, when it differs from the one in the table `settings`. */
  onTimeline(timeline: string): void
}

/**
 * Measures the end of the primary's write-ahead log at each `probe()`. The age of replicas is computed from these
 * measurements.
 */
export class Primary {
  readonly #probe: Probe<ProbeRow>
  #samples: { sentAt: number; lsn: number }[] = []
  #answeredProbeSentAt = Number.NEGATIVE_INFINITY
  #isUnreachable = false
  #timeline = -1
  #identity: string | undefined

  constructor(url: string, handler: PrimaryHandler) {
    this.#probe = new Probe(url, statement, {
      onResult: (row, sentAt) => {
        this.#receive(row, sentAt)
        if (row.storedTimeline !== row.timeline) handler.onTimeline(row.timeline)
        handler.onPosition()
      },
      onFailure: () => {
        this.#isUnreachable = true
      },
    })
  }

  /** The `databaseIdentity` at the last measurement; undefined before the first. */
  get identity(): string | undefined {
    return this.#identity
  }

  /** The timeline at the last measurement; negative before the first. */
  get timeline(): number {
    return this.#timeline
  }

  /** The end of the log at the last measurement, as an offset in bytes; negative before the first. */
  get lsn(): number {
    return this.#samples.at(-1)?.lsn ?? -1
  }

  /** Whether the primary has not responded to probes for `durationMs`. */
  isSilentFor(durationMs: number): boolean {
    return this.#isUnreachable && performance.now() - this.#answeredProbeSentAt > durationMs
  }

  /**
   * Returns the time, in ms of `performance.now()`, of the latest measurement at which the log ended at or before this
   * position; negative infinity if there is none, or if the timeline is another one. A server that has replayed the log up to
   * the position has every commit from before that time. An idle primary writes no log, so a replica that has reached the end
   * is current, however old the last commit is.
   */
  asOf({ timeline, lsn }: { timeline: number; lsn: number }): number {
    if (timeline !== this.#timeline) return Number.NEGATIVE_INFINITY
    return this.#samples.findLast((sample) => sample.lsn <= lsn)?.sentAt ?? Number.NEGATIVE_INFINITY
  }

  /** Measures the end of the log. Resolves after success and after failure; never rejects. */
  probe(): Promise<void> {
    return this.#probe.run()
  }

  close(): Promise<void> {
    return this.#probe.close()
  }

  #receive({ timeline, lsn, identity }: ProbeRow, sentAt: number): void {
    const current = Number.parseInt(timeline, 16)
    // Positions in the logs of two timelines cannot be compared.
    if (current !== this.#timeline) this.#samples = []
    this.#timeline = current
    this.#identity = identity
    this.#isUnreachable = false
    this.#answeredProbeSentAt = sentAt
    this.#samples.push({ sentAt, lsn })
    if (this.#samples.length > maxSamples) this.#samples.shift()
  }
}
