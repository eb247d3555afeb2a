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
  words,
} from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import { urlFilters } from '../model/url-filters.ts'
import { type Fault, Problem } from '../problems/problem.ts'
import { didYouMean } from '../problems/suggest.ts'
import type { Condition } from './condition.ts'
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
  /** Language of the labels. */
  language: Language
  /** Reads the registry as of this time, as in a list; undefined for now. */
  asOf?: string
}

/** Default and maximum number of groups in a response. */
const groupLimit = { defaultSize: 100, maxSize: 10_000 } as const

const maxDimensions = 3

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

const describeAll = (definitions: Record<string, { description: string }>) =>
  Object.entries(definitions)
    .map(([name, { description }]) => `\`${name}\`: ${description}`)
    .join(' ')

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
  const amounts = describeAll(resource.measures)
  return {
    groupBy: {
      ...words(
        dimensions,
        `One to three dimensions, separated by commas. ${describeAll(resource.dimensions)}`,
      ),
      presence: 'required',
    },
    measures: words(
      measures,
      `What to know of each group, separated by commas; \`count\` when left out. \`count\`: how many records. \`countDistinct:…\`: how many values of a dimension its records have.${amounts && ` \`sum\`, \`avg\` (rounded to four decimals), \`min\` and \`max\` of what is known of: ${amounts}`}`,
    ),
    sort: words(
      known.flatMap((name) => [name, `-${name}`]),
      'Order of the groups: dimensions and measures of the request, separated by commas, `-` for descending. Null comes last. Groups that are equal by these are in the order of their keys.',
    ),
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
    ...listMomentParameter(resource),
    ...urlFilters(resource),
  }
}

function parseMeasure(name: string): MeasureTerm {
  const at = name.indexOf(':')
  // The parameter has let only measures' names through.
  const summary = (at < 0 ? name : name.slice(0, at)) as Summary
  return { name, summary, of: at < 0 ? '' : name.slice(at + 1) }
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
    .filter((name, at) => names.indexOf(name) < at)
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
function findIncomparable({ resource, measures, groupBy, where }: AggregatePlan): Fault[] {
  return measures.flatMap(({ name, summary, of }) => {
    const { within = [] } = ['count', 'countDistinct'].includes(summary) ? {} : getMeasure(resource, of)
    return within
      .filter((unit) => !groupBy.includes(unit) && !isFixed(where, unit))
      .map((unit) => ({
        parameter: 'measures',
        code: 'incomparable',
        message: `"${name}" would mix values of different ${unit}: add ${unit} to groupBy, or filter by one, such as ${unit}=…`,
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
  const faults = findFaults(plan)
  if (faults.length > 0) throw invalidParameters(faults)
  return plan
}
