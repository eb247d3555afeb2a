import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { stringify } from 'yaml'
import { z } from 'zod'
import { sendSignal } from '../support/send-signal.ts'
import { Host } from './namespaces.ts'
import { findPostgres } from './tools.ts'

/** PostgreSQL on several hosts. Patroni chooses which of them is the primary. */

const password = 'postgres'

/** Port of Patroni's REST API, which shows the members of the cluster. */
const restPort = 8008

/**
 * Timing of Patroni, in seconds. After `ttl`, the leader key of a lost primary expires, and Patroni promotes a standby. Patroni
 * accepts no `ttl` below 20. After `retry_timeout`, a primary that cannot reach etcd demotes itself: `loop_wait` + 2 *
 * `retry_timeout` must not exceed `ttl`.
 */
const timing = { ttl: 20, loop_wait: 1, retry_timeout: 8, primary_start_timeout: 0 }

const settings = {
  max_connections: 200,
  // A walsender whose standby is silent ends, so that Patroni chooses another synchronous standby.
  wal_sender_timeout: '2s',
  wal_receiver_timeout: '2s',
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '500ms',
  log_min_messages: 'warning',
}

const configuration = (host: Host, etcd: Host, folder: string) => ({
  scope: 'entente',
  name: host.name,
  restapi: { listen: `${host.address}:${restPort}`, connect_address: `${host.address}:${restPort}` },
  etcd3: { host: `${etcd.address}:2379` },
  bootstrap: {
    dcs: {
      ...timing,
      synchronous_mode: true,
      // Without a synchronous standby, commits wait instead of being acknowledged by the primary alone.
      synchronous_mode_strict: true,
      postgresql: { use_pg_rewind: true, parameters: settings },
    },
    initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
    pg_hba: ['host all all all scram-sha-256', 'host replication all all scram-sha-256'],
  },
  postgresql: {
    listen: `${host.address}:5432`,
    connect_address: `${host.address}:5432`,
    bin_dir: findPostgres(),
    data_dir: join(folder, 'data'),
    pgpass: join(folder, 'pgpass'),
    authentication: Object.fromEntries(
      ['superuser', 'replication', 'rewind'].map((use) => [use, { username: 'postgres', password }]),
    ),
    parameters: { unix_socket_directories: folder },
  },
})

const clusterState = z.object({
  members: z.array(z.object({ name: z.string(), role: z.string(), state: z.string() })),
})

/** The role that a server reports: primary, standby, or undefined if it is unreachable. */
export type Role = 'primary' | 'standby' | undefined

/** One PostgreSQL server, with the Patroni that manages it. */
export class Member {
  readonly host: Host
  readonly #etcd: Host
  readonly #folder: string

  constructor(host: Host, etcd: Host, folder: string) {
    this.host = host
    this.#etcd = etcd
    this.#folder = folder
  }

  /** Starts Patroni, which starts PostgreSQL. */
  async start(): Promise<void> {
    await promisify(execFile)('install', ['-d', '-o', 'postgres', '-m', '700', this.#folder])
    const file = join(this.#folder, 'patroni.yml')
    await writeFile(file, stringify(configuration(this.host, this.#etcd, this.#folder)))
    await this.host.start({
      command: ['/usr/bin/patroni', file],
      user: 'postgres',
      env: { HOME: this.#folder },
      log: join(this.#folder, 'log'),
    })
  }

  /** The processes of PostgreSQL, the first of which is the parent of the others. */
  async processes(): Promise<number[]> {
    const [pid] = (await readFile(join(this.#folder, 'data/postmaster.pid'), 'utf8')).split('\n')
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return [Number(pid), ...children.split(' ').filter(Boolean).map(Number)]
  }

  /** Kills PostgreSQL but not Patroni. */
  async killPostgres(): Promise<void> {
    for (const pid of await this.processes()) sendSignal(pid, 'SIGKILL')
  }

  /** URL of a database on this server. */
  url(database = 'postgres', user = 'postgres'): string {
    return `postgresql://${user}:${password}@${this.host.address}:5432/${database}`
  }

  /** Runs one statement as the superuser. @throws Error if connecting or the statement fails or takes a second. */
  async query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    const client = new pg.Client({
      connectionString: this.url(),
      connectionTimeoutMillis: 1000,
      query_timeout: 1000,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.query<Row>(text)).rows
    } finally {
      client.end().catch(() => {})
    }
  }

  /** The role that the server itself reports, independent of Patroni. */
  async role(): Promise<Role> {
    try {
      const [row] = await this.query<{ standby: boolean }>('select pg_is_in_recovery() as standby')
      return row?.standby ? 'standby' : 'primary'
    } catch {
      return undefined
    }
  }

  /** The members of the cluster as Patroni shows them; undefined when it does not answer. */
  async cluster(): Promise<z.output<typeof clusterState>['members'] | undefined> {
    try {
      const signal = AbortSignal.timeout(1000)
      const response = await fetch(`http://${this.host.address}:${restPort}/cluster`, { signal })
      return clusterState.parse(await response.json()).members
    } catch {
      return undefined
    }
  }
}

/** All servers of a cluster. */
export class Postgres {
  readonly members: readonly Member[]
  /** The host of etcd, where Patroni stores which server is the primary. */
  readonly etcd: Host

  constructor(members: readonly Member[], etcd: Host) {
    this.members = members
    this.etcd = etcd
  }

  /** The member that is the primary. @throws when none is. */
  async primary(): Promise<Member> {
    const roles = await Promise.all(this.members.map((member) => member.role()))
    const primary = this.members[roles.indexOf('primary')]
    if (!primary) throw new Error('there is no primary at the moment')
    return primary
  }

  /** The standbys, the synchronous one first. */
  async standbys(): Promise<Member[]> {
    const primary = await this.primary()
    const shown = await primary.cluster()
    const synchronous = shown?.find(({ role }) => role === 'sync_standby')?.name
    return this.members
      .filter((member) => member !== primary)
      .sort((a, b) => Number(b.host.name === synchronous) - Number(a.host.name === synchronous))
  }

  /** Whether every server runs, and the primary has a synchronous standby. */
  async isHealthy(): Promise<boolean> {
    for (const member of this.members) {
      const shown = await member.cluster()
      if (!shown) return false
      const roles = shown.map(({ role }) => role).sort()
      const others = Array.from({ length: this.members.length - 2 }, () => 'replica')
      if (roles.join() !== ['leader', ...others, 'sync_standby'].join()) return false
      if (!shown.every(({ state }) => state === 'running' || state === 'streaming')) return false
    }
    const roles = await Promise.all(this.members.map((member) => member.role()))
    return roles.filter((role) => role === 'standby').length === this.members.length - 1
  }

  /** Waits until the cluster is healthy. @throws after `timeoutMs`. */
  async waitUntilHealthy(timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!(await this.isHealthy())) {
      if (Date.now() > deadline) throw new Error(`the cluster is not healthy after ${timeoutMs} ms`)
      await sleep(200)
    }
  }

  /** Creates the service's database, and its owner with the same name. */
  async createDatabase(name: string): Promise<void> {
    const primary = await this.primary()
    await primary.query(`create role ${name} login password '${password}'`)
    await primary.query(`create database ${name} owner ${name}`)
  }
}

/**
 * Starts etcd and each PostgreSQL server on its own host, and waits until the cluster is healthy.
 * @param folder for data and logs.
 * @param size number of PostgreSQL servers.
 * @throws Error if the cluster is not healthy after two minutes.
 */
export async function openPostgres(folder: string, size = 3): Promise<Postgres> {
  const etcd = await Host.open('etcd', { lastOctet: 10 })
  const endpoint = `http://${etcd.address}:2379`
  await etcd.start({
    command: [
      'etcd',
      '--data-dir',
      join(folder, 'etcd'),
      '--listen-client-urls',
      endpoint,
      '--advertise-client-urls',
      endpoint,
      '--listen-peer-urls',
      'http://127.0.0.1:2380',
    ],
    log: join(folder, 'etcd.log'),
  })
  const members: Member[] = []
  for (let number = 1; number <= size; number += 1) {
    const host = await Host.open(`postgres${number}`, { lastOctet: 10 + number })
    members.push(new Member(host, etcd, join(folder, host.name)))
  }
  for (const member of members) await member.start()
  const postgres = new Postgres(members, etcd)
  await postgres.waitUntilHealthy(120_000)
  return postgres
}
