// @module-tag slow

import { expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import { verify } from '../../src/features/integrity/verify.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { runFirstMigrations } from '../support/first-migrations.ts'
import { registry } from '../support/registry.ts'

/** Number of migrations before the migration that chains revisions. */
const migrationsBefore = 4

it('the migration computes the hash chain of existing revisions, which then cannot be updated', async () => {
  const { pool, database, close } = await openEmptyDatabase()
  onTestFinished(close)
  await runFirstMigrations(pool, migrationsBefore)
  await pool.query(`insert into revisions (resource, key, version, operation, document, actor, reason)
    select 'figures', 'record ' || number, version, case version when 3 then 'remove' else 'patch' end,
      json_build_object('title', 'Ünïcode "quoted"', 'version', version), '{"kind":"seed","id":null,"name":null}',
      case version when 2 then 'a reason' end
    from generate_series(1, 3) as version, generate_series(1, 5) as number`)
  await migrate(database)
  const faults: unknown[] = []
  expect(await verify(database, registry, [], (fault) => faults.push(fault))).toMatchObject({
    revisions: 15,
    faults: 0,
  })
  expect(faults).toEqual([])
  await expect(pool.query('update revisions set version = version')).rejects.toThrow('refused')
})
