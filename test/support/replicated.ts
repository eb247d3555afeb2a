import { execFile } from 'node:child_process'
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { type Cluster, openCluster } from '../../src/database/embedded/cluster.ts'
import { ensureStarted, stop } from '../../src/database/embedded/postmaster.ts'
import { errorCode } from '../../src/error-code.ts'
import { freePort } from './ports.ts'
import { sendSignal } from './send-signal.ts'
import { withClient } from './with-client.ts'

const execute = promisify(execFile)

/** A PostgreSQL server that tests can stop, suspend and promote. */
export interface PostgresServer {
  /** The URL of the database `entente`. */
  url: string
  start(): Promise<void>
  stop(): Promise<void>
  /** Suspends all processes (SIGSTOP) until `resume`: the server neither answers nor closes connections. Linux only. */
  suspend(): Promise<void>
  resume(): Promise<void>
  /** Makes a standby the primary of a new timeline. */
  promote(): Promise<void>
  /** Makes a standby follow another server: it replays the log of that server. */
  follow(other: PostgresServer): Promise<void>
  /** Runs statements as the superuser. @returns the rows, if `text` is a single statement. */
  run(text: string): Promise<pg.QueryResultRow[]>
}

/** A primary, and the standbys that replay its log. */
export interface ReplicatedServers {
  primary: PostgresServer
  standbys: PostgresServer[]
  close(): Promise<void>
}

const settings = ['fsync=off', 'full_page_writes=off', 'wal_keep_size=512MB']

const superuserUrl = ({ password }: Cluster, port: number, database: string) =>
  `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`

/** Returns the ids of the postmaster and its children, which have their own process groups. */
async function listProcesses({ path }: Cluster): Promise<number[]> {
  const [postmaster = ''] = (await readFile(join(path, 'postmaster.pid'), 'utf8')).split('\n')
  const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8')
  return [postmaster, ...children.split(' ')].filter((pid) => pid.trim() !== '').map(Number)
}

/** Runs statements on a new connection. */
const runStatements = async (url: string, text: string): Promise<pg.QueryResultRow[]> =>
  (await withClient(url, (client) => client.query(text))).rows

async function openServer(cluster: Cluster, port: number): Promise<PostgresServer> {
  const signal = async (name: NodeJS.Signals) => {
    // Workers of PostgreSQL may end in the meantime.
    for (const pid of await listProcesses(cluster)) sendSignal(pid, name)
  }
  const server: PostgresServer = {
    url: superuserUrl(cluster, port, 'entente'),
    start: async () => void (await ensureStarted(cluster, [...settings, `port=${port}`])),
    stop: () => stop(cluster),
    suspend: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    promote: async () => void (await server.run('select pg_promote()')),
    follow: async ({ url }) => {
      await server.run(`alter system set primary_conninfo = ${pg.escapeLiteral(url)}`)
      await server.run('select pg_reload_conf()')
    },
    run: (text) => runStatements(server.url, text),
  }
  await server.start()
  return server
}

/** Copies a cluster that has not been started yet, and makes the copy a standby. */
async function copyCluster(cluster: Cluster, path: string, primaryUrl: string): Promise<Cluster> {
  await execute('cp', ['-a', cluster.path, path])
  await writeFile(join(path, 'standby.signal'), '')
  await appendFile(join(path, 'postgresql.auto.conf'), `primary_conninfo = '${primaryUrl}'\n`)
  return { ...cluster, path }
}

/** Waits until a standby has replayed the creation of the database. */
async function waitForDatabase(standby: PostgresServer): Promise<void> {
  for (;;) {
    try {
      await standby.run('select 1')
      return
    } catch (error) {
      if (errorCode(error) !== '3D000') throw error
    }
    await setTimeout(50)
  }
}

/** Opens a primary with an empty database `entente`, and standbys that follow it. */
export async function openReplicatedServers(standbyCount: number): Promise<ReplicatedServers> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-replicated-'))
  // PostgreSQL does not run as root, so another user needs access to the folder.
  await chmod(folder, 0o755)
  const cluster = await openCluster(folder)
  const port = await freePort()
  const url = superuserUrl(cluster, port, 'postgres')
  const paths = Array.from({ length: standbyCount }, (_, index) => join(folder, `standby-${index + 1}`))
  const copies = await Promise.all(paths.map((path) => copyCluster(cluster, path, url)))
  const primary = await openServer(cluster, port)
  await runStatements(url, 'create database entente')
  const standbys = await Promise.all(copies.map(async (copy) => openServer(copy, await freePort())))
  await Promise.all(standbys.map(waitForDatabase))
  return {
    primary,
    standbys,
    close: async () => {
      await Promise.allSettled([...copies, cluster].map((one) => stop(one)))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
