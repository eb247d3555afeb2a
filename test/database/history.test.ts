// @module-tag slow

import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import { pastSetup, pastStatements } from '../../src/database/past.ts'
import { beginReading } from '../../src/database/read-session.ts'
import { OperationalError } from '../../src/operational-error.ts'
import { openTestDatabase } from '../support/database.ts'
import { importTables } from '../support/import-tables.ts'
import { useOpened } from '../support/use-opened.ts'

/** System versioning of a made-up table, whose history table, triggers and views are created from the catalog. */

const database = useOpened(openTestDatabase)
let pool: pg.Pool
beforeAll(async () => {
  pool = database.pool
})

/** Runs statements, separated by semicolons, and returns the rows of the last one. */
async function run(statements: string, client: pg.Pool | pg.PoolClient = pool): Promise<unknown[]> {
  const results: pg.QueryResult | pg.QueryResult[] = await client.query(statements)
  return (Array.isArray(results) ? results.at(-1) : results)?.rows ?? []
}

/** Returns a connection that is closed when the test ends. */
async function connect(): Promise<pg.PoolClient> {
  const client = await pool.connect()
  onTestFinished(() => client.release(true))
  return client
}

/** Returns the server's time, in a millisecond in which no earlier or later change happens. */
async function serverTime(): Promise<string> {
  await sleep(3)
  const [row] = await run("select to_json(clock_timestamp() at time zone 'UTC') #>> '{}' || 'Z' as now")
  await sleep(3)
  return String((row as { now: string }).now)
}

/** Returns the statements that begin a transaction as the service does for a read with `asOf`. */
const beginReadingAt = (at: string) => `${beginReading}; ${pastSetup(at)}`

/** Returns the rows of a statement as of a time. */
async function asOf(at: string, statement: string): Promise<unknown[]> {
  const client = await pool.connect()
  try {
    await client.query(beginReadingAt(at))
    return await run(statement, client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

/** Creates the table, its history table and its views. */
const createThings = () =>
  run(`drop schema past, published, published_past cascade;
    drop table if exists things, history.things;
    create table things (
      id int primary key, name text, length int generated always as (length(name)) stored,
      row_start timestamptz(3) not null default change_time()
    );
    create index things_by_name on things ((lower(name)), id);
    create index things_search on things using gin (to_tsvector('english', name));
    select sync_history()`)

/** Removes all rows of the table and of its history. */
const emptyThings = () => run('truncate things; truncate history.things')

const things = 'select id, name, length from things order by id'
const historyRows = 'select id, name, row_start, row_end from history.things order by row_start, id'

describe('a versioned table', () => {
  beforeAll(createThings)
  beforeEach(emptyThings)

  it('shows its rows as of any time, with their generated columns', async () => {
    const empty = await serverTime()
    await run("insert into things values (1, 'a'), (2, 'b')")
    const inserted = await serverTime()
    await run("update things set name = 'longer' where id = 1")
    const updated = await serverTime()
    await run('delete from things where id = 2')
    const deleted = await serverTime()
    await run('truncate things')
    const a = { id: 1, name: 'a', length: 1 }
    const b = { id: 2, name: 'b', length: 1 }
    const longer = { id: 1, name: 'longer', length: 6 }
    expect(await asOf(empty, things)).toEqual([])
    expect(await asOf(inserted, things)).toEqual([a, b])
    expect(await asOf(updated, things)).toEqual([longer, b])
    expect(await asOf(deleted, things)).toEqual([longer])
    expect(await asOf(await serverTime(), things)).toEqual([])
  })

  it('keeps only committed states, with the time at which each ended', async () => {
    await run(
      `begin; insert into things values (1, 'a'); update things set name = 'b'; delete from things; commit`,
    )
    expect(await run(historyRows)).toEqual([])
    await run("insert into things values (1, 'a')")
    await sleep(2)
    await run("begin; update things set name = 'b'; update things set name = 'c'; commit")
    expect(await run('select name from things')).toEqual([{ name: 'c' }])
    expect(
      await run('select h.name, h.row_end = t.row_start as ends from history.things h, things t'),
    ).toEqual([{ name: 'a', ends: true }])
  })

  it('keeps the start of a row, and adds no history, when an update turns versioning off', async () => {
    await run("insert into things values (1, 'a')")
    const [before] = await run('select row_start from things')
    await sleep(2)
    await run(
      "begin; select set_config('entente.versioning', 'off', true); update things set name = 'b'; commit",
    )
    expect(await run('select name, row_start from things')).toEqual([{ name: 'b', ...(before as object) }])
    expect(await run(historyRows)).toEqual([])
    await run("update things set name = 'c'")
    expect(await run(historyRows)).toMatchObject([{ name: 'b' }])
  })

  it('has a history table with indexes only for sorting and for row periods, none of them unique', async () => {
    const indexes = await run(
      `select indexname as name, indexdef like '%UNIQUE%' as unique from pg_indexes where tablename = 'things' and schemaname = 'history' order by 1`,
    )
    const names = ['things_by_name', 'things_pkey', 'things_row_end', 'things_row_start']
    expect(indexes).toEqual(names.map((name) => ({ name, unique: false })))
    expect(
      await run(
        "select conname from pg_constraint where conrelid = 'history.things'::regclass and contype <> 'n'",
      ),
    ).toEqual([])
  })

  it('is read as of a time in the order of its indexes, without a sort', async () => {
    await run(`insert into things select i, 'n' || i from generate_series(1, 5000) i`)
    const before = await serverTime()
    await run("update things set name = 'm' || id where id <= 1000; analyze things; analyze history.things")
    const plan = await asOf(before, 'explain select * from things order by lower(name), id limit 5')
    const text = plan.map((row) => Object.values(row as object).join()).join('\n')
    expect(text).toContain('Merge Append')
    expect(text).not.toMatch(/\bSort {2}\(/)
  })
})

describe('change_time()', () => {
  beforeAll(createThings)
  beforeEach(emptyThings)

  it('gives each transaction one time, even across savepoints', async () => {
    const client = await connect()
    const time = async () => (await run('select extract(epoch from change_time())::text as at', client))[0]
    await run('begin', client)
    const first = await time()
    await run('savepoint one', client)
    await sleep(3)
    expect(await time()).toEqual(first)
    await run('rollback to savepoint one', client)
    expect(await time()).toEqual(first)
    await run('commit', client)
    const later = await time()
    await sleep(3)
    expect(await time()).not.toEqual(later)
    expect(later).not.toEqual(first)
    expect(
      await run("select coalesce(current_setting('entente.change_time', true), '') as left_over", client),
    ).toEqual([{ left_over: '' }])
  })

  it('returns a later time than a given one, with any TimeZone and DateStyle', async () => {
    const client = await connect()
    await run("begin; set local timezone = 'Asia/Tokyo'; set local datestyle = 'SQL, DMY'", client)
    expect(
      await run(
        `select change_time('2100-01-02T03:04:05.678Z') = '2100-01-02T03:04:05.679Z' as later,
          change_time() = '2100-01-02T03:04:05.679Z' as kept`,
        client,
      ),
    ).toEqual([{ later: true, kept: true }])
    await run('rollback', client)
  })

  it('advances when a row is newer, so that no row period ends before its start', async () => {
    await run("insert into things values (1, 'a'), (2, 'b')")
    await sleep(2)
    const [slow, quick] = [await connect(), await connect()]
    await run("begin; update things set name = 'slow' where id = 1", slow)
    await sleep(3)
    await run("update things set name = 'quick' where id = 2", quick)
    await run("update things set name = 'slow' where id in (1, 2); commit", slow)
    expect(await run('select count(*)::int as count from history.things where row_start >= row_end')).toEqual(
      [{ count: 0 }],
    )
    expect(
      await run(`select count(*)::int as count from history.things one join history.things other
        on one.id = other.id and one.ctid <> other.ctid
        and tstzrange(one.row_start, one.row_end) && tstzrange(other.row_start, other.row_end)`),
    ).toEqual([{ count: 0 }])
    expect(
      await run(`select id, row_start = (select max(row_end) from history.things h where h.id = t.id) as follows
        from things t order by id`),
    ).toEqual([
      { id: 1, follows: true },
      { id: 2, follows: true },
    ])
  })

  it('gives different times to transactions that write a row in the same millisecond', async () => {
    await run("insert into things values (1, 'a'), (2, 'b')")
    const [one, other] = [await connect(), await connect()]
    const setTime = "select set_config('entente.change_time', '4102444800000', true)"
    await run(`begin; ${setTime}; update things set name = 'one' where id = 1; commit`, one)
    await run(
      `begin; ${setTime}; update things set name = 'other' where id = 2; update things set name = 'other' where id = 1; commit`,
      other,
    )
    expect(
      await run("select name from history.things where row_end = row_start + interval '1 millisecond'"),
    ).toEqual([{ name: 'one' }])
  })

  it('gives one start to a row that a transaction writes twice, even after the time advanced', async () => {
    await run("insert into things values (1, 'a')")
    await sleep(2)
    await run(`begin; update things set name = 'b'; savepoint one; update things set name = 'c';
      select change_time('2100-01-01'); update things set name = 'd'; commit`)
    expect(
      await run('select h.name, h.row_end = t.row_start as ends from history.things h, things t'),
    ).toEqual([{ name: 'a', ends: true }])
  })

  it('gives the same time to a record and its revision, and no later one to its other rows', async () => {
    expect(
      await run(`select count(*)::int as count from records join agreements on agreements.id = records.id
        join revisions on revisions.resource = records.resource and revisions.key = records.key and revisions.version = records.version
        left join participations on participations.record = records.id
        where records.updated_at <> revisions.time or records.row_start <> revisions.time
          or agreements.row_start > revisions.time or participations.row_start > revisions.time`),
    ).toEqual([{ count: 0 }])
  })
})

describe('a migration', () => {
  beforeEach(createThings)

  it('may drop, add and retype columns, and asOf reads use the current columns', async () => {
    await run(
      "alter table things add column worth text, add column gone text; select sync_history(); insert into things (id, name, worth, gone) values (1, 'a', '7', 'x')",
    )
    const before = await serverTime()
    await run('update things set worth = 8')
    await run(`begin; drop schema past, published, published_past cascade;
      alter table things drop column gone, alter column worth type numeric using worth::numeric, add column added text default 'new';
      select sync_history(false); update things set worth = 9; select sync_history(); commit`)
    expect(await run('select * from history_drift()')).toEqual([])
    const all = 'select to_jsonb(things) - $$row_start$$ as row from things'
    expect(await asOf(before, all)).toEqual([{ row: { id: 1, name: 'a', length: 1, worth: 7, added: null } }])
    expect(await run('select gone from history.things where worth = 7')).toEqual([{ gone: 'x' }])
    expect(await run(all)).toMatchObject([{ row: { worth: 9, added: 'new' } }])
  })

  it('may drop a table, whose history table remains', async () => {
    await run("insert into things values (1, 'a')")
    await sleep(2)
    await run(
      'delete from things; drop schema past, published, published_past cascade; drop table things; select sync_history()',
    )
    expect(await run('select * from history_drift()')).toEqual([])
    expect(await run(historyRows)).toMatchObject([{ name: 'a' }])
  })
})

describe('the service', () => {
  beforeEach(createThings)

  it('has a history table and a view of every table that is not declared unversioned', async () => {
    expect(await run('select * from history_drift()')).toEqual([])
    expect(await run('select name from registry_tables() where versioned is false order by name')).toEqual(
      ['idempotent_requests', ...importTables, 'keys', 'revisions', 'settings'].map((name) => ({ name })),
    )
    const namesIn = (schema: string) =>
      `(select array_agg(relname::text order by relname) from pg_class where relnamespace = '${schema}'::regnamespace and relkind in ('r', 'v'))`
    expect(
      await run(
        `select ${namesIn('past')} = ${namesIn('history')} as same, array_position(${namesIn('past')}, 'records') is not null as has_records`,
      ),
    ).toEqual([{ same: true, has_records: true }])
  })

  const drifts: [string, string, string][] = [
    [
      'a column that is missing in its history table',
      'alter table things add column more text',
      'column history.things.more is missing',
    ],
    [
      'a column with another type in its history table',
      'drop view past.things; alter table history.things alter column id type bigint',
      'has the type bigint instead of integer',
    ],
    [
      'a disabled trigger',
      'alter table things disable trigger keep_updated_row',
      'trigger keep_updated_row on things',
    ],
    ['a missing view', 'drop view past.things', 'view past.things is missing'],
    [
      'a table that is neither versioned nor declared unversioned',
      'create table loose (id int)',
      'table loose has neither a column row_start',
    ],
  ]
  it.each(drifts)('fails to migrate if there is %s, and reports it', async (_what, statement, message) => {
    await run(statement)
    onTestFinished(async () => void (await run('drop table if exists loose')))
    const failure = await migrate(database.database).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OperationalError)
    expect(String(failure)).toContain(message)
    await run('drop table if exists loose; select sync_history()')
    await migrate(database.database)
  })
})

describe('a read as of an earlier time', () => {
  it('has another SQL text than a current read, and no statement name', async () => {
    const sent: unknown[] = []
    const tx = pastStatements({
      query: async (statement) => {
        sent.push(statement)
        return []
      },
    })
    await tx.query({ name: 'present', text: 'select 1', values: [1] })
    expect(sent).toEqual([{ text: '/* as of */ select 1', values: [1] }])
  })

  it('gets no transaction id, writes nothing, and works in a read-only session', async () => {
    const client = await connect()
    await run('set default_transaction_read_only = on', client)
    await run(beginReadingAt('2020-01-01'), client)
    expect(await run('select count(*)::int as count from agreements', client)).toEqual([{ count: 0 }])
    expect(await run("select countries_within(array['142'])", client)).toEqual([])
    expect(await run('select pg_current_xact_id_if_assigned() as id', client)).toEqual([{ id: null }])
    await run('rollback', client)
    expect(
      await run("select coalesce(current_setting('entente.as_of', true), '') as left_over", client),
    ).toEqual([{ left_over: '' }])
    expect(await run("select count(*) > 0 as some from countries_within(array['142'])", client)).toEqual([
      { some: true },
    ])
  })

  it('does not delay the feed of changes while it runs', async () => {
    const client = await connect()
    await run(beginReadingAt('2020-01-01'), client)
    await run('select count(*) from agreements', client)
    const [written] = await run('select feed_transaction() as at')
    await expect
      .poll(async () => (await run(`select feed_horizon() > ${(written as { at: string }).at} as passed`))[0])
      .toEqual({ passed: true })
    await run('rollback', client)
  })
})
