import { LRUCache } from 'lru-cache'
import type { Statement } from '../statement.ts'
import type { Lane } from './lanes.ts'

/** A statement that takes this time, in milliseconds, or longer is expensive. */
export const maxCheapMs = 250

/**
 * Maximum time that other statements wait for the first statement with the same text. When the first statement has run for
 * `maxCheapMs`, it is known to be expensive, but it may have to wait for a connection before it runs.
 */
const maxFirstRunMs = 2 * maxCheapMs

/** Maximum number of texts in memory. */
const maxTexts = 5000

/**
 * Weights of a new measurement in the average. A measurement above the average counts less, since cheap statements also take
 * longer on a busy machine.
 */
const weights = { longer: 0.2, shorter: 0.5 } as const

/** A statement that has not completed counts as half done, so its measured time is doubled. */
const unfinishedFactor = 2

/** Returns what identifies the text of a statement: its name if it has one, otherwise the text, which contains no values. */
const textKey = ({ name, text }: Statement): string => name ?? text

/** The first statement with a new text, while it runs. */
interface FirstRun {
  ended: Promise<void>
  end(): void
}

/** Remembers how long statements take, by their text, as exponentially weighted moving averages. */
export class StatementCosts {
  readonly #averages = new LRUCache<string, number>({ max: maxTexts })
  readonly #firstRuns = new Map<string, FirstRun>()

  /** Returns the lane of statements with this text; undefined if none was measured. */
  findLane(statement: Statement): Lane | undefined {
    const known = this.#averages.get(textKey(statement))
    if (known === undefined) return undefined
    return known >= maxCheapMs ? 'expensive' : 'cheap'
  }

  /** Records that the first statement with a new text starts, so that others with this text can wait for its measurement. */
  startFirstRun(statement: Statement): void {
    const key = textKey(statement)
    if (this.#firstRuns.has(key)) return
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = () => {
        clearTimeout(timer)
        this.#firstRuns.delete(key)
        resolve()
      }
      const timer = setTimeout(end, maxFirstRunMs)
    })
    this.#firstRuns.set(key, { ended, end })
  }

  /**
   * Waits until the first statement with a new text is measured, has failed or turns out to be expensive, for at most
   * `maxFirstRunMs`.
   * @returns undefined if no first statement runs.
   */
  waitForFirstRun(statement: Statement): Promise<void> | undefined {
    return this.#firstRuns.get(textKey(statement))?.ended
  }

  /** Adds a measurement. */
  add(statement: Statement, durationMs: number): void {
    const key = textKey(statement)
    this.#firstRuns.get(key)?.end()
    const known = this.#averages.get(key)
    if (known === undefined) {
      this.#averages.set(key, durationMs)
      return
    }
    const weight = durationMs > known ? weights.longer : weights.shorter
    this.#averages.set(key, known + weight * (durationMs - known))
  }

  /**
   * Adds a measurement of a statement that has not completed: it has failed, was cancelled, or still runs. It counts only if
   * it shows that statements with this text are expensive.
   */
  addUnfinished(statement: Statement, durationMs: number): void {
    if (durationMs >= maxCheapMs) this.add(statement, unfinishedFactor * durationMs)
    else this.#firstRuns.get(textKey(statement))?.end()
  }
}
