import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Balancer, openBalancer } from './haproxy.ts'
import { Host, openNetwork } from './namespaces.ts'
import { openPostgres, type Postgres } from './patroni.ts'
import { PgBouncer } from './pgbouncer.ts'
import { folder, removeCluster } from './removal.ts'
import { Service, seed } from './services.ts'

/** Three PostgreSQL servers that Patroni manages, and two processes of the service behind HAProxy, each on its own host. */
export interface Cluster {
  postgres: Postgres
  balancer: Balancer
  services: Service[]
  /** The PgBouncer of each service; empty without them. */
  poolers: PgBouncer[]
  close(): Promise<void>
}

async function removeAndExit(): Promise<void> {
  await removeCluster()
  process.exit(1)
}

/**
 * Starts a cluster, after removing one of an earlier run. `env` sets environment variables of the service. With `pooled`, each
 * process of the service reaches the primary through a PgBouncer on its host.
 * @returns when all processes of the service accept changes. @throws when a program other than HAProxy does not start; without
 * HAProxy, waits forever.
 */
export async function openCluster(
  env: NodeJS.ProcessEnv = {},
  { pooled = false }: { pooled?: boolean } = {},
): Promise<Cluster> {
  await removeCluster()
  // If vitest is killed, this worker process loses its IPC channel, but would not end. So it removes the cluster and exits.
  process.once('disconnect', removeAndExit)
  // PostgreSQL runs as another user, who needs access to the folder.
  await mkdir(folder, { mode: 0o755 })
  const close = async () => {
    process.off('disconnect', removeAndExit)
    await removeCluster()
  }
  try {
    await openNetwork()
    const postgres = await openPostgres(folder)
    await postgres.createDatabase('entente')
    const hosts = [
      await Host.open('service1', { lastOctet: 31 }),
      await Host.open('service2', { lastOctet: 32 }),
    ]
    const balancer = await openBalancer(folder, postgres, hosts)
    const poolers = pooled ? hosts.map((host) => new PgBouncer(host, balancer.databaseUrl, folder)) : []
    const openService = (host: Host, index: number) => {
      const settings = {
        DATABASE_URL: poolers[index]?.url ?? balancer.databaseUrl,
        LISTEN_DATABASE_URL: balancer.databaseUrl,
        READ_DATABASE_URLS: postgres.members.map((member) => member.url('entente', 'entente')).join(),
        TRUST_PROXY: balancer.host.address,
        ...env,
      }
      return new Service(host, settings, join(folder, `${host.name}.log`))
    }
    const [first] = hosts
    // The seed data is added with the default limits, not with those in `env`.
    if (first) await seed(first, { DATABASE_URL: balancer.databaseUrl }, join(folder, 'seed.log'))
    for (const pooler of poolers) await pooler.start()
    const services = hosts.map(openService)
    for (const service of services) {
      await service.start()
      await balancer.waitUntilUp(service.host)
    }
    return { postgres, balancer, services, poolers, close }
  } catch (error) {
    await close()
    throw error
  }
}
