import { afterAll, beforeAll, expect, it } from 'vitest'
import { withLock } from '../../src/database/lock.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

let testDatabase: TestDatabase
beforeAll(async () => {
  testDatabase = await openTestDatabase()
})
afterAll(() => testDatabase.close())

it('a process that holds a lock has no snapshot, so VACUUM can remove dead row versions', async () => {
  const holder = `select backend_xmin from pg_stat_activity
    where datname = current_database() and state = 'idle in transaction' and query like '%advisory_xact_lock%'`
  const found = await withLock(testDatabase.database, 'seed', () => testDatabase.pool.query(holder))
  expect(found.rows).toEqual([{ backend_xmin: null }])
})
