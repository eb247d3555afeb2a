import { parse } from 'edtf'
import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findEdtfFault } from '../../src/query/edtf.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Awaited<ReturnType<typeof openTestDatabase>>
let client: pg.PoolClient

beforeAll(async () => {
  database = await openTestDatabase()
  client = await database.pool.connect()
  // Catches only what the functions promise to raise: any other error fails the test that meets it.
  await client.query(`
    create function pg_temp.outcome(function_name text, value text) returns text language plpgsql as $$
    begin
      execute format('select %I($1)', function_name) using value;
      return 'accepted';
    exception when invalid_datetime_format then
      return 'refused';
    end
    $$`)
}, 60_000)

afterAll(async () => {
  client?.release()
  await database?.close()
})

/** A day as the count of days since 1970-01-01, by the calendar of Date, which repeats every 400 years. */
function dayNumber(year: number, month: number, day: number): number {
  const cycles = Math.floor(year / 400)
  return Date.UTC(2000 + year - cycles * 400, month - 1, day) / 86_400_000 + (cycles - 5) * 146_097
}

const firstDay = (year: number, month = 1) => dayNumber(year, month, 1)
const lastDay = (year: number, month = 12) => dayNumber(year, month + 1, 1) - 1

/** A valid text with the first and the last day that it can mean. */
type Span = { text: string; from: number; to: number }

/** The bounds of each text according to PostgreSQL, as day numbers. */
async function boundsOf(texts: string[]): Promise<Omit<Span, 'text'>[]> {
  const { rows } = await client.query<Omit<Span, 'text'>>(
    `select (extract(epoch from edtf_earliest(value)) / 86400)::float8 as from,
            (extract(epoch from edtf_latest(value)) / 86400)::float8 as to
       from unnest($1::text[]) with ordinality as given (value, place)
      order by place`,
    [texts],
  )
  return rows
}

/** Which of 'accepted' and 'refused' each function says of each text. */
async function outcomesOf(texts: string[]): Promise<{ earliest: string; latest: string }[]> {
  const { rows } = await client.query(
    `select pg_temp.outcome('edtf_earliest', value) as earliest, pg_temp.outcome('edtf_latest', value) as latest
       from unnest($1::text[]) with ordinality as given (value, place)
      order by place`,
    [texts],
  )
  return rows
}

const pad = (value: number, length: number) => String(value).padStart(length, '0')
const yearText = (year: number) => (year < 0 ? '-' : '') + pad(Math.abs(year), 4)

// Most dates in a registry are of our times, and only dates near each other overlap.
const years = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1999, max: 2013 }) },
  { weight: 1, arbitrary: fc.integer({ min: -4712, max: 9999 }) },
  { weight: 1, arbitrary: fc.integer({ min: -9, max: 9 }) },
)
const months = fc.integer({ min: 1, max: 12 })
const qualifiers = fc.constantFrom('', '?', '~', '%')

const wholeYears: fc.Arbitrary<Span> = years.map((year) => ({
  text: yearText(year),
  from: firstDay(year),
  to: lastDay(year),
}))

const wholeMonths: fc.Arbitrary<Span> = fc.tuple(years, months).map(([year, month]) => ({
  text: `${yearText(year)}-${pad(month, 2)}`,
  from: firstDay(year, month),
  to: lastDay(year, month),
}))

const days: fc.Arbitrary<Span> = fc
  .tuple(years, months, fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(30)))
  .map(([year, month, daysAfterFirst]) => {
    const number = Math.min(firstDay(year, month) + daysAfterFirst, lastDay(year, month))
    const text = `${yearText(year)}-${pad(month, 2)}-${pad(number - firstDay(year, month) + 1, 2)}`
    return { text, from: number, to: number }
  })

const plainDates = fc
  .tuple(fc.oneof(wholeYears, wholeMonths, days), qualifiers)
  .map(([span, qualifier]) => ({ ...span, text: span.text + qualifier }))

const zones = fc.constantFrom('', 'Z', '+00', '+00:00', '+08:00', '+05:30', '-12', '+14:00')
const dateTimes = fc.tuple(days, fc.integer({ min: 0, max: 86_400 }), zones).map(([day, second, zone]) => {
  const [hours, minutes, seconds] = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
  return { ...day, text: `${day.text}T${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}${zone}` }
})

/** Decades and centuries, spelt with `unknown` digits X. The digits of a negative year count backwards. */
const yearsEndingInX = (unknown: 1 | 2): fc.Arbitrary<Span> =>
  fc
    .tuple(fc.boolean(), fc.nat({ max: 10 ** (4 - unknown) - 1 }))
    .filter(([negative, known]) => !negative || known < 47 * 10 ** (2 - unknown))
    .map(([negative, known]) => {
      const [low, high] = [known * 10 ** unknown, (known + 1) * 10 ** unknown - 1]
      const text = (negative ? '-' : '') + pad(known, 4 - unknown) + 'X'.repeat(unknown)
      // The year 0 is written without a minus, so that it is not among the years -000X.
      return negative
        ? { text, from: firstDay(-high), to: lastDay(-Math.max(low, 1)) }
        : { text, from: firstDay(low), to: lastDay(high) }
    })

const unspecifiedMonths = fc
  .tuple(wholeYears, fc.constantFrom('-XX', '-XX-XX'))
  .map(([span, suffix]) => ({ ...span, text: span.text + suffix }))

const unspecifiedDays = wholeMonths.map((span) => ({ ...span, text: `${span.text}-XX` }))

const seasons: fc.Arbitrary<Span> = fc.tuple(years, fc.constantFrom(21, 22, 23, 24)).map(([year, season]) => {
  const month = { 21: 3, 22: 6, 23: 9, 24: 12 }[season]
  return { text: `${yearText(year)}-${season}`, from: firstDay(year, month), to: lastDay(year, month + 2) }
})

const longYears: fc.Arbitrary<Span> = fc.integer({ min: 10_000, max: 5_874_897 }).map((year) => ({
  text: `Y${year}`,
  from: firstDay(year),
  to: lastDay(year),
}))

const closedIntervals: fc.Arbitrary<Span> = fc.tuple(plainDates, plainDates).map(([one, other]) => {
  const [start, end] = other.to < one.from ? [other, one] : [one, other]
  return { text: `${start.text}/${end.text}`, from: start.from, to: end.to }
})

const halfOpenIntervals: fc.Arbitrary<Span> = fc
  .tuple(plainDates, fc.constantFrom('', '..'), fc.boolean())
  .map(([date, open, atStart]) =>
    atStart
      ? { text: `${open}/${date.text}`, from: -Infinity, to: date.to }
      : { text: `${date.text}/${open}`, from: date.from, to: Infinity },
  )

const spans = fc.oneof(
  { weight: 4, arbitrary: plainDates },
  { weight: 2, arbitrary: closedIntervals },
  { weight: 2, arbitrary: halfOpenIntervals },
  seasons,
  unspecifiedMonths,
  unspecifiedDays,
  yearsEndingInX(1),
  yearsEndingInX(2),
  dateTimes,
  longYears,
)

/** Many values at once, so that one query answers for them all. */
const many = <T>(values: fc.Arbitrary<T>) => fc.array(values, { minLength: 500, maxLength: 500 })

/** Shrinking so many values would take minutes, and the difference that expect prints names the one at fault. */
const runs = (numRuns: number) => ({ numRuns, endOnFailure: true })

describe('bounds', () => {
  test.each([
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
  ])('"%s" means the days from %s to %s', async (text, earliest, latest) => {
    const { rows } = await client.query(
      'select edtf_earliest($1)::text as earliest, edtf_latest($1)::text as latest',
      [text],
    )

    expect(rows).toEqual([{ earliest, latest }])
    expect(findEdtfFault(text)).toBeUndefined()
  })

  test('are the first and the last day of every valid date', async () => {
    await fc.assert(
      fc.asyncProperty(many(spans), async (values) => {
        const bounds = await boundsOf(values.map(({ text }) => text))

        expect(values.map(({ text }, index) => ({ text, ...bounds[index] }))).toEqual(values)
      }),
      runs(10),
    )
  })

  test('overlap exactly when two dates share a day', async () => {
    await fc.assert(
      fc.asyncProperty(many(fc.tuple(spans, spans)), async (pairs) => {
        const { rows } = await client.query<{ overlap: boolean }>(
          `select edtf_earliest(a) <= edtf_latest(b) and edtf_latest(a) >= edtf_earliest(b) as overlap
             from unnest($1::text[], $2::text[]) with ordinality as given (a, b, place)
            order by place`,
          [pairs.map(([a]) => a.text), pairs.map(([, b]) => b.text)],
        )

        const shared = pairs.map(([a, b]) => Math.max(a.from, b.from) <= Math.min(a.to, b.to))
        expect(pairs.map(([a, b], index) => [a.text, b.text, rows[index]?.overlap])).toEqual(
          pairs.map(([a, b], index) => [a.text, b.text, shared[index]]),
        )
      }),
      runs(4),
    )
  })

  test('of an absent date are absent', async () => {
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

  // Closed rather than given back, since its settings are changed.
  afterAll(() => session?.release(true))

  test('hold the bounds whatever the settings of the session, as when a dump is restored', async () => {
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

  test.each([
    ['2011-02-29', 'no such day: "2011-02-29"'],
    ['2011/2010', 'ends before it starts: "2011/2010"'],
    ['/', 'names no date: "/"'],
    ['last year', 'not an EDTF date of level 0 or 1: "last year"'],
    ['Y5874898', 'beyond the days from -4713-11-24 to the end of Y5874897: "Y5874898"'],
  ])('refuse "%s" whoever writes it', async (text, message) => {
    const written = session.query('insert into pg_temp.treaties values ($1)', [text])

    await expect(written).rejects.toMatchObject({ code: '22007', message })
  })
})

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
    ['2011-04-05T10:00:00+0800', 22, /expected a distance from UTC/],
    ['2011-04-05T10:00:00Z?', 20, /nothing can follow a time zone/],
    ['2011-04-05T10:00:00+15:00', 21, /expected a distance from UTC/],
    ['2011-04-05T10:00:00+14:30', 23, /expected a distance from UTC/],
    ['2011-04-05T10:00:00-12:30', 23, /expected a distance from UTC/],
    ['2011-04-05T10:00:00-13', 21, /expected a distance from UTC/],
    ['2011-04-05T10:00:00-00:00', 24, /expected a distance from UTC/],
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
  ])('of "%s" point at character %i and say why', async (text, position, message) => {
    expect(findEdtfFault(text)).toEqual({ position, message: expect.stringMatching(message) })
    expect(await outcomesOf([text])).toEqual([{ earliest: 'refused', latest: 'refused' }])
  })

  test('of an interval come exactly when it ends before it starts', async () => {
    await fc.assert(
      fc.asyncProperty(many(fc.tuple(plainDates, plainDates)), async (pairs) => {
        const texts = pairs.map(([start, end]) => `${start.text}/${end.text}`)
        const outcomes = await outcomesOf(texts)

        const expected = pairs.map(([start, end]) => (end.to < start.from ? 'refused' : 'accepted'))
        expect(outcomes.map(({ latest }, index) => [texts[index], latest])).toEqual(
          expected.map((outcome, index) => [texts[index], outcome]),
        )
      }),
      runs(2),
    )
  })

  test('take no time to speak of, however long the text', () => {
    const started = performance.now()
    for (const text of [`Y${'1'.repeat(1_000_000)}`, `[${'2011,'.repeat(200_000)}2011]`]) {
      expect(findEdtfFault(text)).toMatchObject({ position: 0 })
      expect(findEdtfFault(`2011/${text}`)).toMatchObject({ position: 5 })
    }
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('the grammar', () => {
  const edits = fc.array(
    fc.record({
      place: fc.nat({ max: 26 }),
      removed: fc.nat({ max: 2 }),
      inserted: fc.oneof(
        fc.string({ unit: fc.constantFrom(...'0123456789-/X.?~%TYZ:+'), maxLength: 1 }),
        fc.constantFrom('-0000', '-XX', 'XX', '-24', '-02-29', '/..', '../', 'T24:00:00', '-00:00', '+14:00'),
      ),
    }),
    { maxLength: 2 },
  )
  const damaged = fc.tuple(spans, edits).map(([{ text }, changes]) =>
    changes.reduce((result, { place, removed, inserted }) => {
      const at = Math.min(place, result.length)
      return result.slice(0, at) + inserted + result.slice(at + removed)
    }, text),
  )
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

  function takenByLibrary(text: string): boolean {
    try {
      parse(text, { level: 1 })
      return true
    } catch {
      return false
    }
  }

  test('is the same in TypeScript and in both SQL functions, and no wider than that of the edtf library', async () => {
    await fc.assert(
      fc.asyncProperty(many(nearlyDates), async (texts) => {
        const outcomes = await outcomesOf(texts)

        for (const [index, text] of texts.entries()) {
          const fault = findEdtfFault(text)
          const outcome = fault ? 'refused' : 'accepted'
          expect({ text, ...outcomes[index] }).toEqual({ text, earliest: outcome, latest: outcome })

          if (fault) expect(fault.position, text).toSatisfy((at) => at >= 0 && at <= text.length)
          else expect(takenByLibrary(text), text).toBe(true)
        }
      }),
      runs(4),
    )
  })
})
