import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openDatabaseAt } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { seed } from '../../src/features/seeding/seed.ts'
import { generousOptions } from './database-options.ts'
import { databaseUrl } from './database-url.ts'
import { openServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the PostgreSQL server, the prefix of all database names of the run, and the name of the template. */
    postgres: { url: string; run: string; template: string }
  }
}

/** Opens one PostgreSQL server for the whole run, and makes a migrated and seeded template, which tests clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Despite its type, `env` is undefined in projects without it.
  const server = await openServer(project.config.env?.TMPDIR)
  // Runs that share a server (TEST_DATABASE_URL) need different database names.
  const run = `entente_test_${randomBytes(4).toString('hex')}`
  const template = `${run}_template`
  const teardown = async () => {
    await dropAll(server.url, run).finally(server.close)
  }
  try {
    await makeTemplate(server.url, template)
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('postgres', { url: server.url, run, template })
  return teardown
}

async function makeTemplate(url: string, template: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  try {
    await pool.query(`create database ${template}`)
    await fill(databaseUrl(url, template))
    // PostgreSQL cannot clone a template that has connections.
    await pool.query(`alter database ${template} allow_connections false`)
  } finally {
    await pool.end()
  }
}

async function fill(url: string): Promise<void> {
  const database = openDatabaseAt(url, generousOptions)
  try {
    await migrate(database)
    await seed(database, 'all')
    // Clones inherit the statistics of the planner.
    await database.maintain((client) => client.query('vacuum analyze'))
  } finally {
    await database.close()
  }
}

async function dropAll(url: string, run: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [run],
    )
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`)
  } finally {
    await client.end()
  }
}
