import { type SQL, sql } from 'drizzle-orm'
import type { QueryConfig } from 'pg'
import { type Resource, searchableOf } from '../resources/resource.ts'
import { shapeOf } from './condition.ts'
import { conditionSql, conditionValues } from './condition-sql.ts'
import type { Position } from './cursor.ts'
import { documentJson } from './document.ts'
import type { ListPlan, SortTerm } from './list.ts'
import type { Representation } from './representation.ts'
import type { SortKey } from './sorts.ts'
import { statement } from './statement.ts'

const placeholder = (name: string): SQL => sql`${sql.placeholder(name)}`

interface Key {
  expression: SQL
  type: SortKey['type']
  direction: SortTerm['direction']
}

function keysOf(plan: ListPlan): Key[] {
  return plan.sort.map(({ key, direction, nulls }) => {
    const sort = plan.resource.sorts[key]
    if (!sort) throw new Error(`the plan has a sort key that ${plan.resource.name} does not: ${key}`)
    // `asc` puts a value above all others in the place of null, `desc` one below.
    const expression = (direction === 'asc') === (nulls === 'last') ? sort.asc : sort.desc
    return { expression, type: sort.type, direction }
  })
}

/** A key's value as a text that means the same in every session, whatever its time zone and its style of dates. */
function positionText(value: SQL, type: SortKey['type']): SQL {
  if (type === 'date') return sql`(to_json(${value}) #>> '{}')`
  if (type === 'timestamptz') return sql`((to_json((${value}) at time zone 'UTC') #>> '{}') || 'Z')`
  return sql`(${value})::text`
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

/** The where clause of a plan's condition; `conditionValues` has what stands for its placeholders. */
export const matching = ({ resource, where }: ListPlan): SQL =>
  sql` where (${conditionSql(searchableOf(resource), where)})`

const orderedBy = (keys: Key[]): SQL =>
  sql.join(
    keys.map(({ expression, direction }) => sql`${expression} ${sql.raw(direction)}`),
    sql`, `,
  )

/** The order of a plan's records, without `order by`. */
export const ordering = (plan: ListPlan): SQL => orderedBy(keysOf(plan))

const representationShape = ({ fields, include }: Representation) => `${fields.join()}|${include.join()}`

/**
 * The statement of a page, which PostgreSQL composes whole: one row of `records` (the JSON of each as text, with commas
 * between; null when there are none) and `last` (the sort keys of the last record; null where no page follows).
 * @param after where the page starts; undefined for the first.
 */
export function listStatement(plan: ListPlan, after: Position | undefined): QueryConfig {
  const order = plan.sort.map(({ key, direction, nulls }) => `${key} ${direction} ${nulls}`).join()
  const shape = `list|${plan.resource.name}|${shapeOf(plan.where)}|${order}|${after ? 'after' : 'first'}|${representationShape(plan.representation)}`
  const build = () => {
    const keys = keysOf(plan)
    const document = documentJson(plan.resource, plan.representation.fields, plan.representation.include)
    const limit = sql`${placeholder('limit')}::int`
    const keyAt = (at: number) => sql.identifier(`key ${at}`)
    const ordered = keys.map(({ expression }, at) => sql`${expression} as ${keyAt(at)}`)
    const position = keys.map(({ type }, at) => sql`${positionText(sql`${keyAt(at)}`, type)} collate "C"`)
    const where = after ? sql`${matching(plan)} and ${afterPosition(keys)}` : matching(plan)
    // One record more than the page holds tells that another page follows.
    return sql`select string_agg(document, ',') filter (where place <= ${limit}) as records,
      case when count(*) > ${limit} then min(array[${sql.join(position, sql`, `)}]) filter (where place = ${limit}) end as last
      from (select *, row_number() over () as place from (
        select ${document}::text as document, ${sql.join(ordered, sql`, `)} from ${plan.resource.table}${where}
        order by ${orderedBy(keys)} limit ${limit} + 1) page) placed`
  }
  const positions = Object.fromEntries((after ?? []).map((text, at) => [`position.${at}`, text]))
  return statement(shape, build, { ...conditionValues(plan.where), ...positions, limit: plan.limit })
}

/** The statement that counts all records of a list, as `total`. */
export function countStatement(plan: ListPlan): QueryConfig {
  const build = () => sql`select count(*)::int as total from ${plan.resource.table}${matching(plan)}`
  return statement(`count|${plan.resource.name}|${shapeOf(plan.where)}`, build, conditionValues(plan.where))
}

/** The statement that asks the planner how many records a list has, as the JSON of its plan. */
export function estimateStatement(plan: ListPlan): QueryConfig {
  const build = () => sql`explain (format json) select from ${plan.resource.table}${matching(plan)}`
  return statement(
    `estimate|${plan.resource.name}|${shapeOf(plan.where)}`,
    build,
    conditionValues(plan.where),
  )
}

/**
 * Of a resource's records, those with these keys. The planner does not see how many there are, or it would make a new plan
 * each time, for which it needs longer than for finding the records.
 */
const withKeys = ({ key: { column } }: Resource): SQL =>
  sql`${column} = any((select ${placeholder('keys')}::${sql.raw(column.getSQLType())}[])::${sql.raw(column.getSQLType())}[])`

/** The statement of records: `key`, `version`, and `document` as text; no rows of those that are not there. */
export function readStatement(
  resource: Resource,
  keys: readonly string[],
  representation: Representation,
): QueryConfig {
  const { name, table, key } = resource
  const { fields, include } = representation
  const build = () =>
    sql`select ${key.column}::text as key, ${table.version} as version, ${documentJson(resource, fields, include)}::text as document from ${table} where ${withKeys(resource)}`
  return statement(`read|${name}|${representationShape(representation)}`, build, { keys })
}

/** Takes the time of the transaction's changes, later than the last change of a record. */
const takenTime = ({ table }: Resource) => sql`change_time(${table.updatedAt})`

/**
 * The statement that locks one record until the transaction ends, and answers its `version`. It also takes the time of the
 * transaction's changes, later than the last change of the record.
 *
 * It takes its turn by a lock that gives the transaction no number yet, as waiting for the row would: so numbers, by which
 * the feed of changes is ordered, are given in the order in which the record is changed.
 */
export function lockStatement(resource: Resource, key: string): QueryConfig {
  const build = () =>
    sql`with turn as materialized (select pg_advisory_xact_lock(hashtextextended(${placeholder('turn')}, 0)))
      select ${resource.table.version} as version, ${takenTime(resource)} from turn, ${resource.table}
      where ${resource.key.column} = ${placeholder('key')} for update of ${resource.table}`
  return statement(`lock|${resource.name}`, build, { key, turn: `${resource.name} ${key}` })
}

/**
 * The statements that lock records until the transaction ends, to be run one after the other: they take the turns that the
 * lock of one record takes, and then the rows, so that the transaction has no number while it waits.
 *
 * Turns are taken in the order of the keys, and by one transaction at a time: two would wait for one another in a
 * circle, and many together hold more locks than PostgreSQL has room for.
 */
export function lockAllStatement(resource: Resource, keys: string[]): QueryConfig[] {
  const first = () => sql`select pg_advisory_xact_lock(hashtextextended('many records', 0))`
  const turns = () =>
    sql`select pg_advisory_xact_lock(hashtextextended(turn, 0)) from unnest(${placeholder('turns')}::text[]) as turn`
  const rows = () =>
    sql`select ${takenTime(resource)} from ${resource.table} where ${withKeys(resource)} for update`
  const sorted = [...new Set(keys)].sort()
  return [
    statement('turn of many', first, {}),
    statement('turns', turns, { turns: sorted.map((one) => `${resource.name} ${one}`) }),
    statement(`lock all|${resource.name}`, rows, { keys: sorted }),
  ]
}
