import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { type Config, environment, readConfig } from '../../src/server/config.ts'
import { readPage } from '../support/docs-pages.ts'
import { readDeployed, readDeployedYaml } from './files.ts'

// The database connections of all processes of the service fit into the limits in `deploy/` (docs/operating.md, "Sizes").

type Limits = Pick<Config, 'POOL_SIZE' | 'MAX_EXPORTS'>

/**
 * Connections of a process to the primary in addition to `POOL_SIZE` and `MAX_EXPORTS`: 6 for streams, 8 for imports, and 11 for
 * listening, checks, recomposing and cancelling, as the description of `POOL_SIZE` says.
 */
const furtherToPrimary = 25

/**
 * Connections of a process to each replica in addition to `POOL_SIZE` and `MAX_EXPORTS`: a readiness check, a probe, and one for
 * cancelling in each of three pools.
 */
const furtherToReplica = 5

/** Connections of Patroni or CloudNativePG, and of administrators. */
const reservedConnections = 10

/** Maximum number of connections of a process to the primary. */
const toPrimary = ({ POOL_SIZE, MAX_EXPORTS }: Limits) => POOL_SIZE + MAX_EXPORTS + furtherToPrimary

/** Maximum number of connections of a process to each replica. They may stay open when the replica becomes the primary. */
const toReplica = ({ POOL_SIZE, MAX_EXPORTS }: Limits) => POOL_SIZE + MAX_EXPORTS + furtherToReplica

/** Maximum number of connections to a server that was a replica and has become the primary. */
const maxConnections = (processes: number, limits: Limits) =>
  processes * (toPrimary(limits) + toReplica(limits)) + reservedConnections

/** Reads the limits of a process from its environment variables, with the defaults of the service. */
const limitsOf = ({ POOL_SIZE, MAX_EXPORTS }: Record<string, string | undefined>): Limits =>
  readConfig({ DATABASE_URL: 'postgresql://postgres/entente', POOL_SIZE, MAX_EXPORTS })

const parameters = z.object({ max_connections: z.coerce.number() })

it('docs/operating.md and the description of POOL_SIZE state the connections assumed here', async () => {
  const page = (await readPage('docs/operating.md')).replaceAll(/\s+/g, ' ')
  expect(page).toContain(`\`POOL_SIZE\` + \`MAX_EXPORTS\` + ${furtherToPrimary} connections to the primary`)
  expect(page).toContain(`\`POOL_SIZE\` + \`MAX_EXPORTS\` + ${furtherToReplica} to each server`)
  const description = environment.shape.POOL_SIZE.description ?? ''
  const [, streams, imports, others] =
    /(\d+) for streams, (\d+) for imports, and (\d+) for/.exec(description) ?? []
  expect(Number(streams) + Number(imports) + Number(others)).toBe(furtherToPrimary)
})

describe('compose.yml', () => {
  const service = z.object({ environment: z.record(z.string(), z.string()) })
  const { services } = z
    .object({ services: z.object({ service1: service, service2: service }) })
    .parse(readDeployedYaml('compose.yml'))
  const limits = limitsOf(services.service1.environment)

  it('has a PgBouncer with a server connection for each connection of a service', () => {
    const [, size] = /^default_pool_size = (\d+)$/m.exec(readDeployed('pgbouncer/pgbouncer.ini')) ?? []
    expect(limitsOf(services.service2.environment)).toEqual(limits)
    expect(Number(size)).toBeGreaterThanOrEqual(toPrimary(limits))
  })

  it('has PostgreSQL servers that accept all connections of both services after a failover', () => {
    const { bootstrap } = z
      .object({ bootstrap: z.object({ dcs: z.object({ postgresql: z.object({ parameters }) }) }) })
      .parse(readDeployedYaml('patroni/patroni.yml'))
    const { max_connections } = bootstrap.dcs.postgresql.parameters
    expect(max_connections).toBeGreaterThanOrEqual(maxConnections(2, limits))
  })
})

describe('the manifests for Kubernetes', () => {
  const firstManifest = (file: string): unknown => parseAllDocuments(readDeployed(file))[0]?.toJS()
  const deployment = z.object({
    spec: z.object({
      replicas: z.number(),
      template: z.object({
        spec: z.object({
          containers: z.tuple([
            z.object({ env: z.array(z.object({ name: z.string(), value: z.string().optional() })) }),
          ]),
        }),
      }),
    }),
  })

  it('have PostgreSQL servers that accept all connections of the pods during an upgrade', () => {
    const { replicas, template } = deployment.parse(firstManifest('kubernetes/service.yaml')).spec
    const [{ env }] = template.spec.containers
    const limits = limitsOf(Object.fromEntries(env.map(({ name, value }) => [name, value])))
    // Kubernetes starts the next new pods while old ones still drain, so all pods of both versions may run.
    const pods = 2 * replicas
    const cluster = z
      .object({ spec: z.object({ postgresql: z.object({ parameters }) }) })
      .parse(firstManifest('kubernetes/database.yaml'))
    expect(cluster.spec.postgresql.parameters.max_connections).toBeGreaterThanOrEqual(
      maxConnections(pods, limits),
    )
  })
})
