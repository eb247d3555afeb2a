import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Balancer, openBalancer } from './haproxy.ts'
import { Host, openNetwork } from './namespaces.ts'
import { openPostgres, type Postgres } from './patroni.ts'
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

/** Starts everything. `env` sets environment variables of the service. */
export async function openCluster(env: NodeJS.ProcessEnv = {}): Promise<Cluster> {
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
    const services = hosts.map((host) => {
      const settings = {
        DATABASE_URL: balancer.databaseUrl,
        READ_DATABASE_URLS: postgres.members.map((member) => member.url('entente', 'entente')).join(),
        TRUST_PROXY: balancer.host.address,
        ...env,
      }
      return new Service(host, settings, join(folder, `${host.name}.log`))
    })
    const [first] = hosts
    if (first) await seed(first, { DATABASE_URL: balancer.databaseUrl }, join(folder, 'seed.log'))
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
