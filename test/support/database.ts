import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabaseAt } from '../../src/database/database.ts'
import { lazy } from '../../src/model/lazy.ts'
import { generousOptions } from './database-options.ts'
import { databaseUrl } from './database-url.ts'

/** A new database, for one test, one test file, or the service that the test files of a worker share (`sharedApi`). */
export interface TestDatabase {
  url: string
  /** The test's own connection pool. */
  pool: pg.Pool
  database: Database
  /** Closes `pool` and `database`, and drops the database. */
  close(): Promise<void>
}

/** Opens a migrated database with the seed data of `seeds/`. */
export const openTestDatabase = (): Promise<TestDatabase> => openClone(inject('postgres').template)

/** Opens a migrated database without records. */
export const openMigratedDatabase = (): Promise<TestDatabase> =>
  openClone(inject('postgres').migratedTemplate)

// By default, PostgreSQL writes every page of a clone to its write-ahead log, which takes more than twice the processor time.
const openClone = (template: string) => open(`template ${template} strategy file_copy`)

/** Opens an empty database without a schema. */
export function openEmptyDatabase(): Promise<TestDatabase> {
  return open('')
}

/**
 * The connections on which databases are created and dropped. All test files of a worker share these connections. Nothing closes
 * them: they end with the worker.
 */
const serverPool = lazy(() => {
  const pool = new pg.Pool({
    connectionString: inject('postgres').url,
    max: 2,
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
  })
  pool.on('error', () => {})
  return pool
})

async function open(options: string): Promise<TestDatabase> {
  const { url: server, databasePrefix } = inject('postgres')
  const name = `${databasePrefix}_${randomBytes(6).toString('hex')}`
  await serverPool().query(`create database ${name} ${options}`)
  const url = databaseUrl(server, name)
  const pool = new pg.Pool({ connectionString: url })
  pool.on('error', () => {})
  const database = openDatabaseAt(url, generousOptions)
  return {
    url,
    pool,
    database,
    close: async () => {
      await Promise.all([pool.end(), database.close()])
      await serverPool().query(`drop database ${name} with (force)`)
    },
  }
}
