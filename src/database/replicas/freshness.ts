import { later, type Position } from './position.ts'
import type { Choice } from './replica.ts'

/** The requirements of a read on the server that it runs on. */
export interface Demand {
  /** The read must contain all commits up to this position, since its client knows of them. */
  readonly position: Position | undefined
  /** The read must contain commits that are older than this, in milliseconds. */
  readonly maxAgeMs: number
  /** The read must contain all commits before this time of `performance.now()`. */
  readonly notBefore?: number | undefined
}

/** Chooses a replica, or undefined for the primary. */
type Choose = (demand: Demand) => Choice | undefined | Promise<Choice | undefined>

/**
 * How old the reads of one request may be, which allows them to run on a replica. All of them run on the same server, so that
 * none is older than the one before.
 */
export class Freshness implements Demand {
  readonly position: Position | undefined
  readonly maxAgeMs: number
  readonly notBefore: number
  readonly #onReplica: ((asOf: number) => void) | undefined
  #choice: ReturnType<Choose>
  #isChosen = false

  /** @param onReplica receives the moment of `performance.now()` as of which a replica reads: it has all that was committed before. */
  constructor(demand: Demand, onReplica?: (asOf: number) => void) {
    this.position = demand.position
    this.maxAgeMs = demand.maxAgeMs
    this.notBefore = demand.notBefore ?? Number.NEGATIVE_INFINITY
    this.#onReplica = onReplica
  }

  /** The earliest time as of which the next read may be, as `performance.now()`. */
  get asOf(): number {
    if (!this.#isChosen || this.#choice instanceof Promise) return performance.now() - this.maxAgeMs
    return this.#choice?.asOf ?? performance.now()
  }

  /** The replica that the reads run on; undefined for the primary, and before the first. */
  get replica(): Choice | undefined {
    return this.#choice instanceof Promise ? undefined : this.#choice
  }

  /** The server for the next read. It is chosen for the first. */
  choose(choose: Choose): ReturnType<Choose> {
    return this.#isChosen ? this.#choice : this.use(choose(this))
  }

  /** Uses a replica from now on, or the primary. */
  use(choice: ReturnType<Choose>): ReturnType<Choose> {
    this.#isChosen = true
    this.#choice = choice
    if (choice instanceof Promise) return choice.then((chosen) => this.use(chosen))
    if (choice) this.#onReplica?.(choice.asOf)
    return choice
  }

  /**
   * Makes the freshness of one read for several requests. It runs where they have read before; on the primary if that
   * is not the same server for all.
   */
  static join(all: readonly Freshness[]): Freshness {
    const joined = new Joined(all)
    const [first] = all
    if (!first || !all.some((one) => one.#isChosen)) return joined
    joined.use(all.every((one) => one.#choice === first.#choice) ? first.#choice : undefined)
    return joined
  }
}

class Joined extends Freshness {
  readonly #all: readonly Freshness[]

  constructor(all: readonly Freshness[]) {
    super({
      position: all.reduce<Position | undefined>(
        (latest, { position }) => later(latest, position),
        undefined,
      ),
      maxAgeMs: Math.min(...all.map(({ maxAgeMs }) => maxAgeMs)),
      notBefore: Math.max(...all.map(({ notBefore }) => notBefore)),
    })
    this.#all = all
  }

  override use(choice: ReturnType<Choose>): ReturnType<Choose> {
    if (!(choice instanceof Promise)) for (const one of this.#all) one.use(choice)
    return super.use(choice)
  }
}
