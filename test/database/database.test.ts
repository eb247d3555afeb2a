// @module-tag slow

import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished, vi } from 'vitest'
import {
  type Database,
  type DatabaseOptions,
  everything,
  openDatabaseAt,
} from '../../src/database/database.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'

/** Opens a database with the table `records`, which read transactions lock. By default, it has at most one connection. */
async function open(options: Partial<DatabaseOptions> = {}) {
  const { url, pool, close } = await openEmptyDatabase()
  await pool.query('create table records ()')
  const database = openDatabaseAt(url, { ...generousOptions, maxConnections: 1, ...options })
  onTestFinished(async () => {
    await database.close()
    await close()
  })
  return { database, pool, url }
}

const one = { text: 'select 1 as value' }
const pidStatement = { text: 'select pg_backend_pid() as pid' }
const slow = { text: 'select pg_sleep(30)' }

const pidOf = async (database: Database) => (await database.read<{ pid: number }>(pidStatement))[0]?.pid

it('a statement is prepared only if it has a name', async () => {
  const { database } = await open()
  await database.read(one)
  await database.read({ ...one, name: 'named' })
  await database.readTransaction('', (tx) => tx.query(one))
  expect(await database.read({ text: 'select name from pg_prepared_statements' })).toEqual([
    { name: 'named' },
  ])
})

it('during a statement, PostgreSQL checks once a second whether the connection is still open', async () => {
  const { database } = await open()
  const shown = { text: 'show client_connection_check_interval' }
  const interval = [{ client_connection_check_interval: '1s' }]
  expect(await database.read(shown)).toEqual(interval)
  expect((await database.maintain((client) => client.query(shown))).rows).toEqual(interval)
})

it('a connection keeps a bounded number of prepared statements', async () => {
  const { database } = await open()
  const preparedCount = { text: 'select count(*)::int as count from pg_prepared_statements' }
  for (let index = 0; index < 450; index += 1) {
    expect(await database.read({ name: `shape-${index}`, text: `select ${index} as value` })).toEqual([
      { value: index },
    ])
  }
  const [row] = await database.read<{ count: number }>(preparedCount)
  expect(row?.count).toBeLessThanOrEqual(200)
})

it('a statement that exceeds its timeout is cancelled, and its connection returns to the pool', async () => {
  const { database, pool } = await open({ statementTimeoutMs: 200 })
  const before = await pidOf(database)
  await expect(database.read(slow)).rejects.toMatchObject({ code: '57014' })
  expect(await pidOf(database)).toBe(before)
  const running =
    "select from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()"
  expect((await pool.query(running)).rowCount).toBe(0)
})

it('a statement timeout ends the transaction, and the next statement on the connection runs', async () => {
  const { database, pool } = await open({ statementTimeoutMs: 200 })
  await pool.query('create table things (id int)')
  const work = database.transaction(async (tx) => {
    await tx.query({ text: 'insert into things values (1)' })
    await tx.query(slow)
  })
  await expect(work).rejects.toMatchObject({ code: '57014' })
  expect(await database.read({ text: 'select * from things' })).toEqual([])
})

it('a statement timeout cancels its statement, and no statement of other connections', async () => {
  const { database } = await open({ maxConnections: 2, statementTimeoutMs: 400 })
  const late = database.read(slow)
  late.catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, 200))
  const others = database.read({ text: 'select 1 as value from pg_sleep(0.35)' })
  await expect(late).rejects.toMatchObject({ code: '57014' })
  expect(await others).toEqual([{ value: 1 }])
})

it('a commit that exceeds its timeout is not cancelled, and its outcome is unknown', async () => {
  const { database, pool } = await open({ statementTimeoutMs: 200 })
  await pool.query(`create table things (id int);
    create function wait() returns trigger language plpgsql as 'begin perform pg_sleep(0.6); return null; end';
    create constraint trigger late after insert on things deferrable initially deferred for each row execute function wait()`)
  const announced: string[][] = []
  database.onCommit((resources) => announced.push(resources))
  const startedAt = performance.now()
  const writing = database.transaction((tx) => tx.query({ text: 'insert into things values (1)' }))
  await expect(writing).rejects.toMatchObject({ type: 'outcome-unknown' })
  // The commit may still succeed, so every stored response must count as stale.
  expect(announced).toEqual([[everything]])
  expect(performance.now() - startedAt).toBeLessThan(1000)
  const rows = async () => (await pool.query('select * from things')).rows
  expect(await rows()).toEqual([])
  await vi.waitFor(async () => expect(await rows()).toEqual([{ id: 1 }]), { timeout: 5000, interval: 100 })
})

it('a read with an aborted signal rejects before it acquires a connection', async () => {
  const { database } = await open()
  const signal = AbortSignal.abort(new Error('gone'))
  await expect(database.read(one, { signal })).rejects.toThrow('gone')
  expect(database.counts.total).toBe(0)
  await expect(database.readTransaction('', (tx) => tx.query(one), { signal })).rejects.toThrow('gone')
  expect(database.counts.total).toBe(0)
})

it('aborting the signal cancels the statement, and the connection returns to the pool', async () => {
  const { database } = await open()
  const before = await pidOf(database)
  const controller = new AbortController()
  const reading = database.read(slow, { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('gone')), 100)
  await expect(reading).rejects.toThrow('gone')
  expect(await pidOf(database)).toBe(before)
})

it('a signal that aborts after a long read does not cancel the next read on the connection', async () => {
  const { database } = await open()
  const controller = new AbortController()
  const read = { text: 'select 1 as value from pg_sleep(0.4)' }
  // A long read moves to the expensive lane only if it has an owner. The listener on its signal must be removed after this
  // move, too.
  await database.forWork({ owner: ['authenticated', 'k'] }).read(read, { signal: controller.signal })
  setTimeout(() => controller.abort(), 100)
  expect(await database.read(read)).toEqual([{ value: 1 }])
})

it('a statement that no cancel request reaches ends once its connection is closed', async () => {
  const { database, pool } = await open()
  const controller = new AbortController()
  // The service cancels with `pg_cancel_backend`, and finds the connection by its application name. This statement changes
  // the name.
  const text = "select set_config('application_name', 'renamed', false), pg_sleep(30)"
  const read = database.read({ text }, { signal: controller.signal })
  const running = async () =>
    (await pool.query("select from pg_stat_activity where application_name = 'renamed' and state = 'active'"))
      .rowCount
  await vi.waitFor(async () => expect(await running()).toBe(1))
  controller.abort(new Error('gone'))
  await expect(read).rejects.toThrow('gone')
  await vi.waitFor(async () => expect(await running()).toBe(0), { timeout: 10_000, interval: 200 })
})

it('a transaction commits when its work resolves, and rolls back when it rejects', async () => {
  const { database, pool } = await open()
  await pool.query('create table things (id int)')
  const insert = (id: number) => ({ text: 'insert into things values ($1)', values: [id] })
  expect(await database.transaction(async (tx) => tx.query(insert(1)).then(() => 'result'))).toBe('result')
  const failing = database.transaction(async (tx) => {
    await tx.query(insert(2))
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await database.read({ text: 'select * from things' })).toEqual([{ id: 1 }])
  expect(database.counts).toEqual({ total: 1, idle: 1, waiting: 0 })
})

it('a connection that is lost in a transaction is replaced', async () => {
  const { database, pool } = await open()
  const before = await pidOf(database)
  const work = database.transaction(async (tx) => {
    await pool.query('select pg_terminate_backend($1)', [before])
    await tx.query(one)
  })
  await expect(work).rejects.toThrow()
  expect(await pidOf(database)).not.toBe(before)
})

it('a read transaction sees one snapshot, cannot write, and leaves no settings behind', async () => {
  const { database, pool } = await open()
  await pool.query('create table things (id int)')
  const count = { text: 'select count(*)::int as count from things' }
  const counts = await database.readTransaction("set local work_mem = '3MB'", async (tx) => {
    expect(await tx.query({ text: 'show work_mem' })).toEqual([{ work_mem: '3MB' }])
    const first = await tx.query(count)
    await pool.query('insert into things values (1)')
    return [first, await tx.query(count)]
  })
  expect(counts).toEqual([[{ count: 0 }], [{ count: 0 }]])
  const writing = database.readTransaction('', (tx) => tx.query({ text: 'delete from things' }))
  await expect(writing).rejects.toMatchObject({ code: '25006' })
  expect(await database.read({ text: 'show work_mem' })).not.toEqual([{ work_mem: '3MB' }])
})

it('requests are refused at once if the queue is full, and waiting requests after a timeout', async () => {
  const { database } = await open({ maxWaiting: 1, acquireTimeoutMs: 300 })
  const requestRefused = vi.fn()
  database.observe({ requestRefused, statementSlow: () => {}, statementTimedOut: () => {} })
  await database.read(one)
  const holding = database.read({ text: 'select 1 as value from pg_sleep(1)' })
  await expect.poll(() => database.counts.idle).toBe(0)
  const waiting = database.read(one)
  waiting.catch(() => {})
  await expect(database.read(one)).rejects.toMatchObject({
    type: 'overloaded',
    message: expect.stringContaining('(limit 1)'),
  })
  await expect(waiting).rejects.toThrow('Timed out after 0.3 s waiting for a database connection.')
  expect(requestRefused.mock.calls).toEqual([
    ['cheap', 'queue'],
    ['cheap', 'wait'],
  ])
  expect(await holding).toEqual([{ value: 1 }])
})

it('slow statements are reported without their values', async () => {
  const { database } = await open({ slowStatementMs: 100 })
  const reported: string[] = []
  database.observe({
    requestRefused: () => {},
    statementTimedOut: () => {},
    statementSlow: (text) => void reported.push(text),
  })
  await database.read({ text: 'select pg_sleep($1)', values: [0.15] })
  expect(reported).toEqual(['select pg_sleep($1)'])
  const fork = database.fork({ maxConnections: 1 })
  onTestFinished(() => fork.close())
  await fork.read({ text: 'select pg_sleep($1) as of_a_fork', values: [0.15] })
  expect(reported).toContain('select pg_sleep($1) as of_a_fork')
})

it('COPY statements of a session see one snapshot, and its connection returns to the pool', async () => {
  const { database, pool } = await open()
  await pool.query('create table things (id int); insert into things values (1)')
  const before = await pidOf(database)
  const session = await database.copy('')
  const copy = async () => text(await session.start('copy things to stdout', 'copy'))
  expect(await copy()).toBe('1\n')
  await pool.query('insert into things values (2)')
  expect(await copy()).toBe('1\n')
  await session.close()
  await session.abort()
  expect(await pidOf(database)).toBe(before)
})

it('aborting a session cancels its COPY in PostgreSQL', async () => {
  const { database, pool } = await open()
  const session = await database.copy('')
  const endless = 'copy (select generate_series(1, 1000000000)) to stdout'
  await session.start(endless, 'copy')
  const copying = async () =>
    (
      await pool.query(
        "select from pg_stat_activity where state = 'active' and query like 'copy (select gen%'",
      )
    ).rowCount
  await expect.poll(copying).toBe(1)
  await session.abort()
  await expect.poll(copying).toBe(0)
  expect(await database.read(one)).toEqual([{ value: 1 }])
})

/** Opens a database. The returned transaction fails with an SQLSTATE in its first attempts, and counts its attempts. */
async function openWithFailures(state: string, failures: number) {
  const { database, pool } = await open()
  await pool.query('create table attempts (number int)')
  let attempts = 0
  const transaction = () =>
    database.transaction(async (tx) => {
      attempts += 1
      await tx.query({ text: `insert into attempts values (${attempts})` })
      if (attempts > failures) return
      await tx.query({ text: `do $$ begin raise 'rolled back' using errcode = '${state}'; end $$` })
    })
  const stored = async () => (await pool.query('select number from attempts')).rows
  return { transaction, stored, attempts: () => attempts }
}

it.each(['40001', '40P01'])('a transaction that PostgreSQL rolls back with %s is repeated', async (state) => {
  const { transaction, stored } = await openWithFailures(state, 2)
  await transaction()
  expect(await stored()).toEqual([{ number: 3 }])
})

it.each([
  ['40001', 5],
  ['23505', 1],
])('a transaction that always fails with %s is run %d times', async (state, expected) => {
  const { transaction, stored, attempts } = await openWithFailures(state, 10)
  await expect(transaction()).rejects.toMatchObject({ code: state })
  expect([attempts(), await stored()]).toEqual([expected, []])
})
