import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { z } from 'zod'
import { errorCode } from '../error-code.ts'
import { errorMessage } from '../error-message.ts'
import { OperationalError } from '../operational-error.ts'
import { packageRoot } from '../package-root.ts'
import { alignFeed } from './align-feed.ts'
import { checkHistory } from './check-history.ts'
import { inClientTransaction } from './client-transaction.ts'
import type { Database } from './database.ts'
import { withLock } from './lock.ts'
import { lockAllTables, retryWhileInUse } from './table-locks.ts'

const folder = join(packageRoot, 'migrations')

const journalSchema = z.object({
  entries: z.array(
    z.object({
      /** Creation time in milliseconds since 1970, by which the migration is identified. */
      when: z.number(),
      tag: z.string(),
      /** Whether versions that do not know the migration still work with the migrated database. */
      expand: z.boolean().optional(),
      /** Tag of the migration that a version must know to work with the migrated database; by default, this migration. */
      contract: z.string().optional(),
    }),
  ),
})

type Journal = z.output<typeof journalSchema>

/** The table of applied migrations, in the form of drizzle's migrator: earlier versions of the service used that migrator. */
const migrationsTable = `create schema if not exists drizzle;
  create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`

interface Applied {
  /** A bigint, which pg returns as text. */
  created_at: string
}
const appliedText = 'select created_at from drizzle.__drizzle_migrations'
const toTime = ({ created_at }: Applied) => Number(created_at)

/** The schemas of views. `applyMigrations` drops them before the migrations, and creates them again after the last one. */
const replacedSchemas = ['past', 'published', 'published_past']

/** The setting with the creation time (`when`) of the newest migration that a version must know to work with the database. */
const requiredMigration = 'required_migration'

/**
 * Brings the database's schema up to date, and raises the offset of the feed if that is needed (`alignFeed`). Only one process
 * migrates at a time. Does not change the schema if it is up to date, or if a newer version has expanded it.
 * @throws OperationalError when the database cannot be migrated (such as while its tables stay in use), when it has migrations
 * with which this version cannot work, or when `checkHistory` finds differences.
 */
export async function migrate(database: Database): Promise<void> {
  try {
    await withLock(database, 'migrate', async () => {
      await migrateUnderLock(database)
      await database.maintain(alignFeed)
      await checkHistory(database)
    })
  } catch (error) {
    throw errorCode(error) === '' ? error : new OperationalError(failureMessage(error))
  }
}

/** SQLSTATEs of statements that create something that exists: a schema, a table, a function, and a type or an extension. */
const alreadyExists = ['42P06', '42P07', '42723', '42710']

/** Returns a message of one line about a failed migration, with PostgreSQL's reason. */
function failureMessage(error: unknown): string {
  const reason = errorMessage(error)
  if (errorCode(error) === '42501')
    return `DATABASE_URL: its user lacks a privilege (${reason}): make it the owner of the database and of everything in it`
  const advice = alreadyExists.includes(errorCode(error))
    ? '; if it belongs to another program, use an empty database'
    : ''
  return `the database cannot be migrated: ${reason}${advice}`
}

/**
 * Returns `migrated` if this version works with the database, `too new` if the database has migrations with which this version
 * cannot work, and otherwise `not migrated`: the database lacks migrations.
 */
export async function readSchemaState(database: Database): Promise<'migrated' | 'not migrated' | 'too new'> {
  const { missing, isTooNew } = await compareSchema(database)
  if (isTooNew) return 'too new'
  return missing === 0 ? 'migrated' : 'not migrated'
}

/**
 * Checks that this version knows all migrations of the database, for commands that work on the whole database.
 * @throws OperationalError when a newer version has migrated the database.
 */
export async function requireKnownMigrations(database: Database): Promise<void> {
  const { unknown } = await compareSchema(database)
  if (unknown > 0) {
    throw new OperationalError(
      `a newer version of Entente has applied migrations that this version does not know (${unknown}): run this command with the newer version`,
    )
  }
}

/** The migrations of a database, compared with those of this version. */
interface SchemaComparison {
  /** Number of migrations of this version that the database lacks. */
  missing: number
  /** Number of the database's migrations that this version does not know. */
  unknown: number
  /** Whether this version cannot work with the unknown migrations. */
  isTooNew: boolean
}

async function compareSchema(database: Database): Promise<SchemaComparison> {
  const [{ entries }, applied] = await Promise.all([readJournal(), appliedMigrations(database)])
  const known = new Set(entries.map(({ when }) => when))
  const appliedSet = new Set(applied)
  const missing = entries.filter(({ when }) => !appliedSet.has(when)).length
  const unknown = applied.filter((when) => !known.has(when)).length
  if (unknown === 0) return { missing, unknown, isTooNew: false }
  // The migrations may be those of another program, whose database has no table `settings`.
  if (missing > 0) return { missing, unknown, isTooNew: true }
  const required = await readRequiredMigration(database)
  return { missing, unknown, isTooNew: required === undefined || !known.has(required) }
}

async function migrateUnderLock(database: Database): Promise<void> {
  const { missing, unknown, isTooNew } = await compareSchema(database)
  if (isTooNew && missing > 0) {
    throw new OperationalError(
      `the database has migrations that this version of Entente does not know (${unknown}), and lacks migrations of this version (${missing}): run the version that migrated the database, or use another database`,
    )
  }
  if (isTooNew) {
    throw new OperationalError(
      `the database is newer than this version of Entente, which does not know ${unknown} of its migrations and cannot work with them: run the newer version, or use another database`,
    )
  }
  if (missing === 0) return
  await database.maintain((client) =>
    retryWhileInUse(() =>
      inClientTransaction(client, async () => {
        await lockAllTables(client)
        await applyMigrations(client)
      }),
    ),
  )
}

/**
 * Applies the missing migrations in the client's transaction, and then updates triggers, history tables and views. drizzle's
 * migrator would commit before these updates, and other sessions would find no views.
 */
async function applyMigrations(client: pg.Client): Promise<void> {
  const { readMigrationFiles } = await import('drizzle-orm/migrator')
  await client.query(migrationsTable)
  const { rows } = await client.query<Applied>(appliedText)
  const applied = new Set(rows.map(toTime))
  if (applied.size === 0) await requireNoReplacedSchema(client)
  await requireNoDependents(client)
  // PostgreSQL refuses to change a column that a view uses.
  await client.query(`drop schema if exists ${replacedSchemas.join(', ')} cascade`)
  for (const { folderMillis, hash, sql } of readMigrationFiles({ migrationsFolder: folder })) {
    if (applied.has(folderMillis)) continue
    for (const statement of sql) await client.query(statement)
    await client.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [
      hash,
      folderMillis,
    ])
  }
  await saveRequiredMigration(client, (await readJournal()).entries)
  await client.query('select sync_records()')
  await client.query('select sync_history()')
}

/**
 * Checks that a database without migrations has no schema that migrations replace.
 * @throws OperationalError if it has one: it may belong to another program, whose data would be lost.
 */
async function requireNoReplacedSchema(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select nspname as name from pg_namespace where nspname = any($1::text[]) order by 1',
    [replacedSchemas],
  )
  const [schema] = rows
  if (schema) {
    throw new OperationalError(
      `the database has a schema "${schema.name}", which the first migration would replace: if it belongs to another program, set DATABASE_URL to an empty database; if the database was restored from a dump, restore the schema "drizzle", too`,
    )
  }
}

/**
 * Checks that nothing outside the schemas that migrations replace depends on what is in them, such as a view, a function, or a column
 * with the type of a view: to drop the schemas would drop it, too.
 * @throws OperationalError if there is such a thing.
 */
async function requireNoDependents(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ type: string; name: string; schema: string }>(
    `with replaced as (
      select oid, nspname from pg_namespace where nspname = any($1::text[])
    ), used as (
      select 'pg_class'::regclass as class, pg_class.oid, nspname from pg_class join replaced on replaced.oid = relnamespace
      union all select 'pg_type'::regclass, pg_type.oid, nspname from pg_type join replaced on replaced.oid = typnamespace
      union all select 'pg_proc'::regclass, pg_proc.oid, nspname from pg_proc join replaced on replaced.oid = pronamespace
    )
    select dependent.type, dependent.identity as name, used.nspname as schema
    from pg_depend join used on used.class = refclassid and used.oid = refobjid
      -- A view depends on others by its rule.
      left join pg_rewrite on classid = 'pg_rewrite'::regclass and pg_rewrite.oid = objid
      cross join lateral pg_identify_object(case when ev_class is null then classid else 'pg_class'::regclass end,
        coalesce(ev_class, objid), case when ev_class is null then objsubid else 0 end) as dependent
    -- A policy, a default value and a cast are in no schema.
    where deptype = 'n' and (dependent.schema is null or dependent.schema <> all($1::text[]))
    order by 1, 2 limit 1`,
    [replacedSchemas],
  )
  const [dependent] = rows
  if (dependent) {
    const { type, name, schema } = dependent
    throw new OperationalError(
      `the database cannot be migrated: the ${type} ${name} depends on the schema "${schema}", which migrations replace: drop it, and create it again after the upgrade`,
    )
  }
}

async function saveRequiredMigration(client: pg.Client, entries: Journal['entries']): Promise<void> {
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

/** Whether this version has a migration. @param name the name of its file without the extension. */
export async function hasMigration(name: string): Promise<boolean> {
  return (await readJournal()).entries.some(({ tag }) => tag === name)
}

/** The migrations of this version, in their order. */
async function readJournal(): Promise<Journal> {
  return journalSchema.parse(JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8')))
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

async function readRequiredMigration(database: Database): Promise<number | undefined> {
  const [row] = await database.read<{ value: string }>({
    text: 'select value from settings where name = $1',
    values: [requiredMigration],
  })
  return row && Number(row.value)
}
