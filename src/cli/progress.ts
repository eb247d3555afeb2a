import type { Progress } from '../features/imports/run.ts'

/** Minimum milliseconds between two updates of the line. */
const intervalMs = 100

const barWidth = 24

const verbs: Partial<Record<Progress['state'], string>> = {
  committing: 'Writing',
  undoing: 'Undoing',
}

/** Formats a whole number in groups of three digits. */
export const formatCount = (count: number): string => count.toLocaleString('en')

/** Returns the progress of an import as a line, with a bar if the total is known. */
export function progressLine({ state, done, total }: Progress, perSecond: number): string {
  const verb = verbs[state] ?? (total === undefined ? 'Reading' : 'Checking')
  const speed = perSecond > 0 ? `, ${formatCount(Math.round(perSecond))} a second` : ''
  if (total === undefined || total === 0) return `${verb} ${formatCount(done)} rows${speed}`
  const share = Math.min(1, done / total)
  const bar = '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '░')
  return `${verb} ${bar} ${Math.floor(share * 100)} % of ${formatCount(total)}${speed}`
}

/** Draws the progress in one line of a terminal. Draws nothing if the output is not a terminal. */
export class ProgressBar {
  readonly #output: NodeJS.WriteStream
  #drawnAt = 0
  #step = ''
  #startedAt = 0

  constructor(output: NodeJS.WriteStream) {
    this.#output = output
  }

  draw(progress: Progress): void {
    const now = performance.now()
    const step = `${progress.state} ${progress.total === undefined}`
    if (step !== this.#step) {
      this.#step = step
      this.#startedAt = now
      this.#drawnAt = 0
    }
    if (!this.#output.isTTY || now - this.#drawnAt < intervalMs) return
    this.#drawnAt = now
    const seconds = (now - this.#startedAt) / 1000
    this.#output.write(`\r\u001b[K${progressLine(progress, seconds > 1 ? progress.done / seconds : 0)}`)
  }

  /** Removes the line. */
  clear(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001b[K')
  }
}
