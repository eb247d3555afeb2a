import type { PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { fieldNameSchema, propertiesOf } from '../model/document.ts'
import type { Comparison, Filter, Operator } from '../model/filters.ts'
import { lazyFor } from '../model/lazy.ts'
import { type Resource, toSearchable } from '../model/resource.ts'
import { registerRequestSchema } from '../model/schema-names.ts'
import type { Searchable } from '../model/searchable.ts'
import { checkValue, formatPointer, formatValue } from '../problems/faults.ts'
import { type Fault, type FaultList, Problem } from '../problems/problem.ts'
import { capitalize, quoteList } from '../problems/suggest.ts'
import {
  type Condition,
  countComparisons,
  type FilterComparison,
  listValues,
  type Quantifier,
  withoutRepetitions,
} from './condition.ts'
import {
  completeSort,
  type ListPlan,
  maxCursorLength,
  pageSize,
  type Selection,
  type SortTerm,
} from './list.ts'
import { createRepresentation, findTooManyCounts, includesOf, namesInclude } from './representation.ts'

/**
 * Limits of a search: depth of the tree, comparisons, values of one `in`, values in SQL (a list counts as one, except where
 * `in` becomes a comparison for each value), and JSON values in the whole tree.
 */
const searchLimits = { depth: 10, comparisons: 100, values: 200, sqlValues: 300, nodes: 2000 } as const

/** Returns the schemas of the values that a filter's operators take in JSON. `in` takes a list of values for `eq`. */
function operatorShape({ value, jsonValue = value, comparisons }: Filter): z.ZodRawShape {
  const operandSchema = ({ takes, value: operand = jsonValue }: Comparison) =>
    takes === 'boolean' ? z.boolean() : operand
  const operators = Object.entries(comparisons).map(([operator, comparison]) => [
    operator,
    operandSchema(comparison).optional(),
  ])
  const list = z.array(jsonValue).min(1).max(searchLimits.values).optional()
  return { ...Object.fromEntries(operators), ...(comparisons.eq && { in: list }) }
}

/** Returns the schema of an object that is not empty. An object with only unknown properties gets no further error. */
const nonEmptyObject = (shape: z.ZodRawShape, error: string, params?: z.core.$ZodObjectParams) =>
  z
    .strictObject(shape, params)
    .check((payload) => {
      if (payload.issues.length > 0 || Object.keys(payload.value).length > 0) return
      payload.issues.push({ code: 'custom', message: error, input: payload.value })
    })
    .meta({ minProperties: 1 })

/**
 * Returns a check that the words of a list are unique.
 * @param wordOf returns the word of an item.
 * @param subpath the path from an item to its word, for faults; empty if the item is the word.
 */
const requireUnique = <Word>(wordOf: (item: Word) => string, subpath: PropertyKey[] = []) =>
  z.check<Word[]>((payload) => {
    const found = new Set<string>()
    for (const [index, item] of payload.value.entries()) {
      const word = wordOf(item)
      if (found.has(word)) {
        const message = `"${word}" is given twice`
        payload.issues.push({ code: 'custom', path: [index, ...subpath], message, input: word })
      }
      found.add(word)
    }
  })

/** Returns the error for a value without an operator, with the condition that was probably meant, or with all operators. */
function describeMissingOperator(input: unknown, shape: z.ZodRawShape): string {
  // null asks for records without a value: `isNull`.
  const value = input === null ? true : input
  const operators = Object.entries(shape)
  const fitting = operators.find(([, schema]) => z.safeParse(schema, value).success)?.[0]
  const hint =
    fitting === undefined
      ? `: ${quoteList(Object.keys(shape))}`
      : `, such as ${formatValue({ [fitting]: value })}`
  return `must be an object with an operator${hint}`
}

function comparisonSchema(filter: Filter) {
  const shape = operatorShape(filter)
  return nonEmptyObject(shape, 'must have at least one operator', {
    error: ({ code, input }) => (code === 'invalid_type' ? describeMissingOperator(input, shape) : undefined),
  })
    .optional()
    .meta({ description: filter.description })
}

/** Returns an example condition, on the first filter that is an enum or accepts one of the candidate values. */
function exampleCondition({ filters }: Searchable): object {
  const candidates = ['energy', 'PAK', '2011', '142']
  for (const [name, { value, comparisons }] of Object.entries(filters)) {
    const words = value instanceof z.ZodEnum ? value.options.map(String) : candidates
    const example = words.find((candidate) => value.safeParse(candidate).success)
    if (example !== undefined && comparisons.eq) return { [name]: { eq: example } }
  }
  return {}
}

const sharedConditions = new WeakMap<PgTable, z.ZodType>()

/** Returns the schema of the conditions on a table. Lists that share a table share the schema. */
function sharedConditionSchema(searchable: Searchable, name: string, table: PgTable): z.ZodType {
  const known = sharedConditions.get(table) ?? conditionSchema(searchable, name)
  sharedConditions.set(table, known)
  return known
}

const quantifiedSchemas = new WeakMap<z.ZodType, z.ZodType>()

/**
 * Returns the schema of conditions on a list's elements.
 * @param name name of one element, if the lists of several resources have the same conditions.
 */
function quantifiedSchema(element: z.ZodType, name: string | undefined): z.ZodType {
  const known = quantifiedSchemas.get(element)
  if (known) return known
  const elements = element.optional()
  const shape = { some: elements, none: elements, every: elements }
  const plain = nonEmptyObject(shape, 'must have at least one of some, none and every')
  const description = 'Conditions on the elements of a list.'
  const schema =
    name === undefined ? plain : registerRequestSchema(`${name}Quantified`, plain.meta({ description }))
  quantifiedSchemas.set(element, schema)
  return schema
}

/** Returns the schema of the conditions on a resource, or on the elements of a list; named in the OpenAPI document. */
function conditionSchema(searchable: Searchable, name: string): z.ZodType {
  const self: z.ZodType = z.lazy(() => schema)
  const filters = Object.entries(searchable.filters).map(([filter, definition]) => [
    filter,
    comparisonSchema(definition),
  ])
  const lists = Object.entries(searchable.collections()).map(([list, collection]) => {
    const { singular, table } = collection
    const element =
      singular === undefined
        ? conditionSchema(collection, `${name}${capitalize(list)}`)
        : sharedConditionSchema(collection, singular, table)
    return [list, quantifiedSchema(element, singular).optional()]
  })
  const schema = registerRequestSchema(
    `${name}Where`,
    nonEmptyObject(
      {
        and: z.array(self).min(1).max(50).optional(),
        or: z.array(self).min(1).max(50).optional(),
        not: self.optional(),
        ...Object.fromEntries(filters),
        ...Object.fromEntries(lists),
      },
      'must have at least one condition, or be left out',
    ).meta({ description: 'Conditions.', examples: [exampleCondition(searchable)] }),
  )
  return schema
}

const sortSchema = (resource: Resource) => {
  const term = registerRequestSchema(
    `${resource.singular}SortTerm`,
    z
      .strictObject({
        by: z.enum(Object.keys(resource.sorts)),
        direction: z.enum(['asc', 'desc']).default('asc'),
        nulls: z
          .enum(['first', 'last'])
          .default('last')
          .meta({ description: 'Position of records without a value.' }),
      })
      .meta({ description: 'A sort key.' }),
  )
  return z
    .array(term)
    .max(10)
    .default([])
    .check(requireUnique(({ by }) => by, ['by']))
}

const includeSchema = (words: string[]) =>
  z.array(z.enum(words)).max(words.length).check(requireUnique(String)).default([])

/** The properties that bodies of searches and of their exports share: condition, order and representation. */
function selectionShape(resource: Resource, includes: string[]) {
  return {
    where: sharedConditionSchema(toSearchable(resource), resource.singular, resource.table).optional(),
    sort: sortSchema(resource),
    fields: z
      .array(fieldNameSchema(resource))
      .min(1)
      .max(propertiesOf(resource).length)
      .check(requireUnique(String))
      .optional(),
    include: includeSchema(includes),
  }
}

function makeBodySchemas(resource: Resource) {
  const includes = (isFile: boolean) => includesOf(resource, { isFile }).map(([name]) => name)
  const selection = selectionShape(resource, includes(true))
  return {
    page: registerRequestSchema(
      `${resource.singular}Search`,
      z
        .strictObject({
          ...selection,
          include: includeSchema([...includes(false), namesInclude]),
          limit: z.int().min(1).max(pageSize.maxSize).default(pageSize.defaultSize),
          cursor: z.string().min(1).max(maxCursorLength).nullable().default(null),
          count: z.enum(['exact', 'estimated']).nullable().default(null),
        })
        .meta({ description: 'A search.', examples: [{ limit: 25 }] }),
    ),
    selection: registerRequestSchema(
      `${resource.singular}Selection`,
      z.strictObject(selection).meta({ description: 'What to export.', examples: [{}] }),
    ),
  }
}

/** Returns the schemas of request bodies: `page` for searches, `selection` for exports of searches. */
export const searchBodySchemas = lazyFor(makeBodySchemas)

const quantifiers: Quantifier[] = ['some', 'none', 'every']

const jsonObject = z.record(z.string(), z.unknown())
const jsonArray = z.array(z.unknown())

const toComparison = (filter: string, operator: Operator, value: unknown): FilterComparison => ({
  filter,
  operator,
  value,
})

/** Returns the condition "any of these values", for a filter whose `eq` takes one value. */
const anyOfValues = (filter: string, values: unknown[]): Condition => ({
  kind: 'any',
  isOneList: true,
  of: values.map((value) => ({ kind: 'fields', comparisons: [toComparison(filter, 'eq', value)] })),
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
    if (word === 'in') return toComparison(filter, 'eq', given)
    // The schema allows only the filter's operators.
    const operator = word as Operator
    const value = definition.comparisons[operator]?.takes === 'many' ? [given] : given
    return toComparison(filter, operator, value)
  })
}

/** Converts the validated tree of a search to a condition. */
function readCondition(searchable: Searchable, where: unknown): Condition {
  const { and, or, not, ...fields } = jsonObject.parse(where)
  const all: Condition[] = []
  if (and !== undefined)
    all.push({ kind: 'all', of: jsonArray.parse(and).map((part) => readCondition(searchable, part)) })
  if (or !== undefined)
    all.push({ kind: 'any', of: jsonArray.parse(or).map((part) => readCondition(searchable, part)) })
  if (not !== undefined) all.push({ kind: 'not', of: readCondition(searchable, not) })
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
        of: readCondition(collection, quantified[quantifier]),
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
        walk(part, [...path, key], depth + (addsLevel(key) ? 1 : 0))
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

const addsLevel = (key: string) => ['and', 'or', 'not', ...quantifiers].includes(key)

const allRecords: Condition = { kind: 'fields', comparisons: [] }

/**
 * Returns the condition that all given conditions are true.
 * @param conditions conditions in the form of a search, which the service has built from checked values. They are not validated:
 * the validation would take ten times as long.
 */
export const joinConditions = (resource: Resource, conditions: object[]): Condition =>
  conditions.length === 0 ? allRecords : readCondition(toSearchable(resource), { and: conditions })

/** Validates a body. @throws Problem `invalid-search` with every fault; with one if the tree is too deep or too large. */
function checkBody<T>(schema: z.ZodType<T>, body: unknown): T {
  requireBoundedSize(jsonObject.safeParse(body).data?.where)
  const { data, faults } = checkValue(schema, body)
  if (faults) throw invalidSearch(faults)
  return data
}

type SelectionBody = z.output<ReturnType<typeof makeBodySchemas>['selection']>

function readSelectionBody(resource: Resource, { where, sort, fields, include }: SelectionBody): Selection {
  const condition = where === undefined ? allRecords : readCondition(toSearchable(resource), where)
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
