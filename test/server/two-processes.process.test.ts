import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { adminKey } from '../support/app.ts'
import { run } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'
import { openProxy } from '../support/proxy.ts'

/** Two servers with response caches on one database: each shows the changes of the other. */

/** How long after a change a process that did not make it may still send the earlier version, in milliseconds. */
const maxAgeMs = 100

type Origin = string

/** A change that was acknowledged to its writer. */
interface AcknowledgedChange {
  version: number
  /** The process that made the change; `psql` for a change in SQL that bypasses the service. */
  writer: Origin | 'psql'
  /** When the change was acknowledged, in milliseconds of `performance.now()`. */
  acknowledgedAt: number
}

const headers = {
  authorization: `Bearer ${adminKey}`,
  'content-type': 'application/merge-patch+json',
  'if-match': '*',
}

const pick = <T>(items: readonly T[]): T => {
  const picked = items[Math.floor(Math.random() * items.length)]
  if (picked === undefined) throw new Error('nothing to pick from')
  return picked
}

async function start(env: NodeJS.ProcessEnv): Promise<Origin> {
  const line = await run(['serve'], {
    PORT: '0',
    ADMIN_KEY: adminKey,
    LOG_LEVEL: 'silent',
    SEED: 'none',
    ...env,
  }).firstLine
  return /http:\/\/\S+/.exec(line)?.[0] ?? line
}

it('a process shows its own writes to the next read, and other writes within 100 ms', {
  timeout: 60_000,
}, async () => {
  const { url, pool, close } = await openTestDatabase()
  onTestFinished(close)
  const proxy = await openProxy(url)
  onTestFinished(proxy.close)
  const origins = await Promise.all([
    start({ DATABASE_URL: url }),
    start({ DATABASE_URL: url, LISTEN_DATABASE_URL: proxy.url }),
  ])
  const [direct, proxied] = origins

  const topics = ['one', 'another'].map((slug) => ({
    slug: `read-${slug}`,
    known: [] as AcknowledgedChange[],
  }))
  for (const { slug } of topics)
    await pool.query("insert into topics (slug, name, scheme) values ($1, $1, 'domain')", [slug])

  const seen = { hits: new Map<Origin, number>(), bypasses: new Map<Origin, number>() }
  const staleReads: string[] = []
  const count = (map: Map<Origin, number>, origin: Origin) => map.set(origin, (map.get(origin) ?? 0) + 1)

  async function write({ slug, known }: (typeof topics)[number]): Promise<void> {
    const writer = pick([...origins, ...origins, 'psql'])
    if (writer === 'psql') {
      await pool.query('update topics set name = $2 where slug = $1', [slug, `Named ${Math.random()}`])
      // If another write has followed, its version has been committed, too.
      const { rows } = await pool.query<{ version: number }>(
        "select version from records where resource = 'topics' and key = $1",
        [slug],
      )
      known.push({ version: rows[0]?.version ?? 0, writer, acknowledgedAt: performance.now() })
      return
    }
    const response = await fetch(`${writer}/v1/topics/${slug}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ name: `Named ${Math.random()}` }),
    })
    const { version } = (await response.json()) as { version: number }
    known.push({ version, writer, acknowledgedAt: performance.now() })
  }

  async function read({ slug, known }: (typeof topics)[number]): Promise<void> {
    const origin = pick(origins)
    const started = performance.now()
    const minVersion = Math.max(
      1,
      ...known
        .filter(({ writer, acknowledgedAt }) => acknowledgedAt < started - (writer === origin ? 0 : maxAgeMs))
        .map(({ version }) => version),
    )
    const path = pick([`/v1/topics/${slug}`, `/v1/topics?slug=${slug}&fields=version`])
    const response = await fetch(`${origin}${path}`)
    const status = response.headers.get('cache-status') ?? ''
    const { version, data } = (await response.json()) as { version?: number; data?: [{ version: number }] }
    const actual = version ?? data?.[0].version ?? 0
    if (status.endsWith('hit')) count(seen.hits, origin)
    if (status.endsWith('bypass')) count(seen.bypasses, origin)
    if (actual < minVersion)
      staleReads.push(
        `${path} on the ${origin === direct ? 'direct' : 'proxied'} process: ${actual} after ${minVersion} (${status})`,
      )
  }

  /** Runs random reads and writes on both processes. */
  async function runRandomLoad(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds
    const repeat = async (work: () => Promise<void>, pause: () => number) => {
      while (performance.now() < end) {
        await work()
        await sleep(pause())
      }
    }
    await Promise.all([
      ...topics.map((topic) =>
        repeat(
          () => write(topic),
          () => 60 + Math.random() * 500,
        ),
      ),
      ...Array.from({ length: 6 }, () =>
        repeat(
          () => read(pick(topics)),
          () => Math.random() * 3,
        ),
      ),
    ])
  }

  const waitUntilCached = async (origin: Origin) => {
    const expectHit = async () =>
      expect((await fetch(`${origin}/v1/regions?limit=1`)).headers.get('cache-status')).toMatch(/hit$/)
    await vi.waitFor(expectHit, { timeout: 8000, interval: 20 })
  }

  await Promise.all(origins.map(waitUntilCached))
  await runRandomLoad(1000)

  // Without notifications, the second process must read the database until they arrive again.
  seen.bypasses.clear()
  proxy.stall()
  await runRandomLoad(800)
  expect(seen.bypasses.get(proxied ?? '')).toBeGreaterThan(0)
  await Promise.all(origins.map(waitUntilCached))

  await pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'entente listener'",
  )
  await runRandomLoad(600)
  await Promise.all(origins.map(waitUntilCached))
  await runRandomLoad(300)
  expect(staleReads).toEqual([])
  // Without stored responses, the test would prove nothing.
  for (const origin of origins) expect(seen.hits.get(origin)).toBeGreaterThan(5)
})
