import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { textArray, unionAll } from '../database/columns.ts'
import { faultMessage, toFault } from '../problems/faults.ts'
import type { Comparison, GetOtherFilter, Operator } from './filters.ts'

/**
 * A property with any number of values in each record, such as its countries or topics. Filters and dimensions read the
 * same rows, so a list finds exactly the records that an aggregate counts.
 */
export interface MultiValue {
  /** The column with the id of the record. */
  recordId: AnyPgColumn
  /**
   * Queries that together return a row for each value of each record, perhaps with duplicates: columns `record`, `value`
   * (never null) and, for participants, `role`.
   * @param getOtherFilter returns the value of another filter of the request, which may narrow the rows.
   */
  queries(getOtherFilter: GetOtherFilter): SQL[]
  /** The values in the record's own row, for reads without `asOf`; undefined if other filters narrow the values. */
  stored?(getOtherFilter: GetOtherFilter): StoredValues | undefined
  /** The values by which records are grouped, if filters also accept others, such as regions of other levels. */
  groupValues?: MultiValue
  /**
   * SQL condition that a record has at least one value or, with `groupValues`, at least one value of `groupValues`. Absent: `exists` over
   * `queries`.
   */
  some?(getOtherFilter: GetOtherFilter): SQL
  /** PostgreSQL type of the values. */
  type: 'text' | 'uuid'
  /** Schema of a role, if the values are participants. */
  roles?: z.ZodType
  /** Set if the values are a column of a list's elements, so that the values of one element are grouped together. */
  element?: { list: ListElements; column: string }
}

/** Values of a `MultiValue` in the record's own row. */
export interface StoredValues {
  /** The column with an array of distinct values. */
  column: AnyPgColumn
  /** Queries of the values that are not in the column. They have the same columns as `MultiValue.queries`. */
  others: SQL[]
}

/** The elements of a list. Multi-values, filters and measures read several values of the same element together. */
export interface ListElements {
  name: string
  /**
   * Query of one row for each element: the column `record`, and a column for each value, which may be null.
   * @param getOtherFilter returns the value of another filter of the request, which may narrow the rows.
   */
  rows(getOtherFilter: GetOtherFilter): SQL
}

/** Query of all rows of a multi-value, with duplicates. */
export const multiValueRows = (multiValue: MultiValue, getOtherFilter: GetOtherFilter): SQL =>
  unionAll(multiValue.queries(getOtherFilter))

/**
 * Query of the distinct rows of a multi-value.
 * @param columns the columns to select.
 */
export function distinctMultiValueRows(
  multiValue: MultiValue,
  getOtherFilter: GetOtherFilter,
  columns: SQL,
): SQL {
  const queries = multiValue.queries(getOtherFilter)
  if (queries.length === 1)
    return sql`select distinct ${columns} from (${multiValueRows(multiValue, getOtherFilter)}) related`
  // `union` and not `select distinct` over `union all`: the planner estimates each query, and can read it in index order.
  return sql.join(
    queries.map((query) => sql`select ${columns} from (${query}) related`),
    sql` union `,
  )
}

/** SQL condition that a record has at least one value. */
const hasSome = (multiValue: MultiValue, getOtherFilter: GetOtherFilter): SQL =>
  multiValue.some?.(getOtherFilter) ??
  sql`exists (select from (${multiValueRows(multiValue, getOtherFilter)}) related where related.record = ${multiValue.recordId})`

/** SQL array of the given values without their roles, cast to the type of the multi-value. */
const valuesWithoutRoles = (multiValue: MultiValue, values: SQL) =>
  sql`(select array_agg(split_part(word, ':', 1)::${sql.raw(multiValue.type)}) from unnest(${textArray(values)}) word)::${sql.raw(multiValue.type)}[]`

/**
 * SQL condition that a record has each of several values.
 * A value may end in a role, as in `PAK:donor`: then one participant must have both the value and the role. The filter
 * `role` applies only to values without a role. It does not restrict the values of `role[all]`, so a request with
 * `role=donor&role[all]=recipient` finds records with both roles.
 */
function havingAll(multiValue: MultiValue, values: SQL, getOtherFilter: GetOtherFilter): SQL {
  const getFilterExceptRole: GetOtherFilter = (name, operator) =>
    name === 'role' ? undefined : getOtherFilter(name, operator)
  const wanted = getOtherFilter('role')
  const hasWantedRole = wanted ? sql`related.role = any(${textArray(wanted)})` : sql`true`
  const role = multiValue.roles
    ? sql` and case split_part(given.word, ':', 2) when '' then ${hasWantedRole} else split_part(given.word, ':', 2) = related.role end`
    : sql``
  return sql`${multiValue.recordId} in (
    select related.record from (${multiValueRows(multiValue, getFilterExceptRole)}) related
    join unnest(${textArray(values)}) as given(word) on related.value = split_part(given.word, ':', 1)::${sql.raw(multiValue.type)}${role}
    where related.value = any(${valuesWithoutRoles(multiValue, values)})
    group by related.record having count(distinct given.word) = (select count(distinct word) from unnest(${textArray(values)}) word))`
}

/** Schema of `value` or `value:role`. */
const withRole = (value: z.ZodType, roles: z.ZodType) =>
  z
    .string()
    .max(150)
    .superRefine((text, context) => {
      const index = text.indexOf(':')
      const parts: [z.ZodType, string][] =
        index < 0
          ? [[value, text]]
          : [
              [value, text.slice(0, index)],
              [roles, text.slice(index + 1)],
            ]
      for (const [schema, part] of parts) {
        for (const issue of schema.safeParse(part, { error: faultMessage }).error?.issues ?? []) {
          const { code, message } = toFault(issue)
          context.addIssue({ code: 'custom', params: { code }, message })
        }
      }
    })
    .meta({ description: 'A value, or `value:role`.' })

/**
 * Returns the operators, besides `eq`, of a filter on a multi-value: `all` (or `allDirectly`), `otherThan`, `isNull` and, for
 * participants, `noneAs`.
 * @param value schema of one value.
 * @param all name of the operator that requires all values.
 */
export function multiValueComparisons(
  multiValue: MultiValue,
  value: z.ZodType,
  all: 'all' | 'allDirectly',
): Partial<Record<Operator, Comparison>> {
  const { roles } = multiValue
  return {
    [all]: {
      takes: 'many',
      ...(roles && { value: withRole(value, roles) }),
      sql: (values: SQL, getOtherFilter: GetOtherFilter) => havingAll(multiValue, values, getOtherFilter),
    },
    otherThan: {
      takes: 'many',
      sql: (values: SQL, getOtherFilter: GetOtherFilter) =>
        sql`${multiValue.recordId} in (select related.record from (${multiValueRows(multiValue.groupValues ?? multiValue, getOtherFilter)}) related where related.value <> all(${values}::${sql.raw(multiValue.type)}[]))`,
    },
    isNull: {
      takes: 'boolean',
      sql: (truth, getOtherFilter) => sql`(${hasSome(multiValue, getOtherFilter)}) <> ${truth}::boolean`,
    },
    ...(roles && {
      noneAs: {
        takes: 'many',
        value: roles,
        sql: (values: SQL, getOtherFilter: GetOtherFilter) =>
          sql`not (${hasSome(multiValue, (name, operator) => (name === 'role' ? values : getOtherFilter(name, operator)))})`,
      },
    }),
  }
}
