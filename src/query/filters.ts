import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnOf } from '../database/columns.ts'
import { folded } from '../database/folding.ts'
import { unitNumber, unitValue } from './date-units.ts'

/** Units of time that a date may be told to. */
export type DateUnit = 'year' | 'decade' | 'month'

/** Comparisons that a list can ask for; `eq` is written without brackets: `status=signed`, `signedOn[gte]=2011`. */
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
  | 'noneAs'
  | DateUnit

/** The values of other filters of the same request, as SQL, for a filter whose meaning they narrow. */
export type Siblings = (filter: string) => SQL | undefined

/** What an operator is given: one value of the filter, any number of them, or true or false. */
export type Takes = 'one' | 'many' | 'truth'

/** How one operator of a filter is asked in SQL. The given SQL is an array for `many` and one value otherwise. */
export interface Comparison {
  takes: Takes
  /** Schema of one value, where it is not one of the filter's. */
  value?: z.ZodType
  sql(value: SQL, siblings: Siblings): SQL
}

/** A named, typed condition that a list of a resource can be narrowed by. */
export interface Filter {
  description: string
  /** Schema of one value, as text from a URL. */
  value: z.ZodType
  /** Schema of one value in JSON, where that is not text. */
  jsonValue?: z.ZodType
  comparisons: Partial<Record<Operator, Comparison>>
}

const many = (build: Comparison['sql']): Comparison => ({ takes: 'many', sql: build })
const one = (build: Comparison['sql']): Comparison => ({ takes: 'one', sql: build })

/** Whether the record has no value. */
const isNull = (column: AnyPgColumn): Comparison => ({
  takes: 'truth',
  sql: (truth) => sql`(${column} is null) = ${truth}::boolean`,
})

const ifNullable = (column: AnyPgColumn): Partial<Record<Operator, Comparison>> =>
  column.notNull ? {} : { isNull: isNull(column) }

/** Any of some texts: enumerations, codes, words. `ne` also keeps records that have no value. */
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

/** A pattern of LIKE that finds a text as it is. */
export const literally = (text: SQL) =>
  sql`regexp_replace(${folded(sql`${text}::text`)}, '([\\\\%_])', '\\\\\\1', 'g')`

/** A text of the record, compared whole, or in part without regard to case and accents. It may hold commas. */
export const text = (column: AnyPgColumn, description: string): Filter => ({
  description,
  value: z.string().min(1).max(500),
  comparisons: {
    eq: one((whole) => sql`${column} = ${whole}::text`),
    ne: one((whole) => sql`${column} is distinct from ${whole}::text`),
    contains: one((part) => sql`${folded(column)} like '%' || ${literally(part)} || '%'`),
    startsWith: one((start) => sql`${folded(column)} like ${literally(start)} || '%'`),
    ...ifNullable(column),
  },
})

/** Any of some values, by a condition of one's own. */
export const anyWhere = (value: z.ZodType, description: string, build: Comparison['sql']): Filter => ({
  description,
  value,
  comparisons: { eq: many(build) },
})

/** One value, by a condition of one's own. */
export const where = (value: z.ZodType, description: string, build: Comparison['sql']): Filter => ({
  description,
  value,
  comparisons: { eq: one(build) },
})

/** Any of some values in a column of type text[]. */
export const arrayHas = (column: AnyPgColumn, value: z.ZodType, description: string): Filter =>
  anyWhere(value, description, (values) => sql`${column} && ${values}::text[]`)

/**
 * The date lies wholly in a year, decade or month; `unknown` finds what can't be told to one: no date, or one that
 * may be of several.
 */
const inUnit = (unit: DateUnit, earliest: AnyPgColumn, latest: AnyPgColumn): Comparison => ({
  takes: 'one',
  value: unitValue[unit],
  // The branches are apart, so that the word never reaches the functions that read dates.
  sql: (given) =>
    sql`case when ${given}::text = 'unknown' then ${unitNumber[unit](earliest, latest)} is null else ${earliest} >= edtf_earliest(${given}::text) and ${latest} <= edtf_latest(${given}::text) end`,
})

/**
 * An EDTF date of the record. Dates are spans of days, so plain operators compare by overlap (could it be so?) and
 * the `certainly` ones by containment (must it be so?).
 * @example signedOn[gte]=2011-04-10 keeps 2011-04; signedOn[certainlyGte]=2011-04-10 does not.
 */
export function edtfDate(table: PgTable, property: string, value: z.ZodType, description: string): Filter {
  const earliest = columnOf(table, `${property}Earliest`)
  const latest = columnOf(table, `${property}Latest`)
  const from = (date: SQL) => sql`edtf_earliest(${date}::text)`
  const to = (date: SQL) => sql`edtf_latest(${date}::text)`
  const overlaps = (date: SQL) => sql`${earliest} <= ${to(date)} and ${latest} >= ${from(date)}`
  return {
    description,
    value,
    comparisons: {
      eq: one((date) => sql`(${overlaps(date)})`),
      ne: one((date) => sql`(${overlaps(date)}) is not true`),
      gt: one((date) => sql`${latest} > ${to(date)}`),
      gte: one((date) => sql`${latest} >= ${from(date)}`),
      lt: one((date) => sql`${earliest} < ${from(date)}`),
      lte: one((date) => sql`${earliest} <= ${to(date)}`),
      certainlyGt: one((date) => sql`${earliest} > ${to(date)}`),
      certainlyGte: one((date) => sql`${earliest} >= ${from(date)}`),
      certainlyLt: one((date) => sql`${latest} < ${from(date)}`),
      certainlyLte: one((date) => sql`${latest} <= ${to(date)}`),
      overlaps: one((date) => sql`(${overlaps(date)})`),
      within: one((date) => sql`${earliest} >= ${from(date)} and ${latest} <= ${to(date)}`),
      contains: one((date) => sql`${earliest} <= ${from(date)} and ${latest} >= ${to(date)}`),
      year: inUnit('year', earliest, latest),
      decade: inUnit('decade', earliest, latest),
      month: inUnit('month', earliest, latest),
      ...ifNullable(columnOf(table, property)),
    },
  }
}

const decimal = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,6})?$/, { error: 'must be a number in decimal digits, such as 200 or 12.5' })
  .meta({ description: 'A number in decimal digits.' })

/** A number of the record. */
export function number(column: AnyPgColumn, description: string): Filter {
  const compare = (operator: string) =>
    one((value) => sql`${column} ${sql.raw(operator)} ${value}::text::numeric`)
  return {
    description,
    value: decimal,
    jsonValue: z.number(),
    comparisons: {
      eq: many((values) => sql`${column} = any(${values}::text[]::numeric[])`),
      ne: many((values) => sql`(${column} = any(${values}::text[]::numeric[])) is not true`),
      gt: compare('>'),
      gte: compare('>='),
      lt: compare('<'),
      lte: compare('<='),
      ...ifNullable(column),
    },
  }
}

/** A moment, as text from a URL. */
export const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be an RFC 3339 timestamp such as 2026-01-31T09:30:00Z, or a date',
  })
  .refine((text) => /^(?!0000)\d{4}-/.test(new Date(text).toISOString()), {
    error: 'must be in the years 0001 to 9999',
  })

/** The moment that a text says. PostgreSQL would take a bare date for midnight in the session's time zone. */
export const moment = (text: SQL) =>
  sql`case when length(${text}::text) = 10 then ${text}::text::timestamp at time zone 'UTC' else ${text}::text::timestamptz end`

/** When the registry itself made or changed the record. */
export function timestamp(column: AnyPgColumn, description: string): Filter {
  const compare = (operator: string) => one((value) => sql`${column} ${sql.raw(operator)} (${moment(value)})`)
  return {
    description,
    value: instant,
    comparisons: { gt: compare('>'), gte: compare('>='), lt: compare('<'), lte: compare('<=') },
  }
}

/** Full text in the syntax of web searches: words, "phrases", or, -not. */
export const fullText = (table: PgTable, what: string): Filter =>
  where(
    z.string().min(1).max(300),
    `Words in ${what}, in the syntax of web searches: \`electric cars\`, \`"electric cars"\`, \`energy or climate\`, \`energy -coal\`. Accents don't matter.`,
    (text) => sql`${columnOf(table, 'search')} @@ websearch_to_tsquery('english', plain_text(${text}::text))`,
  )
