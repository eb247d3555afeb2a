import type { Progress } from '../features/imports/run.ts'
import { formatCount } from '../format-count.ts'

/** Minimum milliseconds between two updates of the line in the same step. */
const intervalMs = 100

/** Width of the bar, in characters. */
const barWidth = 24

const verbs: Partial<Record<Progress['state'], string>> = {
  committing: 'Writing',
  undoing: 'Undoing',
}

/** Returns the progress of an import as a line, with a bar if the total is known. */
function progressLine({ state, done, total }: Progress, perSecond: number): string {
  const verb = verbs[state] ?? (total === undefined ? 'Reading' : 'Checking')
  const speed = perSecond > 0 ? `, ${formatCount(Math.round(perSecond))} per second` : ''
  if (total === undefined || total === 0) return `${verb} ${formatCount(done)} rows${speed}`
  const share = Math.min(1, done / total)
  const bar = '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '░')
  return `${verb} ${bar} ${Math.floor(share * 100)} % of ${formatCount(total)}${speed}`
}

/** Draws the progress in one line of a terminal. Draws nothing if the output is not a terminal. */
export class ProgressBar {
  readonly #output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>
  #drawnAt = 0
  #step = ''
  #startedAt = 0
  /** How many rows or records were done at the first call of `draw` for the step, and at the last call. */
  #doneAtStart = 0
  #done = 0

  constructor(output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>) {
    this.#output = output
  }

  draw(progress: Progress): void {
    const now = performance.now()
    const step = `${progress.state} ${progress.total === undefined}`
    // A later pass of a commit counts its rows from 0.
    if (step !== this.#step || progress.done < this.#done) {
      this.#step = step
      this.#startedAt = now
      this.#doneAtStart = progress.done
      this.#drawnAt = 0
    }
    this.#done = progress.done
    if (!this.#output.isTTY || now - this.#drawnAt < intervalMs) return
    this.#drawnAt = now
    const seconds = (now - this.#startedAt) / 1000
    const perSecond = seconds > 1 ? (progress.done - this.#doneAtStart) / seconds : 0
    this.#output.write(`\r\u001b[K${progressLine(progress, perSecond)}`)
  }

  /** Removes the line. */
  clear(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001b[K')
  }
}
