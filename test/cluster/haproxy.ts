import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readDeployed } from '../deploy/files.ts'
import { Host } from './namespaces.ts'
import type { Postgres } from './patroni.ts'

/** HAProxy, which forwards PostgreSQL connections to the primary, and HTTP requests to the processes of the service. */
export interface Balancer {
  host: Host
  /** URL of the database on the current primary. */
  databaseUrl: string
  /** Origin at which clients reach the service. */
  origin: string
  /** Waits until HAProxy has found that the service on a host accepts changes. HAProxy then sends requests to this service. */
  waitUntilUp(service: Host): Promise<void>
  /** Number of requests that HAProxy has sent so far to the service on a host while the service accepted changes. */
  countRequests(service: Host): Promise<number>
}

/**
 * The settings of `deploy/`, with half the interval between checks, and without a log of requests. HAProxy waits a second for a
 * connection to a hanging server: no longer than requests (`POOL_WAIT_SECONDS`) and PgBouncer do. It waits longer for responses to
 * checks, since the machine may be busy.
 */
const configuration = () =>
  readDeployed('haproxy/haproxy.cfg')
    .replace('inter 1s', 'inter 500ms')
    .replace('timeout connect 2s', 'timeout connect 1s\n  timeout check 2s')
    .replace('local0 info', 'local0 notice')

/** The environment variables of the configuration: the addresses of all servers. */
const addresses = (postgres: Postgres, services: Host[]): NodeJS.ProcessEnv =>
  Object.fromEntries([
    ...[...postgres.members.map((member) => member.host), ...services].map(
      ({ name, address }) => [name.toUpperCase(), address] as const,
    ),
    // There are no names to resolve.
    ['RESOLVER', '127.0.0.1:53'],
  ])

/** Reads the lines of a metric of servers; none until HAProxy has started. */
async function readMetricLines(balancer: Host, metric: string): Promise<string[]> {
  const text = await fetch(`http://${balancer.address}:8405/metrics?scope=server`)
    .then((response) => response.text())
    .catch(() => '')
  return text.split('\n').filter((line) => line.startsWith(`${metric}{`))
}

/** Reads a metric of a server among the services that accept changes; undefined until HAProxy has started. */
async function readMetric(
  balancer: Host,
  metric: string,
  service: Host,
  label = '',
): Promise<number | undefined> {
  const start = `${metric}{proxy="services",server="${service.name}"${label}} `
  const found = (await readMetricLines(balancer, metric)).find((line) => line.startsWith(start))
  return found === undefined ? undefined : Number(found.slice(start.length))
}

/** Waits until HAProxy forwards connections to one PostgreSQL only. Before its first checks, all count as the primary. */
async function waitForPrimary(balancer: Host): Promise<void> {
  for (;;) {
    const lines = await readMetricLines(balancer, 'haproxy_server_status')
    const up = lines.filter((line) => line.includes('proxy="primary"') && line.endsWith(',state="UP"} 1'))
    if (up.length === 1) return
    await sleep(50)
  }
}

/** Starts HAProxy on its own host, and returns when it has found the primary. */
export async function openBalancer(folder: string, postgres: Postgres, services: Host[]): Promise<Balancer> {
  const host = await Host.open('haproxy', { lastOctet: 20 })
  const file = join(folder, 'haproxy.cfg')
  await writeFile(file, configuration())
  await host.start({
    command: ['haproxy', '-db', '-f', file],
    env: addresses(postgres, services),
    log: join(folder, 'haproxy.log'),
  })
  await waitForPrimary(host)
  return {
    host,
    databaseUrl: `postgresql://entente:postgres@${host.address}:5432/entente`,
    origin: `http://${host.address}:8080`,
    waitUntilUp: async (service) => {
      while ((await readMetric(host, 'haproxy_server_status', service, ',state="UP"')) !== 1) await sleep(50)
    },
    countRequests: async (service) => (await readMetric(host, 'haproxy_server_sessions_total', service)) ?? 0,
  }
}
