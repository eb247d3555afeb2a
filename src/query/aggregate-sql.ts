import { type SQL, sql } from 'drizzle-orm'
import { commaList, literal, unionAll } from '../database/columns.ts'
import type { Statement } from '../database/statement.ts'
import type { Dimension, Measure } from '../model/dimensions.ts'
import type { GetOtherFilter } from '../model/filters.ts'
import { jsonObject } from '../model/json.ts'
import { unknownLabel } from '../model/labels.ts'
import {
  distinctMultiValueRows,
  type ListElements,
  type MultiValue,
  multiValueRows,
  type StoredValues,
} from '../model/multi-values.ts'
import { toSearchable } from '../model/resource.ts'
import { type AggregatePlan, getDimension, getMeasure, type MeasureTerm } from './aggregate.ts'
import { type Condition, conditionShape } from './condition.ts'
import { conditionSql, conditionValues } from './condition-sql.ts'
import { commonQuery, groupLink } from './group-links.ts'
import { placeholder, statement } from './statement.ts'

/**
 * The SQL of an aggregate has six steps: `matched` has the records to group; `tuples` has a row for each record and
 * combination of its group keys, which are its values of the dimensions (`k0`, `k1`, …); `groups` groups and counts them;
 * `measured` adds the measures that need a separate query; `chosen` applies `having`; `shown` sorts and limits.
 */

const key = (index: number) => sql`${sql.identifier(`k${index}`)}`
const measure = (index: number) => sql`${sql.identifier(`m${index}`)}`
const measureInput = (index: number) => sql`${sql.identifier(`v${index}`)}`

/**
 * Returns the values of the request's filters, by the names of their placeholders: some filters, such as `role`, also restrict
 * the values of dimensions. Empty if the condition is a tree, as those of `POST …/search` are; the conditions of aggregates are
 * not.
 */
function narrowingValues(where: Condition): Record<string, unknown> {
  if (where.kind !== 'fields') return {}
  return Object.fromEntries(
    where.comparisons.map(({ filter, operator, value }) => [`narrowing.${filter}.${operator}`, value]),
  )
}

const createOtherFilterGetter =
  (where: Condition): GetOtherFilter =>
  (filter, operator = 'eq') => {
    const placeholderName = `narrowing.${filter}.${operator}`
    return placeholderName in narrowingValues(where) ? placeholder(placeholderName) : undefined
  }

/** A dimension with several values per record, which an array column of the record's own row stores. */
interface StoredDimension extends StoredValues {
  index: number
  type: 'text' | 'uuid'
}

interface Grouping {
  plan: AggregatePlan
  dimensions: Dimension[]
  getOtherFilter: GetOtherFilter
  where: SQL
}

/** Joins the distinct values of a property with several values, each with its role if `role` is also a dimension. */
function joinMultiValue({ plan, getOtherFilter }: Grouping, multiValue: MultiValue, index: number): SQL {
  const alias = sql.identifier(`d${index}`)
  const roleIndex = plan.groupBy.indexOf('role')
  const isByRole = multiValue.roles !== undefined && roleIndex >= 0
  const columns = isByRole ? sql`record, value, role` : sql`record, value`
  const sameRole = isByRole
    ? sql` and ${alias}.role is not distinct from ${sql.identifier(`d${roleIndex}`)}.value`
    : sql``
  return sql` left join (${distinctMultiValueRows(multiValue, getOtherFilter, columns)}) ${alias} on ${alias}.record = matched.record${sameRole}`
}

/** Returns the dimensions whose values are columns of a list's elements, with these columns. */
const elementDimensions = ({ dimensions }: Grouping, list: ListElements) =>
  dimensions.flatMap(({ values }, index) =>
    values.kind === 'many' && values.multiValue.element?.list.name === list.name
      ? [{ index, column: sql.identifier(values.multiValue.element.column) }]
      : [],
  )

/** Finds a dimension that can be read from an array column: no filter or role restricts its values, and there is no `asOf`. */
function storedDimension({ plan, dimensions, getOtherFilter }: Grouping): StoredDimension | undefined {
  if (plan.asOf !== undefined || plan.groupBy.includes('role')) return undefined
  const found = dimensions.flatMap(({ values }, index): StoredDimension[] => {
    const stored = values.kind === 'many' ? values.multiValue.stored?.(getOtherFilter) : undefined
    return values.kind === 'many' && stored ? [{ ...stored, index, type: values.multiValue.type }] : []
  })
  return found[0]
}

/** Joins the distinct combinations of a list's dimensions, so that the values of one element stay together. */
function joinElements(grouping: Grouping, list: ListElements): SQL {
  const parts = elementDimensions(grouping, list)
  const columns = parts.map(({ index, column }) => sql`listed.${column} as ${key(index)}`)
  return sql` left join (select distinct listed.record, ${commaList(columns)} from (${list.rows(grouping.getOtherFilter)}) listed) ${sql.identifier(list.name)} on ${sql.identifier(list.name)}.record = matched.record`
}

/**
 * Joins the properties with several values, `role` before those that depend on it.
 * @param storedIndex index of the dimension that needs no join.
 */
function joinMultiValues(grouping: Grouping, storedIndex?: number): SQL {
  const joins = grouping.dimensions.flatMap(({ values }, index) =>
    values.kind === 'many' && index !== storedIndex ? [{ multiValue: values.multiValue, index }] : [],
  )
  const lists = new Map(
    joins.flatMap(({ multiValue: { element } }) => (element ? [[element.list.name, element.list]] : [])),
  )
  const ordered = [
    ...joins.filter(({ multiValue }) => !multiValue.roles && !multiValue.element),
    ...joins.filter(({ multiValue }) => multiValue.roles),
  ]
  return sql.join([
    ...ordered.map(({ multiValue, index }) => joinMultiValue(grouping, multiValue, index)),
    ...[...lists.values()].map((list) => joinElements(grouping, list)),
  ])
}

/** The joined column with the values of a property with several values. */
const relatedKey = ({ element }: MultiValue, index: number): SQL =>
  element
    ? sql`${sql.identifier(element.list.name)}.${key(index)}`
    : sql`${sql.identifier(`d${index}`)}.value`

/** SQL of the value that a measure reads from each record; undefined if it counts records or reads rows of other tables. */
function measureExpression(
  { resource }: AggregatePlan,
  { aggregateFunction, of }: MeasureTerm,
): SQL | undefined {
  if (aggregateFunction === 'count') return undefined
  if (aggregateFunction !== 'countDistinct') {
    const { value, elements } = getMeasure(resource, of)
    return elements ? undefined : value
  }
  const { values } = getDimension(resource, of)
  return values.kind === 'one' ? values.value : undefined
}

/** The columns of `matched`: the id of the record, the group keys in its own row, and the values of measures. */
function matchedColumns({ plan, dimensions }: Grouping): { column: SQL; value: SQL }[] {
  const keys = dimensions.flatMap(({ values }, index) =>
    values.kind === 'one' ? [{ column: key(index), value: values.value }] : [],
  )
  const measured = plan.measures.flatMap((term, index) => {
    const value = measureExpression(plan, term)
    return value ? [{ column: measureInput(index), value }] : []
  })
  return [{ column: sql`record`, value: sql`${plan.resource.id}` }, ...keys, ...measured]
}

/** The query `matched`: a row for each matching record. */
function matchedSql(grouping: Grouping, stored?: StoredDimension): SQL {
  const { plan, where } = grouping
  const columns = matchedColumns(grouping).map(({ column, value }) => sql`${value} as ${column}`)
  const rows = (selected: SQL[]) =>
    sql`select ${commaList(selected)} from ${plan.resource.table} where (${where})`
  if (!stored) return sql`(${rows(columns)})`
  // Not materialized, so that PostgreSQL reads the records in parallel; it reads them a second time for the total. `offset`
  // makes it compute the group keys once for each record, not for each value. It must be a bigint constant: `0` would be
  // converted from integer, and PostgreSQL reads in parallel only if the offset is a constant.
  return sql`not materialized (${rows([...columns, sql`${stored.column} as stored`])} offset bigint '0')`
}

/**
 * Query with a row for each record of `matched` and each of its values, from the stored column and from `others`. A record
 * without values has one row, with null.
 */
function unnestedSql(grouping: Grouping, { index, others, type }: StoredDimension): SQL {
  const columns = matchedColumns(grouping).map(({ column }) => sql`matched.${column}`)
  const array = sql.raw(`${type}[]`)
  const storedCases = sql`when matched.stored = '{}' then array[null]::${array} else matched.stored end`
  const each = (values: SQL) =>
    sql`select ${commaList([...columns, sql`unnest(${values}) as ${key(index)}`])} from matched`
  if (others.length === 0) return each(sql`case ${storedCases}`)
  // Most records with values in `others` have one, which the fast operator `||` appends. A function adds several, since
  // PostgreSQL would run a subquery for each record in one process only.
  const values = sql`case when matched.stored @> added.values then matched.stored when cardinality(added.values) = 1 then matched.stored || added.values when added.values is not null then array_union(matched.stored, added.values) ${storedCases}`
  const pairs = sql`select record, value from (${unionAll(others)}) other`
  return sql`${each(values)} left join (select record, array_agg(value) as values from (${pairs}) pair group by record) added on added.record = matched.record`
}

/** Whether each record is in exactly one group. */
const areDisjoint = ({ dimensions }: Grouping) => dimensions.every(({ values }) => values.kind === 'one')

function tuplesSql(grouping: Grouping, stored?: StoredDimension): SQL {
  if (areDisjoint(grouping)) return sql`select * from matched`
  const related = grouping.dimensions.flatMap(({ values }, index) =>
    values.kind === 'many' && index !== stored?.index
      ? [sql`${relatedKey(values.multiValue, index)} as ${key(index)}`]
      : [],
  )
  const records = stored ? sql`(${unnestedSql(grouping, stored)}) matched` : sql`matched`
  return sql`select ${commaList([sql`matched.*`, ...related])} from ${records}${joinMultiValues(grouping, stored?.index)}`
}

const aggregateFunctions: Record<'sum' | 'avg' | 'min' | 'max', (value: SQL) => SQL> = {
  sum: (value) => sql`trim_scale(sum(${value})::numeric)`,
  avg: (value) => sql`trim_scale(round(avg(${value}), 4))`,
  min: (value) => sql`trim_scale(min(${value})::numeric)`,
  max: (value) => sql`trim_scale(max(${value})::numeric)`,
}

/** The SQL of a measure that `groups` computes; undefined if the measure needs a separate query. */
function directMeasure(
  { resource }: AggregatePlan,
  { aggregateFunction, of }: MeasureTerm,
  index: number,
): SQL | undefined {
  if (aggregateFunction === 'count') return sql`count(*)`
  if (aggregateFunction === 'countDistinct') {
    return getDimension(resource, of).values.kind === 'one'
      ? sql`count(distinct ${measureInput(index)})`
      : undefined
  }
  const { parts, elements } = getMeasure(resource, of)
  return parts || elements ? undefined : aggregateFunctions[aggregateFunction](measureInput(index))
}

/** The group keys of a tuple as one array, since arrays with nulls also compare equal. */
const allKeys = (count: number, alias = sql``) =>
  sql`array[${commaList(Array.from({ length: count }, (_, index) => sql`${alias}${key(index)}::text`))}]::text[]`

/** The rows for a measure of list elements: the elements of a group's records that have the group's values. */
function elementMeasure(grouping: Grouping, measured: Measure, list: ListElements): SQL {
  const same = elementDimensions(grouping, list).map(
    (dimension) => sql` and listed.${dimension.column} is not distinct from tuples.${key(dimension.index)}`,
  )
  return sql`tuples join (${list.rows(grouping.getOtherFilter)}) listed on listed.record = tuples.record${sql.join(same)} where ${measured.value} is not null`
}

/** The separate query of a measure: rows of `keys` and the measure. */
function separateMeasure(grouping: Grouping, { aggregateFunction, of }: MeasureTerm, index: number): SQL {
  const { plan, getOtherFilter } = grouping
  const count = plan.groupBy.length
  if (aggregateFunction === 'countDistinct') {
    const { values } = getDimension(plan.resource, of)
    if (values.kind !== 'many')
      throw new Error(`countDistinct:${of} needs no separate query: \`groups\` computes it`)
    const columns = commaList([...plan.groupBy.map((_, at) => key(at)), sql`related.value`])
    // PostgreSQL hashes the rows of `select distinct`; for `count(distinct …)`, it would sort all pairs by the rules of a language.
    const pairs = sql`select distinct ${columns} from tuples join (${multiValueRows(values.multiValue, getOtherFilter)}) related on related.record = tuples.record where related.value is not null`
    return sql`select ${allKeys(count)} as keys, count(*) as ${measure(index)} from (${pairs}) pairs group by 1`
  }
  const measured = getMeasure(plan.resource, of)
  const { parts, elements } = measured
  if (elements && aggregateFunction !== 'count')
    return sql`select ${allKeys(count, sql`tuples.`)} as keys, ${aggregateFunctions[aggregateFunction](measured.value)} as ${measure(index)} from ${elementMeasure(grouping, measured, elements)} group by 1`
  if (!parts || aggregateFunction === 'count')
    throw new Error(`${aggregateFunction}:${of} needs no separate query: \`groups\` computes it`)
  const [part, whole] = [sql`part.`, sql`whole.`]
  return sql`select ${allKeys(count, part)} as keys, ${aggregateFunctions[aggregateFunction](sql`part.${measureInput(index)}`)} as ${measure(index)} from tuples part where not exists (select from (${parts}) pair join tuples whole on whole.record = pair.whole where pair.part = part.record and ${allKeys(count, whole)} = ${allKeys(count, part)}) group by 1`
}

function groupsSql({ plan }: Grouping): SQL {
  const keys = plan.groupBy.map((_, index) => key(index))
  const groupBy = keys.length > 0 ? sql` group by ${commaList(keys)}` : sql``
  const measures = plan.measures.flatMap((term, index) => {
    const value = directMeasure(plan, term, index)
    return value ? [sql`${value} as ${measure(index)}`] : []
  })
  return sql`select ${commaList([...keys, sql`count(*) as counted`, ...measures])} from tuples${groupBy}`
}

function measuredSql(grouping: Grouping): SQL {
  const { plan } = grouping
  const separate = plan.measures.flatMap((term, index) =>
    directMeasure(plan, term, index) ? [] : [{ term, index }],
  )
  const joins = separate.map(
    ({ term, index }) =>
      sql` left join (${separateMeasure(grouping, term, index)}) ${sql.identifier(`e${index}`)} on ${sql.identifier(`e${index}`)}.keys = ${allKeys(plan.groupBy.length, sql`groups.`)}`,
  )
  const columns = separate.map(({ term, index }) => {
    const value = sql`${sql.identifier(`e${index}`)}.${measure(index)}`
    // A group whose records have no counted values gets 0.
    return term.aggregateFunction === 'countDistinct'
      ? sql`coalesce(${value}, 0) as ${measure(index)}`
      : value
  })
  return sql`select ${commaList([sql`groups.*`, ...columns])} from groups${sql.join(joins)}`
}

function havingSql({ measures, having }: AggregatePlan): SQL {
  if (having.length === 0) return sql``
  const conditions = having.map(({ measure: measureName, comparison }, index) => {
    const column = measure(measures.findIndex((term) => term.name === measureName))
    return sql`${column} ${sql.raw(comparison)} ${placeholder(`having.${index}`)}::text::numeric`
  })
  return sql` where ${sql.join(conditions, sql` and `)}`
}

/** The order of the groups: the requested order and then the keys, so that the order is total. */
function orderSql({ plan, dimensions }: Grouping): SQL {
  const byKey = (index: number) =>
    dimensions[index]?.type === 'text' ? sql`${key(index)} collate "C"` : sql`${key(index)}`
  const column = (by: string) => {
    const index = plan.groupBy.indexOf(by)
    return index >= 0 ? byKey(index) : measure(plan.measures.findIndex((term) => term.name === by))
  }
  const terms = plan.sort.map((term) => sql`${column(term.key)} ${sql.raw(term.direction)} nulls last`)
  const keys = plan.groupBy.map((_, index) => sql`${byKey(index)} nulls last`)
  // Without keys there is only one group, so its order does not matter.
  return commaList(keys.length > 0 ? [...terms, ...keys] : [sql`counted`])
}

/** The groups of the response with their places in the order. With `top`, the group without a value is added last. */
function shownSql(grouping: Grouping): SQL {
  const order = orderSql(grouping)
  // Limited before the places are counted: PostgreSQL then keeps and numbers only the shown groups, which may be few of millions.
  if (grouping.plan.top === undefined)
    return sql`select *, row_number() over (order by ${order}) as place from (select * from chosen order by ${order} limit ${placeholder('limit')}) first`
  const isUnknown = sql`${key(0)} is null`
  return sql`select * from (select *, row_number() over (order by ${isUnknown}, ${order}) as place from chosen) ranked
    where place <= ${placeholder('limit')} or ${isUnknown}`
}

/** The JSON of a group. It has no `key` and `label` if the plan has no dimensions. */
function groupJson({ plan, dimensions }: Grouping): SQL {
  const each = (make: (dimension: Dimension, value: SQL) => SQL) =>
    jsonObject(
      Object.fromEntries(
        dimensions.map((dimension, index) => [plan.groupBy[index] ?? '', make(dimension, key(index))]),
      ),
    )
  const whenKnown = (value: SQL, text: SQL) => sql`case when ${value} is not null then ${text} end`
  const { language } = plan
  const unknown = literal(unknownLabel[language])
  // The key of a record that the reader does not see has no label: past versions of other records may refer to it.
  const labelOrKey = ({ text, label }: Dimension, value: SQL) =>
    sql`coalesce(${label(value, language)}, ${whenKnown(value, text(value))}, ${unknown})`
  const common = sql`${placeholder('common')}`
  return jsonObject({
    ...(plan.groupBy.length > 0 && {
      key: each(({ text }, value) => whenKnown(value, text(value))),
      label: each(labelOrKey),
    }),
    measures: jsonObject(Object.fromEntries(plan.measures.map((term, index) => [term.name, measure(index)]))),
    ...(plan.where.kind === 'fields' && {
      list: groupLink(plan, common, (name) => key(plan.groupBy.indexOf(name))),
    }),
  })
}

/** The number of distinct records. Sums up disjoint groups, since PostgreSQL materializes a query that is read twice. */
const totalSql = (grouping: Grouping) =>
  areDisjoint(grouping)
    ? sql`(select coalesce(sum(counted), 0)::int from groups)`
    : sql`(select count(*)::int from matched)`

function buildSql(plan: AggregatePlan): SQL {
  const grouping: Grouping = {
    plan,
    dimensions: plan.groupBy.map((dimension) => getDimension(plan.resource, dimension)),
    getOtherFilter: createOtherFilterGetter(plan.where),
    where: conditionSql(
      toSearchable(plan.resource),
      plan.where,
      plan.asOf === undefined ? 'scan' : 'past scan',
    ),
  }
  const stored = storedDimension(grouping)
  return sql`with matched as ${matchedSql(grouping, stored)}, tuples as (${tuplesSql(grouping, stored)}), groups as (${groupsSql(grouping)}),
    measured as (${measuredSql(grouping)}), chosen as (select * from measured${havingSql(plan)}),
    shown as (${shownSql(grouping)})
    select coalesce((select string_agg(${groupJson(grouping)}::text, ',' order by place) from shown), '') as data,
      (select count(*)::int from chosen) as groups, ${totalSql(grouping)} as total`
}

/**
 * Returns the statement of an aggregate: one row of `data` (the JSON of the shown groups, separated by commas), `groups` (the
 * number of groups that match `having`, including those beyond the limit) and `total` (the number of records that match `where`).
 */
export function aggregateStatement(plan: AggregatePlan): Statement {
  const { resource, where, groupBy, measures, sort, having, language, top, asOf } = plan
  const shape = JSON.stringify([
    'aggregate',
    resource.name,
    conditionShape(where),
    groupBy,
    measures.map((term) => term.name),
    sort,
    having.map(({ measure: measureName, comparison }) => [measureName, comparison]),
    language,
    top !== undefined,
    asOf !== undefined,
  ])
  const havingValues = Object.fromEntries(having.map(({ value }, index) => [`having.${index}`, value]))
  return statement(shape, () => buildSql(plan), {
    ...conditionValues(where),
    ...narrowingValues(where),
    ...havingValues,
    common: commonQuery(plan),
    limit: plan.limit,
  })
}
