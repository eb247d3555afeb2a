import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Host } from './namespaces.ts'
import { type Postgres, restPort } from './patroni.ts'

/** HAProxy, which forwards PostgreSQL connections to the primary, and HTTP requests to the processes of the service. */
export interface Balancer {
  host: Host
  /** URL of the database on the current primary. */
  databaseUrl: string
  /** Origin at which clients reach the service. */
  origin: string
  /** Waits until HAProxy sends requests to the service on a host. */
  waitUntilUp(service: Host): Promise<void>
}

/** Timeouts for connects and checks are short, so that HAProxy gives up on a server that hangs before its clients do. */
const configuration = (postgres: Postgres, services: Host[]) => `
global
  maxconn 4000
defaults
  timeout connect 1s
  timeout check 1s
  timeout client 10m
  timeout server 10m
listen postgres
  mode tcp
  retries 0
  bind :5432
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${postgres.members.map(({ host }) => `  server ${host.name} ${host.address}:5432 check port ${restPort}`).join('\n')}
frontend statistics
  mode http
  bind :8404
  stats enable
  stats uri /
frontend metrics
  mode http
  bind :8405
  http-request use-service prometheus-exporter if { path /metrics }
listen services
  mode http
  bind :80
  timeout http-keep-alive 1m
  option forwardfor
  option redispatch 1
  option httpchk GET /readyz
  http-check expect status 200
  timeout check 2s
  default-server inter 500ms fall 3 rise 1
${services.map(({ name, address }) => `  server ${name} ${address}:3000 check`).join('\n')}
`

/** The state of each server behind HAProxy, as CSV; empty until HAProxy has started. */
async function readStatistics({ address }: Host): Promise<string> {
  return await fetch(`http://${address}:8404/;csv`)
    .then((response) => response.text())
    .catch(() => '')
}

/** Starts HAProxy on its own host. */
export async function openBalancer(folder: string, postgres: Postgres, services: Host[]): Promise<Balancer> {
  const host = await Host.open('haproxy', 20)
  const file = join(folder, 'haproxy.cfg')
  await writeFile(file, configuration(postgres, services))
  await host.start({ command: ['haproxy', '-db', '-f', file], log: join(folder, 'haproxy.log') })
  const waitUntilUp = async ({ name }: Host) => {
    const line = new RegExp(`^services,${name},.*,UP,`, 'm')
    while (!line.test(await readStatistics(host))) await sleep(50)
  }
  return {
    host,
    databaseUrl: `postgresql://entente:postgres@${host.address}:5432/entente`,
    origin: `http://${host.address}`,
    waitUntilUp,
  }
}
