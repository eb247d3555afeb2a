import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { errorCode } from '../error-code.ts'
import { packageRoot } from '../package-root.ts'
import { StartupError } from '../startup-error.ts'
import type { Database } from './database.ts'
import { alignFeed } from './feed.ts'
import { checkHistory } from './history.ts'
import { withLock } from './lock.ts'

const folder = join(packageRoot, 'migrations')

const journalFile = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) })

/**
 * Brings the database's schema up to date. Processes that start at the same time take turns, and a schema that is up
 * to date is left alone. Throws a StartupError when the database knows migrations that this version does not.
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

/** Returns PostgreSQL's reason in one line. drizzle's own error has only the statement, and PostgreSQL's as its cause. */
function refusal(error: unknown): string {
  if (errorCode(error) === '42501')
    return 'DATABASE_URL: its user may not create tables there; make it the owner'
  const { message, cause } = error instanceof Error ? error : new Error(String(error))
  const [statement] = message.split('\n')
  return `the database cannot be migrated: ${cause instanceof Error ? `${cause.message} (${statement})` : message}`
}

/** Whether the database has every migration that this version needs. */
export async function isMigrated(database: Database): Promise<boolean> {
  const [needed, applied] = await Promise.all([neededMigrations(), appliedMigrations(database)])
  return needed.every((migration) => applied.has(migration))
}

async function migrateAlone(database: Database): Promise<void> {
  const needed = new Set(await neededMigrations())
  const applied = await appliedMigrations(database)
  const unknown = [...applied].filter((migration) => !needed.has(migration))
  if (unknown.length > 0) {
    throw new StartupError(
      `the database is newer than this version of Entente, which does not know ${unknown.length} of its migrations: run the newer version, or use another database`,
    )
  }
  if (applied.size === needed.size) return
  const [{ drizzle }, migrator] = await Promise.all([
    import('drizzle-orm/node-postgres'),
    import('drizzle-orm/node-postgres/migrator'),
  ])
  await database.maintain((client) =>
    drizzle(client).transaction(async (transaction) => {
      // PostgreSQL refuses to change a column that a view uses.
      await transaction.execute('drop schema if exists past, published, published_past cascade')
      await migrator.migrate(transaction, { migrationsFolder: folder })
      await transaction.execute('select sync_records()')
      await transaction.execute('select sync_history()')
    }),
  )
}

/** Returns the name of the last migration of this version. */
export async function lastMigration(): Promise<string> {
  const journal = journalFile.parse(JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8')))
  return journal.entries.at(-1)?.tag ?? ''
}

/** The migrations of this version, each as its creation time, by which drizzle's migrator identifies it. */
async function neededMigrations(): Promise<number[]> {
  const journal = journalFile.parse(JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8')))
  return journal.entries.map((entry) => entry.when)
}

async function appliedMigrations(database: Database): Promise<Set<number>> {
  try {
    const rows = await database.read<{ created_at: string }>({
      text: 'select created_at from drizzle.__drizzle_migrations',
    })
    return new Set(rows.map((row) => Number(row.created_at)))
  } catch (error) {
    // Neither the table nor its schema exists before the first migration.
    if (['42P01', '3F000'].includes(errorCode(error))) return new Set()
    throw error
  }
}
