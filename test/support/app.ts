import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openTestDatabase } from './database.ts'

/** The key of the administrator in every test. */
export const adminKey = 'the-administrators-key-in-tests'

/** The service over a database of its own, to be asked by `app.inject`. */
export interface TestApp {
  app: FastifyInstance
  pool: pg.Pool
  /** Closes the service and drops its database. */
  close(): Promise<void>
}

/** Opens the service on a clone of the seeded template. `env` sets or overrides environment variables. */
export async function openTestApp(env: NodeJS.ProcessEnv = {}): Promise<TestApp> {
  const { url, pool, close } = await openTestDatabase()
  try {
    const config = readConfig({ DATABASE_URL: url, ADMIN_KEY: adminKey, LOG_LEVEL: 'silent', ...env })
    const app = await buildApp({ config, pool })
    await app.ready()
    return { app, pool, close: async () => await app.close().finally(close) }
  } catch (error) {
    await close()
    throw error
  }
}
