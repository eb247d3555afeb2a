import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { columnOf } from '../database/columns.ts'
import { dateSpan } from '../database/date-spans.ts'
import { unitNumber, unitValue } from './date-units.ts'
import {
  type Comparison,
  type DateUnit,
  type Filter,
  filterByOne,
  ifNullable,
  withOneValue,
} from './filters.ts'

/** Filters by EDTF dates, which are spans of days in the database. */

/**
 * The comparison that a date lies entirely in a year, decade or month, depending on `unit`. `unknown` finds records without a
 * date, and records whose date may lie in several of these units, or lies in one that has no number (`unitNumber`).
 */
const inUnit = (unit: DateUnit, earliest: AnyPgColumn, latest: AnyPgColumn): Comparison => ({
  takes: 'one',
  value: unitValue[unit],
  // Two branches, so that the word `unknown` is never passed to the functions that read dates.
  sql: (given) =>
    sql`case when ${given}::text = 'unknown' then ${unitNumber[unit](earliest, latest)} is null else ${earliest} is not null and ${dateSpan(earliest, latest)} <@ ${possibleDays(given)} end`,
})

/** The days that a given date can mean. */
const possibleDays = (date: SQL) =>
  dateSpan(sql`edtf_earliest(${date}::text)`, sql`edtf_latest(${date}::text)`)

/** The first day after a given date. For a date with an open or unknown end, `day` is `infinity`, and `hasEnd` is false. */
const upperBound = (date: SQL) => ({
  day: sql`upper(${possibleDays(date)})`,
  hasEnd: sql`isfinite(upper(${possibleDays(date)}))`,
})

/** The last day that can be stored. A span that ends on it has it as its upper bound, since there is no day after it. */
const lastDay = '5874897-12-31'

/** The ranges of all days before or after a given date, with or without the days of the date. */
const openRange = {
  after: (date: SQL) => {
    const { day, hasEnd } = upperBound(date)
    return sql`daterange(${day}, null, case when ${hasEnd} then '[)' else '()' end)`
  },
  since: (date: SQL) => sql`daterange(lower(${possibleDays(date)}), null)`,
  before: (date: SQL) => sql`daterange(null, lower(${possibleDays(date)}))`,
  until: (date: SQL) => {
    const { day, hasEnd } = upperBound(date)
    return sql`daterange(null, ${day}, case when ${hasEnd} then '[)' else '[]' end)`
  },
}

/**
 * A filter by an EDTF date. Dates are spans of days: `eq`, `gt`, `gte`, `lt` and `lte` compare by overlap (the comparison may
 * hold), and the `certainly` operators by containment (the comparison must hold). `ne` finds what `eq` does not find,
 * including records without the date.
 * @example signedOn[gte]=2011-04-10 finds 2011-04; signedOn[certainlyGte]=2011-04-10 does not.
 */
export function filterByDate(
  table: PgTable,
  property: string,
  value: z.ZodType,
  description: string,
): Filter {
  const earliest = columnOf(table, `${property}Earliest`)
  const latest = columnOf(table, `${property}Latest`)
  const span = dateSpan(earliest, latest)
  const compared = (build: (date: SQL) => SQL) =>
    withOneValue((date) => sql`(${earliest} is not null and ${build(date)})`)
  const overlaps = compared((date) => sql`${span} && ${possibleDays(date)}`)
  const oneSided = (days: (date: SQL) => SQL, holds: (date: SQL) => SQL): Comparison => ({
    ...compared((date) => sql`${span} && ${days(date)}`),
    scan: (date) => sql`${earliest} is not null and ${holds(date)}`,
  })
  return {
    description,
    value,
    comparisons: {
      eq: overlaps,
      ne: withOneValue((date) => sql`(${span} && ${possibleDays(date)}) is not true`),
      gt: oneSided(
        openRange.after,
        (date) =>
          sql`${latest} >= ${upperBound(date).day} and ${upperBound(date).day} < '${sql.raw(lastDay)}' and ${upperBound(date).hasEnd}`,
      ),
      gte: oneSided(openRange.since, (date) => sql`${latest} >= lower(${possibleDays(date)})`),
      lt: oneSided(openRange.before, (date) => sql`${earliest} < lower(${possibleDays(date)})`),
      lte: oneSided(
        openRange.until,
        (date) => sql`(${earliest} < ${upperBound(date).day} or not ${upperBound(date).hasEnd})`,
      ),
      certainlyGt: compared((date) => sql`${span} <@ ${openRange.after(date)}`),
      certainlyGte: compared((date) => sql`${span} <@ ${openRange.since(date)}`),
      certainlyLt: compared((date) => sql`${span} <@ ${openRange.before(date)}`),
      certainlyLte: compared((date) => sql`${span} <@ ${openRange.until(date)}`),
      overlaps,
      within: compared((date) => sql`${span} <@ ${possibleDays(date)}`),
      contains: compared((date) => sql`${span} @> ${possibleDays(date)}`),
      year: inUnit('year', earliest, latest),
      decade: inUnit('decade', earliest, latest),
      month: inUnit('month', earliest, latest),
      ...ifNullable(earliest),
    },
  }
}

/**
 * A filter by the time of a record's event: one date, or a start and an end. It compares by overlap, as `filterByDate`
 * does. An event without an end has no upper bound, and an event without a start no lower bound. An event with neither date is
 * not found.
 */
export function happenedIn(
  table: PgTable,
  [start, end = start]: readonly [string] | readonly [string, string],
  value: z.ZodType,
): Filter {
  const isKnown = (property: string) => sql`${columnOf(table, `${property}Earliest`)} is not null`
  const overlaps = (property: string, days: SQL) =>
    sql`${dateSpan(columnOf(table, `${property}Earliest`), columnOf(table, `${property}Latest`))} && ${days}`
  if (start === end) {
    return filterByOne(
      value,
      `Records that may have happened in a span of days, by \`${start}\`.`,
      (days) => sql`(${isKnown(start)} and ${overlaps(start, possibleDays(days))})`,
    )
  }
  return filterByOne(
    value,
    `Records that may have happened in a span of days, from \`${start}\` to \`${end}\`. Without an end they continue; without a start there is no lower bound. Records with neither date are not found.`,
    // One branch for the index of the start and, for records without a start, one for the index of the end.
    (days) => {
      const mayEndThenOrLater = overlaps(end, openRange.since(days))
      return sql`((${isKnown(start)} and ${overlaps(start, openRange.until(days))} and (${mayEndThenOrLater}) is not false)
          or (not (${isKnown(start)}) and ${isKnown(end)} and ${mayEndThenOrLater}))`
    },
  )
}
