import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { packageRoot } from '../../src/package-root.ts'

const container = z.looseObject({ stop_grace_period: z.string().optional(), shm_size: z.string().optional() })
const project = z.looseObject({ services: z.record(z.string(), container) })

/** The services of a Compose file that run PostgreSQL. */
const readServers = (file: string) =>
  Object.entries(
    project.parse(parse(readFileSync(join(packageRoot, file), 'utf8'), { merge: true })).services,
  ).flatMap(([name, service]) => (name.startsWith('postgres') ? [service] : []))

const containers = ['docker-compose.yml', 'deploy/compose.yml'].flatMap(readServers)

it('all containers of PostgreSQL have a minute to write their last checkpoint', () => {
  expect(containers.map(({ stop_grace_period }) => stop_grace_period)).toEqual(['60s', '60s', '60s', '60s'])
})

it('all containers of PostgreSQL have shared memory for parallel queries', () => {
  // With `wholeTableSettings` and `groupingSettings`, a leader and two workers may share a hash table. Each contributes
  // `work_mem` (64 MB) times `hash_mem_multiplier` (2): 384 MB.
  expect(containers.map(({ shm_size }) => shm_size)).toEqual(['1gb', '1gb', '1gb', '1gb'])
})
