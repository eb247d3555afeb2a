import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openTestApp } from '../support/app.ts'
import { readPage } from '../support/docs-pages.ts'
import { isInstalled } from '../support/is-installed.ts'
import { deployFolder, listDeployed, readDeployed, readDeployedYaml } from './files.ts'
import { readQuery } from './promql.ts'

/** Labels that Prometheus adds to every scraped metric. */
const targetLabels = ['instance', 'job']

/** Whether a metric is one of Prometheus itself, Patroni, etcd or HAProxy. */
const isThirdParty = (metric: string) => /^(up$|patroni_|etcd_|haproxy_)/.test(metric)

const panel = z.object({
  id: z.number(),
  title: z.string().min(1),
  type: z.enum(['row', 'stat', 'timeseries']),
  datasource: z.object({ uid: z.string() }).optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.object({ expr: z.string(), refId: z.string() })).default([]),
})
const dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.number(),
  templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
  panels: z.array(panel),
})
const rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
})
const datasources = z.object({ datasources: z.array(z.object({ uid: z.string() })) })

const { panels, templating } = dashboard.parse(JSON.parse(readDeployed('grafana/dashboards/entente.json')))
const alerts = listDeployed('prometheus/alerts').flatMap((file) =>
  rules.parse(readDeployedYaml(file)).groups.flatMap((group) => group.rules),
)
const queries = [
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ reader: `panel ${title}`, expr }))),
  ...alerts.map(({ alert, expr }) => ({ reader: `alert ${alert}`, expr })),
]

/** Reads the text format of Prometheus: the labels of each metric, by the name that queries use (such as `…_count`). */
function readMetrics(text: string): Map<string, Set<string>> {
  const metrics = new Map<string, Set<string>>()
  for (const [, name = ''] of text.matchAll(/^# TYPE (\S+)/gm)) metrics.set(name, new Set())
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm))
    metrics.set(name, new Set([...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)))
  return metrics
}

describe('the dashboard for Grafana and the alerts', () => {
  let exposed: Map<string, Set<string>>
  beforeAll(async () => {
    // Metrics of replicas exist only with a configured replica, which may be unreachable.
    const { app, close } = await openTestApp({ env: { READ_DATABASE_URLS: 'postgresql://127.0.0.1:9/none' } })
    await app.inject('/v1/topics')
    exposed = readMetrics((await app.inject('/metrics')).body)
    await close()
  })

  it.each(queries)('$reader reads metrics and labels that exist', ({ expr }) => {
    const { metrics, labels } = readQuery(expr)
    const serviceMetrics = [...metrics].filter((metric) => !isThirdParty(metric))
    expect(serviceMetrics.filter((metric) => !exposed.has(metric))).toEqual([])
    // The labels of other programs' metrics are not known here.
    if (serviceMetrics.length < metrics.size) return
    const known = new Set([
      ...targetLabels,
      ...serviceMetrics.flatMap((metric) => [...(exposed.get(metric) ?? [])]),
    ])
    expect([...labels].filter((label) => !known.has(label))).toEqual([])
  })

  it('are checked by a parser that rejects invalid PromQL', () => {
    expect(() => readQuery('sum by (le rate(x[5m])')).toThrow('not PromQL')
  })

  it('use only the provisioned data source and the variables of the dashboard', () => {
    const [source] = datasources.parse(
      readDeployedYaml('grafana/provisioning/datasources/prometheus.yml'),
    ).datasources
    expect(
      panels.filter(({ datasource }) => datasource !== undefined && datasource.uid !== source?.uid),
    ).toEqual([])
    const variables = new Set(['__rate_interval', ...templating.list.map(({ name }) => name)])
    const used = queries.flatMap(({ expr }) =>
      [...expr.matchAll(/\$([a-z_]\w*)/g)].map(([, name = '']) => name),
    )
    expect(used.filter((name) => !variables.has(name))).toEqual([])
  })

  it('have panels that have unique ids and do not overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })

  it('give each alert a unique name', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length)
  })

  it('have only alerts for which the page on operating says what to do', async () => {
    const page = await readPage('docs/operating.md')
    expect(alerts.filter(({ alert }) => !page.includes(`\`${alert}\``))).toEqual([])
  })
})

const fastReads = ['listAgreements', 'getAgreement', 'searchAgreements']
const slowOperations = ['createAgreement', 'getNetwork', 'getCountryBriefing', 'listAgreementDuplicates']
const probes = ['/healthz', '/readyz', '/metrics']

/** Returns the probes and operations listed above that match all selectors of request durations in an alert. */
const operationsCountedBy = (name: string) => {
  const { expr = '' } = alerts.find(({ alert }) => alert === name) ?? {}
  const selectors = expr.match(/entente_http_request_duration_seconds_\w+(\{[^}]*\})?/g) ?? []
  const matchers = selectors.flatMap((selector) => [...selector.matchAll(/operation(=~|!~)"([^"]*)"/g)])
  return [...probes, ...fastReads, ...slowOperations].filter((operation) =>
    matchers.every(([, kind, pattern]) => new RegExp(`^(${pattern})$`).test(operation) === (kind === '=~')),
  )
}

it('the alert ManyErrors ignores probes, and SlowReads also ignores slow operations', () => {
  expect(operationsCountedBy('SlowReads')).toEqual(fastReads)
  expect(operationsCountedBy('ManyErrors')).toEqual([...fastReads, ...slowOperations])
})

it.skipIf(!isInstalled('promtool', '--version'))(
  'the configuration of Prometheus with its alerts passes promtool',
  () => {
    execFileSync('promtool', ['check', 'config', join(deployFolder, 'prometheus/prometheus.yml')])
  },
)
