import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { openEmbeddedDatabase } from '../../src/database/embedded/index.ts'
import { servicePassword } from '../../src/database/embedded/service-role.ts'
import { migrate } from '../../src/database/migrate.ts'
import { seed } from '../../src/features/seeding/seed.ts'
import { generousOptions } from '../support/database-options.ts'
import { databaseUrl } from '../support/database-url.ts'
import { superuserUrl } from '../support/superuser.ts'
import { withClient } from '../support/with-client.ts'

const settings = ['fsync=off']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entente-roles-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const result = await withClient(url, (client) => client.query(statement))
  return [result].flat().at(-1)?.rows ?? []
}

/** Creates the schema as the service does and, unless `hasRecords` is false, the seed data. */
async function fill(url: string, { hasRecords = true } = {}): Promise<void> {
  const database = openDatabaseAt(url, generousOptions)
  try {
    await migrate(database)
    if (hasRecords) await seed(database, 'all')
  } finally {
    await database.close()
  }
}

const rights = `select rolname as name, rolsuper as super, rolcreaterole as roles, rolcreatedb as databases,
  rolreplication as replication, rolbypassrls as bypass from pg_roles where rolname = current_user`
const noRights = { super: false, roles: false, databases: false, replication: false, bypass: false }

it('the service uses a role that owns its database and has no rights beyond it', async () => {
  const { url, close } = await openEmbeddedDatabase(folder, settings)
  try {
    await fill(url)
    expect(await query(url, rights)).toEqual([{ name: 'entente', ...noRights }])
    for (const statement of [
      "select pg_read_file('PG_VERSION')",
      "copy topics to program 'cat'",
      'set session_replication_role = replica',
      'alter table sources disable trigger all',
      'set role postgres',
    ])
      await expect(query(url, statement), statement).rejects.toThrow(/permission denied/)
  } finally {
    await close()
  }
})

/**
 * Gives a cluster the roles of earlier versions: only a superuser, with the name of the current service role.
 * @returns the URL of the new, empty database of this superuser.
 */
async function downgradeRoles(superuser: string): Promise<string> {
  const helper = new URL(superuser)
  helper.username = 'test_helper'
  const earlier = new URL(superuser)
  earlier.username = 'entente'
  await query(superuser, `create role test_helper superuser login password '${helper.password}'`)
  await query(helper.href, 'drop database entente with (force)')
  await query(helper.href, 'drop role entente; alter role postgres rename to entente')
  await query(earlier.href, 'create database entente')
  await query(earlier.href, 'drop role test_helper')
  return databaseUrl(earlier.href, 'entente')
}

const superusers = 'select rolname as name from pg_roles where rolsuper'

it('an upgrade gives the service a role without superuser rights, and keeps the data', async () => {
  const first = await openEmbeddedDatabase(folder, settings)
  const earlier = await downgradeRoles(await superuserUrl(folder, first.url))
  await fill(earlier)
  expect(await query(earlier, rights)).toMatchObject([{ name: 'entente', super: true }])
  await first.close()

  // As two processes that start at the same time do.
  const opened = await Promise.all([1, 2].map(() => openEmbeddedDatabase(folder, settings)))
  try {
    const url = opened[0]?.url ?? ''
    expect(await query(url, rights)).toEqual([{ name: 'entente', ...noRights }])
    // PostgreSQL gives objects that users create oids from 16384 on.
    const ownedByOthers = `select relname as name from pg_class where relowner <> current_user::regrole and oid >= 16384
        and relnamespace in ('public'::regnamespace, 'history'::regnamespace, 'past'::regnamespace)
      union all select proname from pg_proc where proowner <> current_user::regrole and oid >= 16384
        and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')`
    expect(await query(url, ownedByOthers)).toEqual([])
    expect(await query(url, 'select count(*)::int as count from sources')).toEqual([{ count: 1 }])
    // Drops and creates schemas, functions, triggers and views, as a migration does.
    await query(url, 'select sync_records(); select sync_history()')
    await fill(url)
    expect(await query(await superuserUrl(folder, url), superusers)).toEqual([{ name: 'postgres' }])
  } finally {
    await Promise.all(opened.map((database) => database.close()))
  }
})

it('the next start completes an upgrade that was killed after it had renamed the superuser', async () => {
  const first = await openEmbeddedDatabase(folder, settings)
  const earlier = new URL(await downgradeRoles(await superuserUrl(folder, first.url)))
  await fill(earlier.href, { hasRecords: false })
  const renaming = new URL(earlier)
  renaming.username = 'entente_upgrade'
  await query(earlier.href, `create role entente_upgrade superuser login password '${earlier.password}'`)
  await query(renaming.href, 'alter role entente rename to postgres')
  await query(renaming.href, `create role entente login password '${servicePassword(earlier.password)}'`)
  await first.close()

  const { url, close } = await openEmbeddedDatabase(folder, settings)
  try {
    expect(await query(url, rights)).toEqual([{ name: 'entente', ...noRights }])
    expect(await query(await superuserUrl(folder, url), superusers)).toEqual([{ name: 'postgres' }])
  } finally {
    await close()
  }
})
