import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A child process that attacks or measures. It has its own event loop, so the work of the test does not delay it. */
export class HelperProcess {
  readonly #child: ChildProcess

  /** Starts a file of this folder as a process. @param input is passed to it as JSON. */
  constructor(file: string, input: unknown) {
    const path = fileURLToPath(new URL(file, import.meta.url))
    this.#child = fork(path, [JSON.stringify(input)], {
      execArgv: ['--import', 'tsx'],
      serialization: 'json',
    })
  }

  /** Resolves to the next message of the process. @throws when the process ends. */
  async nextMessage(): Promise<unknown> {
    const ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`the process has ended with ${code}`)
    })
    const [message] = await Promise.race([once(this.#child, 'message'), ended])
    return message
  }

  /** Requests and returns the counts or measurements of the process. @throws when the process ends. */
  async requestReport(): Promise<unknown> {
    this.#child.send('report')
    return this.nextMessage()
  }

  /** Kills the process, which closes all its connections. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}
