import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import type pg from 'pg'

/** Runs only the first `count` migrations, so that the database has the schema and history tables of an older version. */
export async function runFirstMigrations(pool: pg.Pool, count: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-migrations-'))
  try {
    await cp('migrations', folder, { recursive: true })
    const file = join(folder, 'meta/_journal.json')
    const journal = JSON.parse(await readFile(file, 'utf8'))
    await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }))
    await migrate(drizzle(pool), { migrationsFolder: folder })
    await pool.query('select sync_records(); select sync_history()')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Returns the name of the migration that a version of the service must have to work with a database: the setting
 * `required_migration`. Returns undefined if this version has no such migration.
 */
export async function readRequiredMigration(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ value: string }>(
    "select value from settings where name = 'required_migration'",
  )
  const journal: { entries: { when: number; tag: string }[] } = JSON.parse(
    await readFile('migrations/meta/_journal.json', 'utf8'),
  )
  return journal.entries.find(({ when }) => String(when) === rows[0]?.value)?.tag
}

/** Marks a database as migrated by a later version, with a migration that is incompatible with this version. */
export async function simulateIncompatibleMigration(pool: pg.Pool): Promise<void> {
  await pool.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999);
    update settings set value = '99999999999999' where name = 'required_migration'`)
}
