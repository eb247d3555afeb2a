import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { findEdtfFault } from './edtf.ts'

/**
 * The years, decades and months that EDTF dates can lie in. Each is an integer in SQL, in chronological order, and EDTF
 * text in responses: `2011`, `201X`, `2011-04`.
 */

type BoundsFunction<T> = (earliest: AnyPgColumn, latest: AnyPgColumn) => T

// `date_part` is faster than `extract`, which returns a numeric.
const datePart = (unit: 'year' | 'month', day: AnyPgColumn) => sql`date_part(${sql.raw(`'${unit}'`)}, ${day})`

/** EDTF counts 1 BC as year 0, PostgreSQL as -1. */
const yearSql = (day: AnyPgColumn) => sql`(${datePart('year', day)}::int + (${day} < date '0001-01-01')::int)`

// PostgreSQL dates start in November 4714 BC, so filters could not cover the first years and decades completely.
const afterFirstYears = (day: AnyPgColumn) => sql`${day} >= date '4699-01-01 BC'`
const afterFirstDecades = (day: AnyPgColumn) => sql`${day} >= date '4700-01-01 BC'`

// An open end is the date `infinity`. Its year, Infinity, never equals the year of the other end, so it never reaches the
// cast to int. Most dates are a day, and comparing days is faster than comparing years and months.
const sameParts = (units: ('year' | 'month')[], earliest: AnyPgColumn, latest: AnyPgColumn) => {
  const equal = units.map((unit) => sql`${datePart(unit, earliest)} = ${datePart(unit, latest)}`)
  return sql`${afterFirstYears(earliest)} and (${earliest} = ${latest} or ${sql.join(equal, sql` and `)})`
}

const decade = (year: SQL) => sql`(case when ${year} < 0 then ${year} / 10 - 1 else ${year} / 10 end)`

/**
 * The year, decade or month in which a date lies, as a number; null without a date, for a date that may lie in several,
 * for years before 4699 BC and for decades before `-469X`. Decades follow EDTF: `-001X` is -19 to -10, and years of more than
 * four digits have no decade.
 */
export const unitNumber: Record<'year' | 'decade' | 'month', BoundsFunction<SQL>> = {
  year: (earliest, latest) =>
    sql`(case when ${sameParts(['year'], earliest, latest)} then ${yearSql(earliest)} end)`,
  // Compares the decades of both ends. The casts come after the check that both days are finite.
  decade: (earliest, latest) =>
    sql`(case when isfinite(${earliest}) and isfinite(${latest}) then case when ${afterFirstDecades(earliest)} and ${datePart('year', latest)} < 10000 and ${decade(yearSql(earliest))} = ${decade(yearSql(latest))} then ${decade(yearSql(earliest))} end end)`,
  month: (earliest, latest) =>
    sql`(case when ${sameParts(['year', 'month'], earliest, latest)} then ${yearSql(earliest)} * 12 + ${datePart('month', earliest)}::int - 1 end)`,
}

const yearText = (year: SQL) =>
  sql`(case when ${year} > 9999 then 'Y' || ${year} when ${year} < 0 then '-' || lpad((-${year})::text, 4, '0') else lpad(${year}::text, 4, '0') end)`

/** Converts the number of a year, decade or month to EDTF text. */
export const unitText: Record<'year' | 'decade' | 'month', (number: SQL) => SQL> = {
  year: yearText,
  decade: (number) =>
    sql`(case when ${number} < 0 then '-' || lpad((-${number} - 1)::text, 3, '0') else lpad(${number}::text, 3, '0') end || 'X')`,
  month: (number) =>
    sql`(${yearText(sql`floor(${number} / 12.0)::int`)} || '-' || lpad((mod(mod(${number}, 12) + 12, 12) + 1)::text, 2, '0'))`,
}

const unitSchema = (form: RegExp, example: string) =>
  z
    .string()
    .max(10)
    .refine((text) => text === 'unknown' || (form.test(text) && !findEdtfFault(text)), {
      error: `must have the form of ${example}, or be "unknown"`,
    })
    .meta({
      description: `Such as ${example}, or \`unknown\`.`,
      examples: [example],
    })

/** Schemas of the values of the operators `year`, `decade` and `month`. */
export const unitValue: Record<'year' | 'decade' | 'month', z.ZodType> = {
  year: unitSchema(/^(-?\d{4}|Y\d{5,7})$/, '2011'),
  decade: unitSchema(/^-?\d{3}X$/, '201X'),
  month: unitSchema(/^-?\d{4}-(0[1-9]|1[0-2])$/, '2011-04'),
}
