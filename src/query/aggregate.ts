import { z } from 'zod'
import type { Dimension, Measure } from '../model/dimensions.ts'
import type { Language } from '../model/languages.ts'
import {
  type CheckedQuery,
  getValues,
  getWords,
  invalidParameters,
  limitParameter,
  type Parameter,
  single,
  wholeNumber,
  words,
} from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import { urlFilters } from '../model/url-filters.ts'
import { type Fault, Problem } from '../problems/problem.ts'
import { didYouMean } from '../problems/suggest.ts'
import type { Condition, FilterComparison } from './condition.ts'
import { readCondition } from './list.ts'
import { getListMoment, listMomentParameter } from './past.ts'

/** The aggregate function of a measure. */
export type Summary = 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max'

/** One measure of the groups. */
export interface MeasureTerm {
  /** Name in request and response: `count`, `sum:amount`. */
  name: string
  summary: Summary
  /** The dimension that is counted, or the measure that is summed up; empty for `count`. */
  of: string
}

const comparisons = ['>=', '<=', '>', '<', '='] as const

/** A condition on a measure of the groups. */
export interface Having {
  measure: string
  comparison: (typeof comparisons)[number]
  /** A number in decimal digits. */
  value: string
}

/** One term of the order of groups: a dimension or measure of the request. */
export interface GroupOrder {
  by: string
  direction: 'asc' | 'desc'
}

/** The plan of an aggregate: its parameters, checked against the resource. */
export interface AggregatePlan {
  resource: Resource
  /** The records to group. */
  where: Condition
  groupBy: string[]
  measures: MeasureTerm[]
  /** Groups that are equal by these terms are ordered by their keys. */
  sort: GroupOrder[]
  having: Having[]
  limit: number
  /** Only so many of the largest groups are in the response, and the unknown one; undefined for all up to the limit. */
  top?: number
  /** Language of the labels. */
  language: Language
  /** Reads the registry as of this time, as in a list; undefined for now. */
  asOf?: string
}

/** Default and maximum number of groups in a response. */
const groupLimit = { defaultSize: 100, maxSize: 10_000 } as const

const maxDimensions = 3

/** Most groups of `top`: the list request of the others names them all. */
const maxTop = 50

/** Parameters that `top` takes the place of. */
const replacedByTop = ['sort', 'having', 'limit']

/** Returns a dimension of a resource. @throws Error for an unknown name. */
export function getDimension(resource: Resource, name: string): Dimension {
  const dimension = resource.dimensions[name]
  if (!dimension) throw new Error(`a plan has a dimension that ${resource.name} does not: ${name}`)
  return dimension
}

/** Returns a measure of a resource. @throws Error for an unknown name. */
export function getMeasure(resource: Resource, name: string): Measure {
  const measure = resource.measures[name]
  if (!measure) throw new Error(`a plan has a measure that ${resource.name} does not: ${name}`)
  return measure
}

/** Lists the measures of a resource, by their names in the parameter `measures`. */
export const measureNames = (resource: Resource): string[] => [
  'count',
  ...Object.keys(resource.dimensions).map((name) => `countDistinct:${name}`),
  ...Object.keys(resource.measures).flatMap((name) =>
    ['sum', 'avg', 'min', 'max'].map((summary) => `${summary}:${name}`),
  ),
]

const describeAll = (definitions: Record<string, { description: string }>): string[] =>
  Object.entries(definitions).map(([name, { description }]) => `\`${name}\`: ${description}`)

const havingPattern = /^([^<>=]*)(>=|<=|>|<|=)(-?\d{1,15}(?:\.\d{1,6})?)$/

const having = z
  .string()
  .max(200)
  .regex(havingPattern, {
    error: 'must be a measure, one of >= <= > < = and a number in decimal digits, such as count>=5',
  })
  .meta({ examples: ['count>=5'] })

/** Returns every parameter of a resource's aggregate, with the filters of the list. */
export function aggregateParameters(resource: Resource): Record<string, Parameter> {
  const dimensions = Object.keys(resource.dimensions)
  const measures = measureNames(resource)
  const known = [...dimensions, ...measures]
  const amounts = describeAll(resource.measures).join(' ')
  const summarized = amounts && ', or `sum:`, `avg:`, `min:` or `max:` with one of these'
  return {
    groupBy: {
      ...words(dimensions, 'One to three dimensions.'),
      presence: 'required',
    },
    measures: {
      ...words(
        measures,
        `\`count\`, which is meant when left out, \`countDistinct:\` with a dimension${summarized}.${amounts && ` ${amounts}`}`,
      ),
      // The words would be as many as all other enumerations of the document.
      jsonValue: z.string().max(100),
    },
    sort: {
      ...words(
        known.flatMap((name) => [name, `-${name}`]),
        'Dimensions and measures of the request, `-` for descending. Null comes last.',
      ),
      // The words are those of `groupBy` and `measures`, which the OpenAPI document lists there.
      jsonValue: z.string().max(100),
    },
    having: {
      description:
        'Conditions on measures of the request, separated by commas: `count>=5,countDistinct:country<3`. A group must match all of them. Comparisons are `>=`, `<=`, `>`, `<` and `=`.',
      value: having,
      comparisons: { eq: { takes: 'many' } },
    },
    limit: limitParameter(
      'Groups in the response',
      groupLimit,
      ' `groups.count` is the number of all groups.',
    ),
    top: single(
      wholeNumber(maxTop),
      'The groups that are largest by the first measure, and `other`, which has the records with further values. Takes one dimension of `groupBy`, which is no date and no free text, and is in the place of `sort`, `having` and `limit`. The group null is beside them.',
      z.int().min(1).max(maxTop),
    ),
    ...listMomentParameter(resource),
    ...urlFilters(resource),
  }
}

function parseMeasure(name: string): MeasureTerm {
  const colon = name.indexOf(':')
  // The parameter has let only measures' names through.
  const summary = (colon < 0 ? name : name.slice(0, colon)) as Summary
  return { name, summary, of: colon < 0 ? '' : name.slice(colon + 1) }
}

function parseGroupOrder(word: string): GroupOrder {
  return word.startsWith('-') ? { by: word.slice(1), direction: 'desc' } : { by: word, direction: 'asc' }
}

function parseHaving(text: string): Having {
  const [, measure = '', word, value = ''] = havingPattern.exec(text) ?? []
  const comparison = comparisons.find((known) => known === word) ?? '='
  return { measure, comparison, value }
}

const findRepeated = (parameter: string, names: string[]): Fault[] =>
  names
    .filter((name, index) => names.indexOf(name) < index)
    .map((name) => ({ parameter, code: 'repeated', message: `"${name}" is given twice` }))

/** Whether a condition restricts records to one value of a filter. */
function isFixed(where: Condition, filter: string): boolean {
  if (where.kind === 'all') return where.of.some((part) => isFixed(part, filter))
  if (where.kind !== 'fields') return false
  return where.comparisons.some(({ filter: name, operator, value }) => {
    const values = Array.isArray(value) ? value : [value]
    return name === filter && operator === 'eq' && new Set(values).size === 1
  })
}

/** Returns an error for each measure that would mix currencies or units. */
function findIncomparable({ resource, measures, groupBy, where, top }: AggregatePlan): Fault[] {
  // All groups beside the largest ones are one.
  const isApart = (unit: string) => groupBy.includes(unit) && top === undefined
  const remedy = (unit: string) => (top === undefined ? `add ${unit} to groupBy, or filter` : 'filter')
  return measures.flatMap(({ name, summary, of }) => {
    const { within = [] } = ['count', 'countDistinct'].includes(summary) ? {} : getMeasure(resource, of)
    return within
      .filter((unit) => !isApart(unit) && !isFixed(where, unit))
      .map((unit) => ({
        parameter: 'measures',
        code: 'incomparable',
        message: `"${name}" would mix values of different ${unit}: ${remedy(unit)} by one, such as ${unit}=…`,
      }))
  })
}

function findMissing(parameter: string, selected: string[], names: string[], where: string): Fault[] {
  return names
    .filter((name) => !selected.includes(name))
    .map((name) => ({
      parameter,
      code: 'not_asked_for',
      message: `"${name}" is not in the request: add it to ${where}${didYouMean(name, selected)}`,
    }))
}

/**
 * Returns the comparisons that find the records with a value of a dimension beside some, or undefined when no filter does.
 * @param where of the request, whose comparisons are not repeated.
 */
export function otherThan(
  { resource, where }: Pick<AggregatePlan, 'resource' | 'where'>,
  dimension: string,
  keys: readonly string[],
): FilterComparison[] | undefined {
  const { filter } = getDimension(resource, dimension).groupFilter
  const known = resource.filters[filter]?.comparisons ?? {}
  if (known.otherThan) return [{ filter, operator: 'otherThan', value: keys }]
  if (known.ne?.takes !== 'many') return undefined
  const isPresent = { filter, operator: 'isNull', value: false } as const
  const hasIsNull =
    where.kind === 'fields' &&
    where.comparisons.some((one) => one.filter === filter && one.operator === 'isNull')
  return [{ filter, operator: 'ne', value: keys }, ...(known.isNull && !hasIsNull ? [isPresent] : [])]
}

/** Whether a measure is of the elements of a list that a dimension is of: those of other groups would count, too. */
function isOfElements(resource: Resource, { summary, of }: MeasureTerm, dimension: string): boolean {
  if (summary === 'count' || summary === 'countDistinct') return false
  const { values } = getDimension(resource, dimension)
  const list = values.kind === 'many' ? values.relation.element?.list : undefined
  return list !== undefined && getMeasure(resource, of).elements?.name === list.name
}

/** Returns the errors of a request for the largest groups. */
function findTopFaults(plan: AggregatePlan, query: CheckedQuery): Fault[] {
  const { resource, where, groupBy, top } = plan
  const [dimension = ''] = groupBy
  if (top === undefined) return []
  const fault = (parameter: string, message: string): Fault => ({ parameter, code: 'invalid', message })
  const replaced = replacedByTop
    .filter((name) => query.has(name))
    .map((name) => fault(name, `"${name}" cannot stand beside top, which takes its place`))
  if (groupBy.length !== 1) return [...replaced, fault('top', 'takes one dimension of groupBy, not several')]
  const { filter } = getDimension(resource, dimension).groupFilter
  if (!otherThan(plan, dimension, []))
    return [...replaced, fault('top', `is not for ${dimension}, which is a date or a free text`)]
  const mixed = plan.measures.find((measure) => isOfElements(resource, measure, dimension))
  if (mixed)
    return [
      ...replaced,
      fault('top', `is not for ${dimension} with "${mixed.name}": both are of the same list`),
    ]
  const isTaken =
    where.kind === 'fields' &&
    where.comparisons.some((one) => one.filter === filter && one.operator === 'otherThan')
  return isTaken
    ? [...replaced, fault('top', `cannot stand beside ${filter}[otherThan], by which the others are listed`)]
    : replaced
}

/** Returns the errors of a plan whose dimensions, measures and sort terms all exist. */
function findFaults(plan: AggregatePlan): Fault[] {
  const { resource, groupBy, measures, sort, having } = plan
  const selected = measures.map(({ name }) => name)
  const known = measureNames(resource)
  const unknown = having.filter(({ measure }) => !known.includes(measure))
  const tooMany = `has ${groupBy.length} dimensions; at most ${maxDimensions} are possible`
  return [
    ...(groupBy.length > maxDimensions ? [{ parameter: 'groupBy', code: 'too_big', message: tooMany }] : []),
    ...findRepeated('groupBy', groupBy),
    ...findRepeated('measures', selected),
    ...findIncomparable(plan),
    ...findRepeated(
      'sort',
      sort.map(({ by }) => by),
    ),
    ...findMissing(
      'sort',
      [...groupBy, ...selected],
      sort.map(({ by }) => by),
      'groupBy or measures',
    ),
    ...unknown.map(({ measure }) => ({
      parameter: 'having',
      code: 'unknown_value',
      message: `there is no measure "${measure}"${didYouMean(measure, known)}`,
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
 * @throws Problem `invalid-parameter` with every error: repeated values, too many dimensions, a sort term or condition
 * that is not in the request, or amounts of mixed units.
 */
export function planAggregate(resource: Resource, query: CheckedQuery, language: Language): AggregatePlan {
  const [size = groupLimit.defaultSize] = getValues(query, 'limit')
  if (typeof size !== 'number') throw new Problem('internal', 'A number of groups was not read as a number.')
  const measures = getWords(query, 'measures')
  const asOf = getListMoment(resource, query)
  const plan: AggregatePlan = {
    resource,
    where: readCondition(resource, query),
    groupBy: getWords(query, 'groupBy'),
    measures: (measures.length > 0 ? measures : ['count']).map(parseMeasure),
    sort: getWords(query, 'sort').map(parseGroupOrder),
    having: getWords(query, 'having').map(parseHaving),
    limit: size,
    language,
    ...(asOf !== undefined && { asOf }),
  }
  const [top] = getValues(query, 'top')
  if (typeof top === 'number') {
    const [largest] = plan.measures
    plan.top = top
    plan.limit = top
    if (largest) plan.sort = [{ by: largest.name, direction: 'desc' }]
  }
  const faults = [...findTopFaults(plan, query), ...findFaults(plan)]
  if (faults.length > 0) throw invalidParameters(faults)
  return plan
}

/**
 * Returns the plan of the one group of all records with further values than those of the largest groups.
 * @param keys those of the largest groups.
 */
export function planOther(plan: AggregatePlan, keys: readonly string[]): AggregatePlan {
  const { top: _, where, groupBy, ...rest } = plan
  const comparisons = otherThan(plan, groupBy[0] ?? '', keys)
  if (where.kind !== 'fields' || !comparisons) throw new Error('a plan has largest groups of no list')
  const all: Condition = { kind: 'fields', comparisons: [...where.comparisons, ...comparisons] }
  return { ...rest, where: all, groupBy: [], sort: [], limit: 1 }
}
