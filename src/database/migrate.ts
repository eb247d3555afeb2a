import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { z } from 'zod'
import { errorCode } from '../error-code.ts'
import { packageRoot } from '../package-root.ts'
import { StartupError } from '../startup-error.ts'
import type { Database } from './database.ts'
import { alignFeed } from './feed.ts'
import { checkHistory } from './history.ts'
import { withLock } from './lock.ts'
import { lockAllTables, retryWhileInUse } from './table-locks.ts'

const folder = join(packageRoot, 'migrations')

const journalFile = z.object({
  entries: z.array(
    z.object({
      /** Creation time, by which the migration is identified. */
      when: z.number(),
      tag: z.string(),
      /** Whether versions that do not know the migration work with the database after it. */
      expand: z.boolean().optional(),
      /** Tag of the migration that a version must know to work with the database after this one; left out for itself. */
      contract: z.string().optional(),
    }),
  ),
})

type Journal = z.output<typeof journalFile>

/** Where drizzle's migrator notes the migrations of a database, as earlier versions have used it. */
const migrationsTable = `create schema if not exists drizzle;
  create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`

interface Applied {
  /** PostgreSQL's bigint. */
  created_at: string
}
const appliedText = 'select created_at from drizzle.__drizzle_migrations'
const toTime = ({ created_at }: Applied) => Number(created_at)

/** The setting with the newest migration that a version of the service must know to work with the database. */
const requiredMigration = 'required_migration'

/**
 * Brings the database's schema up to date. Processes that start at the same time take turns, and a schema that is up
 * to date is left alone, and so is one that a newer version has expanded. Throws a StartupError when a newer version has
 * made migrations after which this version does not work.
 */
export async function migrate(database: Database): Promise<void> {
  try {
    await withLock(database, 'migrate', async () => {
      await migrateAlone(database)
      await database.maintain(alignFeed)
      await checkHistory(database)
    })
  } catch (error) {
    throw errorCode(error) === '' ? error : new StartupError(refusal(error))
  }
}

/** Returns PostgreSQL's reason in one line. */
function refusal(error: unknown): string {
  if (errorCode(error) === '42501')
    return 'DATABASE_URL: its user may not create tables there; make it the owner'
  return `the database cannot be migrated: ${error instanceof Error ? error.message : error}`
}

/** Whether the database has every migration that this version needs, and none after which this version does not work. */
export async function isMigrated(database: Database): Promise<boolean> {
  const { missing, isTooNew } = await compareSchema(database)
  return missing === 0 && !isTooNew
}

/** @throws StartupError when a newer version has expanded the database, for work on all that the database has. */
export async function requireOwnSchema(database: Database): Promise<void> {
  const { unknown } = await compareSchema(database)
  if (unknown > 0) {
    throw new StartupError(
      `a newer version of Entente has made ${unknown} migrations that this version does not know: run this command of the newer version`,
    )
  }
}

/** Migrations of this version that the database lacks, and those that the database has and this version does not know. */
interface SchemaComparison {
  missing: number
  unknown: number
  /** Whether this version does not work with the unknown ones. */
  isTooNew: boolean
}

async function compareSchema(database: Database): Promise<SchemaComparison> {
  const [{ entries }, applied] = await Promise.all([readJournal(), appliedMigrations(database)])
  const known = new Set(entries.map(({ when }) => when))
  const has = new Set(applied)
  const missing = entries.filter(({ when }) => !has.has(when)).length
  const unknown = applied.filter((when) => !known.has(when)).length
  if (unknown === 0) return { missing, unknown, isTooNew: false }
  const required = await readRequired(database)
  return { missing, unknown, isTooNew: missing > 0 || required === undefined || !known.has(required) }
}

async function migrateAlone(database: Database): Promise<void> {
  const { missing, unknown, isTooNew } = await compareSchema(database)
  if (isTooNew) {
    throw new StartupError(
      `the database is newer than this version of Entente, which does not know ${unknown} of its migrations and cannot work with them: run the newer version, or use another database`,
    )
  }
  if (missing === 0) return
  await database.maintain((client) =>
    retryWhileInUse(async () => {
      await client.query('begin')
      try {
        await lockAllTables(client)
        await applyMigrations(client)
        await client.query('commit')
      } catch (error) {
        await client.query('rollback').catch(() => {})
        throw error
      }
    }),
  )
}

/**
 * Applies what is missing in the transaction of a client, and brings triggers, history and views in line. drizzle's migrator would
 * commit before that, and leave others without the views.
 */
async function applyMigrations(client: pg.Client): Promise<void> {
  const { readMigrationFiles } = await import('drizzle-orm/migrator')
  // PostgreSQL refuses to change a column that a view uses.
  await client.query('drop schema if exists past, published, published_past cascade')
  await client.query(migrationsTable)
  const { rows } = await client.query<Applied>(appliedText)
  const applied = new Set(rows.map(toTime))
  for (const { folderMillis, hash, sql } of readMigrationFiles({ migrationsFolder: folder })) {
    if (applied.has(folderMillis)) continue
    for (const statement of sql) await client.query(statement)
    await client.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [
      hash,
      folderMillis,
    ])
  }
  await noteRequired(client, (await readJournal()).entries)
  await client.query('select sync_records()')
  await client.query('select sync_history()')
}

async function noteRequired(client: pg.Client, entries: Journal['entries']): Promise<void> {
  const required = entries
    .filter(({ expand }) => !expand)
    .map(({ when, contract }) => entries.find(({ tag }) => tag === contract)?.when ?? when)
  await client.query(
    'insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
    [requiredMigration, Math.max(...required)],
  )
}

/** Returns the name of the last migration of this version. */
export async function lastMigration(): Promise<string> {
  return (await readJournal()).entries.at(-1)?.tag ?? ''
}

/** The migrations of this version, in their order. */
async function readJournal(): Promise<Journal> {
  return journalFile.parse(JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8')))
}

async function appliedMigrations(database: Database): Promise<number[]> {
  try {
    return (await database.read<Applied>({ text: appliedText })).map(toTime)
  } catch (error) {
    // Neither the table nor its schema exists before the first migration.
    if (['42P01', '3F000'].includes(errorCode(error))) return []
    throw error
  }
}

async function readRequired(database: Database): Promise<number | undefined> {
  const [row] = await database.read<{ value: string }>({
    text: 'select value from settings where name = $1',
    values: [requiredMigration],
  })
  return row && Number(row.value)
}
