import { z } from 'zod'
import type { Dimension, Measure } from '../model/dimensions.ts'
import type { Operator } from '../model/filters.ts'
import type { Language } from '../model/languages.ts'
import { lazyFor } from '../model/lazy.ts'
import {
  limitParameter,
  type Parameter,
  singleValueParameter,
  valueListParameter,
  wholeNumber,
} from '../model/parameters.ts'
import {
  type CheckedQuery,
  getLimit,
  getStringValues,
  getValues,
  invalidParameters,
} from '../model/query-string.ts'
import type { Resource } from '../model/resource.ts'
import { type DirectedKey, parseSortWord, sortParameter } from '../model/sorts.ts'
import { urlFilters } from '../model/url-filters.ts'
import type { Fault } from '../problems/problem.ts'
import { didYouMean } from '../problems/suggest.ts'
import type { Condition, FilterComparison } from './condition.ts'
import { readCondition } from './list.ts'
import { getListAsOf, listAsOfParameter } from './past.ts'
import { findRepeatedNames } from './representation.ts'

/** The aggregate function of a measure. */
export type AggregateFunction = 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max'

/** One measure of the groups. */
export interface MeasureTerm {
  /** Name in request and response: `count`, `sum:amount`. */
  name: string
  aggregateFunction: AggregateFunction
  /** The counted dimension, or the aggregated measure; empty for `count`. */
  of: string
}

const comparisonSigns = ['>=', '<=', '>', '<', '='] as const

/** A condition on a measure of the groups. */
export interface Having {
  /** Name of the measure, as in `MeasureTerm`. */
  measure: string
  comparison: (typeof comparisonSigns)[number]
  /** A number in decimal digits. */
  value: string
}

/** The plan of an aggregate: its parameters, checked against the resource. */
export interface AggregatePlan {
  resource: Resource
  /** The records to group. */
  where: Condition
  groupBy: string[]
  measures: MeasureTerm[]
  /** The order of the groups, by dimensions and measures. Groups that are equal by all of them are ordered by their keys. */
  sort: DirectedKey[]
  having: Having[]
  limit: number
  /** How many of the largest groups are in the response, besides the group without a value; undefined for all up to the limit. */
  top?: number
  /** Language of the labels. */
  language: Language
  /** Time as of which the registry is read, as in a list; undefined for the present. */
  asOf?: string | undefined
}

/** Default and maximum number of groups in a response. */
const groupLimit = { defaultSize: 100, maxSize: 10_000 } as const

const maxDimensions = 3

/** Maximum of `top`. It bounds the length of the list request of the other groups, which names all of the largest groups. */
export const maxTop = 50

/** Parameters that `top` replaces. */
const replacedByTop = ['sort', 'having', 'limit']

/** Returns a dimension of a resource. @throws Error for an unknown name. */
export function getDimension(resource: Resource, name: string): Dimension {
  const dimension = resource.dimensions[name]
  if (!dimension) throw new Error(`the plan has an unknown dimension of ${resource.name}: ${name}`)
  return dimension
}

/** Returns a measure of a resource. @throws Error for an unknown name. */
export function getMeasure(resource: Resource, name: string): Measure {
  const measure = resource.measures[name]
  if (!measure) throw new Error(`the plan has an unknown measure of ${resource.name}: ${name}`)
  return measure
}

/** Lists the measures of a resource, by their names in the parameter `measures`. */
export const measureNames = (resource: Resource): string[] => [
  'count',
  ...Object.keys(resource.dimensions).map((name) => `countDistinct:${name}`),
  ...Object.keys(resource.measures).flatMap((name) =>
    ['sum', 'avg', 'min', 'max'].map((aggregateFunction) => `${aggregateFunction}:${name}`),
  ),
]

const describeAll = (definitions: Record<string, { description: string }>): string[] =>
  Object.entries(definitions).map(([name, { description }]) => `\`${name}\`: ${description}`)

const havingPattern = /^([^!<>=]+)(>=|<=|>|<|=)(-?\d{1,15}(?:\.\d{1,6})?)$/

/** Suggests the condition without spaces, if this form is valid. */
function suggestWithoutSpaces(input: unknown): string {
  const condition = String(input).replaceAll(/\s/g, '')
  return havingPattern.test(condition) ? `; did you mean "${condition}"?` : ''
}

const havingSchema = z
  .string()
  .max(200)
  .regex(havingPattern, {
    error: ({ input }) =>
      `must be a measure, one of >= <= > < = and a number with at most 15 digits before the decimal point and 6 after it, such as count>=5${suggestWithoutSpaces(input)}`,
  })
  .meta({ examples: ['count>=5'] })

/** Returns every parameter of a resource's aggregate, with the filters of the list. */
export const aggregateParameters = lazyFor((resource: Resource): Record<string, Parameter> => {
  const dimensions = Object.keys(resource.dimensions)
  const measures = measureNames(resource)
  const descriptions = describeAll(resource.measures).join(' ')
  const otherFunctions = descriptions && ', or `sum:`, `avg:`, `min:` or `max:` with one of these'
  return {
    groupBy: {
      ...valueListParameter(dimensions, 'One to three dimensions.'),
      isRequired: true,
    },
    measures: {
      ...valueListParameter(
        measures,
        `\`count\` (the default), \`countDistinct:\` with a dimension${otherFunctions}.${descriptions && ` ${descriptions}`}`,
      ),
      // An enumeration of the names would be as long as all others in the OpenAPI document together.
      jsonValue: z.string().max(100),
    },
    sort: {
      ...sortParameter(
        [...dimensions, ...measures],
        'Dimensions and measures of the request, `-` for descending. Null comes last.',
        'sort by a dimension in groupBy or a measure in measures',
      ),
      // The OpenAPI document describes these names in `groupBy` and `measures`.
      jsonValue: z.string().max(100),
    },
    having: {
      description:
        'Conditions on measures of the request, separated by commas: `count>=5,countDistinct:country<3`. A group must match all of them. Comparisons are `>=`, `<=`, `>`, `<` and `=`.',
      value: havingSchema,
      comparisons: { eq: { takes: 'many' } },
    },
    limit: limitParameter(
      'Groups in the response',
      groupLimit,
      ' `groups.count` is the number of all groups.',
    ),
    top: singleValueParameter(
      wholeNumber(maxTop),
      'The largest groups by the first measure, and `other` for the records with other values. Needs exactly one dimension in `groupBy`, not a date, free text or property of amounts. Replaces `sort`, `having` and `limit`. The group of records without a value is added.',
      z.int().min(1).max(maxTop),
    ),
    ...listAsOfParameter(resource),
    ...urlFilters(resource),
  }
})

function parseMeasure(name: string): MeasureTerm {
  // The parameter's schema allows only the names of `measureNames`.
  const [aggregateFunction, of = ''] = name.split(':') as [AggregateFunction, string?]
  return { name, aggregateFunction, of }
}

function parseHaving(text: string): Having {
  // The parameter's schema allows only texts that match the pattern, so the default values are never used.
  const [, measure = '', word, value = ''] = havingPattern.exec(text) ?? []
  const comparison = comparisonSigns.find((known) => known === word) ?? '='
  return { measure, comparison, value }
}

/** Whether a condition restricts records to one value of a filter. */
function isFixed(where: Condition, filter: string): boolean {
  if (where.kind === 'all') return where.of.some((part) => isFixed(part, filter))
  if (where.kind !== 'fields') return false
  return where.comparisons.some(({ filter: name, operator, value }) => {
    const values = Array.isArray(value) ? value : [value]
    return name === filter && operator === 'eq' && new Set(values).size === 1
  })
}

const isCount = ({ aggregateFunction }: MeasureTerm): boolean =>
  aggregateFunction === 'count' || aggregateFunction === 'countDistinct'

/** Returns a fault for each measure that would mix currencies or units. */
function findIncomparable({ resource, measures, groupBy, where, top }: AggregatePlan): Fault[] {
  // With `top`, grouping by a unit does not separate all units: the group `other` has several.
  const isSeparated = (unit: string) => groupBy.includes(unit) && top === undefined
  const remedy = (unit: string) => (top === undefined ? `add ${unit} to groupBy, or filter` : 'filter')
  return measures.flatMap((measure) => {
    if (isCount(measure)) return []
    const { name, of } = measure
    const { singleValued = [] } = getMeasure(resource, of)
    return singleValued
      .filter((unit) => !isSeparated(unit) && !isFixed(where, unit))
      .map((unit) => ({
        parameter: 'measures',
        code: 'incomparable',
        message: `"${name}" would mix values that differ in ${unit}: ${remedy(unit)} by one, such as ${unit}=…`,
      }))
  })
}

/**
 * Returns a fault for each name that is not selected.
 * @param selecting the parameters to which the client can add the name.
 */
function findMissing(parameter: string, selected: string[], names: string[], selecting: string): Fault[] {
  return names
    .filter((name) => !selected.includes(name))
    .map((name) => ({
      parameter,
      code: 'not_asked_for',
      message: `"${name}" is not in the request: add it to ${selecting}${didYouMean(name, selected)}`,
    }))
}

/**
 * Returns the comparisons of a list request for the records with a value of a dimension that is not one of `keys`; undefined if
 * the filter of the dimension has no such comparisons. A comparison that is already in `where` is not repeated.
 */
function compareOtherValues(
  { resource, where }: Pick<AggregatePlan, 'resource' | 'where'>,
  dimension: string,
  keys: readonly string[],
): FilterComparison[] | undefined {
  const { filter } = getDimension(resource, dimension).groupFilter
  const known = resource.filters[filter]?.comparisons ?? {}
  if (known.otherThan) return [{ filter, operator: 'otherThan', value: keys }]
  if (known.ne?.takes !== 'many') return undefined
  const needsIsNull = known.isNull && !hasComparison(where, filter, 'isNull')
  return [
    { filter, operator: 'ne', value: keys },
    ...(needsIsNull ? [{ filter, operator: 'isNull', value: false } as const] : []),
  ]
}

const hasComparison = (where: Condition, filter: string, operator: Operator): boolean =>
  where.kind === 'fields' &&
  where.comparisons.some((comparison) => comparison.filter === filter && comparison.operator === operator)

/**
 * Whether measure and dimension belong to elements of the same list. The group `other` would then also count elements that
 * belong to the largest groups.
 */
function hasSameElements(resource: Resource, measure: MeasureTerm, dimension: string): boolean {
  if (isCount(measure)) return false
  const { values } = getDimension(resource, dimension)
  const list = values.kind === 'many' ? values.multiValue.element?.list : undefined
  return list !== undefined && getMeasure(resource, measure.of).elements?.name === list.name
}

/** Returns why a request for the largest groups can have no group `other`; undefined if it can. */
function explainNoOther(plan: AggregatePlan): string | undefined {
  const { resource, where, groupBy, measures } = plan
  const [dimension] = groupBy
  if (dimension === undefined || groupBy.length > 1) return 'needs exactly one dimension in groupBy'
  if (!compareOtherValues(plan, dimension, []))
    return `is not possible for ${dimension}: no filter finds the records with other values; group by another dimension, or leave out top`
  const mixed = measures.find((measure) => hasSameElements(resource, measure, dimension))
  if (mixed) return `is not possible for ${dimension} with "${mixed.name}": both belong to the same list`
  const { filter } = getDimension(resource, dimension).groupFilter
  if (!hasComparison(where, filter, 'otherThan')) return undefined
  return `cannot be combined with ${filter}[otherThan], which "other" needs`
}

/** Returns the faults of a request for the largest groups; none for a request without `top`. */
function findTopFaults(plan: AggregatePlan, query: CheckedQuery): Fault[] {
  if (plan.top === undefined) return []
  const fault = (parameter: string, message: string): Fault => ({ parameter, code: 'invalid', message })
  const replaced = replacedByTop
    .filter((name) => query.has(name))
    .map((name) => fault(name, 'cannot be combined with top, which replaces it'))
  const reason = explainNoOther(plan)
  return reason === undefined ? replaced : [...replaced, fault('top', reason)]
}

/** Returns the faults of a plan whose dimensions, measures and sort terms all exist. */
function findFaults(plan: AggregatePlan): Fault[] {
  const { resource, groupBy, measures, sort, having } = plan
  const selected = measures.map(({ name }) => name)
  const sortKeys = sort.map(({ key }) => key)
  const known = measureNames(resource)
  const unknown = having.filter(({ measure }) => !known.includes(measure))
  const tooMany = `has ${groupBy.length} dimensions; at most ${maxDimensions} are possible`
  return [
    ...(groupBy.length > maxDimensions
      ? [{ parameter: 'groupBy', code: 'too_big', message: tooMany, limit: maxDimensions }]
      : []),
    ...findRepeatedNames('groupBy', groupBy),
    ...findRepeatedNames('measures', selected),
    ...findIncomparable(plan),
    ...findRepeatedNames('sort', sortKeys),
    ...findMissing('sort', [...groupBy, ...selected], sortKeys, 'groupBy or measures'),
    ...unknown.map(({ measure }) => ({
      parameter: 'having',
      code: 'unknown_value',
      message: `there is no measure "${measure}"${didYouMean(measure, known, selected)}`,
    })),
    ...findMissing(
      'having',
      selected,
      having.map(({ measure }) => measure).filter((name) => known.includes(name)),
      'measures',
    ),
  ]
}

/**
 * Returns the plan of an aggregate for a checked query.
 * @throws Problem `invalid-parameter` with every fault: repeated values, too many dimensions, a sort term or condition on
 * something that is not in the request, amounts of mixed units, or a `top` that is not possible.
 */
export function planAggregate(resource: Resource, query: CheckedQuery, language: Language): AggregatePlan {
  const measures = getStringValues(query, 'measures')
  const plan: AggregatePlan = {
    resource,
    where: readCondition(resource, query),
    groupBy: getStringValues(query, 'groupBy'),
    measures: (measures.length > 0 ? measures : ['count']).map(parseMeasure),
    sort: getStringValues(query, 'sort').map(parseSortWord),
    having: getStringValues(query, 'having').map(parseHaving),
    limit: getLimit(query, groupLimit),
    language,
    asOf: getListAsOf(resource, query),
  }
  const [top] = getValues(query, 'top')
  if (typeof top === 'number') {
    const [largest] = plan.measures
    plan.top = top
    plan.limit = top
    if (largest) plan.sort = [{ key: largest.name, direction: 'desc' }]
  }
  const faults = [...findTopFaults(plan, query), ...findFaults(plan)]
  if (faults.length > 0) throw invalidParameters(faults)
  return plan
}

/**
 * Returns the plan of the group `other`: all records with values outside the largest groups.
 * @param keys the keys of the largest groups.
 * @throws Error if no list request returns these records; for such a plan, `planAggregate` refuses `top`.
 */
export function planOther(plan: AggregatePlan, keys: readonly string[]): AggregatePlan {
  const { top: _, where, groupBy, ...rest } = plan
  const comparisons = compareOtherValues(plan, groupBy[0] ?? '', keys)
  if (where.kind !== 'fields' || !comparisons) throw new Error('the plan has no list of its other groups')
  const all: Condition = { kind: 'fields', comparisons: [...where.comparisons, ...comparisons] }
  return { ...rest, where: all, groupBy: [], sort: [], limit: 1 }
}
