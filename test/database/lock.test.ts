import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { withLock } from '../../src/database/lock.ts'
import { openTestDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { withTimeLimits } from '../support/time-limits.ts'
import { useOpened } from '../support/use-opened.ts'

const testDatabase = useOpened(openTestDatabase)

it('a process that holds a lock has no snapshot, so VACUUM can remove dead row versions', async () => {
  const holder = `select backend_xmin from pg_stat_activity
    where datname = current_database() and state = 'idle in transaction' and query like '%advisory_xact_lock%'`
  const found = await withLock(testDatabase.database, 'seed', () => testDatabase.pool.query(holder))
  expect(found.rows).toEqual([{ backend_xmin: null }])
})

it('a process waits for a lock for longer than the time limits of its sessions', async () => {
  const limited = openDatabaseAt(await withTimeLimits(testDatabase, 200), generousOptions)
  onTestFinished(() => limited.close())
  const { outcome } = await withLock(testDatabase.database, 'migrate', async () => {
    const outcome = withLock(limited, 'migrate', async () => 'done').catch(String)
    expect(await Promise.race([outcome, sleep(500, 'waits')])).toBe('waits')
    return { outcome }
  })
  expect(await outcome).toBe('done')
})
