// @module-tag slow

import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabaseAt } from '../../src/database/database.ts'
import { migrate, readSchemaState, requireKnownMigrations } from '../../src/database/migrate.ts'
import { lockAllTables } from '../../src/database/table-locks.ts'
import { openEmptyDatabase, openMigratedDatabase, type TestDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { readPage } from '../support/docs-pages.ts'
import {
  readRequiredMigration,
  runFirstMigrations,
  simulateIncompatibleMigration,
} from '../support/first-migrations.ts'
import { withTimeLimits } from '../support/time-limits.ts'
import { withClient } from '../support/with-client.ts'

let database: TestDatabase
afterEach(() => database.close())

describe('migrating a database that is not migrated', () => {
  beforeEach(async () => {
    database = await openEmptyDatabase()
  })

  it('runs each migration once, even if it is called five times at the same time', async () => {
    expect(await readSchemaState(database.database)).toBe('not migrated')
    await Promise.all(Array.from({ length: 5 }, () => migrate(database.database)))
    expect(await readSchemaState(database.database)).toBe('migrated')
    expect(await schema()).toContainEqual(expect.stringMatching(/^public\.agreements\.title /))
    const { rows } = await database.pool.query<{ runs: number }>(
      'select count(*)::int as runs from drizzle.__drizzle_migrations group by created_at',
    )
    expect(new Set(rows.map((row) => row.runs))).toEqual(new Set([1]))
  })

  it('refuses a database of another program that has a schema which migrations replace', async () => {
    await database.pool.query('create schema published; create table published.articles ()')
    await expect(migrate(database.database)).rejects.toThrow(
      /schema "published", .*: if it belongs to another program, set DATABASE_URL to an empty database/,
    )
    const { rows } = await database.pool.query("select to_regclass('published.articles') as found")
    expect(rows).toEqual([{ found: 'published.articles' }])
  })

  it('refuses a database in which something else depends on a schema that migrations replace', async () => {
    await runFirstMigrations(database.pool, 17)
    await database.pool.query('create schema reports; create table reports.kept (id int)')
    for (const [name, create, drop] of [
      [
        'view reports.titles',
        'create view reports.titles as select title from published.agreements',
        'drop view reports.titles',
      ],
      [
        'function reports.count()',
        'create function reports.count() returns bigint begin atomic select count(*) from published.agreements; end',
        'drop function reports.count()',
      ],
      [
        'table column reports.kept.agreement',
        'alter table reports.kept add agreement published.agreements',
        'alter table reports.kept drop agreement',
      ],
      [
        'default value for reports.kept.id',
        `alter table reports.kept alter id set default (null::published.agreements is null)::int`,
        'alter table reports.kept alter id drop default',
      ],
      [
        'policy few on reports.kept',
        'create policy few on reports.kept using (exists (select from published.agreements))',
        'drop policy few on reports.kept',
      ],
    ]) {
      await database.pool.query(create ?? '')
      await expect(migrate(database.database)).rejects.toThrow(
        `the ${name} depends on the schema "published", which migrations replace: drop it, and create it again after the upgrade`,
      )
      await database.pool.query(drop ?? '')
    }
    await migrate(database.database)
    expect(await readSchemaState(database.database)).toBe('migrated')
  })

  it('refuses a database of another program that has a table which migrations create', async () => {
    await database.pool.query('create table records ()')
    await expect(migrate(database.database)).rejects.toThrow(
      'relation "records" already exists; if it belongs to another program, use an empty database',
    )
  })

  it('refuses a database with migrations of another program', async () => {
    await database.pool.query(`create schema drizzle; create table drizzle.__drizzle_migrations (created_at bigint);
      insert into drizzle.__drizzle_migrations values (1)`)
    await expect(migrate(database.database)).rejects.toThrow(
      /this version of Entente does not know \(1\), .* or use another database/,
    )
  })

  it('waits while a transaction uses a table, and lets other transactions use it meanwhile', async () => {
    await runFirstMigrations(database.pool, 17)
    const reader = await database.pool.connect()
    await reader.query('begin; select count(*) from agreements')
    const migrating = migrate(database.database)
    const deadline = Date.now() + 3000
    let longestMs = 0
    while (Date.now() < deadline) {
      const startedAt = Date.now()
      await database.pool.query('select count(*) from agreements')
      longestMs = Math.max(longestMs, Date.now() - startedAt)
      await sleep(10)
    }
    expect(await readSchemaState(database.database)).toBe('not migrated')
    await reader.query('rollback')
    reader.release()
    await migrating
    expect(await readSchemaState(database.database)).toBe('migrated')
    expect(longestMs).toBeLessThan(2000)
  })

  /** Creates a role without privileges. Runs a function with the database, opened as this role, and the role's name. */
  async function withRole(run: (database: Database, role: string) => Promise<void>): Promise<void> {
    const role = `role_${randomBytes(4).toString('hex')}`
    await database.pool.query(`create role ${role} login password 'role'`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'role'
    const connected = openDatabaseAt(url.href, generousOptions)
    try {
      await run(connected, role)
    } finally {
      await connected.close()
      await database.pool.query(
        `reassign owned by ${role} to current_user; drop owned by ${role}; drop role ${role}`,
      )
    }
  }

  it('tells who must own the database when its user lacks a privilege', () =>
    withRole(async (reader) => {
      await expect(migrate(reader)).rejects.toThrow(
        /user lacks a privilege .*: make it the owner of the database and of everything in it/,
      )
    }))

  it('locks all tables for an owner that is not a superuser, even before PostgreSQL 17', () =>
    withRole(async (owner, role) => {
      await database.pool.query(`alter database ${new URL(database.url).pathname.slice(1)} owner to ${role}`)
      await migrate(owner)
      // `lockAllTables` must not need the privilege MAINTAIN, which owners have only since PostgreSQL 17.
      await owner.maintain(async (client) => {
        const { rows } = await client.query<{ version: number }>(
          "select current_setting('server_version_num')::int as version",
        )
        if ((rows[0]?.version ?? 0) >= 170_000)
          await client.query('revoke maintain on revisions from current_user')
        await client.query('begin')
        await expect(lockAllTables(client)).resolves.toBeUndefined()
      })
    }))
})

describe('migrating a migrated database', () => {
  beforeEach(async () => {
    database = await openMigratedDatabase()
  })

  it('finds no function that prevents adding columns to a table', async () => {
    // PostgreSQL 15.20 refuses to add columns to a table on which the parsed body of a function depends.
    const { rows } = await database.pool.query(`select objid::regprocedure::text, refobjid::regclass::text
      from pg_depend where classid = 'pg_proc'::regclass and refclassid = 'pg_class'::regclass`)
    expect(rows).toEqual([])
  })

  it('changes nothing when it runs a second time', async () => {
    const before = await schema()
    await migrate(database.database)
    expect(await schema()).toEqual(before)
  })

  it('requires older versions to have the migration that the changelog names', async () => {
    const changelog = await readPage('CHANGELOG.md')
    const [, name] = /Older versions that have the migration `([^`]+)` may run/.exec(changelog) ?? []
    expect(name).toBeDefined()
    expect(await readRequiredMigration(database.pool)).toBe(name)
  })

  it('refuses a database that needs a newer version, and leaves it unchanged', async () => {
    await simulateIncompatibleMigration(database.pool)
    const before = await schema()
    await expect(migrate(database.database)).rejects.toThrow(/newer than this version of Entente/)
    expect(await schema()).toEqual(before)
  })

  it('does not call a database newer if it lacks migrations of this version', async () => {
    await simulateIncompatibleMigration(database.pool)
    await database.pool.query(
      'delete from drizzle.__drizzle_migrations where id in (select id from drizzle.__drizzle_migrations order by id limit 2)',
    )
    await expect(migrate(database.database)).rejects.toThrow(
      /this version of Entente does not know \(1\), and lacks migrations of this version \(2\)/,
    )
  })

  it('accepts a database that a newer version has expanded, and leaves it unchanged', async () => {
    await database.pool.query(
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)",
    )
    const before = await schema()
    expect(await readSchemaState(database.database)).toBe('migrated')
    await migrate(database.database)
    expect(await schema()).toEqual(before)
  })

  it('by a newer version makes commands that work on the whole database refuse it', async () => {
    await requireKnownMigrations(database.database)
    await database.pool.query(
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)",
    )
    await expect(requireKnownMigrations(database.database)).rejects.toThrow(
      /run this command with the newer version/,
    )
  })

  it('does not count as done on a database with a migration that needs a newer version', async () => {
    await simulateIncompatibleMigration(database.pool)
    expect(await readSchemaState(database.database)).toBe('too new')
  })

  it('may take longer than the time limits of its connection', async () => {
    await withClient(await withTimeLimits(database, 200), async (client) => {
      await client.query('begin')
      await lockAllTables(client)
      await client.query('select pg_sleep(0.3)')
      await sleep(300)
      expect((await client.query('select')).rowCount).toBe(1)
    })
  })

  it('may check the history for longer than the time limits of its role', async () => {
    await database.pool.query(`create or replace function history_drift() returns setof text language plpgsql
      as $$ begin perform pg_sleep(1.5); end $$`)
    const limited = openDatabaseAt(await withTimeLimits(database, 1000), generousOptions)
    try {
      await expect(migrate(limited)).resolves.toBeUndefined()
    } finally {
      await limited.close()
    }
  })
})

/** Returns the columns in `public` and `drizzle`, the indexes and functions in `public`, and the migrations that have run. */
async function schema(): Promise<string[]> {
  const { rows } = await database.pool.query<{ line: string }>(`
    select format('%s.%s.%s %s', table_schema, table_name, column_name, data_type) as line
      from information_schema.columns where table_schema in ('public', 'drizzle')
    union all select format('%s %s', indexname, indexdef) from pg_indexes where schemaname = 'public'
    union all select format('%s %s', oid::regprocedure, md5(prosrc)) from pg_proc where pronamespace = 'public'::regnamespace
    union all select format('%s %s', id, hash) from drizzle.__drizzle_migrations
    order by 1`)
  return rows.map((row) => row.line)
}
