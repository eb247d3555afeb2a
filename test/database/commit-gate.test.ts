import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'

/** Opens a database with a statement timeout of 1 s, on which commits take 2 s while the table `slow` has a row. */
async function open({ maxConnections = generousOptions.maxConnections } = {}) {
  const { url, pool, close } = await openEmptyDatabase()
  await pool.query(`create table things (id int); create table slow ();
    create function wait() returns trigger language plpgsql as
      'begin if exists (select from slow) then perform pg_sleep(2); end if; return null; end';
    create constraint trigger late after insert on things deferrable initially deferred for each row execute function wait()`)
  const database = openDatabaseAt(url, { ...generousOptions, maxConnections, statementTimeoutMs: 1000 })
  onTestFinished(async () => {
    await database.close()
    await close()
  })
  return {
    pool,
    write: () => database.transaction((tx) => tx.query({ text: 'insert into things values (1)' })),
  }
}

it('changes are refused immediately while commits hang, and accepted again afterward', async () => {
  const { pool, write } = await open()
  await write()
  await pool.query('insert into slow default values')
  await expect(write()).rejects.toMatchObject({ type: 'outcome-unknown' })
  const startedAt = performance.now()
  await expect(write()).rejects.toMatchObject({ type: 'unavailable', headers: { 'retry-after': '1' } })
  expect(performance.now() - startedAt).toBeLessThan(100)
  await sleep(1100)
  // The gate lets one change through per second.
  await expect(write()).rejects.toMatchObject({ type: 'outcome-unknown' })
  await expect(write()).rejects.toMatchObject({ type: 'unavailable' })
  await pool.query('delete from slow')
  await sleep(1100)
  await write()
  await write()
})

it('a change that waited for a connection while a commit hung is refused before it begins', async () => {
  const { pool, write } = await open({ maxConnections: 1 })
  await write()
  await pool.query('insert into slow default values')
  expect(await Promise.allSettled([write(), write()])).toMatchObject([
    { reason: { type: 'outcome-unknown' } },
    { reason: { type: 'unavailable' } },
  ])
})
