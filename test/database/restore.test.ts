import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ConstraintDatabase,
  insert,
  openConstraintDatabase,
  type Row,
  rows,
} from '../support/constraint-rows.ts'

let database: ConstraintDatabase
beforeAll(async () => {
  database = await openConstraintDatabase()
})
afterAll(() => database.close())

describe('a restore, which runs with an empty search_path,', () => {
  it('computes the same value in every generated column of every table', async () => {
    const tables = await database.query(
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    )
    expect(tables.length).toBeGreaterThan(20)
    const client = await database.pool.connect()
    try {
      await client.query("select set_config('search_path', '', false)")
      for (const { name } of tables) {
        const { rows: columns } = await client.query<Row>(
          `select quote_ident(attname) as name from pg_attribute
            where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
          [`public.${name}`],
        )
        const list = columns.map((column) => column.name).join(', ')
        await client.query(`create temp table restored (like public.${name} including all)`)
        await client.query(
          `insert into pg_temp.restored (${list}) overriding system value select ${list} from public.${name}`,
        )
        const { rows: same } = await client.query(
          `select not exists (select one::text from public.${name} as one except select other::text from pg_temp.restored as other) as same`,
        )
        expect(same, String(name)).toEqual([{ same: true }])
        await client.query('drop table pg_temp.restored')
      }
    } finally {
      client.release(true)
    }
  })

  it('can write to the tables: triggers, defaults and checks find the functions that they call', async () => {
    const qualified = Object.entries(rows).map(([table, row]) => insert(`public.${table}`, row))
    const narrower = insert('public.topics', {
      slug: 'b-topic',
      name: 'B',
      scheme: 'domain',
      broader: 'a-topic',
    })
    expect(
      await database.attempt(
        "set local search_path = ''",
        ...qualified,
        narrower,
        "update public.topics set name = 'Changed' where slug = 'a-topic'",
        "update public.topics set broader = 'energy' where slug = 'a-topic'",
      ),
    ).toBe('accepted')
    expect(
      await database.attempt(
        "set local search_path = ''",
        insert('public.topics', rows.topics),
        "update public.topics set broader = 'a-topic' where slug = 'a-topic'",
      ),
    ).toEqual({ code: 'EN001', rule: 'broader' })
  })
})
