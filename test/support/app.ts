import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { type Database, openDatabaseAt } from '../../src/database/database.ts'
import { databaseOptions } from '../../src/database/open.ts'
import { buildApp } from '../../src/server/app.ts'
import { readConfig } from '../../src/server/config.ts'
import { openTestDatabase } from './database.ts'
import { registry } from './registry.ts'

/** The key of the administrator (`ADMIN_KEY`) in tests. Few tests set another one. */
export const adminKey = 'the-administrators-key-in-tests'

/** The default environment of tests: no log, no load shedding on a busy machine, and no delay before shutdown. */
const testDefaults = { ADMIN_KEY: adminKey, LOG_LEVEL: 'silent', SHED_LAG_MS: '0', DRAIN_SECONDS: '0' }

/** Reads environment variables, which override the defaults of tests. */
export const readTestConfig = (env: NodeJS.ProcessEnv) => readConfig({ ...testDefaults, ...env })

/** A service with its own database. Tests send requests with `app.inject`. */
export interface TestApp {
  app: FastifyInstance
  /** The database as the service uses it. */
  database: Database
  /** The test's own connection pool on the same database. */
  pool: pg.Pool
  /** Closes the service and drops its database. */
  close(): Promise<void>
}

/** Options of a service under test. */
export interface TestAppOptions {
  /** Environment variables, which override the defaults of tests. */
  env?: NodeJS.ProcessEnv
  /**
   * Called with the URL of the database. Returns the URL that the service connects to, such as the URL of a proxy.
   * `pool` still connects directly.
   */
  connectVia?: (databaseUrl: string) => string | Promise<string>
}

/** Opens the service on a clone of the seeded template database. */
export async function openTestApp({ env, connectVia }: TestAppOptions = {}): Promise<TestApp> {
  const { url, pool, close } = await openTestDatabase()
  const config = readTestConfig({ DATABASE_URL: url, ...env })
  const database = openDatabaseAt(connectVia ? await connectVia(url) : url, databaseOptions(config))
  const closeAll = async () => {
    await database.close()
    await close()
  }
  try {
    const app = await buildApp({ config, database, registry })
    await app.ready()
    return { app, database, pool, close: async () => await app.close().finally(closeAll) }
  } catch (error) {
    await closeAll()
    throw error
  }
}
