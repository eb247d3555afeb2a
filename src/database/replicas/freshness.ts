import { laterPosition, type Position } from './position.ts'
import type { ReplicaChoice } from './replica.ts'

/** How current the server of a read must be. */
export interface FreshnessDemand {
  /** The read must see all commits up to this position, since its client knows of them. */
  readonly position: Position | undefined
  /** The read must see all commits that are older than this, in milliseconds. */
  readonly maxAgeMs: number
  /** The read must see all commits before this time of `performance.now()`. */
  readonly notBefore?: number | undefined
}

/** Returns the replica for a read, or undefined for the primary. */
type Choose = (demand: FreshnessDemand) => ReplicaChoice | undefined | Promise<ReplicaChoice | undefined>

/**
 * How current the server of the reads of one request must be, which allows the reads to run on a replica. These reads stay on
 * one server, so that no read is older than the previous read. They change the server only if it fails (`Routing`), or if a
 * read serves several requests (`join`).
 */
export class Freshness implements FreshnessDemand {
  readonly position: Position | undefined
  readonly maxAgeMs: number
  readonly notBefore: number
  readonly #onReplica: ((asOf: number) => void) | undefined
  #choice: ReturnType<Choose>
  #isChosen = false

  /** @param onReplica receives the time as of which a replica reads: the replica has every commit from before this time. */
  constructor(demand: FreshnessDemand, onReplica?: (asOf: number) => void) {
    this.position = demand.position
    this.maxAgeMs = demand.maxAgeMs
    this.notBefore = demand.notBefore ?? Number.NEGATIVE_INFINITY
    this.#onReplica = onReplica
  }

  /**
   * The next read sees every commit from before this time of `performance.now()`. This is not true if the primary cannot be
   * reached when that read runs (see `Replicas.lastResort`).
   */
  get asOf(): number {
    if (!this.#isChosen || this.#choice instanceof Promise) return performance.now() - this.maxAgeMs
    return this.#choice?.asOf ?? performance.now()
  }

  /** The replica on which the reads run; undefined for the primary, and before the first read. */
  get replica(): ReplicaChoice | undefined {
    return this.#choice instanceof Promise ? undefined : this.#choice
  }

  /** Returns the server for the next read. Calls `choose` only for the first read. */
  choose(choose: Choose): ReturnType<Choose> {
    return this.#isChosen ? this.#choice : this.use(choose(this))
  }

  /** Runs the next reads on this replica; undefined for the primary. */
  use(choice: ReturnType<Choose>): ReturnType<Choose> {
    this.#isChosen = true
    this.#choice = choice
    if (choice instanceof Promise) return choice.then((chosen) => this.use(chosen))
    if (choice) this.#onReplica?.(choice.asOf)
    return choice
  }

  /**
   * Returns the freshness of one read that serves several requests. If none of them has read yet, this read chooses the server
   * of all their reads. If all of them share one earlier choice of a replica, the read runs there. Otherwise it runs on the
   * primary, and so do their later reads.
   */
  static join(all: readonly Freshness[]): Freshness {
    const joined = new JoinedFreshness(all)
    const [first] = all
    if (!first || !all.some((freshness) => freshness.#isChosen)) return joined
    joined.use(all.every((freshness) => freshness.#choice === first.#choice) ? first.#choice : undefined)
    return joined
  }
}

class JoinedFreshness extends Freshness {
  readonly #all: readonly Freshness[]

  constructor(all: readonly Freshness[]) {
    super({
      position: all.reduce<Position | undefined>(
        (latest, { position }) => laterPosition(latest, position),
        undefined,
      ),
      maxAgeMs: Math.min(...all.map(({ maxAgeMs }) => maxAgeMs)),
      notBefore: Math.max(...all.map(({ notBefore }) => notBefore)),
    })
    this.#all = all
  }

  override use(choice: ReturnType<Choose>): ReturnType<Choose> {
    if (!(choice instanceof Promise)) for (const freshness of this.#all) freshness.use(choice)
    return super.use(choice)
  }
}
