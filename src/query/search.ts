import { z } from 'zod'
import type { Filter, Operator } from '../model/filters.ts'
import { type Resource, toSearchable } from '../model/resource.ts'
import { combiningWords, type Searchable } from '../model/searchable.ts'
import { exampleNoneOf } from '../model/unknown-parameters.ts'
import { checkValue, formatPointer, parsePointer } from '../problems/faults.ts'
import { type Fault, type FaultList, Problem } from '../problems/problem.ts'
import {
  type Condition,
  countComparisons,
  type FilterComparison,
  listValues,
  quantifiers,
  withoutRepetitions,
} from './condition.ts'
import { completeSort, type ListPlan, type Selection, type SortTerm } from './list.ts'
import { createRepresentation, findTooManyCounts } from './representation.ts'
import { type SelectionBody, searchBodySchemas } from './search-schema.ts'

/**
 * Limits of a search: depth of the tree, comparisons, values in SQL (a list counts as one, except where `in` becomes a
 * comparison for each value), and JSON values in the whole tree.
 */
const searchLimits = { depth: 10, comparisons: 100, sqlValues: 300, nodes: 2000 } as const

const jsonObject = z.record(z.string(), z.unknown())
const jsonArray = z.array(z.unknown())

/** Returns the condition "any of these values", for a filter whose `eq` takes one value. */
const anyOfValues = (filter: string, values: unknown[]): Condition => ({
  kind: 'any',
  isOneList: true,
  of: values.map((value) => ({ kind: 'fields', comparisons: [{ filter, operator: 'eq', value }] })),
})

/** Converts the operators of one filter to comparisons. `in` becomes a condition if the filter's `eq` takes one value. */
function readOperators(
  filter: string,
  definition: Filter,
  operators: unknown,
): (FilterComparison | Condition)[] {
  return Object.entries(jsonObject.parse(operators)).map(([word, given]) => {
    if (word === 'in' && definition.comparisons.eq?.takes === 'one')
      return anyOfValues(filter, jsonArray.parse(given))
    if (word === 'in') return { filter, operator: 'eq', value: given }
    // The schema allows only the filter's operators.
    const operator = word as Operator
    const value = definition.comparisons[operator]?.takes === 'many' ? [given] : given
    return { filter, operator, value }
  })
}

/** Converts the validated tree of a search to a condition. */
function readTree(searchable: Searchable, where: unknown): Condition {
  const { and, or, not, ...fields } = jsonObject.parse(where)
  const all: Condition[] = []
  if (and !== undefined)
    all.push({ kind: 'all', of: jsonArray.parse(and).map((part) => readTree(searchable, part)) })
  if (or !== undefined)
    all.push({ kind: 'any', of: jsonArray.parse(or).map((part) => readTree(searchable, part)) })
  if (not !== undefined) all.push({ kind: 'not', of: readTree(searchable, not) })
  const collections = searchable.collections()
  const comparisons: FilterComparison[] = []
  for (const [name, value] of Object.entries(fields)) {
    const filter = searchable.filters[name]
    const collection = collections[name]
    for (const comparison of filter ? readOperators(name, filter, value) : []) {
      if ('kind' in comparison) all.push(comparison)
      else comparisons.push(comparison)
    }
    if (!collection) continue
    const quantified = jsonObject.parse(value)
    for (const quantifier of quantifiers) {
      if (quantified[quantifier] === undefined) continue
      all.push({
        kind: 'elements',
        collection: name,
        quantifier,
        of: readTree(collection, quantified[quantifier]),
      })
    }
  }
  if (comparisons.length > 0) all.push({ kind: 'fields', comparisons })
  return { kind: 'all', of: all }
}

/** Returns the problem `invalid-search` with these faults. */
export const invalidSearch = (errors: Fault[] | FaultList): Problem =>
  new Problem('invalid-search', 'Invalid search: see errors.', { errors })

/**
 * Refuses trees that are too deep or too large, before the schema parses them. `and`, `or`, `not` and quantifiers each add
 * one level of depth.
 * @throws Problem `invalid-search` with one fault.
 */
function requireBoundedSize(where: unknown): void {
  let count = 0
  const walk = (node: unknown, path: PropertyKey[], depth: number): void => {
    if (depth > searchLimits.depth) {
      const message = `is more than ${searchLimits.depth} conditions deep`
      throw invalidSearch([{ pointer: formatPointer(path), code: 'too_deep', message }])
    }
    if (Array.isArray(node)) for (const [index, part] of node.entries()) walk(part, [...path, index], depth)
    else if (typeof node === 'object' && node !== null) {
      for (const [key, part] of Object.entries(node))
        walk(part, [...path, key], depth + (nestingWords.includes(key) ? 1 : 0))
    }
    count += 1
    if (count > searchLimits.nodes) {
      const message = `has more than ${searchLimits.nodes} values`
      const pointer = formatPointer(path.slice(0, 1))
      throw invalidSearch([{ pointer, code: 'too_big', message, limit: searchLimits.nodes }])
    }
  }
  walk(where, ['where'], 0)
}

const nestingWords: readonly string[] = [...combiningWords, ...quantifiers]

const allRecords: Condition = { kind: 'fields', comparisons: [] }

/**
 * Returns the condition that all given conditions are true.
 * @param conditions conditions in the form of a search, which the service has built from checked values. They are not validated:
 * the validation would take ten times as long.
 */
export const joinConditions = (resource: Resource, conditions: object[]): Condition =>
  conditions.length === 0 ? allRecords : readTree(toSearchable(resource), { and: conditions })

/**
 * Returns a function that explains the fault of an array for `eq` or `ne`, which take one value. Other faults are returned
 * unchanged.
 */
const explainArrays =
  (body: unknown) =>
  (fault: Fault): Fault => {
    const path = parsePointer(fault.pointer ?? '')
    const [filter = '', operator] = path.slice(-2)
    const value = path.reduce<unknown>((inner, step) => Object(inner)[step], body)
    // An unknown property may have the name of an operator, and not every filter has `eq` or `ne`.
    if (path[0] !== 'where' || fault.code === 'unknown' || !Array.isArray(value)) return fault
    if (operator === 'eq') return { ...fault, message: 'takes one value: write several values as {"in":[…]}' }
    return operator === 'ne'
      ? { ...fault, message: `takes one value: exclude several values with ${exampleNoneOf(filter)}` }
      : fault
  }

/** Validates a body. @throws Problem `invalid-search` with every fault; with one if the tree is too deep or too large. */
function checkBody<T>(schema: z.ZodType<T>, body: unknown): T {
  requireBoundedSize(jsonObject.safeParse(body).data?.where)
  const { data, faults } = checkValue(schema, body)
  if (faults) throw invalidSearch(faults).mapErrors(explainArrays(body))
  return data
}

function readSelectionBody(resource: Resource, { where, sort, fields, include }: SelectionBody): Selection {
  const condition = where === undefined ? allRecords : readTree(toSearchable(resource), where)
  const tooBig = (limit: number, message: string) =>
    invalidSearch([{ pointer: '/where', code: 'too_big', message, limit }])
  const { comparisons, sqlValues } = searchLimits
  if (countComparisons(condition) > comparisons)
    throw tooBig(comparisons, `has more than ${comparisons} comparisons`)
  if (listValues(condition).length > sqlValues)
    throw tooBig(
      sqlValues,
      `has more than ${sqlValues} values to compare; each value of an \`in\` of dates or texts counts`,
    )
  const terms = sort.map(({ by, direction, nulls }): SortTerm => ({ key: by, direction, nulls }))
  return {
    resource,
    where: withoutRepetitions(condition),
    sort: completeSort(resource, terms),
    representation: createRepresentation(resource, fields ?? [], include),
  }
}

/**
 * Parses a search and returns its plan, which has the same type as the plan of a list.
 * @throws Problem `invalid-search` with faults whose pointers point into the body.
 */
export function planSearch(resource: Resource, body: unknown): ListPlan {
  const { limit, cursor, count, ...selected } = checkBody(searchBodySchemas(resource).page, body)
  const selection = readSelectionBody(resource, selected)
  const fault = findTooManyCounts(resource, selection.representation, limit)
  if (fault) throw invalidSearch([{ pointer: '/limit', ...fault }])
  return {
    ...selection,
    limit,
    ...(cursor !== null && { cursor }),
    ...(count !== null && { count }),
  }
}

/**
 * Parses the body of an export of a search, and returns the selection.
 * @throws Problem `invalid-search` with faults whose pointers point into the body.
 */
export const readSearchSelection = (resource: Resource, body: unknown): Selection =>
  readSelectionBody(resource, checkBody(searchBodySchemas(resource).selection, body))
