import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { type Database, openPool } from '../../src/database/database.ts'
import { databaseOptions } from '../../src/database/open.ts'
import { buildApp } from '../../src/server/app.ts'
import { readConfig } from '../../src/server/config.ts'
import { openTestDatabase } from './database.ts'

/** The key of the administrator in every test. */
export const adminKey = 'the-administrators-key-in-tests'

/** As services are in most tests: without lines in the log, and neither in haste on a busy machine nor slow to close. */
const quiet = { ADMIN_KEY: adminKey, LOG_LEVEL: 'silent', SHED_LAG_MS: '0', DRAIN_SECONDS: '0' }

/** The service over a database of its own, to be asked by `app.inject`. */
export interface TestApp {
  app: FastifyInstance
  /** The database as the service uses it. */
  database: Database
  /** A pool of the tests on the same database. */
  pool: pg.Pool
  /** Closes the service and drops its database. */
  close(): Promise<void>
}

/**
 * Opens the service on a clone of the seeded template. `env` sets or overrides environment variables.
 * @param way gives the URL by which the service reaches the database, from the direct one.
 */
export async function openTestApp(
  env: NodeJS.ProcessEnv = {},
  way?: (url: string) => string | Promise<string>,
): Promise<TestApp> {
  const { url, pool, close } = await openTestDatabase()
  const config = readConfig({ ...quiet, DATABASE_URL: url, ...env })
  const database = openPool(way ? await way(url) : url, databaseOptions(config))
  const closeAll = async () => {
    await database.close()
    await close()
  }
  try {
    const app = await buildApp({ config, database })
    await app.ready()
    return { app, database, pool, close: async () => await app.close().finally(closeAll) }
  } catch (error) {
    await closeAll()
    throw error
  }
}
