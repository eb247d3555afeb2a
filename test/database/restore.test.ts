// @module-tag slow

import { describe, expect, it } from 'vitest'
import { insert, openConstraintDatabase, type Row, rows } from '../support/constraint-rows.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openConstraintDatabase)

/** Rows with a value in each date that the seed data leaves empty, since columns are generated from dates. */
const rowsWithDates = [
  insert('agreements', {
    ...rows.agreements,
    provisional_from: '2011',
    in_force_from: '2011-04',
    expires_on: '2013/..',
    terminated_on: '2012?',
    adopted_on: '201X',
  }),
  insert('agreements_terms', { ...rows.agreements_terms, starts_on: '2011-04-05', ends_on: '../2013' }),
  insert('agreements_territories', { ...rows.agreements_territories, date: '2011-21' }),
  insert('projects', { ...rows.projects, starts_on: '2011', ends_on: '2013' }),
  insert('projects_amounts', { ...rows.projects_amounts, date: '2011' }),
  insert('cooperation_bases', { ...rows.cooperation_bases, designated_on: '2011' }),
  insert('assistance_programs', { ...rows.assistance_programs, starts_on: '2011', ends_on: '2013' }),
  insert('assistance_programs_amounts', { ...rows.assistance_programs_amounts, date: '2011' }),
  insert('sources', { ...rows.sources, accessed_on: '2011-04-05' }),
]

describe('a restore by pg_restore, which runs with an empty search_path,', () => {
  it('computes the same value in every generated column of every table', async () => {
    const tables = await database.query(
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    )
    expect(tables.length).toBeGreaterThan(20)
    const client = await database.pool.connect()
    try {
      await client.query('begin')
      for (const row of rowsWithDates) await client.query(...row)
      await client.query("select set_config('search_path', '', true)")
      for (const { name } of tables) {
        const { rows: columns } = await client.query<Row>(
          `select quote_ident(attname) as name from pg_attribute
            where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
          [`public.${name}`],
        )
        const { rows: withoutValues } = await client.query(
          `select attname as name from pg_attribute where attrelid = $1::regclass and attgenerated <> ''
            and not exists (select from public.${name} as one where to_jsonb(one) ->> attname is not null)`,
          [`public.${name}`],
        )
        expect(withoutValues, `columns of ${name} without any value to compare`).toEqual([])
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
    ).toEqual({ code: 'EN001', violated: 'broader' })
  })
})
