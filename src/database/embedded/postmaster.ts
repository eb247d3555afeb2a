import { randomUUID } from 'node:crypto'
import {
  access,
  constants,
  link,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  statfs,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode } from '../../error-code.ts'
import { failure, OperationalError } from '../../operational-error.ts'
import type { Cluster } from './cluster.ts'

/** A cluster's running server, as its file postmaster.pid describes it. */
interface Postmaster {
  pid: number
  port: number
  /** `starting`, `ready` or `stopping`. */
  status: string
}

/** How long a server may take to start, including recovery after a crash. */
const startTimeoutMs = 60_000

/** How long a server may take to stop, including its last checkpoint. */
const stopTimeoutMs = 60_000

/** How long a server may take to end its processes immediately. PostgreSQL kills those that have not ended after five seconds. */
const immediateStopTimeoutMs = 20_000

const maxStartAttempts = 3

/** A disk with fewer free bytes counts as full. A write that failed for lack of space may leave some free blocks. */
const minFreeBytes = 1024 * 1024

/** Pause between two readings of postmaster.pid. */
const pollIntervalMs = 10

/** Pause before another attempt to start a server, while processes of a killed server have not ended. */
const formerServerPauseMs = 50

/** A server that is ready. */
export interface ReadyServer {
  port: number
  /** Resolves to whether this process started the server. It takes up to 100 ms longer than the start. */
  isStartedHere: Promise<boolean>
}

/**
 * Starts the cluster's server if it is not running, and waits until it is ready. After an abort, this function stops a server that
 * it is starting, and throws. If the server is already ready, the function returns it instead, and the caller releases it.
 * @throws OperationalError if `maxStartAttempts` attempts fail, or the server is not ready after a minute; the reason of `signal`.
 */
export async function ensureStarted(
  cluster: Cluster,
  settings: readonly string[],
  signal?: AbortSignal,
): Promise<ReadyServer> {
  const deadline = Date.now() + startTimeoutMs
  let formerPort: number | undefined
  let isStartedHere = Promise.resolve(false)
  for (let attemptsLeft = maxStartAttempts; Date.now() < deadline; ) {
    // Read first, since `readPostmaster` may remove the lock file.
    formerPort = (await readFormerPort(cluster.path)) ?? formerPort
    const server = await readPostmaster(cluster.path)
    if (server?.status === 'ready') return { port: server.port, isStartedHere }
    signal?.throwIfAborted()
    if (server) await sleep(pollIntervalMs)
    else {
      // A failed start is repeated: the free port may have been taken, or another process may be starting the server too.
      try {
        isStartedHere = (await start(cluster, settings, formerPort, signal)).isStartedHere
      } catch (error) {
        signal?.throwIfAborted()
        if (isFormerServerEnding(error)) await sleep(formerServerPauseMs)
        else {
          attemptsLeft -= 1
          if (attemptsLeft === 0) throw error
        }
      }
    }
  }
  throw new OperationalError(`PostgreSQL in ${cluster.path} has not become ready within a minute`)
}

/** Whether the server was not started because processes of a killed server have not ended yet. */
const isFormerServerEnding = (error: unknown) =>
  error instanceof OperationalError && error.message.includes('pre-existing shared memory block')

/** Whether the cluster's server runs and is not starting or stopping. */
export const isReady = async ({ path }: Cluster): Promise<boolean> =>
  (await readPostmaster(path))?.status === 'ready'

/** Whether the cluster's server runs at a port, also while it starts, recovers from a crash or stops. */
export const isRunning = async ({ path }: Cluster, port: number): Promise<boolean> =>
  (await readPostmaster(path))?.port === port

interface StopOptions {
  /** How long the server may take before its processes are ended immediately. */
  timeoutMs?: number
  /** Called when the processes are ended immediately. */
  onImmediateStop?: (() => void) | undefined
}

/**
 * Stops the cluster's server and returns when it has stopped. Open connections are closed. A server that has not stopped in time is
 * stopped immediately, and recovers from its log at the next start. PostgreSQL 18 may never stop otherwise if one of its processes
 * crashes at the same moment.
 * @throws OperationalError when it has not stopped even then; the error of `runProgram` when pg_ctl fails.
 */
export async function stop(
  { path, account, programs }: Cluster,
  { timeoutMs = stopTimeoutMs, onImmediateStop }: StopOptions = {},
): Promise<void> {
  const server = await readPostmaster(path)
  if (!server) return
  const hasStopped = async () => (await readPostmaster(path))?.pid !== server.pid
  const stopWithin = async (mode: 'fast' | 'immediate', limitMs: number) => {
    // Without `-W`, pg_ctl would also wait for the end of a server that another process starts meanwhile.
    await account
      .run(programs.pg_ctl, ['stop', '-D', path, '-m', mode, '-W'])
      .catch(async (error: unknown) => {
        // The server may have stopped just before.
        if (!(await hasStopped())) throw error
      })
    const deadline = Date.now() + limitMs
    await waitUntil(async () => (await hasStopped()) || Date.now() > deadline)
    return hasStopped()
  }
  if (await stopWithin('fast', timeoutMs)) return
  onImmediateStop?.()
  if (await stopWithin('immediate', immediateStopTimeoutMs)) return
  throw new OperationalError(`PostgreSQL in ${path} does not stop`)
}

/** Starts a server. Returns when a server is ready, which may be one that another process started meanwhile. */
async function start(
  { path, account, programs }: Cluster,
  settings: readonly string[],
  formerPort: number | undefined,
  signal?: AbortSignal,
): Promise<Pick<ReadyServer, 'isStartedHere'>> {
  const logName = 'server.log'
  const log = join(path, logName)
  const sizeBefore = await readSize(log)
  const port = await freePort(formerPort)
  const options = [`-p ${port}`, ...settings.map((setting) => `-c ${setting}`)].join(' ')
  let hasEnded = false
  // pg_ctl runs a shell command with these paths, and the cluster's path may have characters that a shell interprets.
  const paths = ['-D', '.', '-l', logName]
  const starting = account
    .run(programs.pg_ctl, ['start', ...paths, '-o', options, '-t', `${startTimeoutMs / 1000}`], { cwd: path })
    .finally(() => {
      hasEnded = true
    })
  try {
    // pg_ctl checks ten times a second whether the server is ready. Checking more often saves time.
    await Promise.race([
      starting,
      waitUntil(async () => {
        const server = await readPostmaster(path)
        if (signal?.aborted && server?.status === 'starting') interrupt(server.pid)
        return hasEnded || server?.status === 'ready'
      }),
    ])
    // pg_ctl fails if the server that is ready is not the one that it started.
    const isStartedHere = starting.then(
      () => true,
      () => false,
    )
    return { isStartedHere }
  } catch (error) {
    const what = `PostgreSQL in ${path} cannot be started`
    const fatal = await lastFatalMessage(log, sizeBefore)
    if (fatal) throw new OperationalError(`${what}: ${fatal}`)
    // The log has no message if PostgreSQL cannot write it.
    await access(path, constants.W_OK).catch((reason: unknown) => {
      throw failure(what, reason)
    })
    if (await isDiskFull(path)) throw new OperationalError(`${what}: its disk is full; free some space`)
    throw failure(what, error)
  }
}

/** Returns the running server, if any. After a crash, postmaster.pid may name a process that has ended or another program. */
async function readPostmaster(path: string): Promise<Postmaster | undefined> {
  const file = join(path, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => '')
  const [pid, , , port, , , , status = 'starting'] = text.split('\n')
  if (!pid || !port || !isAlive(Number(pid))) return undefined
  if (await mayServe(Number(pid), path))
    return { pid: Number(pid), port: Number(port), status: status.trim() }
  // PostgreSQL itself would mistake the other process for a server, and refuse to start.
  await removeLockFile(file, text)
  return undefined
}

/**
 * Removes a lock file if it still has this text. Another process may have started a server since the file was read, and a
 * server ends when its lock file is gone. So the file is moved first, and moved back if its text differs.
 */
async function removeLockFile(file: string, text: string): Promise<void> {
  const moved = `${file}.${randomUUID()}`
  try {
    await rename(file, moved)
    if ((await readFile(moved, 'utf8')) !== text) await link(moved, file)
  } catch (error) {
    // ENOENT: another process has removed the file. EEXIST: another server has created its lock file.
    if (!['ENOENT', 'EEXIST'].includes(errorCode(error))) throw error
  } finally {
    await rm(moved, { force: true })
  }
}

/** Stops a server that is still starting. */
function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // The server has ended.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/**
 * Whether a process can be the server of a cluster: its working directory is the cluster's folder. A zombie process has no
 * working directory. Returns true if the working directory cannot be read.
 */
async function mayServe(pid: number, path: string): Promise<boolean> {
  if (process.platform !== 'linux') return true
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(path))
  } catch (error) {
    return errorCode(error) !== 'ENOENT'
  }
}

async function waitUntil(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(pollIntervalMs)
}

async function readSize(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}

/** Whether the disk of a folder has less than `minFreeBytes` of free space. */
async function isDiskFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize < minFreeBytes
}

/** Returns the last fatal message after the first `sizeBefore` bytes of the log, with its detail. */
async function lastFatalMessage(log: string, sizeBefore: number): Promise<string | undefined> {
  const added = (await readFile(log).catch(() => Buffer.alloc(0))).subarray(sizeBefore).toString()
  const [, fatal, detail] = [...added.matchAll(/FATAL: +(.+)(?:\n.*DETAIL: +(.+))?/g)].at(-1) ?? []
  return detail ? `${fatal}. ${detail}` : fatal
}

/** Returns the port in postmaster.pid, which a killed server leaves. Other processes expect the new server at this port. */
async function readFormerPort(path: string): Promise<number | undefined> {
  const lines = (await readFile(join(path, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  return Number(lines[3]) || undefined
}

/** Returns the preferred port if it is free, otherwise any free port. */
async function freePort(preferred = 0): Promise<number> {
  const server = createServer()
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  await listen(preferred).catch(() => listen(0))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}
