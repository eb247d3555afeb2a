import type { CloseOptions, Lifecycle } from '../database/open.ts'

/**
 * When a command ends, closes everything that it has opened. After an interruption, closes only what would outlive the
 * process.
 */
export class Shutdown implements Lifecycle {
  readonly #interruption = new AbortController()
  readonly #closers: { close: () => Promise<void>; outlivesProcess: boolean }[] = []
  #serving = false

  get signal(): AbortSignal {
    return this.#interruption.signal
  }

  /** Whether the command is a service that has started: it runs until the process receives a signal to stop. */
  get isServing(): boolean {
    return this.#serving
  }

  markServing(): void {
    this.#serving = true
  }

  onClose(close: () => Promise<void>, { outlivesProcess = false }: CloseOptions = {}): void {
    this.#closers.unshift({ close, outlivesProcess })
  }

  /** Closes everything, in reverse order of opening. */
  async close(): Promise<void> {
    for (const { close } of this.#closers.splice(0)) await close()
  }

  /** Aborts the work of the command, and closes only what would outlive the process. */
  async interrupt(): Promise<void> {
    this.#interruption.abort()
    for (const { close, outlivesProcess } of this.#closers.splice(0)) if (outlivesProcess) await close()
  }
}
