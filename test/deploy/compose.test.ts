import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { environment, readConfig } from '../../src/server/config.ts'
import { isInstalled } from '../support/is-installed.ts'
import { deployFolder, readDeployed, readDeployedYaml } from './files.ts'

const service = z.looseObject({
  build: z.union([z.string(), z.object({ context: z.string() })]).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  depends_on: z.array(z.string()).default([]),
})
const project = z.looseObject({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
})
const prometheusConfig = z.object({
  scrape_configs: z.array(z.object({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) })),
})

const example = parseEnv(readDeployed('env.example'))

/** Fills `${NAME}`, `${NAME:-default}` and `${NAME:?message}` with the values of the example, as Compose does. */
const interpolate = (text: string) =>
  text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, operator: string | undefined, fallback: string) => {
      const value = example[name] ?? (operator === '-' ? fallback : undefined)
      if (value === undefined) throw new Error(`env.example has no ${name}`)
      return value
    },
  )

const { services, volumes } = project.parse(readDeployedYaml('compose.yml'))

describe('compose.yml', () => {
  it.each(['service1', 'service2'])('gives %s only variables of the service, with valid values', (name) => {
    const variables = Object.entries(services[name]?.environment ?? {})
    expect(variables).not.toEqual([])
    expect(variables.filter(([variable]) => !(variable in environment.shape))).toEqual([])
    expect(() =>
      readConfig(Object.fromEntries(variables.map(([variable, value]) => [variable, interpolate(value)]))),
    ).not.toThrow()
  })

  it('uses every variable of env.example and no others', () => {
    const used = [...readDeployed('compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)
    expect(new Set(used)).toEqual(new Set(Object.keys(example)))
  })

  it('names services, volumes, folders and files that exist', () => {
    for (const { depends_on, volumes: mounts, build } of Object.values(services)) {
      expect(depends_on.filter((name) => !services[name])).toEqual([])
      const sources = mounts.map((mount) => mount.split(':')[0] ?? '')
      const folder = typeof build === 'string' ? build : build?.context
      const files = [...sources.filter((source) => source.startsWith('.')), ...(folder ? [folder] : [])]
      expect(files.filter((file) => !existsSync(join(deployFolder, file)))).toEqual([])
      expect(sources.filter((source) => !source.startsWith('.') && !(source in volumes))).toEqual([])
    }
  })

  it('has the services that Prometheus scrapes', () => {
    const targets = prometheusConfig
      .parse(readDeployedYaml('prometheus/prometheus.yml'))
      .scrape_configs.flatMap(({ static_configs }) => static_configs.flatMap((config) => config.targets))
    expect(targets).toHaveLength(9)
    expect(targets.filter((target) => !services[target.split(':')[0] ?? ''])).toEqual([])
  })
})

it.skipIf(!isInstalled('docker', 'compose', 'version'))('compose.yml passes docker compose config', () => {
  const files = ['--file', join(deployFolder, 'compose.yml'), '--env-file', join(deployFolder, 'env.example')]
  execFileSync('docker', ['compose', ...files, 'config', '--quiet'])
})

it.skipIf(!isInstalled('haproxy', '-v'))('the configuration of HAProxy passes haproxy -c', () => {
  // The names of other containers do not resolve here. An address with a port, that of the resolver, stays as it is.
  const addresses = Object.entries(services.haproxy?.environment ?? {}).map(([name, value]) => [
    name,
    value.includes(':') ? value : '127.0.0.1',
  ])
  const env = { ...process.env, ...Object.fromEntries(addresses) }
  execFileSync('haproxy', ['-c', '-f', join(deployFolder, 'haproxy/haproxy.cfg')], { env })
})
