import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperationalError } from '../../operational-error.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { ensureStarted, isReady, isRunning, stop } from './postmaster.ts'
import { type GetUrl, separateRoles, transferDatabase } from './role-separation.ts'
import { serverSettings, usableMemory } from './server-settings.ts'
import { ensureServiceRole, servicePassword, serviceRole, superuser } from './service-role.ts'
import { acquireSharedLock, isHeld, releaseSharedLock, type SharedLock } from './shared-lock.ts'
import { Supervisor } from './supervisor.ts'
import { writeSecret } from './write-secret.ts'

/** An embedded PostgreSQL server. */
export interface EmbeddedDatabase {
  /** URL of the database for its owner, which is not a superuser. */
  url: string
  /** Watches the connection to the server, and restarts the server when it has stopped. */
  supervisor: Supervisor
  /** Releases the server, and stops it if no other process uses it. @throws what `releaseServer` throws. */
  close(): Promise<void>
}

/**
 * Opens the PostgreSQL cluster in a folder. Creates the cluster if there is none, and starts its server if it is not running.
 * Several processes may share the server. The last process that closes it stops it. A killed process leaves the server running
 * for the next process. While the server runs, the file `url` in the folder has its connection URL. If the server stops while
 * processes use it, they start it again at the same port, so that the URL stays the same.
 *
 * The server gets settings for the memory of the machine, and `furtherSettings` (such as `fsync=off`), if this call starts it.
 * After an abort, this function stops the work in progress and throws. If the database is open before the abort is noticed,
 * this function returns the database, and the caller closes it.
 * @throws OperationalError when the folder, the programs or the server cannot be used; PostgreSQL's error when the database
 * cannot be prepared; the reason of `signal`.
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  furtherSettings: readonly string[] = [],
  signal?: AbortSignal,
): Promise<EmbeddedDatabase> {
  const folder = resolve(dataDir)
  const settings = [...serverSettings(usableMemory()), ...furtherSettings]
  const cluster = await openCluster(folder, signal)
  const { port, lock } = await joinServer(cluster, settings, signal)
  const url = buildUrl(serviceRole, servicePassword(cluster.password), port, serviceRole)
  try {
    if (await ensureServiceRole(lock.client, cluster.password))
      await transferDatabase(superuserUrls(cluster, port))
    await writeUrl(folder, `${url}\n`)
  } catch (error) {
    await releaseServer(folder, cluster, port, lock).catch(() => {})
    throw error
  }
  const supervisor = new Supervisor(
    lock,
    (stopping) => rejoinServer(cluster, settings, port, stopping),
    () => isReady(cluster),
  )
  const onImmediateStop = () => supervisor.observer.serverStoppedImmediately?.()
  const close = async () => releaseServer(folder, cluster, port, await supervisor.stop(), onImmediateStop)
  return { url, supervisor, close }
}

/** Writes the file `url`, unless it already has this text, so that a full disk does not prevent sharing a running server. */
async function writeUrl(folder: string, text: string): Promise<void> {
  const file = join(folder, 'url')
  const current = await readFile(file, 'utf8').catch(() => undefined)
  if (current !== text) await writeSecret(file, text)
}

/** Maximum number of attempts to join a server that other processes stop, and the pause between two attempts. */
const maxJoinAttempts = 600
const joinPauseMs = 50

/**
 * Starts the server if it does not run, and takes its shared lock. A server that was started here and cannot be used is stopped.
 * @throws OperationalError if the server cannot be started, or stops before each attempt to take the lock; PostgreSQL's error if
 * the roles cannot be separated; the reason of `signal`.
 */
async function joinServer(
  cluster: Cluster,
  settings: readonly string[],
  signal?: AbortSignal,
): Promise<{ port: number; lock: SharedLock }> {
  for (let attempt = 0; attempt < maxJoinAttempts; attempt++) {
    const { port, isStartedHere } = await ensureStarted(cluster, settings, signal)
    try {
      await separateRoles(superuserUrls(cluster, port), cluster.password)
      const lock = await acquireSharedLock(lockUrl(cluster, port))
      if (lock) return { port, lock }
    } catch (error) {
      if (await isStartedHere) await stop(cluster).catch(() => {})
      throw error
    }
    signal?.throwIfAborted()
    // Another process is stopping the server. A later attempt starts it again.
    await sleep(joinPauseMs)
  }
  throw new OperationalError(`PostgreSQL in ${cluster.path} keeps stopping: see server.log in this folder`)
}

/**
 * Joins the server again at the same port, and starts it if it does not run.
 * @throws OperationalError without the path of the cluster, since clients read its message, too.
 */
async function rejoinServer(
  cluster: Cluster,
  settings: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<SharedLock> {
  // PostgreSQL uses the last setting of a name.
  const joined = await joinServer(cluster, [...settings, `port=${port}`], signal).catch((error: Error) => {
    throw new OperationalError(error.message.replaceAll(cluster.path, 'DATA_DIR/postgres'))
  })
  if (joined.port === port) return joined.lock
  await joined.lock.client.end()
  throw new OperationalError(
    `PostgreSQL was started at port ${joined.port} instead of ${port} by another process: restart this process`,
  )
}

/** How long a process that closes waits for a server that is stopping or recovers from a crash. */
const releaseTimeoutMs = 30_000

/**
 * Releases the shared lock, and stops the server if no other process uses it. If the lock is lost, takes it again first: a server
 * that recovers from a crash ends all connections, and would otherwise run without a process that stops it.
 * @throws what `acquireSharedLock`, `releaseSharedLock` and `stop` throw.
 */
async function releaseServer(
  folder: string,
  cluster: Cluster,
  port: number,
  lock: SharedLock,
  onImmediateStop?: () => void,
): Promise<void> {
  const stopServer = () =>
    rm(join(folder, 'url'), { force: true }).finally(() => stop(cluster, { onImmediateStop }))
  const deadline = Date.now() + releaseTimeoutMs
  let held = (await isHeld(lock)) ? lock : undefined
  for (;;) {
    if (held && (await releaseSharedLock(held, stopServer))) return
    if (!(await isRunning(cluster, port)) || Date.now() > deadline) return
    held = await acquireSharedLock(lockUrl(cluster, port))
    if (!held) await sleep(joinPauseMs)
  }
}

/** The server has no TLS, which `PGSSLMODE` in the environment would otherwise require. */
const buildUrl = (role: string, password: string, port: number, database: string): string =>
  `postgresql://${role}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`

/** Returns a function that returns the URL of a database for a role with the superuser's password. */
const superuserUrls =
  ({ password }: Cluster, port: number): GetUrl =>
  (role, database) =>
    buildUrl(role, password, port, database)

const lockUrl = (cluster: Cluster, port: number) => superuserUrls(cluster, port)(superuser, 'postgres')
