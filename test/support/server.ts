import { readFileSync, rmSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openEmbeddedDatabase } from '../../src/database/embedded/index.ts'
import { superuserUrl } from './superuser.ts'

/** A PostgreSQL server on which tests may create databases. */
export interface TestServer {
  url: string
  close(): Promise<void>
}

/** Settings without durability, which tests do not need, and with shorter timeouts than the defaults. */
const settings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
  // These two leave memory free, since the databases and the write-ahead log may also be in memory. Without the first one, the
  // embedded server would take a quarter of the memory, up to 4 GB.
  'shared_buffers=256MB',
  'max_wal_size=256MB',
  'deadlock_timeout=100ms',
  // PostgreSQL cannot drop a database while any client of the server is silent during authentication, which tests provoke.
  'authentication_timeout=10s',
]

/**
 * Opens the server of TEST_DATABASE_URL, otherwise one in a Docker container, otherwise the embedded one.
 * @param parent the folder in which the embedded server gets a folder.
 */
export async function openServer(parent = tmpdir()): Promise<TestServer> {
  const url = process.env.TEST_DATABASE_URL
  if (url) return { url, close: async () => {} }
  return (await openContainer()) ?? (await openEmbedded(parent))
}

async function openContainer(): Promise<TestServer | undefined> {
  if (!(await isDockerReachable())) return undefined
  try {
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql')
    const command = ['postgres', ...settings.flatMap((setting) => ['-c', setting])]
    const container = await new PostgreSqlContainer('postgres:18').withCommand(command).start()
    return {
      url: container.getConnectionUri(),
      close: async () => {
        await container.stop()
      },
    }
  } catch (error) {
    console.warn(`Docker cannot run postgres:18, so the embedded PostgreSQL is used: ${error}`)
    return undefined
  }
}

async function isDockerReachable(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers')
  const reached = getContainerRuntimeClient().then(
    () => true,
    () => false,
  )
  return Promise.race([reached, sleep(3_000, false, { ref: false })])
}

async function openEmbedded(parent: string): Promise<TestServer> {
  const folder = await mkdtemp(join(parent, 'entente-test-'))
  // PostgreSQL does not run as root, so another user needs access to the folder.
  await chmod(folder, 0o755)
  const database = await openEmbeddedDatabase(folder, settings)
  const stop = () => stopAtOnce(folder)
  // Before other listeners: one of a library ends the process.
  for (const signal of interruptions) process.prependOnceListener(signal, stop)
  return {
    url: await superuserUrl(folder, database.url),
    close: async () => {
      for (const signal of interruptions) process.off(signal, stop)
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Signals that interrupt a run. Vitest then exits without a teardown. */
const interruptions = ['SIGINT', 'SIGTERM'] as const

/** Stops the embedded server without waiting, and removes its folder. */
function stopAtOnce(folder: string): void {
  try {
    const [pid] = readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')
    process.kill(Number(pid), 'SIGQUIT')
  } catch {
    // The server has ended already.
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 })
}
