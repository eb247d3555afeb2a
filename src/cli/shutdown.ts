import type { CloseOptions, Lifecycle } from '../database/open.ts'
import { OperationalError } from '../operational-error.ts'

interface Closer {
  close: () => Promise<void>
  outlivesProcess: boolean
}

/**
 * Closes everything that a command has opened, when the command ends. After an interruption, closes only what would outlive
 * the process.
 */
export class Shutdown implements Lifecycle {
  readonly #interruption = new AbortController()
  readonly #closers: Closer[] = []
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

  /**
   * Closes everything, in reverse order of opening.
   * @param timeoutMs after this time, waits only for what would outlive the process; without it, waits for everything.
   * @throws the first error, after everything else has been closed; an OperationalError if the time is not enough.
   */
  async close(timeoutMs?: number): Promise<void> {
    const closers = this.#closers.splice(0)
    await closeAll(timeoutMs === undefined ? closers : limitTime(closers, timeoutMs))
  }

  /** Aborts the work of the command, and closes only what would outlive the process. @throws as `close` does. */
  async interrupt(): Promise<void> {
    this.#interruption.abort()
    await closeAll(this.#closers.splice(0).filter(({ outlivesProcess }) => outlivesProcess))
  }
}

/** Returns closers that reject after a time, except those of what would outlive the process. */
function limitTime(closers: readonly Closer[], timeoutMs: number): Closer[] {
  const timeout = new Promise<never>((_, reject) => {
    const message = `the service has not stopped within ${timeoutMs / 1000} s`
    setTimeout(() => reject(new OperationalError(message)), timeoutMs).unref()
  })
  // If no closer waits for this promise when the time is over, its rejection must not count as unhandled.
  timeout.catch(() => {})
  return closers.map(({ close, outlivesProcess }) => ({
    close: outlivesProcess ? close : () => Promise.race([close(), timeout]),
    outlivesProcess,
  }))
}

/** Calls all functions, one after another, even if one fails. @throws the first error, at the end. */
async function closeAll(closers: readonly { close: () => Promise<void> }[]): Promise<void> {
  const errors: unknown[] = []
  for (const { close } of closers) await close().catch((error) => errors.push(error))
  if (errors.length > 0) throw errors[0]
}
