import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { environment, readConfig } from '../../src/server/config.ts'
import { completionTimeoutMs } from '../../src/server/plugins/shutdown.ts'
import { readPage } from '../support/docs-pages.ts'
import { isInstalled } from '../support/is-installed.ts'
import { deployFolder, listDeployed, readDeployed, readDeployedYaml } from './files.ts'

const variable = z.object({ name: z.string(), value: z.string().optional() })
const probe = z.object({ periodSeconds: z.number(), failureThreshold: z.number() })
const deployment = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        containers: z.tuple([z.object({ env: z.array(variable), startupProbe: probe })]),
      }),
    }),
  }),
})
const withSelector = z.looseObject({
  kind: z.string(),
  spec: z.looseObject({
    selector: z.union([z.object({ matchLabels: z.unknown() }), z.record(z.string(), z.string())]).optional(),
    podSelector: z.object({ matchLabels: z.unknown() }).optional(),
  }),
})

const manifests = parseAllDocuments(readDeployed('kubernetes/service.yaml')).map((manifest): unknown =>
  manifest.toJS(),
)
const { spec } = deployment.parse(manifests[0])
const { env, startupProbe } = spec.template.spec.containers[0]

describe('the manifests for Kubernetes', () => {
  it('give the service only variables that the service knows, with valid values', () => {
    // Variables that the values of other variables contain, such as $(DATABASE_PASSWORD).
    const used = env.flatMap(({ value = '' }) => [...value.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name))
    expect(env.filter(({ name }) => !(name in environment.shape) && !used.includes(name))).toEqual([])
    const literals = env.flatMap(({ name, value }) =>
      // URLs and keys come from secrets.
      value === undefined || value.includes('$(') ? [] : [[name, value] as const],
    )
    expect(() => readConfig(Object.fromEntries(literals))).not.toThrow()
  })

  it('give the service enough time to stop', () => {
    const drainSeconds = Number(env.find(({ name }) => name === 'DRAIN_SECONDS')?.value)
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(
      drainSeconds + completionTimeoutMs / 1000,
    )
  })

  it('give migrations six hours, as docs/cluster.md says', async () => {
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBe(6 * 3600)
    expect(await readPage('docs/cluster.md')).toContain('more than six hours (`startupProbe`)')
  })

  it('select the pods of the deployment', () => {
    const { labels } = spec.template.metadata
    for (const manifest of manifests) {
      const { spec } = withSelector.parse(manifest)
      const selector = spec.podSelector ?? spec.selector
      expect([labels, { matchLabels: labels }]).toContainEqual(selector)
    }
  })

  it('are all listed in kustomization.yaml', () => {
    const { resources } = z
      .object({ resources: z.array(z.string()) })
      .parse(readDeployedYaml('kubernetes/kustomization.yaml'))
    const files = listDeployed('kubernetes').filter((file) => !file.endsWith('kustomization.yaml'))
    expect(files).toEqual(resources.map((file) => `kubernetes/${file}`))
  })
})

it.skipIf(!isInstalled('kube-score', 'version'))('the manifests of the service pass kube-score', () => {
  execFileSync('kube-score', ['score', join(deployFolder, 'kubernetes/service.yaml')], { stdio: 'pipe' })
})
