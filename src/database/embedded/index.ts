import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { errorCode } from '../../error-code.ts'
import { StartupError } from '../../startup-error.ts'
import { writeSecret } from '../../write-secret.ts'
import { type Cluster, hasCluster, openCluster } from './cluster.ts'
import { ensureStarted, stop } from './postmaster.ts'
import { acquireSharedLock, isHeld, releaseSharedLock } from './shared-lock.ts'

/** A PostgreSQL server of our own. */
export interface EmbeddedDatabase {
  url: string
  /** Leaves the server, and stops it when nobody else uses it. */
  close(): Promise<void>
}

/**
 * Opens the PostgreSQL that is kept in a folder: makes it when there is none, starts it when it is not running, and
 * joins it otherwise. Several processes may share it; the last one to leave stops it, and one that was killed leaves
 * it running for the next one to take over. While it runs, the file `url` in the folder says where.
 *
 * `settings` (such as `fsync=off`) count when this call is the one that starts the server. An abort ends what is under way and
 * throws; a database that is open by then is returned, and has to be closed.
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  settings: readonly string[] = [],
  signal?: AbortSignal,
): Promise<EmbeddedDatabase> {
  const folder = resolve(dataDir)
  const cluster = await openCluster(folder, signal)
  const { port, lockClient } = await joinServer(cluster, settings, signal)
  await createDatabase(lockClient)
  const url = buildUrl(cluster, port, 'entente')
  await writeSecret(join(folder, 'url'), `${url}\n`)
  return { url, close: () => leave(folder, cluster, port, lockClient) }
}

/** Whether the folder holds an embedded PostgreSQL. */
export const hasEmbeddedDatabase = (dataDir: string): boolean => hasCluster(resolve(dataDir))

async function joinServer(
  cluster: Cluster,
  settings: readonly string[],
  signal?: AbortSignal,
): Promise<{ port: number; lockClient: pg.Client }> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const port = await ensureStarted(cluster, settings, signal)
    const lockClient = await acquireSharedLock(buildUrl(cluster, port, 'postgres'))
    if (lockClient) return { port, lockClient }
    // Its last user is stopping it; it is started again when it has stopped.
    await sleep(50)
  }
  throw new StartupError(`PostgreSQL in ${cluster.path} keeps stopping`)
}

async function createDatabase(lockClient: pg.Client): Promise<void> {
  const { rowCount } = await lockClient.query("select from pg_database where datname = 'entente'")
  if (rowCount) return
  await lockClient.query('create database entente').catch((error: unknown) => {
    // Another process that started at the same moment may have been quicker.
    if (!['42P04', '23505'].includes(errorCode(error))) throw error
  })
}

async function leave(folder: string, cluster: Cluster, port: number, lockClient: pg.Client): Promise<void> {
  const share = (await isHeld(lockClient))
    ? lockClient
    : await acquireSharedLock(buildUrl(cluster, port, 'postgres'))
  if (!share) return
  await releaseSharedLock(share, async () => {
    await rm(join(folder, 'url'), { force: true })
    await stop(cluster)
  })
}

function buildUrl({ password }: Cluster, port: number, database: string): string {
  return `postgresql://entente:${password}@127.0.0.1:${port}/${database}`
}
