import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Balancer, openBalancer } from './haproxy.ts'
import { Host, openNetwork } from './namespaces.ts'
import { openPostgres, type Postgres } from './patroni.ts'
import { openPooler } from './pgbouncer.ts'
import { folder, removeCluster } from './remains.ts'
import { Service, seed } from './services.ts'

/** Three PostgreSQL under Patroni, and two processes of the service behind HAProxy, each on a host of its own. */
export interface Cluster {
  postgres: Postgres
  balancer: Balancer
  services: Service[]
  close(): Promise<void>
}

async function endAlone(): Promise<void> {
  await removeCluster()
  process.exit(1)
}

/**
 * Starts everything. `env` sets environment variables of the service; `pooled` puts PgBouncer on the host of each, through which
 * it reaches the primary.
 */
export async function openCluster(
  env: NodeJS.ProcessEnv = {},
  { pooled = false }: { pooled?: boolean } = {},
): Promise<Cluster> {
  await removeCluster()
  // This process outlives vitest when that is killed.
  process.once('disconnect', endAlone)
  // PostgreSQL runs as another user, who must be able to enter.
  await mkdir(folder, { mode: 0o755 })
  const close = async () => {
    process.off('disconnect', endAlone)
    await removeCluster()
  }
  try {
    await openNetwork()
    const postgres = await openPostgres(folder)
    await postgres.createDatabase('entente')
    const hosts = [await Host.open('service1', 31), await Host.open('service2', 32)]
    const balancer = await openBalancer(folder, postgres, hosts)
    const openService = async (host: Host) => {
      const settings = {
        DATABASE_URL: pooled ? await openPooler(host, balancer.databaseUrl, folder) : balancer.databaseUrl,
        LISTEN_DATABASE_URL: balancer.databaseUrl,
        READ_DATABASE_URLS: postgres.members.map((member) => member.url('entente', 'entente')).join(),
        TRUST_PROXY: balancer.host.address,
        ...env,
      }
      return new Service(host, settings, join(folder, `${host.name}.log`))
    }
    const [first] = hosts
    if (first) await seed(first, { DATABASE_URL: balancer.databaseUrl }, join(folder, 'seed.log'))
    const services = await Promise.all(hosts.map(openService))
    for (const service of services) {
      await service.start()
      await balancer.untilUp(service.host)
    }
    return { postgres, balancer, services, close }
  } catch (error) {
    await close()
    throw error
  }
}
