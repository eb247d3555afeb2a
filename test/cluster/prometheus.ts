import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { z } from 'zod'
import { listDeployed, readDeployed, readDeployedYaml } from '../deploy/files.ts'
import type { Cluster } from './cluster.ts'
import { Host } from './namespaces.ts'

/** Prometheus, which scrapes the servers of a cluster and evaluates the alerts of `deploy/`. */
class Prometheus {
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  /** The health of each target that Prometheus scrapes, by its address; empty until Prometheus answers. */
  async targets(): Promise<Record<string, string>> {
    const { activeTargets } = await this.#get('targets', targetsSchema, { activeTargets: [] })
    return Object.fromEntries(activeTargets.map(({ labels, health }) => [labels.instance, health]))
  }

  /** Names of the alerts that fire. */
  async firing(): Promise<string[]> {
    const found = await this.#get('alerts', alertsSchema, { alerts: [] })
    const firing = found.alerts.filter(({ state }) => state === 'firing')
    return [...new Set(firing.map(({ labels }) => labels.alertname))].sort()
  }

  async #get<T>(path: string, schema: z.ZodType<T>, fallback: T): Promise<T> {
    try {
      const response = await fetch(`${this.#origin}/api/v1/${path}`, { signal: AbortSignal.timeout(2000) })
      return z.object({ data: schema }).parse(await response.json()).data
    } catch (error) {
      if (error instanceof z.ZodError) throw error
      return fallback
    }
  }
}

const targetsSchema = z.object({
  activeTargets: z.array(z.object({ labels: z.object({ instance: z.string() }), health: z.string() })),
})
const alertsSchema = z.object({
  alerts: z.array(z.object({ labels: z.object({ alertname: z.string() }), state: z.string() })),
})

const configurationSchema = z.looseObject({
  scrape_configs: z.array(
    z.looseObject({ static_configs: z.tuple([z.object({ targets: z.array(z.string()) })]) }),
  ),
})

/** Converts a target of `deploy/` to its address in the cluster; empty for a machine that the cluster lacks. */
function addressOf(name: string, hosts: Map<string, Host>): string[] {
  const [machine = '', port] = name.split(':')
  const host = hosts.get(machine)
  return host ? [`${host.address}:${port}`] : []
}

/**
 * Starts Prometheus with the configuration of `deploy/`, with a scrape interval of 1 s and alerts that fire after 2 s. Returns when
 * Prometheus has read the targets.
 */
export async function startPrometheus(folder: string, cluster: Cluster): Promise<Prometheus> {
  const host = await Host.open('prometheus', { lastOctet: 21 })
  const { balancer, postgres, services } = cluster
  const hosts = new Map([
    ...[
      balancer.host,
      ...postgres.members.map((member) => member.host),
      ...services.map((service) => service.host),
    ].map((host) => [host.name, host] as const),
    // The cluster has one etcd member, `deploy/` has three.
    ['etcd1', postgres.etcd] as const,
  ])
  const deployed = configurationSchema.parse(readDeployedYaml('prometheus/prometheus.yml'))
  const prometheusFolder = join(folder, 'prometheus')
  await mkdir(join(prometheusFolder, 'alerts'), { recursive: true })
  for (const file of listDeployed('prometheus/alerts'))
    await writeFile(join(folder, file), readDeployed(file).replace(/for: \d+[smh]$/gm, 'for: 2s'))
  const scraped = deployed.scrape_configs.map((job) => ({
    ...job,
    static_configs: [{ targets: job.static_configs[0].targets.flatMap((name) => addressOf(name, hosts)) }],
  }))
  const global = { scrape_interval: '1s', evaluation_interval: '1s' }
  await writeFile(
    join(prometheusFolder, 'prometheus.yml'),
    stringify({ ...deployed, global, scrape_configs: scraped }),
  )
  await host.start({
    command: [
      'prometheus',
      `--config.file=${join(prometheusFolder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(prometheusFolder, 'data')}`,
      `--web.listen-address=${host.address}:9090`,
    ],
    log: join(folder, 'prometheus.log'),
  })
  const prometheus = new Prometheus(`http://${host.address}:9090`)
  while (Object.keys(await prometheus.targets()).length === 0) await sleep(100)
  return prometheus
}
