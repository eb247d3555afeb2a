import { type SQL, sql } from 'drizzle-orm'
import type { QueryConfig } from 'pg'
import type { Resource } from '../resources/resource.ts'
import type { Position } from './cursor.ts'
import { documentJson } from './document.ts'
import type { Condition, ListPlan, SortTerm } from './list.ts'
import type { Representation } from './representation.ts'
import type { SortKey } from './sorts.ts'
import { statement } from './statement.ts'

const placeholder = (name: string): SQL => sql`${sql.placeholder(name)}`

const conditionName = ({ filter, operator }: Pick<Condition, 'filter' | 'operator'>) =>
  `${filter}.${operator}`

function conditionSql(plan: ListPlan, { filter, operator }: Condition): SQL {
  const comparison = plan.resource.filters[filter]?.comparisons[operator]
  if (!comparison) throw new Error(`the plan has a condition that ${plan.resource.name} does not: ${filter}`)
  const sibling = (name: string) =>
    plan.conditions.some((other) => other.filter === name && other.operator === 'eq')
      ? placeholder(conditionName({ filter: name, operator: 'eq' }))
      : undefined
  return comparison.sql(placeholder(conditionName({ filter, operator })), sibling)
}

function conditionValue(plan: ListPlan, { filter, operator, values }: Condition): unknown {
  const takes = plan.resource.filters[filter]?.comparisons[operator]?.takes
  return takes === 'one' ? values[0] : values
}

interface Key {
  expression: SQL
  type: SortKey['type']
  direction: SortTerm['direction']
}

function keysOf(plan: ListPlan): Key[] {
  return plan.sort.map(({ key, direction }) => {
    const sort = plan.resource.sorts[key]
    if (!sort) throw new Error(`the plan has a sort key that ${plan.resource.name} does not: ${key}`)
    return { expression: sort[direction], type: sort.type, direction }
  })
}

const positionValue = (at: number, type: SortKey['type']) =>
  sql`${placeholder(`position.${at}`)}::text::${sql.raw(type)}`

/**
 * The condition that a record comes after a position. Keys are never null, so it is a row comparison where all
 * keys go the same way, and otherwise the first difference decides; the bound on the first key lets an index start.
 */
function afterPosition(keys: Key[]): SQL {
  const comparison = (key: Key | undefined) => sql.raw(key?.direction === 'desc' ? '<' : '>')
  const value = (at: number, key: Key) => positionValue(at, key.type)
  const [first] = keys
  if (keys.every(({ direction }) => direction === first?.direction)) {
    const expressions = sql.join(
      keys.map(({ expression }) => expression),
      sql`, `,
    )
    const values = sql.join(
      keys.map((key, at) => value(at, key)),
      sql`, `,
    )
    return sql`(${expressions}) ${comparison(first)} (${values})`
  }
  const decidedBy = keys.map((key, at) => {
    const equal = keys
      .slice(0, at)
      .map((before, index) => sql`${before.expression} = ${value(index, before)}`)
    return sql`(${sql.join([...equal, sql`${key.expression} ${comparison(key)} ${value(at, key)}`], sql` and `)})`
  })
  const bound = keys
    .slice(0, 1)
    .map((key) => sql`${key.expression} ${comparison(key)}= ${value(0, key)} and `)
  return sql`${sql.join(bound)}(${sql.join(decidedBy, sql` or `)})`
}

function whereSql(conditions: SQL[]): SQL {
  const all = conditions.map((condition) => sql`(${condition})`)
  return all.length > 0 ? sql` where ${sql.join(all, sql` and `)}` : sql``
}

const conditionsShape = (plan: ListPlan) => plan.conditions.map(conditionName).join()

const conditionValues = (plan: ListPlan) =>
  Object.fromEntries(
    plan.conditions.map((condition) => [conditionName(condition), conditionValue(plan, condition)]),
  )

const representationShape = ({ fields, include }: Representation) => `${fields.join()}|${include.join()}`

/**
 * The statement of a page: rows of `document` (a record's JSON as text) and `position` (its sort keys), one more
 * than the page holds when there is a next one.
 * @param after where the page starts; undefined for the first.
 */
export function listStatement(plan: ListPlan, after: Position | undefined): QueryConfig {
  const order = plan.sort.map(({ key, direction }) => `${key} ${direction}`).join()
  const shape = `list|${plan.resource.name}|${conditionsShape(plan)}|${order}|${after ? 'after' : 'first'}|${representationShape(plan.representation)}`
  const build = () => {
    const keys = keysOf(plan)
    const conditions = plan.conditions.map((condition) => conditionSql(plan, condition))
    const document = documentJson(plan.resource, plan.representation.fields, plan.representation.include)
    const position = sql.join(
      keys.map(({ expression }) => sql`(${expression})::text`),
      sql`, `,
    )
    const ordering = sql.join(
      keys.map(({ expression, direction }) => sql`${expression} ${sql.raw(direction)}`),
      sql`, `,
    )
    const where = whereSql(after ? [...conditions, afterPosition(keys)] : conditions)
    return sql`select ${document}::text as document, array[${position}] as position from ${plan.resource.table}${where} order by ${ordering} limit ${placeholder('limit')}`
  }
  const positions = Object.fromEntries((after ?? []).map((text, at) => [`position.${at}`, text]))
  return statement(shape, build, { ...conditionValues(plan), ...positions, limit: plan.limit + 1 })
}

/** The statement that counts all records of a list, as `total`. */
export function countStatement(plan: ListPlan): QueryConfig {
  const build = () =>
    sql`select count(*)::int as total from ${plan.resource.table}${whereSql(plan.conditions.map((condition) => conditionSql(plan, condition)))}`
  return statement(`count|${plan.resource.name}|${conditionsShape(plan)}`, build, conditionValues(plan))
}

/** The statement that asks the planner how many records a list has, as the JSON of its plan. */
export function estimateStatement(plan: ListPlan): QueryConfig {
  const build = () =>
    sql`explain (format json) select from ${plan.resource.table}${whereSql(plan.conditions.map((condition) => conditionSql(plan, condition)))}`
  return statement(`estimate|${plan.resource.name}|${conditionsShape(plan)}`, build, conditionValues(plan))
}

/** The statement of one record: `version`, and `document` as text; no row when there is none. */
export function readStatement(resource: Resource, key: string, representation: Representation): QueryConfig {
  const build = () =>
    sql`select ${resource.table.version} as version, ${documentJson(resource, representation.fields, representation.include)}::text as document from ${resource.table} where ${resource.key.column} = ${placeholder('key')}`
  return statement(`read|${resource.name}|${representationShape(representation)}`, build, { key })
}
