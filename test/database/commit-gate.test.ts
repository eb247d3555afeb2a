// @module-tag slow

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type DatabaseOptions, openDatabaseAt } from '../../src/database/database.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'

/** Opens a database on which commits take twice as long as the statement timeout while the table `slow` has a row. */
async function open({ statementTimeoutMs = 1000, ...options }: Partial<DatabaseOptions> = {}) {
  const { url, pool, close } = await openEmptyDatabase()
  await pool.query(`create table records (); create table things (id int); create table slow ();
    create function wait() returns trigger language plpgsql as
      'begin if exists (select from slow) then perform pg_sleep(${(2 * statementTimeoutMs) / 1000}); end if; return null; end';
    create constraint trigger late after insert on things deferrable initially deferred for each row execute function wait()`)
  const database = openDatabaseAt(url, { ...generousOptions, ...options, statementTimeoutMs })
  onTestFinished(async () => {
    await database.close()
    await close()
  })
  return {
    database,
    pool,
    write: () => database.transaction((tx) => tx.query({ text: 'insert into things values (1)' })),
    writeNothing: () => database.transaction((tx) => tx.query({ text: 'select' })),
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
  // A second after a commit timeout, the gate lets one change through.
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

it('a transaction that writes nothing does not show that commits succeed again', async () => {
  const { pool, write, writeNothing } = await open()
  await pool.query('insert into slow default values')
  await expect(write()).rejects.toMatchObject({ type: 'outcome-unknown' })
  await vi.waitFor(writeNothing, { timeout: 20_000 })
  expect(await Promise.allSettled([write(), write()])).toMatchObject([
    { reason: { type: 'outcome-unknown' } },
    { reason: { type: 'unavailable' } },
  ])
})

it('while commits hang, only one change at a time holds a connection', async () => {
  const { pool, write } = await open({ statementTimeoutMs: 2500 })
  await pool.query('insert into slow default values')
  await expect(write()).rejects.toMatchObject({ type: 'outcome-unknown' })
  const attempts: Promise<string>[] = []
  let hasTried = false
  const attempt = async () => {
    const { type } = await write().catch((error) => error)
    hasTried ||= type === 'outcome-unknown'
    return type
  }
  while (!hasTried && attempts.length < 200) {
    attempts.push(attempt())
    await sleep(100)
  }
  const types = await Promise.all(attempts)
  expect(types.filter((type) => type !== 'unavailable')).toEqual(['outcome-unknown'])
})

it('commits are tried again after a change that failed or got no connection', async () => {
  const { database, pool, write } = await open({ maxConnections: 1, maxWaiting: 0 })
  await pool.query('insert into slow default values')
  await expect(write()).rejects.toMatchObject({ type: 'outcome-unknown' })
  await pool.query('delete from slow')
  const failure = new Error('the change fails')
  const fail = () => database.transaction(() => Promise.reject(failure))
  await vi.waitFor(() => expect(fail()).rejects.toBe(failure), { timeout: 20_000 })
  await database.readTransaction('', async (tx) => {
    await tx.query({ text: 'select' })
    await expect(write()).rejects.toMatchObject({ type: 'overloaded' })
  })
  await write()
  await write()
})

it('a commit that hangs closes the idle connections, since those to a lost server may hang', async () => {
  const { database, pool, write } = await open()
  const read = () => database.read<{ pid: number }>({ text: 'select pg_backend_pid() as pid, pg_sleep(0.2)' })
  const before = (await Promise.all([read(), read(), read()])).flat().map(({ pid }) => pid)
  expect(new Set(before).size).toBe(3)
  await pool.query('insert into slow default values')
  await expect(write()).rejects.toMatchObject({ type: 'outcome-unknown' })
  const after = (await Promise.all([read(), read(), read()])).flat().map(({ pid }) => pid)
  expect(before.filter((pid) => after.includes(pid))).toEqual([])
})
