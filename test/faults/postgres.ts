import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCluster } from '../../src/database/embedded/cluster.ts'
import { ensureStarted, stop } from '../../src/database/embedded/postmaster.ts'
import { freePort } from '../support/ports.ts'
import { withClient } from '../support/with-client.ts'

/** A PostgreSQL server with default durability that can be killed and restarted. */
export interface KillablePostgres {
  url: string
  /** Kills the server with SIGKILL, as a crash would. */
  kill(): Promise<void>
  /** Starts the server again at the same address. */
  start(): Promise<void>
  close(): Promise<void>
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Opens a PostgreSQL with an empty database `entente`. */
export async function openKillablePostgres(): Promise<KillablePostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-faults-'))
  // PostgreSQL does not run as root, so another user needs access to the folder.
  await chmod(folder, 0o755)
  const cluster = await openCluster(folder)
  const port = await freePort()
  // The port must be the same after each start. This setting overrides the port that `ensureStarted` chooses, since PostgreSQL
  // uses the last value that it gets for a setting.
  const start = async () => void (await ensureStarted(cluster, [`port=${port}`]))
  await start()
  const urlOf = (database: string) =>
    `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/${database}`
  await withClient(urlOf('postgres'), (client) => client.query('create database entente'))
  return {
    url: urlOf('entente'),
    start,
    kill: async () => {
      const [pid] = (await readFile(join(cluster.path, 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
      while (isAlive(Number(pid))) await sleep(10)
    },
    close: async () => {
      await stop(cluster).catch(() => {})
      await rm(folder, { recursive: true, force: true })
    },
  }
}
