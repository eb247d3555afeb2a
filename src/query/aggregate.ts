import { z } from 'zod'
import type { Dimension, Measure } from '../model/dimensions.ts'
import {
  type CheckedQuery,
  invalid,
  limitOf,
  type Parameter,
  valuesOf,
  words,
  wordsOf,
} from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import { type Fault, Problem } from '../problems/problem.ts'
import { didYouMean } from '../problems/suggest.ts'
import type { Condition } from './condition.ts'
import { conditionOf } from './list.ts'
import { listMoment, listMomentOf } from './past.ts'

/** What is done with the values of a group: records are counted, values of a dimension or amounts taken together. */
export type Summary = 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max'

/** Something to know of each group. */
export interface MeasureTerm {
  /** As it is asked for and answered: `count`, `sum:commitment`. */
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

/** One key of the order of groups: a dimension or a measure that is asked for. */
export interface GroupOrder {
  by: string
  direction: 'asc' | 'desc'
}

/** What an aggregate asks for, checked against its resource. */
export interface AggregatePlan {
  resource: Resource
  /** Which records are grouped, however that was said. */
  where: Condition
  groupBy: string[]
  measures: MeasureTerm[]
  /** Does not name all keys: what is equal by it comes in the order of the keys. */
  sort: GroupOrder[]
  having: Having[]
  limit: number
  /** The moment of the registry that is asked, as in a list; undefined for now. */
  asOf?: string
}

/** How many groups are answered: what is usual, and the most that can be asked for. */
export const groupLimit = { usual: 100, most: 10_000 } as const

const mostDimensions = 3

/** A dimension of a resource. @throws when a plan names one that is not there. */
export function dimensionOf(resource: Resource, name: string): Dimension {
  const dimension = resource.dimensions[name]
  if (!dimension) throw new Error(`a plan has a dimension that ${resource.name} does not: ${name}`)
  return dimension
}

/** A measure of a resource. @throws when a plan names one that is not there. */
export function measureOf(resource: Resource, name: string): Measure {
  const measure = resource.measures[name]
  if (!measure) throw new Error(`a plan has a measure that ${resource.name} does not: ${name}`)
  return measure
}

/** Every measure that can be asked of a resource, as `measures` names them. */
export const measureNames = (resource: Resource): string[] => [
  'count',
  ...Object.keys(resource.dimensions).map((name) => `countDistinct:${name}`),
  ...Object.keys(resource.measures).flatMap((name) =>
    ['sum', 'avg', 'min', 'max'].map((summary) => `${summary}:${name}`),
  ),
]

const described = (definitions: Record<string, { description: string }>) =>
  Object.entries(definitions)
    .map(([name, { description }]) => `\`${name}\`: ${description}`)
    .join(' ')

const havingForm = /^([^<>=]*)(>=|<=|>|<|=)(-?\d{1,15}(?:\.\d{1,6})?)$/

const having = z
  .string()
  .regex(havingForm, {
    error: 'must be a measure, one of >= <= > < = and a number in decimal digits, such as count>=5',
  })
  .meta({ examples: ['count>=5'] })

/** Every parameter of a resource's aggregates: those of its own, and every filter of the list. */
export function aggregateParameters(resource: Resource): Record<string, Parameter> {
  const dimensions = Object.keys(resource.dimensions)
  const measures = measureNames(resource)
  const known = [...dimensions, ...measures]
  const amounts = described(resource.measures)
  return {
    groupBy: {
      ...words(dimensions, `One to three dimensions, separated by commas. ${described(resource.dimensions)}`),
      presence: 'required',
    },
    measures: words(
      measures,
      `What to know of each group, separated by commas; \`count\` when left out. \`count\`: how many records. \`countDistinct:…\`: how many values of a dimension its records have.${amounts && ` \`sum\`, \`avg\` (rounded to four decimals), \`min\` and \`max\` of what is known of: ${amounts}`}`,
    ),
    sort: words(
      known.flatMap((name) => [name, `-${name}`]),
      'Order of the groups: dimensions and measures that are asked for, separated by commas, `-` for descending. Null comes last. Groups that are equal by it are in the order of their keys.',
    ),
    having: {
      description:
        'Conditions on measures that are asked for, separated by commas, which all hold: `count>=5,countDistinct:country<3`. Comparisons are `>=`, `<=`, `>`, `<` and `=`.',
      value: having,
      comparisons: { eq: { takes: 'many' } },
    },
    limit: limitOf('Groups to answer', groupLimit, ' `groups.count` says how many there are.'),
    ...listMoment(resource),
    ...resource.filters,
  }
}

function measureTerm(name: string): MeasureTerm {
  const at = name.indexOf(':')
  // The parameter has let only measures' names through.
  const summary = (at < 0 ? name : name.slice(0, at)) as Summary
  return { name, summary, of: at < 0 ? '' : name.slice(at + 1) }
}

function groupOrder(word: string): GroupOrder {
  return word.startsWith('-') ? { by: word.slice(1), direction: 'desc' } : { by: word, direction: 'asc' }
}

function havingOf(text: string): Having {
  const [, measure = '', word, value = ''] = havingForm.exec(text) ?? []
  const comparison = comparisons.find((known) => known === word) ?? '='
  return { measure, comparison, value }
}

const repeatedIn = (parameter: string, names: string[]): Fault[] =>
  names
    .filter((name, at) => names.indexOf(name) < at)
    .map((name) => ({ parameter, code: 'repeated', message: `"${name}" stands twice` }))

/** Whether a condition holds only for records with one value of a filter. */
function isFixed(where: Condition, filter: string): boolean {
  if (where.kind === 'all') return where.of.some((part) => isFixed(part, filter))
  if (where.kind !== 'fields') return false
  return where.comparisons.some(({ filter: name, operator, value }) => {
    const values = Array.isArray(value) ? value : [value]
    return name === filter && operator === 'eq' && new Set(values).size === 1
  })
}

/** Amounts of which some may be of another currency or unit say nothing together. */
function incomparable({ resource, measures, groupBy, where }: AggregatePlan): Fault[] {
  return measures.flatMap(({ name, summary, of }) => {
    const { within } = ['count', 'countDistinct'].includes(summary)
      ? { within: undefined }
      : measureOf(resource, of)
    if (within === undefined || groupBy.includes(within) || isFixed(where, within)) return []
    const message = `"${name}" would mix values of different ${within}: add ${within} to groupBy, or filter by one, such as ${within}=…`
    return [{ parameter: 'measures', code: 'incomparable', message }]
  })
}

function unasked(parameter: string, asked: string[], names: string[], where: string): Fault[] {
  return names
    .filter((name) => !asked.includes(name))
    .map((name) => ({
      parameter,
      code: 'not_asked_for',
      message: `"${name}" is not asked for: add it to ${where}${didYouMean(name, asked)}`,
    }))
}

/** All that is wrong with a plan although each of its words is known. */
function faultsOf(plan: AggregatePlan): Fault[] {
  const { resource, groupBy, measures, sort, having } = plan
  const asked = measures.map(({ name }) => name)
  const known = measureNames(resource)
  const unknown = having.filter(({ measure }) => !known.includes(measure))
  const tooMany = `has ${groupBy.length} dimensions; at most ${mostDimensions} are possible`
  return [
    ...(groupBy.length > mostDimensions ? [{ parameter: 'groupBy', code: 'too_big', message: tooMany }] : []),
    ...repeatedIn('groupBy', groupBy),
    ...repeatedIn('measures', asked),
    ...incomparable(plan),
    ...repeatedIn(
      'sort',
      sort.map(({ by }) => by),
    ),
    ...unasked(
      'sort',
      [...groupBy, ...asked],
      sort.map(({ by }) => by),
      'groupBy or measures',
    ),
    ...unknown.map(({ measure }) => ({
      parameter: 'having',
      code: 'unknown_value',
      message: `there is no measure "${measure}"${didYouMean(measure, known)}`,
    })),
    ...unasked(
      'having',
      asked,
      having.map(({ measure }) => measure).filter((name) => known.includes(name)),
      'measures',
    ),
  ]
}

/**
 * The plan of an aggregate from its checked query.
 * @throws Problem `invalid-parameter` with every fault: what stands twice, is too much, isn't asked for, or can't be
 * added up.
 */
export function planAggregate(resource: Resource, query: CheckedQuery): AggregatePlan {
  const [size = groupLimit.usual] = valuesOf(query, 'limit')
  if (typeof size !== 'number') throw new Problem('internal', 'A number of groups was not read as a number.')
  const measures = wordsOf(query, 'measures')
  const asOf = listMomentOf(resource, query)
  const plan: AggregatePlan = {
    resource,
    where: conditionOf(resource, query),
    groupBy: wordsOf(query, 'groupBy'),
    measures: (measures.length > 0 ? measures : ['count']).map(measureTerm),
    sort: wordsOf(query, 'sort').map(groupOrder),
    having: wordsOf(query, 'having').map(havingOf),
    limit: size,
    ...(asOf !== undefined && { asOf }),
  }
  const faults = faultsOf(plan)
  if (faults.length > 0) throw invalid(faults)
  return plan
}
