import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './ports.ts'

/** PgBouncer in transaction mode in front of a server. */
export interface PgBouncer {
  /** The URL of the database through PgBouncer. */
  url: string
  close(): Promise<void>
}

/** Returns the reason why PgBouncer is not available for tests; undefined if it is available. */
export function pgBouncerUnavailableReason(): string | undefined {
  try {
    const version = execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' })
    const [, major = 0, minor = 0] = /PgBouncer (\d+)\.(\d+)/.exec(version) ?? []
    const isOld = Number(major) === 1 && Number(minor) < 21
    return isOld ? `pgbouncer ${major}.${minor} does not support prepared statements; 1.21 does` : undefined
  } catch {
    return 'pgbouncer is not on the PATH'
  }
}

const configuration = (to: URL, port: number, connections: number) => `[databases]
* = host=${to.hostname} port=${to.port || 5432} user=${to.username}${to.password && ` password=${to.password}`}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
max_prepared_statements = 20
`

/** Starts PgBouncer with at most `connections` connections to the server of a URL, and few prepared statements on each. */
export async function openPgBouncer(target: string, connections: number): Promise<PgBouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-pgbouncer-'))
  await chmod(folder, 0o755)
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  await writeFile(file, configuration(new URL(target), port, connections))
  // PgBouncer refuses to run as root.
  const asOtherUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn('pgbouncer', ['-q', ...asOtherUser, file], { stdio: 'ignore' })
  const ended = once(child, 'close')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  const close = async () => {
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitUntilReady(url.href)
  } catch (error) {
    await close()
    throw error
  }
  return { url: url.href, close }
}

/** Waits until the server of a URL accepts connections. @throws the error of the last attempt, after about 10 seconds. */
export async function waitUntilReady(url: string): Promise<void> {
  for (let attempts = 100; ; attempts -= 1) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      return
    } catch (error) {
      if (attempts === 0) throw error
      await sleep(100)
    } finally {
      await client.end().catch(() => {})
    }
  }
}
