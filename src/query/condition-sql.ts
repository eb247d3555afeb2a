import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Searchable } from '../model/searchable.ts'
import { type Comparing, type Condition, inside, valuesIn } from './condition.ts'

/** Columns, separated by commas. */
const list = (columns: PgColumn[]): SQL => sql.join(columns, sql`, `)

const value = (at: number): SQL => sql`${sql.placeholder(`value.${at}`)}`

/** The values of a condition under the names that its SQL has for them. */
export const conditionValues = (condition: Condition): Record<string, unknown> =>
  Object.fromEntries(valuesIn(condition).map((given, at) => [`value.${at}`, given]))

function fieldsSql(searchable: Searchable, comparisons: Comparing[], from: number): SQL {
  const siblings = (name: string) => {
    const at = comparisons.findIndex(({ filter, operator }) => filter === name && operator === 'eq')
    return at < 0 ? undefined : value(from + at)
  }
  const conditions = comparisons.map(({ filter, operator }, at) => {
    const comparison = searchable.filters[filter]?.comparisons[operator]
    if (!comparison) throw new Error(`a plan compares what cannot be compared: ${filter}[${operator}]`)
    return sql`(${comparison.sql(value(from + at), siblings)})`
  })
  return conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`
}

function elementsSql(searchable: Searchable, condition: Condition & { kind: 'elements' }, from: number): SQL {
  const collection = searchable.collections()[condition.collection]
  if (!collection) throw new Error(`a plan asks for a list that is not there: ${condition.collection}`)
  const { table, owner } = collection
  const holds = conditionSql(collection, condition.of, from)
  switch (condition.quantifier) {
    case 'some':
      return sql`(${list(searchable.key)}) in (select ${list(owner)} from ${table} where (${holds}))`
    case 'none':
      return sql`not exists (select from ${table} where ${owner} = ${searchable.key} and (${holds}))`
    case 'every':
      return sql`not exists (select from ${table} where ${owner} = ${searchable.key} and (${holds}) is not true)`
  }
}

/**
 * The SQL of a condition, with a placeholder for each value.
 * @param from number of its first placeholder; `conditionValues` names them alike.
 */
export function conditionSql(searchable: Searchable, condition: Condition, from = 0): SQL {
  if (condition.kind === 'fields') return fieldsSql(searchable, condition.comparisons, from)
  if (condition.kind === 'elements') return elementsSql(searchable, condition, from)
  let next = from
  const parts = inside(condition).map((part) => {
    const own = sql`(${conditionSql(searchable, part, next)})`
    next += valuesIn(part).length
    return own
  })
  // A comparison with a missing value is neither true nor false; its negation is true, so that both sides together
  // are all records.
  if (condition.kind === 'not') return sql`${sql.join(parts)} is not true`
  return sql.join(parts, condition.kind === 'all' ? sql` and ` : sql` or `)
}
