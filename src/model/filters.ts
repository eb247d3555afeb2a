import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnOf, unionAll } from '../database/columns.ts'
import { characterWords, fold, hasUnspaced, separateCharacters, webSearch } from '../database/folding.ts'
import { codeOrder, maxCharacter, numberOrder } from '../database/ordering.ts'
import { records } from '../database/tables/records.ts'
import { toNfc } from './characters.ts'
import { expandDecimal } from './decimals.ts'
import { type MultiValue, multiValueComparisons } from './multi-values.ts'

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
  | 'allDirectly'
  | 'otherThan'
  | 'noneAs'
  | DateUnit

/** Returns the name of a parameter with an operator, as in a query: `status`, `signedOn[gte]`. */
export const operatorName = (name: string, operator: string): string =>
  operator === 'eq' ? name : `${name}[${operator}]`

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
  overlaps: 'shares a day with the given date',
  within: 'lies within the given date',
  contains: 'contains the given text or date',
  startsWith: 'starts with the value',
  isNull: '`true`: has no value; `false`: has one',
  all: 'has each of the values; of participants, also as `value:role`',
  allDirectly: 'has each of the values itself, not only a narrower one',
  otherThan: 'has a value other than the given ones',
  noneAs: 'has no participant in the given roles',
  year: 'lies in the year, such as `2011`, or `unknown`',
  decade: 'lies in the decade, such as `201X`, or `unknown`',
  month: 'lies in the month, such as `2011-04`, or `unknown`',
}

/**
 * Returns the value that the request gives for another filter, with the operator `eq` by default, as SQL; undefined if it
 * gives none. For example, `country` finds only participants in the role of the filter `role`.
 */
export type GetOtherFilter = (filter: string, operator?: Operator) => SQL | undefined

/** The operand of an operator: one value, several values, or a boolean. */
export type OperandKind = 'one' | 'many' | 'boolean'

/** The SQL of one operator of a filter. Its argument is an array for `many`, otherwise one value. */
export interface Comparison {
  takes: OperandKind
  /** Schema of one value, if it differs from the filter's. */
  value?: z.ZodType
  sql(value: SQL, getOtherFilter: GetOtherFilter): SQL
  /** The condition for a text with characters beyond Latin ones (`hasNonLatin`), if it differs. */
  nonLatin?(value: SQL): SQL
  /** The same condition for statements that read every record: cheaper to evaluate, but it cannot use an index. */
  scan?(value: SQL): SQL
  /**
   * The same condition on a copy of the values in the record's row (`MultiValue.stored`), for statements without `asOf` that
   * read every record. Undefined if other filters narrow the values.
   */
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
  /** Names that other services give such a filter (`Parameter.otherNames`). */
  otherNames?: readonly string[]
}

const withManyValues = (build: Comparison['sql']): Comparison => ({ takes: 'many', sql: build })

/** Returns a comparison with one value. */
export const withOneValue = (build: Comparison['sql']): Comparison => ({ takes: 'one', sql: build })

const withBoolean = (build: Comparison['sql']): Comparison => ({ takes: 'boolean', sql: build })

/** Returns the operator `isNull` for a nullable column, otherwise none. */
export const ifNullable = (column: AnyPgColumn): Partial<Record<Operator, Comparison>> =>
  column.notNull ? {} : { isNull: withBoolean((given) => sql`(${column} is null) = ${given}::boolean`) }

/**
 * A filter by any of several codes, for a column that is also a sort key. Its conditions use the expression of the sort
 * index, in which `maxCharacter` stands for a missing code but may also be a code. `ne` also finds records without a value.
 */
export function filterBySortableCode(column: AnyPgColumn, value: z.ZodType, description: string): Filter {
  const { asc } = codeOrder(column)
  const isAny = (values: SQL) => sql`${asc} = any(${values}::text[])`
  const isNone = (values: SQL) => sql`${asc} <> all(${values}::text[])`
  const comparisons: Filter['comparisons'] = column.notNull
    ? { eq: withManyValues(isAny), ne: withManyValues(isNone) }
    : {
        eq: withManyValues((values) => sql`(${isAny(values)} and ${column} is not null)`),
        ne: withManyValues((values) => sql`(${isNone(values)} or ${column} is null)`),
        isNull: withBoolean(
          (given) => sql`(${asc} = ${maxCharacter} and ${column} is null) = ${given}::boolean`,
        ),
      }
  return { description, value, comparisons }
}

/** A filter by any of several keys or codes, for a column with its own index. `ne` also finds records without a value. */
export function filterByCode(column: AnyPgColumn, value: z.ZodType, description: string): Filter {
  const toArray = (values: SQL) => sql`${values}::${sql.raw(column.getSQLType())}[]`
  return {
    description,
    value,
    comparisons: {
      eq: withManyValues((values) => sql`${column} = any(${toArray(values)})`),
      ne: withManyValues((values) => sql`(${column} = any(${toArray(values)})) is not true`),
      ...ifNullable(column),
    },
  }
}

/** Removes case and accents from a text, and escapes it for use in a LIKE pattern. */
const toLikePattern = (text: SQL) =>
  sql`regexp_replace(${fold(sql`${text}::text`)}, '([\\\\%_])', '\\\\\\1', 'g')`

/**
 * Restricts a condition on a folded column to records with a value. `fold` returns an empty text for a missing value, and also
 * for a value of accents alone.
 */
const ifPresent = (column: AnyPgColumn, condition: SQL): SQL =>
  column.notNull ? condition : sql`(${column} is not null and ${condition})`

/** The operators that compare a part of a text. They ignore case and accents. */
const substringComparisons = (column: AnyPgColumn): Partial<Record<Operator, Comparison>> => ({
  contains: withOneValue((part) =>
    ifPresent(column, sql`${fold(column)} like '%' || ${toLikePattern(part)} || '%'`),
  ),
  startsWith: withOneValue((start) =>
    ifPresent(column, sql`${fold(column)} like ${toLikePattern(start)} || '%'`),
  ),
  ...ifNullable(column),
})

const textValue = () => z.string().overwrite(toNfc(500)).min(1).max(500)

/** A filter by a text. `eq` compares the whole text. All operators ignore case and accents. Values may contain commas. */
export const filterByText = (column: AnyPgColumn, description: string): Filter => ({
  description,
  value: textValue(),
  comparisons: {
    eq: withOneValue((whole) => ifPresent(column, sql`${fold(column)} = ${fold(sql`${whole}::text`)}`)),
    ne: withOneValue((whole) => sql`(${column} is null or ${fold(column)} <> ${fold(sql`${whole}::text`)})`),
    ...substringComparisons(column),
  },
})

/**
 * A filter by a text that is also a dimension. `eq` and `ne` compare exactly, as groups do, so that a group links to its
 * records. The other operators ignore case and accents.
 */
export const filterByGroupedText = (column: AnyPgColumn, description: string): Filter => ({
  description,
  value: textValue(),
  comparisons: {
    // The first condition uses the index of folded texts. The second one keeps only exact matches.
    eq: withOneValue((whole) =>
      ifPresent(column, sql`(${fold(column)} = ${fold(sql`${whole}::text`)} and ${column} = ${whole}::text)`),
    ),
    ne: withOneValue((whole) => sql`${column} is distinct from ${whole}::text`),
    ...substringComparisons(column),
  },
})

/** A filter by any of several values, with the given condition. */
export const filterByAny = (value: z.ZodType, description: string, build: Comparison['sql']): Filter => ({
  description,
  value,
  comparisons: { eq: withManyValues(build) },
})

/** A filter by one value, with the given condition. */
export const filterByOne = (value: z.ZodType, description: string, build: Comparison['sql']): Filter => ({
  description,
  value,
  comparisons: { eq: withOneValue(build) },
})

/** A filter by any of several values, for a column of type text[]. */
export const filterByArray = (column: AnyPgColumn, value: z.ZodType, description: string): Filter =>
  filterByAny(value, description, (values) => sql`${column} && ${values}::text[]`)

/** Schema of a number in a URL. Its output has neither an exponent nor superfluous zeros. */
export const decimalText = z
  .string()
  .max(100)
  .regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i, { error: 'must be a number in decimal digits, such as 200 or 12.5' })
  .transform((text, { addIssue }) => {
    const decimal = expandDecimal(text, 15, 6)
    if (decimal !== undefined) return decimal
    addIssue('must have at most 15 digits before the decimal point and 6 after it')
    return z.NEVER
  })
  .meta({ description: 'A number in decimal digits.' })

/** A filter by a number. Its conditions use the expression of the sort index, in which a missing number sorts last. */
export function filterByNumber(column: AnyPgColumn, description: string): Filter {
  const { asc, desc } = numberOrder(column)
  const compare = (operator: '>' | '>=' | '<' | '<=', expression: SQL) =>
    withOneValue((value) => sql`${expression} ${sql.raw(operator)} ${value}::text::numeric`)
  return {
    description,
    value: decimalText,
    jsonValue: z.number(),
    comparisons: {
      eq: withManyValues((values) => sql`${asc} = any(${values}::text[]::numeric[])`),
      ne: withManyValues((values) => sql`${asc} <> all(${values}::text[]::numeric[])`),
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
  const refuse = (message: string, code?: string) =>
    context.addIssue({ code: 'custom', params: { code }, message })
  if (/T[\d:.]+ \d\d:\d\d$/.test(text))
    refuse('has a space before its offset from UTC: write + as %2B in a URL', 'wrong_format')
  else if (!timestampOrDate.safeParse(text).success)
    refuse('must be an RFC 3339 timestamp such as 2026-01-31T09:30:00Z, or a date', 'wrong_format')
  else if (!/^(?!0000)\d{4}-/.test(new Date(text).toISOString())) refuse('must be in the years 0001 to 9999')
  // PostgreSQL reads no larger offsets.
  else if (/[+-](1[6-9]|2\d):\d\d$/.test(text)) refuse('must have an offset from UTC of less than 16 hours')
}

/** A timestamp, as text. The schema is not a union, since client generators make classes of unions. */
export const instant = z
  .string()
  .max(40)
  .toUpperCase()
  .superRefine(requireInstant)
  .meta({
    description: 'An RFC 3339 timestamp, or a date for its start in UTC.',
    examples: ['2026-01-31T09:30:00Z'],
  })

/** Casts a text to a timestamp. PostgreSQL would read a bare date as midnight in the session's time zone. */
const toTimestamp = (text: SQL) =>
  sql`case when length(${text}::text) = 10 then ${text}::text::timestamp at time zone 'UTC' else ${text}::text::timestamptz end`

/**
 * A filter by the time at which the record was created or last changed in the registry.
 * @param id the column with the record's id.
 * @param column the column of `records` with the time.
 */
export function filterByTimestamp(id: AnyPgColumn, column: AnyPgColumn, description: string): Filter {
  const compare = (operator: string) =>
    withOneValue(
      (value) =>
        sql`${id} in (select ${records.id} from ${records} where ${column} ${sql.raw(operator)} (${toTimestamp(value)}))`,
    )
  return {
    description,
    value: instant,
    comparisons: { gt: compare('>'), gte: compare('>='), lt: compare('<'), lte: compare('<=') },
  }
}

/**
 * A comparison of texts with words in web-search syntax: words, "phrases", or, -not. PostgreSQL does not split texts without
 * spaces, such as Chinese, into words. So if the query has such a text, each of its characters counts as a word, both in the
 * query and in the records that have such texts.
 * @param texts SQL of all searched texts of the record, joined into one text.
 */
export function hasWords(table: PgTable, texts: SQL): Comparison & Required<Pick<Comparison, 'nonLatin'>> {
  const [id, search] = [columnOf(table, 'id'), columnOf(table, 'search')]
  const query = (text: SQL) => sql`websearch_to_tsquery('english', ${text})`
  return {
    takes: 'one',
    sql: (text) => sql`${search} @@ ${query(webSearch(sql`${text}::text`))}`,
    nonLatin: (text) => {
      const separated = query(separateCharacters(webSearch(sql`${text}::text`)))
      // Two queries, since `or` would compute the words of each record a second time.
      return isInAny(id, [
        sql`select ${id} from ${table} where ${search} @@ ${separated} and not ${hasUnspaced(texts)}`,
        sql`select ${id} from ${table} where ${characterWords(texts)} @@ ${separated} and ${hasUnspaced(texts)}`,
      ])
    },
  }
}

/** The names that other services give a parameter for full text (`Parameter.otherNames`). */
export const otherNamesOfText: readonly string[] = ['search', 'query', 'text', 'keyword', 'keywords']

/**
 * A full-text filter.
 * @param eq the comparison, made by `hasWords`.
 */
export const filterByWords = (eq: Comparison, description: string): Filter => ({
  description,
  value: z.string().overwrite(toNfc(300)).min(1).max(300),
  comparisons: { eq },
  otherNames: otherNamesOfText,
})

/** SQL condition that at least one of the queries returns the id of the record. */
export const isInAny = (id: AnyPgColumn, queries: SQL[]): SQL => sql`${id} in (${unionAll(queries)})`

/** Adds the operators of a property with several values to a filter. */
export const withMultiValue = (
  filter: Filter,
  multiValue: MultiValue,
  operator: 'all' | 'allDirectly' = 'all',
): Filter => ({
  ...filter,
  comparisons: { ...filter.comparisons, ...multiValueComparisons(multiValue, filter.value, operator) },
})
