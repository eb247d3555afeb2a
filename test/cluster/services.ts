import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { adminKey } from '../support/app.ts'
import type { Host } from './namespaces.ts'

const entente = [process.execPath, '--import', 'tsx', 'src/cli/main.ts']

/** Creates the schema and adds the seed data. @throws when it fails. */
export async function seed(host: Host, env: NodeJS.ProcessEnv, log: string): Promise<void> {
  const child = await host.start({ command: [...entente, 'seed', 'all'], env, log })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`the seed data could not be added: ${await readFile(log, 'utf8')}`)
}

/** The service as a process on its own host. */
export class Service {
  readonly host: Host
  readonly origin: string
  #env: NodeJS.ProcessEnv
  readonly #log: string
  #process: ChildProcess | undefined

  constructor(host: Host, env: NodeJS.ProcessEnv, log: string) {
    this.host = host
    this.origin = `http://${host.address}:3000`
    this.#env = env
    this.#log = log
  }

  /** Stops the service, and starts it with changed environment variables. A variable with an undefined value is removed. */
  async restart(env: NodeJS.ProcessEnv): Promise<void> {
    await this.stop()
    this.#env = { ...this.#env, ...env }
    await this.start()
  }

  /**
   * Starts the service, restarts it as a supervisor does if it ends, and returns when it is ready. After a
   * failover, the service may end, since an idle PgBouncer refuses the first connection with the error of its previous one.
   * @throws when it ends `maxStarts` times.
   */
  async start(maxStarts = 3): Promise<void> {
    const child = await this.host.start({
      command: [...entente, 'serve'],
      env: { HOST: '0.0.0.0', ADMIN_KEY: adminKey, RATE_LIMIT: '0', LOG_LEVEL: 'warn', ...this.#env },
      log: this.#log,
    })
    this.#process = child
    while (!(await this.isReady())) {
      await sleep(100)
      if (child.exitCode === null && child.signalCode === null) continue
      if (maxStarts > 1) return this.start(maxStarts - 1)
      throw new Error(`the service ended: ${await readFile(this.#log, 'utf8')}`)
    }
  }

  /** Whether `/readyz` returns 200 within a second. */
  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.origin}/readyz`, { signal: AbortSignal.timeout(1000) })).status === 200
    } catch {
      return false
    }
  }

  /** Stops the service as a supervisor does, and returns its exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM')
  }

  /** Kills the service, and returns when its process has ended. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process
    if (!child) throw new Error('the service is not running')
    const ended = once(child, 'close')
    child.kill(signal)
    const [code] = await ended
    return code
  }
}
