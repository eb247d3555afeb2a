import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import type { TestProject } from 'vitest/node'
import { packageRoot } from '../../src/package-root.ts'
import { databaseUrl } from '../support/database-url.ts'
import { drizzleTables } from '../support/drizzle-tables.ts'
import openPostgres from '../support/global-setup.ts'
import { withClient } from '../support/with-client.ts'
import { extendedRegistry } from './expeditions.ts'

/** Starts PostgreSQL, and provides the tests with a template database that is migrated to the extended registry. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const teardown = await openPostgres(project)
  const { postgres } = project.getProvidedContext()
  const template = `${postgres.databasePrefix}_extended`
  try {
    await makeTemplate(postgres.url, postgres.template, template)
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('postgres', { ...postgres, template })
  project.provide('extending', true)
  return teardown
}

const makeTemplate = (url: string, original: string, template: string): Promise<void> =>
  withClient(url, async (server) => {
    await server.query(`create database ${template} template ${original}`)
    await migrateToExtendedRegistry(databaseUrl(url, template))
    await server.query(`alter database ${template} allow_connections false`)
  })

const migrateToExtendedRegistry = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    // PostgreSQL refuses to change a column that a view uses. These schemas have only views, which `sync_history()` creates again.
    await client.query('drop schema if exists past, published, published_past cascade')
    for (const statement of await generateStatements()) await client.query(statement)
    await client.query('select sync_records()')
    await client.query('select sync_history()')
  })

/** Generates the statements that `npm run migration` would write for the extended registry. */
async function generateStatements(): Promise<string[]> {
  const meta = join(packageRoot, 'migrations/meta')
  const snapshot = (await readdir(meta))
    .filter((name) => name.endsWith('_snapshot.json'))
    .sort()
    .at(-1)
  if (snapshot === undefined) throw new Error(`${meta} has no snapshot`)
  const before = JSON.parse(await readFile(join(meta, snapshot), 'utf8'))
  return generateMigration(before, generateDrizzleJson(drizzleTables(extendedRegistry), before.id))
}
