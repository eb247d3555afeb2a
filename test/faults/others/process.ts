import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process that attacks or measures. It is alone in its event loop, so that nothing else delays it. */
export class Helper {
  readonly #child: ChildProcess

  /** Starts a file of this folder with some input. */
  constructor(file: string, input: unknown) {
    const path = fileURLToPath(new URL(file, import.meta.url))
    this.#child = fork(path, [JSON.stringify(input)], {
      execArgv: ['--import', 'tsx'],
      serialization: 'json',
    })
  }

  /** Resolves to the next message of the process. */
  async message(): Promise<unknown> {
    const ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`the process has ended with ${code}`)
    })
    const [message] = await Promise.race([once(this.#child, 'message'), ended])
    return message
  }

  /** Asks the process for what it has counted. */
  async ask(): Promise<unknown> {
    this.#child.send('report')
    return this.message()
  }

  /** Ends the process at once, and with it all its connections. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}
