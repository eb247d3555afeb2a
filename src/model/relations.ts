import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { textArray, unionAll } from '../database/columns.ts'
import { faultMessage } from '../problems/faults.ts'
import type { Comparison, GetOtherFilter, Operator } from './filters.ts'

/**
 * A property with any number of values in each record, such as its countries or topics. Filters and dimensions read the
 * same rows, so a list finds exactly the records that an aggregate counts.
 */
export interface Relation {
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
  groupValues?: Relation
  /** SQL condition that a record has at least one value. Without it, `exists` over `queries` is used. */
  some?(getOtherFilter: GetOtherFilter): SQL
  /** PostgreSQL type of the values. */
  type: 'text' | 'uuid'
  /** Schema of a role, if the values are participants. */
  roles?: z.ZodType
  /** Set if the values are a column of a list's elements, so that the values of one element are grouped together. */
  element?: { list: ListElements; column: string }
}

/** Values of a relation in the record's own row. */
export interface StoredValues {
  /** The column with an array of distinct values. */
  column: AnyPgColumn
  /** Queries of the values that are not in the column. They have the same columns as `Relation.queries`. */
  others: SQL[]
}

/** The elements of a list, whose values relations, filters and measures read together. */
export interface ListElements {
  name: string
  /**
   * Query of one row for each element: the column `record`, and a column for each value, which may be null.
   * @param getOtherFilter returns the value of another filter of the request, which may narrow the rows.
   */
  rows(getOtherFilter: GetOtherFilter): SQL
}

/** Query of all rows of a relation, with duplicates. */
export const relationRows = (relation: Relation, getOtherFilter: GetOtherFilter): SQL =>
  unionAll(relation.queries(getOtherFilter))

/**
 * Query of the distinct rows of a relation.
 * @param columns the columns to select.
 */
export function distinctRelationRows(relation: Relation, getOtherFilter: GetOtherFilter, columns: SQL): SQL {
  const queries = relation.queries(getOtherFilter)
  if (queries.length === 1)
    return sql`select distinct ${columns} from (${relationRows(relation, getOtherFilter)}) related`
  // `union` and not `select distinct` over `union all`: the planner estimates each query, and can read it in index order.
  return sql.join(
    queries.map((query) => sql`select ${columns} from (${query}) related`),
    sql` union `,
  )
}

/** SQL condition that a record has at least one value. */
const hasSome = (relation: Relation, getOtherFilter: GetOtherFilter): SQL =>
  relation.some?.(getOtherFilter) ??
  sql`exists (select from (${relationRows(relation, getOtherFilter)}) related where related.record = ${relation.recordId})`

/** SQL array of the given values without their roles, cast to the type of the relation's values. */
const valuesWithoutRoles = (relation: Relation, values: SQL) =>
  sql`(select array_agg(split_part(word, ':', 1)::${sql.raw(relation.type)}) from unnest(${textArray(values)}) word)::${sql.raw(relation.type)}[]`

/**
 * SQL condition that a record has each of several values.
 * A value may end in a role, as in `PAK:donor`: then one participant must have both the value and the role. The filter
 * `role` applies only to values without a role.
 */
function havingAll(relation: Relation, values: SQL, getOtherFilter: GetOtherFilter): SQL {
  const getFilterExceptRole: GetOtherFilter = (name, operator) =>
    relation.roles && name === 'role' ? undefined : getOtherFilter(name, operator)
  const wanted = getOtherFilter('role')
  const hasWantedRole = wanted ? sql`related.role = any(${textArray(wanted)})` : sql`true`
  const role = relation.roles
    ? sql` and case split_part(given.word, ':', 2) when '' then ${hasWantedRole} else split_part(given.word, ':', 2) = related.role end`
    : sql``
  return sql`${relation.recordId} in (
    select related.record from (${relationRows(relation, getFilterExceptRole)}) related
    join unnest(${textArray(values)}) as given(word) on related.value = split_part(given.word, ':', 1)::${sql.raw(relation.type)}${role}
    where related.value = any(${valuesWithoutRoles(relation, values)})
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
        for (const { message } of schema.safeParse(part, { error: faultMessage }).error?.issues ?? []) {
          context.addIssue({ code: 'custom', message })
        }
      }
    })
    .meta({ description: 'A value, or `value:role`.' })

/**
 * Returns the operators, besides `eq`, of a filter on a relation: `all` (or `allDirectly`), `otherThan`, `isNull` and, for
 * participants, `noneAs`.
 * @param value schema of one value.
 * @param all name of the operator that requires all values.
 */
export function relationComparisons(
  relation: Relation,
  value: z.ZodType,
  all: 'all' | 'allDirectly' = 'all',
): Partial<Record<Operator, Comparison>> {
  const { roles } = relation
  return {
    [all]: {
      takes: 'many',
      ...(roles && { value: withRole(value, roles) }),
      sql: (values: SQL, getOtherFilter: GetOtherFilter) => havingAll(relation, values, getOtherFilter),
    },
    otherThan: {
      takes: 'many',
      sql: (values: SQL, getOtherFilter: GetOtherFilter) =>
        sql`${relation.recordId} in (select related.record from (${relationRows(relation.groupValues ?? relation, getOtherFilter)}) related where related.value <> all(${values}::${sql.raw(relation.type)}[]))`,
    },
    isNull: {
      takes: 'boolean',
      sql: (truth, getOtherFilter) => sql`(${hasSome(relation, getOtherFilter)}) <> ${truth}::boolean`,
    },
    ...(roles && {
      noneAs: {
        takes: 'many',
        value: roles,
        sql: (values: SQL, getOtherFilter: GetOtherFilter) =>
          sql`not (${hasSome(relation, (name, operator) => (name === 'role' ? values : getOtherFilter(name, operator)))})`,
      },
    }),
  }
}
