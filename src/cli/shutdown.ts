import type { CloseOptions, Lifecycle } from '../database/open.ts'

/** Closes what a command has opened: all of it at the end, or after an interruption only what outlives the process. */
export class Shutdown implements Lifecycle {
  readonly #interruption = new AbortController()
  readonly #closers: { close: () => Promise<void>; outlivesProcess: boolean }[] = []
  #running = false

  get signal(): AbortSignal {
    return this.#interruption.signal
  }

  /** Whether the command has started. It then runs until the process receives a signal to stop. */
  get isRunning(): boolean {
    return this.#running
  }

  keepRunning(): void {
    this.#running = true
  }

  onClose(close: () => Promise<void>, { outlivesProcess = false }: CloseOptions = {}): void {
    this.#closers.unshift({ close, outlivesProcess })
  }

  /** Closes everything, in reverse order of opening. */
  async close(): Promise<void> {
    for (const { close } of this.#closers.splice(0)) await close()
  }

  /** Aborts what is being opened and closes only what would outlive the process. */
  async interrupt(): Promise<void> {
    this.#interruption.abort()
    for (const { close, outlivesProcess } of this.#closers.splice(0)) if (outlivesProcess) await close()
  }
}
