import { LRUCache } from 'lru-cache'
import type { Statement } from '../statement.ts'
import type { Lane } from './lanes.ts'

/** A statement that takes this time, in milliseconds, or longer is expensive. */
export const maxCheapMs = 250

/**
 * Maximum time that other statements wait for the first one of their shape (`getShape`). When that one has run for
 * `maxCheapMs`, it is known to be expensive, but it may first wait for a connection.
 */
const maxFirstMs = 2 * maxCheapMs

/** Maximum number of shapes in memory. */
const maxShapes = 5000

/**
 * Weights of a new measurement in the average. A measurement above the average counts less, since cheap statements also take
 * longer on a busy machine.
 */
const weights = { longer: 0.2, shorter: 0.5 } as const

/** A statement that has not completed counts as half done, so its measured time is doubled. */
const unfinishedFactor = 2

/** Returns the shape of a statement: its name if it has one, otherwise its text, which contains no values. */
const getShape = ({ name, text }: Statement): string => name ?? text

/** The first statement of a new shape, while it runs. */
interface FirstRun {
  ended: Promise<void>
  end(): void
}

/** Remembers how long statements take, by shape, as exponentially weighted moving averages. */
export class ShapeCosts {
  readonly #averages = new LRUCache<string, number>({ max: maxShapes })
  readonly #firsts = new Map<string, FirstRun>()

  /** Returns the lane of statements of this shape; undefined if none was measured. */
  laneOf(statement: Statement): Lane | undefined {
    const known = this.#averages.get(getShape(statement))
    if (known === undefined) return undefined
    return known >= maxCheapMs ? 'expensive' : 'cheap'
  }

  /** Records that the first statement of a new shape starts, so that others of this shape can wait for its measurement. */
  startFirst(statement: Statement): void {
    const shape = getShape(statement)
    if (this.#firsts.has(shape)) return
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = () => {
        clearTimeout(timer)
        this.#firsts.delete(shape)
        resolve()
      }
      const timer = setTimeout(end, maxFirstMs)
    })
    this.#firsts.set(shape, { ended, end })
  }

  /**
   * Waits until the first statement of a new shape is measured, has failed or turns out to be expensive, for at most
   * `maxFirstMs`.
   * @returns undefined if no first statement runs.
   */
  waitForFirst(statement: Statement): Promise<void> | undefined {
    return this.#firsts.get(getShape(statement))?.ended
  }

  /** Adds a measurement. */
  add(statement: Statement, durationMs: number): void {
    const shape = getShape(statement)
    this.#firsts.get(shape)?.end()
    const known = this.#averages.get(shape)
    if (known === undefined) {
      this.#averages.set(shape, durationMs)
      return
    }
    const weight = durationMs > known ? weights.longer : weights.shorter
    this.#averages.set(shape, known + weight * (durationMs - known))
  }

  /**
   * Adds a measurement of a statement that has not completed: it has failed, was cancelled, or still runs. It counts only if
   * it shows that the shape is expensive.
   */
  addUnfinished(statement: Statement, durationMs: number): void {
    if (durationMs >= maxCheapMs) this.add(statement, unfinishedFactor * durationMs)
    else this.#firsts.get(getShape(statement))?.end()
  }
}
