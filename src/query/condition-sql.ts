import { type SQL, sql } from 'drizzle-orm'
import { commaList } from '../database/columns.ts'
import { compileSql } from '../database/dialect.ts'
import { hasNonLatin } from '../model/characters.ts'
import type { GetOtherFilter } from '../model/filters.ts'
import type { Searchable } from '../model/searchable.ts'
import { type Condition, type FilterComparison, getParts, listValues } from './condition.ts'
import { placeholder } from './statement.ts'

const operandPlaceholder = (index: number): SQL => placeholder(`value.${index}`)

/** Returns the values of a condition by the names of its placeholders. */
export const conditionValues = (condition: Condition): Record<string, unknown> =>
  Object.fromEntries(listValues(condition).map((given, index) => [`value.${index}`, given]))

/**
 * How a statement reads records: `index` through an index, with or without `asOf`; `scan` by a scan of all current records;
 * `past scan` by a scan of all records as of a time.
 */
export type AccessPath = 'index' | 'scan' | 'past scan'

function comparisonsSql(
  searchable: Searchable,
  comparisons: FilterComparison[],
  accessPath: AccessPath,
  firstPlaceholder: number,
): SQL[] {
  const getOtherFilter: GetOtherFilter = (name, wanted = 'eq') => {
    const index = comparisons.findIndex(({ filter, operator }) => filter === name && operator === wanted)
    return index < 0 ? undefined : operandPlaceholder(firstPlaceholder + index)
  }
  return comparisons.map(({ filter, operator, value: operand }, index) => {
    const comparison = searchable.filters[filter]?.comparisons[operator]
    if (!comparison) throw new Error(`unknown comparison in a plan: ${filter}[${operator}]`)
    const given = operandPlaceholder(firstPlaceholder + index)
    if (comparison.nonLatin && hasNonLatin(operand)) return sql`(${comparison.nonLatin(given)})`
    const stored = accessPath === 'scan' ? comparison.stored?.(given, getOtherFilter) : undefined
    const scan = accessPath === 'index' ? undefined : (stored ?? comparison.scan?.(given))
    return sql`(${scan ?? comparison.sql(given, getOtherFilter)})`
  })
}

function elementsSql(
  searchable: Searchable,
  condition: Condition & { kind: 'elements' },
  firstPlaceholder: number,
): SQL {
  const collection = searchable.collections()[condition.collection]
  if (!collection) throw new Error(`unknown collection in a plan: ${condition.collection}`)
  const { keyForCollections: key } = searchable
  if (!key) throw new Error(`the collection ${condition.collection} has no key to refer to`)
  const { table, parentKey } = collection
  const holds = conditionSql(collection, condition.of, 'index', firstPlaceholder)
  switch (condition.quantifier) {
    case 'some':
      return sql`(${commaList(key)}) in (select ${commaList(parentKey)} from ${table} where (${holds}))`
    case 'none':
      return sql`not exists (select from ${table} where (${commaList(parentKey)}) = (${commaList(key)}) and (${holds}))`
    case 'every':
      return sql`not exists (select from ${table} where (${commaList(parentKey)}) = (${commaList(key)}) and (${holds}) is not true)`
  }
}

/** Splits a condition into conditions that must all be true. The parts of nested `all`s become separate conditions. */
function listConjuncts(
  searchable: Searchable,
  condition: Condition,
  accessPath: AccessPath,
  firstPlaceholder: number,
): SQL[] {
  if (condition.kind === 'fields')
    return comparisonsSql(searchable, condition.comparisons, accessPath, firstPlaceholder)
  if (condition.kind !== 'all')
    return [sql`(${conditionSql(searchable, condition, accessPath, firstPlaceholder)})`]
  let next = firstPlaceholder
  return condition.of.flatMap((part) => {
    const found = listConjuncts(searchable, part, accessPath, next)
    next += listValues(part).length
    return found
  })
}

/** Maximum number of conditions `in (select …)` that PostgreSQL may convert to joins. */
const maxJoins = 8

/** Whether a condition is `in` with an uncorrelated subquery. */
function isUncorrelatedIn(condition: SQL): boolean {
  const { text } = compileSql(condition)
  return /\bin \(\s*select /.test(text) && !text.includes('exists (')
}

/**
 * Combines conditions that must all be true. PostgreSQL converts conditions with `in (select …)` to joins, and the time to plan
 * joins grows faster than their number. Beyond `maxJoins`, `is true` prevents this conversion: the subquery stays a hashed
 * subplan, which PostgreSQL evaluates once.
 */
function allSql(conditions: SQL[]): SQL {
  let joins = 0
  const bounded = conditions.map((condition) => {
    if (!isUncorrelatedIn(condition)) return condition
    joins += 1
    return joins > maxJoins ? sql`${condition} is true` : condition
  })
  return bounded.length > 0 ? sql.join(bounded, sql` and `) : sql`true`
}

/**
 * Returns the SQL of a condition, with a placeholder for each value.
 * @param accessPath how the statement reads records. For scans, some comparisons have a faster form.
 * @param firstPlaceholder number of the first placeholder. The numbers of `conditionValues` begin with 0.
 * @throws Error for a filter, operator or collection that `searchable` does not have.
 */
export function conditionSql(
  searchable: Searchable,
  condition: Condition,
  accessPath: AccessPath = 'index',
  firstPlaceholder = 0,
): SQL {
  if (condition.kind === 'fields' || condition.kind === 'all')
    return allSql(listConjuncts(searchable, condition, accessPath, firstPlaceholder))
  if (condition.kind === 'elements') return elementsSql(searchable, condition, firstPlaceholder)
  let next = firstPlaceholder
  const parts = getParts(condition).map((part) => {
    const partSql = sql`(${conditionSql(searchable, part, accessPath, next)})`
    next += listValues(part).length
    return partSql
  })
  // A comparison with a missing value is null. Its negation must be true, so that a condition and its negation together
  // match all records.
  if (condition.kind === 'not') return sql`${sql.join(parts)} is not true`
  return sql.join(parts, sql` or `)
}
