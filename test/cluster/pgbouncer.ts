import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readDeployed } from '../deploy/files.ts'
import { waitUntilReady } from '../support/pgbouncer.ts'
import type { Host } from './namespaces.ts'

/** PgBouncer on the host of a service, with the settings of `deploy/`. */
export class PgBouncer {
  /** URL of the database through PgBouncer. */
  readonly url: string
  readonly #host: Host
  readonly #databaseUrl: URL
  readonly #folder: string
  #process: ChildProcess | undefined

  /**
   * @param databaseUrl URL of the database to which PgBouncer connects.
   * @param folder where the configuration, the list of users and the log are written.
   */
  constructor(host: Host, databaseUrl: string, folder: string) {
    this.#host = host
    this.#databaseUrl = new URL(databaseUrl)
    this.#folder = folder
    const url = new URL(databaseUrl)
    url.hostname = host.address
    // `listen_port` of `deploy/pgbouncer/pgbouncer.ini`.
    url.port = '6432'
    this.url = url.href
  }

  /** Starts PgBouncer, and returns when it accepts connections. */
  async start(): Promise<void> {
    const { hostname, username, password } = this.#databaseUrl
    const { name } = this.#host
    const users = join(this.#folder, 'userlist.txt')
    const file = join(this.#folder, `${name}-pgbouncer.ini`)
    await writeFile(users, `"${username}" "${password}"\n`)
    await writeFile(
      file,
      readDeployed('pgbouncer/pgbouncer.ini')
        .replace('host=haproxy', `host=${hostname}`)
        .replace(/^auth_file = .*$/m, `auth_file = ${users}`),
    )
    this.#process = await this.#host.start({
      command: ['pgbouncer', '--quiet', file],
      user: 'postgres',
      log: join(this.#folder, `${name}-pgbouncer.log`),
    })
    await waitUntilReady(this.url)
  }

  /** Kills PgBouncer, and returns when its process has ended. */
  async kill(): Promise<void> {
    const child = this.#process
    if (!child) throw new Error('PgBouncer is not running')
    this.#process = undefined
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
  }
}
