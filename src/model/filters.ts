import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnOf, unionAll } from '../database/columns.ts'
import { dateSpan } from '../database/date-spans.ts'
import { fold, webSearch } from '../database/folding.ts'
import { codeOrder, maxCharacter, numberOrder } from '../database/ordering.ts'
import { records } from '../database/tables/records.ts'
import { unitNumber, unitValue } from './date-units.ts'
import { type Relation, relationComparisons } from './relations.ts'

/** Units of time that a date can lie in. */
export type DateUnit = 'year' | 'decade' | 'month'

/** The operators of list filters. `eq` is written without brackets: `status=signed`, `signedOn[gte]=2011`. */
export type Operator =
  | 'eq'
  | 'ne'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'certainlyGt'
  | 'certainlyGte'
  | 'certainlyLt'
  | 'certainlyLte'
  | 'overlaps'
  | 'within'
  | 'contains'
  | 'startsWith'
  | 'isNull'
  | 'all'
  | 'exactly'
  | 'otherThan'
  | 'noneAs'
  | DateUnit

/** What each operator requires of a record's value, in the OpenAPI document. */
export const operatorMeanings: Record<Operator, string> = {
  eq: 'the value, or any of several',
  ne: 'none of the values',
  gt: 'greater, or later',
  gte: 'the value, greater or later',
  lt: 'less, or earlier',
  lte: 'the value, less or earlier',
  certainlyGt: 'certainly later',
  certainlyGte: 'certainly the value or later',
  certainlyLt: 'certainly earlier',
  certainlyLte: 'certainly the value or earlier',
  overlaps: 'shares a day with the value',
  within: 'lies in the value',
  contains: 'contains the value',
  startsWith: 'starts with the value',
  isNull: 'whether there is no value',
  all: 'has each of the values; of participants, also as `value:role`',
  exactly: 'has at least each of the values directly, not by a narrower one',
  otherThan: 'has a value other than the given ones',
  noneAs: 'has no participant in the given roles',
  year: 'lies in the year, such as `2011`, or `unknown`',
  decade: 'lies in the decade, such as `201X`, or `unknown`',
  month: 'lies in the month, such as `2011-04`, or `unknown`',
}

/** Returns the value of a filter of the request, of `eq` by default, as SQL or undefined. `role` narrows `country`. */
export type GetOtherFilter = (filter: string, operator?: Operator) => SQL | undefined

/** The operand of an operator: one value, several values, or a boolean. */
export type OperandKind = 'one' | 'many' | 'boolean'

/** The SQL of one operator of a filter. Its argument is an array for `many`, otherwise one value. */
export interface Comparison {
  takes: OperandKind
  /** Schema of one value, if it differs from the filter's. */
  value?: z.ZodType
  sql(value: SQL, getOtherFilter: GetOtherFilter): SQL
  /** The same condition for statements that read every record: cheaper to evaluate, but it cannot use an index. */
  scan?(value: SQL): SQL
  /** The same condition on values copied into the record's row, without `asOf`; undefined if other filters narrow them. */
  stored?(value: SQL, getOtherFilter: GetOtherFilter): SQL | undefined
}

/** A filter of a list: a named condition with typed values. */
export interface Filter {
  description: string
  /** Schema of one value, as text from a URL. */
  value: z.ZodType
  /** Schema of one value in JSON, if it is not text. */
  jsonValue?: z.ZodType
  comparisons: Partial<Record<Operator, Comparison>>
}

const many = (build: Comparison['sql']): Comparison => ({ takes: 'many', sql: build })
const one = (build: Comparison['sql']): Comparison => ({ takes: 'one', sql: build })
const boolean = (build: Comparison['sql']): Comparison => ({ takes: 'boolean', sql: build })

/** Whether the record has no value. */
const isNull = (column: AnyPgColumn): Comparison => ({
  takes: 'boolean',
  sql: (given) => sql`(${column} is null) = ${given}::boolean`,
})

const ifNullable = (column: AnyPgColumn): Partial<Record<Operator, Comparison>> =>
  column.notNull ? {} : { isNull: isNull(column) }

/**
 * A filter by any of several codes, for a column that is also a sort key. Its conditions use the expression of the sort
 * index. `ne` also finds records without a value.
 */
export function anyOfSortKey(column: AnyPgColumn, value: z.ZodType, description: string): Filter {
  const { asc } = codeOrder(column)
  return {
    description,
    value,
    comparisons: {
      eq: many((values) => sql`${asc} = any(${values}::text[])`),
      ne: many((values) => sql`${asc} <> all(${values}::text[])`),
      ...(!column.notNull && {
        isNull: boolean((given) => sql`(${asc} = ${maxCharacter}) = ${given}::boolean`),
      }),
    },
  }
}

/** A filter by any of several keys or codes, for a column with its own index. `ne` also finds records without a value. */
export function anyOf(column: AnyPgColumn, value: z.ZodType, description: string): Filter {
  const list = (values: SQL) => sql`${values}::${sql.raw(column.getSQLType())}[]`
  return {
    description,
    value,
    comparisons: {
      eq: many((values) => sql`${column} = any(${list(values)})`),
      ne: many((values) => sql`(${column} = any(${list(values)})) is not true`),
      ...ifNullable(column),
    },
  }
}

/** Removes case and accents from a text, and escapes it for use in a LIKE pattern. */
const toLikePattern = (text: SQL) =>
  sql`regexp_replace(${fold(sql`${text}::text`)}, '([\\\\%_])', '\\\\\\1', 'g')`

/** The operators that compare a part of a text. They ignore case and accents. */
const substringComparisons = (column: AnyPgColumn): Partial<Record<Operator, Comparison>> => ({
  contains: one((part) => sql`${fold(column)} like '%' || ${toLikePattern(part)} || '%'`),
  startsWith: one((start) => sql`${fold(column)} like ${toLikePattern(start)} || '%'`),
  ...ifNullable(column),
})

const textValue = () => z.string().normalize('NFC').min(1).max(500)

/** A filter by a text. `eq` compares the whole text. All operators ignore case and accents. Values may contain commas. */
export const text = (column: AnyPgColumn, description: string): Filter => ({
  description,
  value: textValue(),
  comparisons: {
    eq: one((whole) => sql`${fold(column)} = ${fold(sql`${whole}::text`)}`),
    ne: one((whole) => sql`(${column} is null or ${fold(column)} <> ${fold(sql`${whole}::text`)})`),
    ...substringComparisons(column),
  },
})

/**
 * A filter by a text that is also a dimension. `eq` and `ne` compare exactly, as groups do, so that a group links to its
 * records. The other operators ignore case and accents.
 */
export const groupedText = (column: AnyPgColumn, description: string): Filter => ({
  description,
  value: textValue(),
  comparisons: {
    // The first condition uses the index of folded texts. The second one keeps only exact matches.
    eq: one((whole) => sql`(${fold(column)} = ${fold(sql`${whole}::text`)} and ${column} = ${whole}::text)`),
    ne: one((whole) => sql`${column} is distinct from ${whole}::text`),
    ...substringComparisons(column),
  },
})

/** A filter by any of several values, with the given condition. */
export const filterByAny = (value: z.ZodType, description: string, build: Comparison['sql']): Filter => ({
  description,
  value,
  comparisons: { eq: many(build) },
})

/** A filter by one value, with the given condition. */
export const filterByOne = (value: z.ZodType, description: string, build: Comparison['sql']): Filter => ({
  description,
  value,
  comparisons: { eq: one(build) },
})

/** A filter by any of several values, for a column of type text[]. */
export const arrayHas = (column: AnyPgColumn, value: z.ZodType, description: string): Filter =>
  filterByAny(value, description, (values) => sql`${column} && ${values}::text[]`)

/**
 * The comparison that a date lies entirely in a year, decade or month. `unknown` finds records without a date, and records
 * whose date may lie in several.
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

/** The first day after a given date. An open end has no such day, so its bound is infinite and excluded. */
const upperBound = (date: SQL) => ({
  day: sql`upper(${possibleDays(date)})`,
  hasEnd: sql`isfinite(upper(${possibleDays(date)}))`,
})

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
 * hold), and the `certainly` operators by containment (the comparison must hold). `ne` finds what `eq` does not find.
 * @example signedOn[gte]=2011-04-10 finds 2011-04; signedOn[certainlyGte]=2011-04-10 does not.
 */
export function edtfDate(table: PgTable, property: string, value: z.ZodType, description: string): Filter {
  const earliest = columnOf(table, `${property}Earliest`)
  const latest = columnOf(table, `${property}Latest`)
  const span = dateSpan(earliest, latest)
  const compared = (build: (date: SQL) => SQL) =>
    one((date) => sql`(${earliest} is not null and ${build(date)})`)
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
      ne: one((date) => sql`(${span} && ${possibleDays(date)}) is not true`),
      gt: oneSided(
        openRange.after,
        (date) => sql`${latest} >= ${upperBound(date).day} and ${upperBound(date).hasEnd}`,
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
 * A filter by the time of a record's event: one date, or a start and an end. It compares by overlap, as
 * `edtfDate` does. An event without an end has no upper bound, one without a start no lower bound, and one without either
 * date is not found.
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
      const isBeforeItsEnd = overlaps(end, openRange.since(days))
      return sql`((${isKnown(start)} and ${overlaps(start, openRange.until(days))} and (${isBeforeItsEnd}) is not false)
          or (not (${isKnown(start)}) and ${isKnown(end)} and ${isBeforeItsEnd}))`
    },
  )
}

/** Schema of a number in a URL. */
export const decimalText = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,6})?$/, { error: 'must be a number in decimal digits, such as 200 or 12.5' })
  .meta({ description: 'A number in decimal digits.' })

/** A filter by a number. Its conditions use the expression of the sort index, in which a missing number sorts last. */
export function number(column: AnyPgColumn, description: string): Filter {
  const { asc, desc } = numberOrder(column)
  const compare = (operator: '>' | '>=' | '<' | '<=', expression: SQL) =>
    one((value) => sql`${expression} ${sql.raw(operator)} ${value}::text::numeric`)
  return {
    description,
    value: decimalText,
    jsonValue: z.number(),
    comparisons: {
      eq: many((values) => sql`${asc} = any(${values}::text[]::numeric[])`),
      ne: many((values) => sql`${asc} <> all(${values}::text[]::numeric[])`),
      gt: compare('>', desc),
      gte: compare('>=', desc),
      lt: compare('<', asc),
      lte: compare('<=', asc),
      ...ifNullable(column),
    },
  }
}

const timestampOrDate = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

function requireInstant(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message })
  if (!timestampOrDate.safeParse(text).success)
    refuse('must be an RFC 3339 timestamp such as 2026-01-31T09:30:00Z, or a date')
  else if (!/^(?!0000)\d{4}-/.test(new Date(text).toISOString())) refuse('must be in the years 0001 to 9999')
  // PostgreSQL reads no larger offsets.
  else if (/[+-](1[6-9]|2\d):\d\d$/.test(text)) refuse('must have an offset from UTC of less than 16 hours')
}

/** A timestamp, as text. The schema is not a union, since client generators make classes of unions. */
export const instant = z
  .string()
  .max(40)
  .superRefine(requireInstant)
  .meta({
    description: 'An RFC 3339 timestamp, or a date for its start in UTC.',
    examples: ['2026-01-31T09:30:00Z'],
  })

/** Casts a text to a timestamp. PostgreSQL would read a bare date as midnight in the session's time zone. */
export const toTimestamp = (text: SQL) =>
  sql`case when length(${text}::text) = 10 then ${text}::text::timestamp at time zone 'UTC' else ${text}::text::timestamptz end`

/**
 * A filter by the time at which the record was created or last changed in the registry.
 * @param id the column with the record's id.
 * @param column the column of `records` with the time.
 */
export function timestamp(id: AnyPgColumn, column: AnyPgColumn, description: string): Filter {
  const compare = (operator: string) =>
    one(
      (value) =>
        sql`${id} in (select ${records.id} from ${records} where ${column} ${sql.raw(operator)} (${toTimestamp(value)}))`,
    )
  return {
    description,
    value: instant,
    comparisons: { gt: compare('>'), gte: compare('>='), lt: compare('<'), lte: compare('<=') },
  }
}

/** A full-text filter in web-search syntax: words, "phrases", or, -not. */
export const fullText = (table: PgTable, what: string): Filter =>
  filterByOne(
    z.string().min(1).max(300),
    `Words in ${what}, as in a web search.`,
    (text) =>
      sql`${columnOf(table, 'search')} @@ websearch_to_tsquery('english', ${webSearch(sql`${text}::text`)})`,
  )

/** SQL condition that at least one of the queries returns the id of the record. */
export const isInAny = (id: AnyPgColumn, queries: SQL[]): SQL => sql`${id} in (${unionAll(queries)})`

/** Adds the operators of a relation to a filter. */
export const withRelation = (
  filter: Filter,
  relation: Relation,
  operator: 'all' | 'exactly' = 'all',
): Filter => ({
  ...filter,
  comparisons: { ...filter.comparisons, ...relationComparisons(relation, filter.value, operator) },
})
