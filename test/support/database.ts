import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabaseAt } from '../../src/database/database.ts'
import { generousOptions } from './database-options.ts'
import { databaseUrl } from './database-url.ts'

/** A database that only one test file or one test uses. */
export interface TestDatabase {
  url: string
  /** The test's own connection pool. */
  pool: pg.Pool
  database: Database
  /** Closes `pool` and `database`, and drops the database. */
  close(): Promise<void>
}

/** Opens a clone of the template: a migrated database with the reference data and the data of the interview. */
export function openTestDatabase(): Promise<TestDatabase> {
  return open(`template ${inject('postgres').template}`)
}

/** Opens an empty database without a schema. */
export function openEmptyDatabase(): Promise<TestDatabase> {
  return open('')
}

async function open(options: string): Promise<TestDatabase> {
  const { url: server, databasePrefix } = inject('postgres')
  const name = `${databasePrefix}_${randomBytes(6).toString('hex')}`
  await runOnServer(server, `create database ${name} ${options}`)
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
      await runOnServer(server, `drop database ${name} with (force)`)
    },
  }
}

async function runOnServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
