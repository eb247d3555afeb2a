import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator'
import { expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import { verify } from '../../src/features/integrity/verify.ts'
import { openEmptyDatabase } from '../support/database.ts'

/** Migrations that databases had before revisions were chained. */
const migrationsBefore = 4

/** Copies the first migrations to a folder of their own. */
async function copyFirstMigrations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-migrations-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp('migrations', folder, { recursive: true })
  const file = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, migrationsBefore) }))
  return folder
}

it('chains the revisions that a database had before they were chained', async () => {
  const { pool, database, close } = await openEmptyDatabase()
  onTestFinished(close)
  await runMigrations(drizzle(pool), { migrationsFolder: await copyFirstMigrations() })
  await pool.query(`insert into revisions (resource, key, version, operation, document, actor, reason)
    select 'figures', 'record ' || one, version, case version when 3 then 'remove' else 'patch' end,
      json_build_object('title', 'Ünïcode "quoted"', 'version', version), '{"kind":"seed","id":null,"name":null}',
      case version when 2 then 'a reason' end
    from generate_series(1, 3) as version, generate_series(1, 5) as one`)
  await migrate(database)
  const faults: unknown[] = []
  expect(await verify(database, [], (fault) => faults.push(fault))).toMatchObject({
    revisions: 15,
    faults: 0,
  })
  expect(faults).toEqual([])
  await expect(pool.query('update revisions set version = version')).rejects.toThrow('refused')
})
