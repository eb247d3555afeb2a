import { parse } from 'edtf'
import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findEdtfFault } from '../../src/model/edtf.ts'
import { openTestDatabase } from '../support/database.ts'
import { batches, plainDates, runOptions, spans } from '../support/edtf-dates.ts'
import { measureProcessorTimeMs } from '../support/processor-time.ts'

let database: Awaited<ReturnType<typeof openTestDatabase>>
let client: pg.PoolClient

beforeAll(async () => {
  database = await openTestDatabase()
  client = await database.pool.connect()
  // Catches only the error of invalid dates. Any other error fails the test.
  await client.query(`
    create function pg_temp.outcome(function_name text, value text) returns text language plpgsql as $$
    begin
      execute format('select %I($1)', function_name) using value;
      return 'accepted';
    exception when invalid_datetime_format then
      return 'refused';
    end
    $$`)
})

afterAll(async () => {
  client?.release()
  await database?.close()
})

/** Returns the outcomes of the two SQL functions for each text: accepted or refused. */
async function outcomesOf(texts: string[]): Promise<{ earliest: string; latest: string }[]> {
  const { rows } = await client.query(
    `select pg_temp.outcome('edtf_earliest', value) as earliest, pg_temp.outcome('edtf_latest', value) as latest
       from unnest($1::text[]) with ordinality as given (value, nth)
      order by nth`,
    [texts],
  )
  return rows
}

describe('refusals', () => {
  test.each([
    ['', 0, /expected a year of four digits/],
    [' 2011', 0, /expected a year/],
    ['2011 ', 4, /or the end/],
    ['19', 2, /expected a year of four digits/],
    ['201', 3, /expected a year of four digits/],
    ['XXXX', 0, /expected a year of four digits/],
    ['XXXX-XX', 0, /expected a year of four digits/],
    ['1XXX', 1, /expected a year of four digits/],
    ['X011', 0, /expected a year of four digits/],
    ['201x', 3, /expected a year of four digits/],
    ['20X1', 3, /expected X/],
    ['201X-04', 4, /expected the end/],
    ['201X?', 4, /expected the end/],
    ['-0000', 4, /the year 0000 has no minus/],
    ['-0000-XX', 4, /the year 0000 has no minus/],
    ['-0000/2011', 4, /the year 0000 has no minus/],
    ['-0001/-0000', 10, /the year 0000 has no minus/],
    ['Y2011', 5, /at least five digits after Y/],
    ['Y02011', 1, /not beginning with 0/],
    ['Y17E7', 3, /at least five digits after Y/],
    ['Y5874898', 0, /from -4713-11-24 to Y5874897/],
    ['Y-10000', 0, /from -4713-11-24 to Y5874897/],
    ['-4713-11-23', 0, /from -4713-11-24 to Y5874897/],
    ['-4713-23', 0, /from -4713-11-24 to Y5874897/],
    ['-471X', 0, /from -4713-11-24 to Y5874897/],
    ['2011-', 5, /expected a month 01 to 12, a season 21 to 24, or XX/],
    ['2011-00', 6, /expected a month 01 to 12/],
    ['2011-13', 6, /expected a month 01 to 12/],
    ['2011-25', 6, /expected a month 01 to 12/],
    ['2011-1X', 6, /expected a month 01 to 12/],
    ['2011-21?', 7, /nothing can follow a season/],
    ['2011-XX-05', 8, /or a day XX/],
    ['2011-04-00', 9, /expected a day 01 to 31/],
    ['2011-04-1X', 9, /expected a day 01 to 31/],
    ['2011-04-31', 8, /^"2011-04-31": April 2011 has 30 days$/],
    ['2011-02-29', 8, /^"2011-02-29": February 2011 has 28 days$/],
    ['1900-02-29?', 8, /^"1900-02-29": February 1900 has 28 days$/],
    ['-0004-02-30', 9, /^"-0004-02-30": February -0004 has 29 days$/],
    ['2011-02-29T10:00:00Z', 8, /February 2011 has 28 days/],
    ['2011-04-05T10', 13, /expected a time of day hh:mm:ss/],
    ['2011-04-05T10:00', 16, /expected a time of day hh:mm:ss/],
    ['2011-04-05T10:00Z', 16, /expected a time of day hh:mm:ss/],
    ['2011-04-05T23:59:60', 17, /expected a time of day hh:mm:ss/],
    ['2011-04-05T10:00:00.5', 19, /expected Z/],
    ['2011-04-05T10:00:00?', 19, /expected Z/],
    ['2011-04-05T10:00:00+0800', 22, /expected a UTC offset/],
    ['2011-04-05T10:00:00Z?', 20, /nothing can follow a time zone/],
    ['2011-04-05T10:00:00+15:00', 21, /expected a UTC offset/],
    ['2011-04-05T10:00:00+14:30', 23, /expected a UTC offset/],
    ['2011-04-05T10:00:00-12:30', 23, /expected a UTC offset/],
    ['2011-04-05T10:00:00-13', 21, /expected a UTC offset/],
    ['2011-04-05T10:00:00-00:00', 24, /expected a UTC offset/],
    ['?2011', 0, /expected a year/],
    ['2011?-04', 5, /only a whole date/],
    ['1950S2', 4, /or the end/],
    ['[2011,2012]', 0, /expected a year/],
    ['{2011}', 0, /expected a year/],
    ['/', 1, /expected a date/],
    ['../..', 3, /expected a date/],
    ['/..', 1, /expected a date/],
    ['../', 3, /expected a date/],
    ['..', 0, /expected a year/],
    ['2011/.', 6, /expected \.\. and nothing else/],
    ['2011/2012/2013', 9, /or the end/],
    ['2011/2010', 5, /not before the start, 2011/],
    ['2011-04-05/2011-04-04', 11, /not before the start, 2011-04-05/],
    ['2011-21/2012', 0, /expected a year, month or day/],
    ['2011/2012-22', 5, /expected a year, month or day/],
    ['201X/2020', 0, /expected a year, month or day/],
    ['2011/2012-XX', 5, /expected a year, month or day/],
    ['Y12345/..', 0, /expected a year, month or day/],
    ['2011-04-05T10:00:00/2012', 0, /expected a year, month or day/],
    ['2011/2012-02-30', 13, /February 2012 has 29 days/],
  ])('of "%s" have the position %i and a reason', async (text, position, message) => {
    expect(findEdtfFault(text)).toEqual({ position, message: expect.stringMatching(message) })
    expect(await outcomesOf([text])).toEqual([{ earliest: 'refused', latest: 'refused' }])
  })

  test('of an interval occur exactly when it ends before it starts', async () => {
    await fc.assert(
      fc.asyncProperty(batches(fc.tuple(plainDates, plainDates)), async (pairs) => {
        const texts = pairs.map(([start, end]) => `${start.text}/${end.text}`)
        const outcomes = await outcomesOf(texts)

        for (const [index, [start, end]] of pairs.entries()) {
          const text = texts[index] ?? ''
          const outcome = end.to < start.from ? 'refused' : 'accepted'
          expect({ text, ...outcomes[index] }).toEqual({ text, earliest: outcome, latest: outcome })
          expect(findEdtfFault(text) ? 'refused' : 'accepted', text).toBe(outcome)
        }
      }),
      runOptions(2),
    )
  })

  test('take bounded time for any length of text', () => {
    const started = performance.now()
    for (const text of [`Y${'1'.repeat(1_000_000)}`, `[${'2011,'.repeat(200_000)}2011]`]) {
      expect(findEdtfFault(text)).toMatchObject({ position: 0 })
      expect(findEdtfFault(`2011/${text}`)).toMatchObject({ position: 5 })
    }
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('the grammar', () => {
  test.each([
    ['valid', (index: number) => `-${1000 + index}-05-06T10:00:00+08:00`],
    ['invalid', (index: number) => `{${1000 + index}..2012, 2012-2X, 201X-12-31~}`],
  ])('is checked in microseconds for dates that are %s', async (_, dateOf) => {
    const timeMs = await measureProcessorTimeMs(() => {
      for (let index = 0; index < 2000; index += 1) findEdtfFault(dateOf(index))
    })
    expect(timeMs).toBeLessThan(100)
  })

  const edits = fc.array(
    fc.record({
      position: fc.nat({ max: 26 }),
      removed: fc.nat({ max: 2 }),
      inserted: fc.oneof(
        fc.string({ unit: fc.constantFrom(...'0123456789-/X.?~%TYZ:+'), maxLength: 1 }),
        fc.constantFrom('-0000', '-XX', 'XX', '-24', '-02-29', '/..', '../', 'T24:00:00', '-00:00', '+14:00'),
      ),
    }),
    { maxLength: 2 },
  )
  const damaged = fc.tuple(spans, edits).map(([{ text }, changes]) =>
    changes.reduce((result, { position, removed, inserted }) => {
      const index = Math.min(position, result.length)
      return result.slice(0, index) + inserted + result.slice(index + removed)
    }, text),
  )
  // The hyphen is listed three times, so that it is chosen more often.
  const pieces = fc.constantFrom(
    ...[
      '2011',
      '1900',
      '0000',
      '04',
      '02',
      '12',
      '13',
      '21',
      '24',
      '29',
      '30',
      '31',
      '00',
      '-',
      '-',
      '-',
      '/',
    ],
    ...['..', 'X', 'XX', '?', '~', '%', 'T', 'T10:00:00', ':00', 'Z', '+', '08', '14', 'Y', 'Y1', '5874897'],
  )
  const composed = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''))
  const noise = fc.string({ unit: fc.constantFrom(...'0123456789-/X.?~%TYZ:+'), maxLength: 12 })
  const nearlyDates = fc.oneof({ weight: 3, arbitrary: damaged }, composed, noise)

  function isAcceptedByLibrary(text: string): boolean {
    try {
      parse(text, { level: 1 })
      return true
    } catch {
      return false
    }
  }

  test("is the same in TypeScript and in both SQL functions, and a subset of the edtf library's", async () => {
    await fc.assert(
      fc.asyncProperty(batches(nearlyDates), async (texts) => {
        const outcomes = await outcomesOf(texts)

        for (const [index, text] of texts.entries()) {
          const fault = findEdtfFault(text)
          const outcome = fault ? 'refused' : 'accepted'
          expect({ text, ...outcomes[index] }).toEqual({ text, earliest: outcome, latest: outcome })

          if (fault)
            expect(fault.position, text).toSatisfy((position) => position >= 0 && position <= text.length)
          else expect(isAcceptedByLibrary(text), text).toBe(true)
        }
      }),
      runOptions(4),
    )
  })
})
