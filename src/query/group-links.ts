import { type SQL, sql } from 'drizzle-orm'
import { commaList, literal } from '../database/columns.ts'
import type { Operator } from '../model/filters.ts'
import { listPath } from '../model/paths.ts'
import { type AggregatePlan, getDimension } from './aggregate.ts'
import type { Condition } from './condition.ts'
import { asOfName } from './past.ts'

/**
 * Paths of list requests that return exactly the records of a group. A path has the filters of the aggregate, and a filter
 * for each key of the group.
 */

/** Operators of which each value is a further condition, so that a group's value can be added to the values of the request. */
const combinableOperators: Operator[] = ['all', 'allDirectly', 'noneAs']

/** Returns the name of a filter with an operator in a query string, percent-encoded. */
const queryName = (filter: string, operator: Operator) =>
  operator === 'eq' ? filter : `${filter}%5B${operator}%5D`

/** Finds the comparison of a request by a filter and operator. */
const findComparison = (where: Condition, filter: string, operator: Operator) =>
  where.kind === 'fields'
    ? where.comparisons.find((known) => known.filter === filter && known.operator === operator)
    : undefined

/**
 * Whether the filter by a group's value replaces a comparison of the request. The comparison has a list of values, one of which
 * is the group's value.
 */
const isReplaced = (
  { resource, groupBy }: AggregatePlan,
  filter: string,
  operator: Operator,
  value: unknown,
) =>
  operator === 'eq' &&
  Array.isArray(value) &&
  groupBy.some((name) => {
    const { groupFilter } = getDimension(resource, name)
    return groupFilter.filter === filter && groupFilter.finds === 'eq'
  })

/**
 * Returns the filters and `asOf` of a request as a query string, without the filters that each group replaces; null if there
 * are none, or if the condition is a tree, as those of `POST …/search` are.
 */
export function commonQuery(plan: AggregatePlan): string | null {
  if (plan.where.kind !== 'fields') return null
  const parts = plan.where.comparisons
    .filter(({ filter, operator, value }) => !isReplaced(plan, filter, operator, value))
    .map(({ filter, operator, value }) => {
      const name = queryName(filter, operator)
      const values = (Array.isArray(value) ? value : [value]).map((item) => encodeURIComponent(String(item)))
      // In a comma-separated list, the service refuses a text that may be one value or several. After `name[]=`, it reads such a
      // text as one value.
      return Array.isArray(value) && values.some((text) => text.includes('%2C'))
        ? values.map((text) => `${name}%5B%5D=${text}`).join('&')
        : `${name}=${values.join()}`
    })
  if (plan.asOf !== undefined) parts.push(`${asOfName(plan.resource)}=${encodeURIComponent(plan.asOf)}`)
  return parts.length > 0 ? parts.join('&') : null
}

/** Codes are safe in a URL. Any other text is percent-encoded (RFC 3986, section 2.1). */
const percentEncode = (text: SQL) =>
  sql`(case when ${text} ~ '^[A-Za-z0-9._~-]*$' then ${text} else regexp_replace(encode(convert_to(${text}, 'UTF8'), 'hex'), '(..)', '%\\1', 'g') end)`

/** SQL of the filter that selects a group's value of a dimension, as a piece of a query string; null if no filter is needed. */
function filterPiece(plan: AggregatePlan, name: string, keyOf: (name: string) => SQL): SQL {
  const { groupFilter, values, text } = getDimension(plan.resource, name)
  const key = keyOf(name)
  // A filter of the request that accepts only one value has the same value in every group, and is already in the query.
  const piece = (operator: Operator, value: SQL) => {
    const known = findComparison(plan.where, groupFilter.filter, operator)
    const isInRequest =
      known !== undefined && !Array.isArray(known.value) && !combinableOperators.includes(operator)
    return isInRequest
      ? sql`null::text`
      : sql`${literal(`${queryName(groupFilter.filter, operator)}=`)} || ${value}`
  }
  const found = percentEncode(text(key))
  const lacking = piece(groupFilter.lacks, literal(groupFilter.none))
  if (values.kind === 'one' || !values.multiValue.roles || !plan.groupBy.includes('role')) {
    return sql`case when ${key} is null then ${lacking} else ${piece(groupFilter.finds, found)} end`
  }
  const role = keyOf('role')
  return sql`case
    when ${key} is null and ${role} is null then ${lacking}
    when ${key} is null then ${piece('noneAs', role)}
    when ${role} is null then ${piece(groupFilter.finds, found)}
    else ${piece(groupFilter.finds, sql`${found} || ':' || ${role}`)} end`
}

/**
 * SQL of the path of the list request that returns the records of a group.
 * @param common SQL of the request's filters as a query string, or null.
 * @param keyOf returns SQL of a group's value of a dimension.
 */
export function groupLink(plan: AggregatePlan, common: SQL, keyOf: (name: string) => SQL): SQL {
  const pieces = plan.groupBy.map((name) => sql`(${filterPiece(plan, name, keyOf)})`)
  return sql`${literal(`${listPath(plan.resource)}?`)} || concat_ws('&', ${commaList([sql`${common}::text`, ...pieces])})`
}
