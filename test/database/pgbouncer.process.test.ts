import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { databaseOptions } from '../../src/database/open.ts'
import { buildApp } from '../../src/server/app.ts'
import { adminKey, readTestConfig } from '../support/app.ts'
import { openEmptyDatabase, openTestDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { openPgBouncer, type PgBouncer, pgBouncerUnavailableReason } from '../support/pgbouncer.ts'
import { useOpened } from '../support/use-opened.ts'

const skipReason = pgBouncerUnavailableReason()

/** PgBouncer may run each transaction in another session, so nothing may depend on the state of a session. */
describe.skipIf(skipReason !== undefined)(
  `through PgBouncer in transaction mode${skipReason ? ` (not tested: ${skipReason})` : ''}`,
  () => {
    const database = useOpened(openTestDatabase)
    let bouncer: PgBouncer
    beforeAll(async () => {
      bouncer = await openPgBouncer(database.url, 3)
    })
    afterAll(async () => {
      await bouncer?.close()
    })

    async function openApp(env: NodeJS.ProcessEnv = {}): Promise<FastifyInstance> {
      const config = readTestConfig({ DATABASE_URL: bouncer.url, ...env })
      const service = openDatabaseAt(bouncer.url, databaseOptions(config))
      const app = await buildApp({ config, database: service })
      onTestFinished(async () => {
        await app.close()
        await service.close()
      })
      return app
    }

    const headers = { authorization: `Bearer ${adminKey}`, 'if-match': '*' }

    it('concurrent reads and writes succeed, with more statements than PgBouncer keeps prepared', async () => {
      const app = await openApp({ CACHE_MB: '0' })
      const properties = ['title', 'kind', 'status', 'parties', 'topics', 'summary']
      const lists = Array.from({ length: 40 }, (_, index) => {
        const fields = properties.filter((_property, bit) => ((index + 1) >> bit) & 1).join()
        return { url: `/v1/agreements?fields=${fields}&limit=3&country=PAK` }
      })
      const writes = Array.from({ length: 20 }, (_, index) => ({
        method: 'PATCH' as const,
        url: '/v1/topics/energy',
        headers,
        payload: { name: `Energy ${index}` },
      }))
      const requests = [...lists, ...writes, ...lists, ...writes, ...lists]
      const responses = await Promise.all(requests.map((request) => app.inject(request)))
      expect(responses.filter(({ statusCode }) => statusCode !== 200).map(({ body }) => body)).toEqual([])
      const [first, again] = [responses.slice(0, 40), responses.slice(-40)]
      expect(again.map(({ body }) => body)).toEqual(first.map(({ body }) => body))
    })

    it('notifications are not trusted, so no stored response is served', async () => {
      const app = await openApp()
      const end = performance.now() + 1500
      while (performance.now() < end) {
        const { headers: responseHeaders } = await app.inject('/v1/regions?limit=1')
        expect(responseHeaders['cache-status']).toBe('Entente; fwd=bypass')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })

    it('with a direct URL for notifications, stored responses are served until a change', async () => {
      const app = await openApp({ LISTEN_DATABASE_URL: database.url })
      const read = () => app.inject('/v1/topics/energy')
      const expectHit = async () => expect((await read()).headers['cache-status']).toMatch(/hit$/)
      await vi.waitFor(expectHit, { timeout: 8000, interval: 20 })
      await database.pool.query("update topics set name = 'Changed in psql' where slug = 'energy'")
      await expect.poll(async () => (await read()).body, { interval: 5 }).toContain('Changed in psql')
    })

    it('a notification URL of another database is not trusted', async () => {
      const other = await openTestDatabase()
      onTestFinished(other.close)
      const app = await openApp({ LISTEN_DATABASE_URL: other.url })
      const end = performance.now() + 500
      while (performance.now() < end) {
        const { headers: responseHeaders } = await app.inject('/v1/regions?limit=1')
        expect(responseHeaders['cache-status']).toBe('Entente; fwd=bypass')
      }
    })

    it('only the statement that exceeds its timeout is cancelled in PostgreSQL', async () => {
      const service = openDatabaseAt(bouncer.url, { ...generousOptions, statementTimeoutMs: 1000 })
      onTestFinished(() => service.close())
      const sleeping = (seconds: number) => ({ text: `select ${seconds} as slept from pg_sleep(${seconds})` })
      const late = service.read(sleeping(30))
      late.catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 500))
      const other = service.read(sleeping(0.75))
      await expect(late).rejects.toMatchObject({ code: '57014' })
      expect(await other).toEqual([{ slept: '0.75' }])
      const { rowCount } = await database.pool.query(
        "select from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep(30)'",
      )
      expect(rowCount).toBe(0)
    })

    it('concurrent migrations of one database all succeed, and leave no lock behind', async () => {
      const empty = await openEmptyDatabase()
      onTestFinished(empty.close)
      const url = new URL(bouncer.url)
      url.pathname = new URL(empty.url).pathname
      const services = [openDatabaseAt(url.href, generousOptions), openDatabaseAt(url.href, generousOptions)]
      onTestFinished(async () => {
        for (const service of services) await service.close()
      })
      await Promise.all(services.map((service) => migrate(service)))
      await Promise.all(services.map((service) => migrate(service)))
      const locks = async () => {
        const { rowCount } = await empty.pool.query(
          "select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
        )
        return rowCount
      }
      // `withLock` leaves its transaction open. The lock ends when PgBouncer closes the connection of this transaction, shortly
      // after the client has disconnected.
      await expect.poll(locks, { timeout: 5000 }).toBe(0)
    })
  },
)
