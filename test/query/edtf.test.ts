import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findEdtfFault } from '../../src/model/edtf.ts'
import { openTestDatabase } from '../support/database.ts'
import { batches, runOptions, type Span, spans } from '../support/edtf-dates.ts'

let database: Awaited<ReturnType<typeof openTestDatabase>>
let client: pg.PoolClient

beforeAll(async () => {
  database = await openTestDatabase()
  client = await database.pool.connect()
})

afterAll(async () => {
  client?.release()
  await database?.close()
})

/** Returns the first and last day of each text, as day numbers that PostgreSQL computes. */
async function boundsOf(texts: string[]): Promise<Omit<Span, 'text'>[]> {
  const { rows } = await client.query<Omit<Span, 'text'>>(
    `select (extract(epoch from edtf_earliest(value)) / 86400)::float8 as from,
            (extract(epoch from edtf_latest(value)) / 86400)::float8 as to
       from unnest($1::text[]) with ordinality as given (value, nth)
      order by nth`,
    [texts],
  )
  return rows
}

describe('bounds', () => {
  it.each([
    ['2011', '2011-01-01', '2011-12-31'],
    ['2011-04', '2011-04-01', '2011-04-30'],
    ['2011-04-05', '2011-04-05', '2011-04-05'],
    ['2012-02', '2012-02-01', '2012-02-29'],
    ['1900-02', '1900-02-01', '1900-02-28'],
    ['2000-02-29', '2000-02-29', '2000-02-29'],
    ['0000', '0001-01-01 BC', '0001-12-31 BC'],
    ['0000-02', '0001-02-01 BC', '0001-02-29 BC'],
    ['-0001', '0002-01-01 BC', '0002-12-31 BC'],
    ['-0044-03-15', '0045-03-15 BC', '0045-03-15 BC'],
    ['-4713-11-24', '4714-11-24 BC', '4714-11-24 BC'],
    ['Y12345', '12345-01-01', '12345-12-31'],
    ['Y5874897', '5874897-01-01', '5874897-12-31'],
    ['2011-04-05T23:59:59', '2011-04-05', '2011-04-05'],
    ['2011-04-05T23:59:59Z', '2011-04-05', '2011-04-05'],
    ['2011-04-05T00:00:00+14', '2011-04-05', '2011-04-05'],
    ['2011-04-05T24:00:00-03:30', '2011-04-05', '2011-04-05'],
    ['1984?', '1984-01-01', '1984-12-31'],
    ['2011-04~', '2011-04-01', '2011-04-30'],
    ['2011-04-05%', '2011-04-05', '2011-04-05'],
    ['201X', '2010-01-01', '2019-12-31'],
    ['20XX', '2000-01-01', '2099-12-31'],
    ['-004X', '0050-01-01 BC', '0041-12-31 BC'],
    ['-000X', '0010-01-01 BC', '0002-12-31 BC'],
    ['2011-XX', '2011-01-01', '2011-12-31'],
    ['2012-02-XX', '2012-02-01', '2012-02-29'],
    ['2011-XX-XX', '2011-01-01', '2011-12-31'],
    ['2011-21', '2011-03-01', '2011-05-31'],
    ['2011-22', '2011-06-01', '2011-08-31'],
    ['2011-23', '2011-09-01', '2011-11-30'],
    ['2011-24', '2011-12-01', '2012-02-29'],
    ['9999-24', '9999-12-01', '10000-02-29'],
    ['-0001-24', '0002-12-01 BC', '0001-02-29 BC'],
    ['1985-04/1990', '1985-04-01', '1990-12-31'],
    ['2011/2011-01', '2011-01-01', '2011-01-31'],
    ['-0044?/0012~', '0045-01-01 BC', '0012-12-31'],
    ['1985-04/..', '1985-04-01', 'infinity'],
    ['1985-04/', '1985-04-01', 'infinity'],
    ['../1985-04', '-infinity', '1985-04-30'],
    ['/1985-04', '-infinity', '1985-04-30'],
  ])('of "%s" are %s and %s', async (text, earliest, latest) => {
    const { rows } = await client.query(
      'select edtf_earliest($1)::text as earliest, edtf_latest($1)::text as latest',
      [text],
    )

    expect(rows).toEqual([{ earliest, latest }])
    expect(findEdtfFault(text)).toBeUndefined()
  })

  it('are the first and the last day of every valid date', async () => {
    await fc.assert(
      fc.asyncProperty(batches(spans), async (values) => {
        const bounds = await boundsOf(values.map(({ text }) => text))

        expect(values.map(({ text }, index) => ({ text, ...bounds[index] }))).toEqual(values)
      }),
      runOptions(10),
    )
  })

  it('overlap exactly when two dates share a day', async () => {
    await fc.assert(
      fc.asyncProperty(batches(fc.tuple(spans, spans)), async (pairs) => {
        const { rows } = await client.query<{ overlap: boolean }>(
          `select edtf_earliest(a) <= edtf_latest(b) and edtf_latest(a) >= edtf_earliest(b) as overlap
             from unnest($1::text[], $2::text[]) with ordinality as given (a, b, nth)
            order by nth`,
          [pairs.map(([a]) => a.text), pairs.map(([, b]) => b.text)],
        )

        const shared = pairs.map(([a, b]) => Math.max(a.from, b.from) <= Math.min(a.to, b.to))
        expect(pairs.map(([a, b], index) => [a.text, b.text, rows[index]?.overlap])).toEqual(
          pairs.map(([a, b], index) => [a.text, b.text, shared[index]]),
        )
      }),
      runOptions(4),
    )
  })

  it('of a missing date are null', async () => {
    const { rows } = await client.query('select edtf_earliest(null) as earliest, edtf_latest(null) as latest')

    expect(rows).toEqual([{ earliest: null, latest: null }])
  })
})

describe('generated columns', () => {
  let session: pg.PoolClient

  beforeAll(async () => {
    session = await database.pool.connect()
    await session.query(`
      create temporary table treaties (
        signed_on text,
        earliest date generated always as (edtf_earliest(signed_on)) stored,
        latest date generated always as (edtf_latest(signed_on)) stored
      )`)
  })

  // Closed instead of returned to the pool, since its settings have changed.
  afterAll(() => session?.release(true))

  it('have the same bounds with other session settings, as when a dump is restored', async () => {
    await session.query(`set search_path = ''; set datestyle = 'SQL, DMY'; set timezone = 'Asia/Tokyo'`)
    await session.query(`insert into pg_temp.treaties values ('-0044-03/2011-04-05'), ('2011-24')`)

    const { rows } = await session.query(
      `select to_char(earliest, 'YYYY-MM-DD BC') as earliest, to_char(latest, 'YYYY-MM-DD BC') as latest
         from pg_temp.treaties`,
    )
    expect(rows).toEqual([
      { earliest: '0045-03-01 BC', latest: '2011-04-05 AD' },
      { earliest: '2011-12-01 AD', latest: '2012-02-29 AD' },
    ])
  })

  it.each([
    ['2011-02-29', 'no such day: "2011-02-29"'],
    ['2011/2010', 'ends before it starts: "2011/2010"'],
    ['/', 'names no date: "/"'],
    ['last year', 'not an EDTF date of level 0 or 1: "last year"'],
    ['Y5874898', 'beyond the days from -4713-11-24 to the end of Y5874897: "Y5874898"'],
  ])('refuse "%s" with the reason', async (text, message) => {
    const inserting = session.query('insert into pg_temp.treaties values ($1)', [text])

    await expect(inserting).rejects.toMatchObject({ code: '22007', message })
  })
})
