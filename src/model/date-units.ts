import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { literal } from '../database/columns.ts'
import { findEdtfFault } from './edtf.ts'
import type { DateUnit } from './filters.ts'

/**
 * The years, decades and months that EDTF dates can lie in. Each is an integer in SQL, in chronological order, and EDTF
 * text in responses: `2011`, `201X`, `2011-04`.
 */

type BoundsFunction = (earliest: AnyPgColumn, latest: AnyPgColumn) => SQL

// `date_part` is faster than `extract`, which returns a numeric.
const datePart = (unit: 'year' | 'month', day: AnyPgColumn) => sql`date_part(${literal(unit)}, ${day})`

/** EDTF counts 1 BC as year 0, PostgreSQL as -1. */
const yearSql = (day: AnyPgColumn) => sql`(${datePart('year', day)}::int + (${day} < date '0001-01-01')::int)`

/**
 * The days for which `unitNumber` can return a number: `from` is the first, and `before` follows the last.
 * PostgreSQL dates start in November 4714 BC, so filters could not cover the first year and decade completely. For simplicity,
 * the lower limits are later than necessary: they also exclude 14 complete years, and the complete decade `-470X`. `date_part`
 * converts a day to a timestamp, which has no days after the year 294276.
 */
const limits: Record<DateUnit, { from: SQL; before: SQL }> = {
  year: { from: sql`date '4699-01-01 BC'`, before: sql`date '294277-01-01'` },
  decade: { from: sql`date '4700-01-01 BC'`, before: sql`date '10000-01-01'` },
  month: { from: sql`date '4699-01-01 BC'`, before: sql`date '294277-01-01'` },
}

const decade = (year: SQL) => sql`(case when ${year} < 0 then ${year} / 10 - 1 else ${year} / 10 end)`

/** Whether both days have the same parts. Most dates are a day, and comparing days is faster than comparing their parts. */
const sameParts = (units: ('year' | 'month')[], earliest: AnyPgColumn, latest: AnyPgColumn) => {
  const equal = units.map((unit) => sql`${datePart(unit, earliest)} = ${datePart(unit, latest)}`)
  return sql`${earliest} = ${latest} or ${sql.join(equal, sql` and `)}`
}

/** Returns the number if both days are in the same unit. The inner `case` is evaluated only for days within the limits. */
const numberWithin =
  (unit: DateUnit, isSame: BoundsFunction, number: (earliest: AnyPgColumn) => SQL): BoundsFunction =>
  (earliest, latest) =>
    sql`(case when ${earliest} >= ${limits[unit].from} and ${latest} < ${limits[unit].before} then case when ${isSame(earliest, latest)} then ${number(earliest)} end end)`

/**
 * The year, decade or month in which a date lies, as a number; null without a date, for a date that may lie in several of them,
 * for years before `-4698` (4699 BC) and after 294276, and for decades before `-469X`, which begins in 4700 BC. Decades follow EDTF:
 * `-001X` is -19 to -10, and years of more than four digits have no decade.
 */
export const unitNumber: Record<DateUnit, BoundsFunction> = {
  year: numberWithin('year', (earliest, latest) => sameParts(['year'], earliest, latest), yearSql),
  decade: numberWithin(
    'decade',
    (earliest, latest) => sql`${decade(yearSql(earliest))} = ${decade(yearSql(latest))}`,
    (earliest) => decade(yearSql(earliest)),
  ),
  month: numberWithin(
    'month',
    (earliest, latest) => sameParts(['year', 'month'], earliest, latest),
    (earliest) => sql`${yearSql(earliest)} * 12 + ${datePart('month', earliest)}::int - 1`,
  ),
}

const yearText = (year: SQL) =>
  sql`(case when ${year} > 9999 then 'Y' || ${year} when ${year} < 0 then '-' || lpad((-${year})::text, 4, '0') else lpad(${year}::text, 4, '0') end)`

/** Converts the number of a year, decade or month to EDTF text. */
export const unitText: Record<DateUnit, (number: SQL) => SQL> = {
  year: yearText,
  decade: (number) =>
    sql`(case when ${number} < 0 then '-' || lpad((-${number} - 1)::text, 3, '0') else lpad(${number}::text, 3, '0') end || 'X')`,
  month: (number) =>
    sql`(${yearText(sql`floor(${number} / 12.0)::int`)} || '-' || lpad((mod(mod(${number}, 12) + 12, 12) + 1)::text, 2, '0'))`,
}

/** The form of a year: four digits, which may be negative, or `Y` and five to seven digits. */
export const yearForm = /^(-?\d{4}|Y\d{5,7})$/

const unitSchema = (form: RegExp, example: string) =>
  z
    .string()
    .max(10)
    .superRefine((text, context) => {
      if (text === 'unknown') return
      const message = form.test(text)
        ? findEdtfFault(text)?.message
        : `must have the form of ${example}, or be "unknown"`
      if (message !== undefined) context.addIssue(message)
    })
    .meta({
      description: `Such as ${example}, or \`unknown\`.`,
      examples: [example],
    })

/** Schemas of the values of the operators `year`, `decade` and `month`. */
export const unitValue: Record<DateUnit, z.ZodType> = {
  year: unitSchema(yearForm, '2011'),
  decade: unitSchema(/^-?\d{3}X$/, '201X'),
  month: unitSchema(/^-?\d{4}-(0[1-9]|1[0-2])$/, '2011-04'),
}
