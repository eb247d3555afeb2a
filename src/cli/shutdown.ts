import type { CloseOptions, Lifecycle } from '../database/open.ts'

/**
 * Closes everything that a command has opened, when the command ends. After an interruption, closes only what would outlive
 * the process.
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

  /** Closes everything, in reverse order of opening. @throws the first error, after everything else has been closed. */
  async close(): Promise<void> {
    await closeAll(this.#closers.splice(0))
  }

  /** Aborts the work of the command, and closes only what would outlive the process. @throws as `close` does. */
  async interrupt(): Promise<void> {
    this.#interruption.abort()
    await closeAll(this.#closers.splice(0).filter(({ outlivesProcess }) => outlivesProcess))
  }
}

/** Calls all functions, one after another, even if one fails. @throws the first error, at the end. */
async function closeAll(closers: readonly { close: () => Promise<void> }[]): Promise<void> {
  const errors: unknown[] = []
  for (const { close } of closers) await close().catch((error) => errors.push(error))
  if (errors.length > 0) throw errors[0]
}
