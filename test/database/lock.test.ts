import { afterAll, beforeAll, expect, it } from 'vitest'
import { withLock } from '../../src/database/lock.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

it('a held lock keeps no snapshot, so VACUUM can remove row versions that become dead', async () => {
  const holder = `select backend_xmin from pg_stat_activity
    where datname = current_database() and state = 'idle in transaction' and query like '%advisory_xact_lock%'`
  const found = await withLock(test.database, 'seed', () => test.pool.query(holder))
  expect(found.rows).toEqual([{ backend_xmin: null }])
})
