import { LRUCache } from 'lru-cache'
import type { Statement } from '../statement.ts'
import type { Lane } from './lanes.ts'

/** A statement that takes this time or longer is expensive. */
export const maxCheapMs = 250

/**
 * Maximum time that others wait for the first statement of a shape. It is known to be expensive after `maxCheapMs`, unless it waits
 * itself for a connection.
 */
const maxFirstMs = 2 * maxCheapMs

/** Maximum number of shapes in memory. */
const maxShapes = 5000

/**
 * Weights of a new measurement in the average. A longer one counts less, since on a busy machine cheap statements take
 * longer, too.
 */
const weights = { longer: 0.2, shorter: 0.5 } as const

/** A statement that was cancelled is taken to have been half done. */
const unfinishedFactor = 2

/** The shape of a statement: its text without values, or the name that stands for it. */
const getShape = ({ name, text }: Statement): string => name ?? text

/** The first statement of a new shape, while it runs. */
interface First {
  ended: Promise<void>
  end(): void
}

/** Remembers how long statements take, by shape, as exponentially weighted moving averages. */
export class ShapeCosts {
  readonly #averages = new LRUCache<string, number>({ max: maxShapes })
  readonly #firsts = new Map<string, First>()

  /** The lane of statements of this shape; undefined when none was measured. */
  laneOf(statement: Statement): Lane | undefined {
    const known = this.#averages.get(getShape(statement))
    if (known === undefined) return undefined
    return known >= maxCheapMs ? 'expensive' : 'cheap'
  }

  /** Notes that the first statement of a new shape starts, so that others of this shape can wait for its measurement. */
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
   * Resolves when the first statement of a new shape is measured, or has failed, or after `maxFirstMs`. Undefined when none runs.
   */
  firstOf(statement: Statement): Promise<void> | undefined {
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

  /** Adds a measurement of a statement that did not end. It counts only if it says that the statement is expensive. */
  addUnfinished(statement: Statement, durationMs: number): void {
    if (durationMs >= maxCheapMs) this.add(statement, unfinishedFactor * durationMs)
    else this.#firsts.get(getShape(statement))?.end()
  }
}
