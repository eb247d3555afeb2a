import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { type Database, openDatabaseAt } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { databaseOptions } from '../../src/database/open.ts'
import { seed } from '../../src/features/seeding/seed.ts'
import { buildApp } from '../../src/server/app.ts'
import { adminKey, readTestConfig } from '../support/app.ts'
import { generousOptions } from '../support/database-options.ts'
import { registry } from '../support/registry.ts'
import { openReplicatedServers, type ReplicatedServers } from '../support/replicated.ts'
import { responseCheck } from '../support/responses.ts'

/** An app with its own database connections and cache, like a process of the service. */
interface Process {
  app: FastifyInstance
  database: Database
}

const authorization = { authorization: `Bearer ${adminKey}` }

let servers: ReplicatedServers
let first: Process
let second: Process

beforeAll(async () => {
  servers = await openReplicatedServers(2)
  const database = openDatabaseAt(servers.primary.url, generousOptions)
  await migrate(database)
  await seed(database, 'reference')
  await database.close()
  first = await openProcess()
  second = await openProcess()
}, 120_000)

afterAll(async () => {
  for (const { app, database } of [first, second]) {
    await app.close()
    await database.close()
  }
  await servers.close()
})

/**
 * Opens an app like a process of the service.
 * @param url the URL of the database; by default the URL of the primary.
 * @param replicas by default, the standbys.
 */
async function openProcess(url = servers.primary.url, replicas = servers.standbys): Promise<Process> {
  const config = readTestConfig({
    DATABASE_URL: url,
    READ_DATABASE_URLS: replicas.map(({ url }) => url).join(),
  })
  const database = openDatabaseAt(url, databaseOptions(config))
  const app = await buildApp({ config, database, registry })
  await app.ready()
  return { app, database }
}

/** Creates a topic. @returns its slug, and the position header and cookie of the response. */
async function create({ app }: Process) {
  const slug = `replicated-${crypto.randomUUID()}`
  const response = await app.inject({
    method: 'POST',
    url: '/v1/topics',
    headers: authorization,
    payload: { slug, name: 'Replicated', scheme: 'domain' },
  })
  expect(response.statusCode, response.payload).toBe(201)
  const position = String(response.headers['entente-position'])
  return { slug, position, cookie: String(response.headers['set-cookie']) }
}

const get = ({ app }: Process, url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers })

/** Returns the numbers of reads that a process has sent to the primary and to replicas. */
const readCountsOf = ({ database }: Process) => ({ ...database.replicas?.reads })

/** Waits until a process sends reads to replicas. */
const waitForReplicaReads = (process: Process, url = '/v1/countries?limit=1') =>
  vi.waitFor(
    async () => {
      const before = readCountsOf(process).replica ?? 0
      const { statusCode } = await get(process, url, { 'cache-control': 'no-cache' })
      expect(statusCode, url).toBe(200)
      expect(readCountsOf(process).replica, url).toBeGreaterThan(before)
    },
    { timeout: 10_000, interval: 20 },
  )

/** Pauses replay on all standbys until the end of the test. */
async function pauseReplay() {
  const resume = async () => {
    for (const standby of servers.standbys) await standby.run('select pg_wal_replay_resume()')
  }
  onTestFinished(resume)
  for (const standby of servers.standbys) await standby.run('select pg_wal_replay_pause()')
}

it('returns the position of a change in a header, and in a cookie for browsers', async () => {
  const { position, cookie } = await create(first)
  expect(position).toMatch(/^[\da-f]+-[\da-f]+-[\w-]{8}$/)
  expect(cookie).toBe(`entente-position=${position}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax`)
})

it('runs reads of records, lists, aggregates, exports, the past and searches on replicas', async () => {
  const urls = [
    '/v1/countries/CHN',
    '/v1/topics?limit=2&include=names',
    '/v1/topics/aggregate?groupBy=scheme',
    '/v1/topics/export?format=csv',
    '/v1/countries?limit=3&asOf=2020-01-01',
    '/v1/search?q=china',
  ]
  for (const url of urls) await waitForReplicaReads(first, url)
})

it.each(['first', 'second'] as const)(
  'shows a client its own writes on the %s process, with the position in a header or a cookie',
  async (name) => {
    const process = name === 'first' ? first : second
    await waitForReplicaReads(process)
    for (let count = 0; count < 30; count += 1) {
      const { slug, position, cookie } = await create(first)
      const headers = [{ 'entente-position': position }, { cookie }][count % 2] ?? {}
      expect((await get(process, `/v1/topics/${slug}`, headers)).statusCode).toBe(200)
    }
  },
)

it('remembers in the process the position of the last write with a key', async () => {
  await waitForReplicaReads(first)
  await pauseReplay()
  const { slug } = await create(first)
  expect((await get(first, `/v1/topics/${slug}`, authorization)).statusCode).toBe(200)
})

it('sends with a refusal a position that includes the change that caused the refusal', async () => {
  const { slug } = await create(first)
  const url = `/v1/topics/${slug}`
  await waitForReplicaReads(second, url)
  await pauseReplay()
  const patch = ({ app }: Process) =>
    app.inject({
      method: 'PATCH',
      url,
      headers: { ...authorization, 'if-match': '"1"', 'content-type': 'application/merge-patch+json' },
      payload: { name: 'Replicated again' },
    })
  const changed = await patch(first)
  expect(changed.statusCode, changed.payload).toBe(200)
  const refused = await patch(second)
  expect(refused.statusCode, refused.payload).toBe(412)
  expect(refused.headers['content-type']).toContain('application/problem+json')
  const position = String(refused.headers['entente-position'])
  expect(String(refused.headers['set-cookie'])).toContain(`entente-position=${position};`)
  for (const headers of [{ 'entente-position': position }, { cookie: `entente-position=${position}` }])
    expect((await get(second, url, headers)).json()).toMatchObject({ name: 'Replicated again' })
})

it('hides a record that has become internal, with any replication lag', async () => {
  const { slug } = await create(first)
  const url = `/v1/topics/${slug}`
  await waitForReplicaReads(first, url)
  await pauseReplay()
  const response = await first.app.inject({
    method: 'PATCH',
    url,
    headers: { ...authorization, 'if-match': '*', 'content-type': 'application/merge-patch+json' },
    payload: { visibility: 'internal' },
  })
  expect(response.statusCode, response.payload).toBe(200)
  expect((await get(first, url, { 'cache-control': 'no-cache' })).statusCode).toBe(404)
})

it('refuses a malformed position with 400', async () => {
  for (const position of ['1', '1-2', 'x-1-aaaaaaaa', `1-${'f'.repeat(20)}-aaaaaaaa`]) {
    const response = await get(first, '/v1/countries/CHN', { 'entente-position': position })
    expect(response.statusCode).toBe(400)
    expect(response.json().errors).toMatchObject([{ header: 'Entente-Position', code: 'invalid' }])
  }
})

it('ignores a malformed position in a cookie, which another service may have set', async () => {
  const response = await get(first, '/v1/countries/CHN', { cookie: 'a=b; entente-position=mine' })
  expect(response.statusCode).toBe(200)
})

it('stops serving stored responses that were read from a replica before a change', async () => {
  await waitForReplicaReads(second)
  const url = '/v1/topics?limit=1&count=exact&q=replicated'
  const count = async (process: Process) => (await get(process, url)).json().page.total.count
  for (let round = 0; round < 30; round += 1) {
    await Promise.all([count(second), count(second), create(first), count(second), count(first)])
    // A stale response in the cache would stay wrong during the whole wait.
    await vi.waitFor(
      async () => {
        const [{ total = -1 } = {}] = await servers.primary.run(
          "select count(*)::int as total from topics join records using (id) where slug like '%replicated%' and visibility = 'public'",
        )
        expect([await count(first), await count(second)]).toEqual([total, total])
      },
      { timeout: 5000, interval: 100 },
    )
  }
})

it('serves no state from before a position, even to a client that accepts stale responses', async () => {
  await waitForReplicaReads(second)
  const url = '/v1/topics?limit=200&fields=slug&q=replicated'
  for (let round = 0; round < 20; round += 1) {
    await get(second, url)
    const { slug, position } = await create(first)
    const headers = { 'entente-position': position, 'cache-control': 'max-stale=60' }
    expect((await get(second, `/v1/topics/${slug}`, headers)).statusCode).toBe(200)
    expect((await get(second, url, headers)).payload).toContain(slug)
  }
})

it('does not serve the feed of changes if a load balancer uses a standby as the primary', async () => {
  expect((await get(first, '/v1/changes')).statusCode).toBe(200)
  const process = await openProcess(servers.standbys[0]?.url)
  onTestFinished(async () => {
    await process.app.close()
    await process.database.close()
  })
  const { statusCode, json } = await get(process, '/v1/changes')
  expect([statusCode, json().detail]).toEqual([
    503,
    'The database is a standby at the moment, or publishes tables that have no replica identity.',
  ])
  expect((await get(process, '/v1/countries/CHN')).statusCode).toBe(200)
})

it('reports the states of replicas in /readyz, as the OpenAPI document says, and stays ready', async () => {
  const check = responseCheck((await get(first, '/openapi.json')).json())
  await waitForReplicaReads(first)
  const [, standby] = servers.standbys
  await standby?.stop()
  onTestFinished(async () => void (await standby?.start()))
  await vi.waitFor(async () => {
    const response = await get(first, '/readyz')
    expect(response.statusCode).toBe(200)
    expect(response.json()).toEqual({ status: 'ok', replicas: ['current', 'away'] })
    const { statusCode: status, payload: body } = response
    const contentType = String(response.headers['content-type'])
    check({ method: 'GET', url: '/readyz', status, contentType, body, records: 'whole' })
  })
  const metrics = (await get(first, '/metrics')).payload
  expect(metrics).toContain('entente_replica_up{replica="1"} 1')
  expect(metrics).toContain('entente_replica_up{replica="2"} 0')
  expect(metrics).toContain('entente_replica_backoff{replica="1"} 0')
  expect(metrics).toMatch(/entente_reads_total\{server="replica"\} [1-9]/)
})

it('shows the primary as such in /readyz if the replicas include it', async () => {
  const check = responseCheck((await get(first, '/openapi.json')).json())
  const process = await openProcess(servers.primary.url, [servers.primary, ...servers.standbys])
  onTestFinished(async () => {
    await process.app.close()
    await process.database.close()
  })
  const checkReadiness = async () => {
    const { statusCode: status, headers, payload: body } = await get(process, '/readyz')
    expect(JSON.parse(body)).toEqual({ status: 'ok', replicas: ['primary', 'current', 'current'] })
    const contentType = String(headers['content-type'])
    check({ method: 'GET', url: '/readyz', status, contentType, body, records: 'whole' })
  }
  await vi.waitFor(checkReadiness, { timeout: 20_000 })
  expect((await get(process, '/metrics')).payload).toContain('entente_replica_up{replica="1"} 0')
})

it('is ready for reads while the primary is stopped', async () => {
  await waitForReplicaReads(first)
  await servers.primary.stop()
  onTestFinished(() => servers.primary.start())
  await vi.waitFor(async () => {
    const response = await get(first, '/readyz')
    expect(response.statusCode).toBe(200)
    expect(response.json()).toMatchObject({ status: 'read_only' })
  })
  expect((await get(first, '/v1/countries/CHN', { 'cache-control': 'no-cache' })).statusCode).toBe(200)
})
