import { randomBytes } from 'node:crypto'
import type { TestProject } from 'vitest/node'
import { type Database, openDatabaseAt } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { seed } from '../../src/features/seeding/seed.ts'
import { generousOptions } from './database-options.ts'
import { databaseUrl } from './database-url.ts'
import { openServer } from './server.ts'
import { withClient } from './with-client.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * The URL of the PostgreSQL server, the prefix of all database names of the run, and the names of two templates: a migrated
     * and seeded database, and a migrated one without records.
     */
    postgres: { url: string; databasePrefix: string; template: string; migratedTemplate: string }
  }
}

/** Opens one PostgreSQL server for the whole run, and makes the templates that tests clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The property `env` is undefined in projects without variables, although its type does not say so.
  const server = await openServer(project.config.env?.TMPDIR)
  // Runs that share a server (TEST_DATABASE_URL) need different database names.
  const databasePrefix = `entente_test_${randomBytes(4).toString('hex')}`
  const template = `${databasePrefix}_template`
  const migratedTemplate = `${databasePrefix}_migrated`
  const teardown = async () => {
    await dropDatabases(server.url, databasePrefix).finally(server.close)
  }
  try {
    await makeTemplates(server.url, template, migratedTemplate)
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('postgres', { url: server.url, databasePrefix, template, migratedTemplate })
  return teardown
}

const makeTemplates = (url: string, template: string, migratedTemplate: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.query(`create database ${migratedTemplate}`)
    await maintain(databaseUrl(url, migratedTemplate), migrate)
    await client.query(`create database ${template} template ${migratedTemplate}`)
    await maintain(databaseUrl(url, template), (database) => seed(database, 'all'))
    // PostgreSQL cannot clone a template that has connections.
    for (const name of [template, migratedTemplate])
      await client.query(`alter database ${name} allow_connections false`)
  })

/** Opens a database, changes it, and collects the statistics of the planner, which clones inherit. */
async function maintain(url: string, change: (database: Database) => Promise<unknown>): Promise<void> {
  const database = openDatabaseAt(url, generousOptions)
  try {
    await change(database)
    await database.maintain((client) => client.query('vacuum analyze'))
  } finally {
    await database.close()
  }
}

const dropDatabases = (url: string, databasePrefix: string): Promise<void> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [databasePrefix],
    )
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`)
  })
