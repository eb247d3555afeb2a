import { z } from 'zod'
import { propertiesOf } from '../model/document.ts'
import type { Comparison, Filter, Operator } from '../model/filters.ts'
import { type Resource, toSearchable } from '../model/resource.ts'
import { nameInput } from '../model/schema-names.ts'
import type { Searchable } from '../model/searchable.ts'
import { faultMessage, faultsOf, pointerOf } from '../problems/faults.ts'
import { type Fault, Problem } from '../problems/problem.ts'
import { type Comparing, type Condition, type Quantifier, valuesIn } from './condition.ts'
import { completeSort, type ListPlan, pageSize, type SortTerm } from './list.ts'

/** Limits of a search: how deep its tree may be, and how many comparisons it may have. */
export const searchLimits = { depth: 10, comparisons: 100, values: 200 } as const

/** The operators of a filter in JSON: `in` is a list of what `eq` takes one of. */
function operatorShape({ value, jsonValue = value, comparisons }: Filter): z.ZodRawShape {
  const schemaOf = ({ takes, value: own = jsonValue }: Comparison) => (takes === 'truth' ? z.boolean() : own)
  const own = Object.entries(comparisons).map(([operator, comparison]) => [
    operator,
    schemaOf(comparison).optional(),
  ])
  const list = z.array(jsonValue).min(1).max(searchLimits.values).optional()
  return { ...Object.fromEntries(own), ...(comparisons.eq && { in: list }) }
}

/** The check that an object asks for something. What has other faults is not judged: it may have meant to. */
const saysSomething = (error: string) =>
  z.check<object>((payload) => {
    if (payload.issues.length > 0 || Object.keys(payload.value).length > 0) return
    payload.issues.push({ code: 'custom', message: error, input: payload.value })
  })

/** The check that no word of a list stands in it twice. */
const eachOnce = <Word>(wordOf: (item: Word) => string, place: PropertyKey[] = []) =>
  z.check<Word[]>((payload) => {
    const found = payload.value.map(wordOf)
    for (const [at, word] of found.entries())
      if (found.indexOf(word) < at)
        payload.issues.push({
          code: 'custom',
          path: [at, ...place],
          message: `"${word}" stands twice`,
          input: word,
        })
  })

const comparingOf = (filter: Filter) =>
  z
    .strictObject(operatorShape(filter))
    .check(saysSomething('compares with nothing: give at least one operator'))
    .optional()
    .meta({ description: filter.description })

/** A condition to show: the first filter that has a word of its own, or takes one of some usual values. */
function exampleOf({ filters }: Searchable): object {
  const usual = ['energy', 'PAK', '2011', '142']
  for (const [name, { value, comparisons }] of Object.entries(filters)) {
    const words = value instanceof z.ZodEnum ? value.options.map(String) : usual
    const fitting = words.find((candidate) => value.safeParse(candidate).success)
    if (fitting !== undefined && comparisons.eq) return { [name]: { eq: fitting } }
  }
  return {}
}

const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** Schema of the conditions on a resource, or on the elements of a list; named in the OpenAPI document. */
function conditionSchema(searchable: Searchable, name: string): z.ZodType {
  const self: z.ZodType = z.lazy(() => schema)
  const filters = Object.entries(searchable.filters).map(([filter, definition]) => [
    filter,
    comparingOf(definition),
  ])
  const lists = Object.entries(searchable.collections()).map(([list, collection]) => {
    const elements = conditionSchema(collection, `${name}${capitalized(list)}`).optional()
    const quantified = z
      .strictObject({ some: elements, none: elements, every: elements })
      .check(saysSomething('asks for nothing: give some, none or every'))
    return [list, quantified.optional().meta({ description: collection.description })]
  })
  const schema = nameInput(
    `${name}Where`,
    z
      .strictObject({
        and: z.array(self).min(1).max(50).optional(),
        or: z.array(self).min(1).max(50).optional(),
        not: self.optional(),
        ...Object.fromEntries(filters),
        ...Object.fromEntries(lists),
      })
      .check(saysSomething('is empty: give a condition, or leave it out'))
      .meta({ description: 'Conditions that all hold.', examples: [exampleOf(searchable)] }),
  )
  return schema
}

const sortSchema = (resource: Resource) =>
  z
    .array(
      z.strictObject({
        by: z.enum(Object.keys(resource.sorts)),
        direction: z.enum(['asc', 'desc']).default('asc'),
        nulls: z
          .enum(['first', 'last'])
          .default('last')
          .meta({ description: 'Where records without a value come.' }),
      }),
    )
    .max(10)
    .default([])
    .check(eachOnce(({ by }) => by, ['by']))

const requests = new WeakMap<Resource, ReturnType<typeof makeRequest>>()

function makeRequest(resource: Resource) {
  const includes = Object.keys(resource.includes())
  return nameInput(
    `${resource.singular}Search`,
    z
      .strictObject({
        where: conditionSchema(toSearchable(resource), resource.singular).optional(),
        sort: sortSchema(resource),
        limit: z.int().min(1).max(pageSize.most).default(pageSize.usual),
        cursor: z
          .string()
          .min(1)
          .max(12_000)
          .nullable()
          .default(null)
          .meta({ description: '`page.next` of the page before.' }),
        fields: z
          .array(z.enum(propertiesOf(resource)))
          .min(1)
          .check(eachOnce(String))
          .meta({ uniqueItems: true })
          .optional(),
        include: z.array(z.enum(includes)).check(eachOnce(String)).meta({ uniqueItems: true }).default([]),
        count: z.enum(['exact', 'estimated']).nullable().default(null),
      })
      .meta({
        description: `What to search among ${resource.name.replaceAll('-', ' ')}.`,
        examples: [{ limit: 25 }],
      }),
  )
}

/** Schema of a search among a resource. */
export function searchRequest(resource: Resource): ReturnType<typeof makeRequest> {
  const known = requests.get(resource) ?? makeRequest(resource)
  requests.set(resource, known)
  return known
}

const quantifiers: Quantifier[] = ['some', 'none', 'every']

const tree = z.record(z.string(), z.unknown())
const branch = z.array(z.unknown())

const compare = (filter: string, operator: Operator, value: unknown): Comparing => ({
  filter,
  operator,
  value,
})

/** Any of some values, for a filter that takes one at a time. */
const anyAlone = (filter: string, values: unknown[]): Condition => ({
  kind: 'any',
  of: values.map((value) => ({ kind: 'fields', comparisons: [compare(filter, 'eq', value)] })),
})

/** What the operators of one filter ask: comparisons, and conditions that no comparison says. */
function operatorsOf(filter: string, definition: Filter, operators: unknown): (Comparing | Condition)[] {
  return Object.entries(tree.parse(operators)).map(([word, given]) => {
    if (word === 'in' && definition.comparisons.eq?.takes === 'one')
      return anyAlone(filter, branch.parse(given))
    if (word === 'in') return compare(filter, 'eq', given)
    // The schema has let only the filter's operators through.
    const operator = word as Operator
    return compare(filter, operator, definition.comparisons[operator]?.takes === 'many' ? [given] : given)
  })
}

/** The condition that a tree says, which its schema has checked. */
function readCondition(searchable: Searchable, where: unknown): Condition {
  const { and, or, not, ...fields } = tree.parse(where)
  const all: Condition[] = []
  if (and !== undefined)
    all.push({ kind: 'all', of: branch.parse(and).map((part) => readCondition(searchable, part)) })
  if (or !== undefined)
    all.push({ kind: 'any', of: branch.parse(or).map((part) => readCondition(searchable, part)) })
  if (not !== undefined) all.push({ kind: 'not', of: readCondition(searchable, not) })
  const collections = searchable.collections()
  const comparisons: Comparing[] = []
  for (const [name, value] of Object.entries(fields)) {
    const filter = searchable.filters[name]
    const collection = collections[name]
    for (const asked of filter ? operatorsOf(name, filter, value) : []) {
      if ('kind' in asked) all.push(asked)
      else comparisons.push(asked)
    }
    if (!collection) continue
    const asked = tree.parse(value)
    for (const quantifier of quantifiers) {
      if (asked[quantifier] === undefined) continue
      all.push({
        kind: 'elements',
        collection: name,
        quantifier,
        of: readCondition(collection, asked[quantifier]),
      })
    }
  }
  if (comparisons.length > 0) all.push({ kind: 'fields', comparisons })
  return { kind: 'all', of: all }
}

/** The problem that faults of a search make. */
export const invalidSearch = (errors: Fault[]): Problem =>
  new Problem('invalid-search', 'The search cannot be answered as it is: errors says where.', { errors })

/**
 * Refuses trees that are absurdly deep or large, before anything else looks at them.
 * Depth counts objects and the lists of `and` and `or` alike as one level of the tree.
 */
function requireModest(where: unknown): void {
  let leaves = 0
  const walk = (node: unknown, path: PropertyKey[], depth: number): void => {
    if (depth > searchLimits.depth) {
      const message = `is more than ${searchLimits.depth} conditions deep`
      throw invalidSearch([{ pointer: pointerOf(path), code: 'too_deep', message }])
    }
    if (Array.isArray(node)) for (const [at, part] of node.entries()) walk(part, [...path, at], depth)
    else if (typeof node === 'object' && node !== null) {
      for (const [key, part] of Object.entries(node))
        walk(part, [...path, key], depth + (isLevel(key) ? 1 : 0))
    } else leaves += 1
    if (leaves > searchLimits.comparisons * 10) {
      const message = `has more than ${searchLimits.comparisons * 10} values`
      throw invalidSearch([{ pointer: pointerOf(path.slice(0, 1)), code: 'too_big', message }])
    }
  }
  walk(where, ['where'], 0)
}

const isLevel = (key: string) => ['and', 'or', 'not', ...quantifiers].includes(key)

const everything: Condition = { kind: 'fields', comparisons: [] }

/**
 * The plan of a search: the same as that of a list, by a larger grammar.
 * @throws Problem `invalid-search` with every fault, each with a pointer into the tree.
 */
export function planSearch(resource: Resource, body: unknown): ListPlan {
  requireModest(tree.safeParse(body).data?.where)
  const result = searchRequest(resource).safeParse(body, { error: faultMessage })
  if (!result.success) throw invalidSearch(faultsOf(result.error, (path) => ({ pointer: pointerOf(path) })))
  const { where, sort, limit, cursor, fields, include, count } = result.data
  const condition = where === undefined ? everything : readCondition(toSearchable(resource), where)
  if (valuesIn(condition).length > searchLimits.comparisons) {
    const message = `has more than ${searchLimits.comparisons} comparisons`
    throw invalidSearch([{ pointer: '/where', code: 'too_big', message }])
  }
  const terms = sort.map(({ by, direction, nulls }): SortTerm => ({ key: by, direction, nulls }))
  const properties = propertiesOf(resource)
  return {
    resource,
    where: condition,
    sort: completeSort(resource, terms),
    representation: {
      fields: fields ? properties.filter((name) => fields.includes(name)) : properties,
      include: include.sort(),
    },
    limit,
    ...(cursor !== null && { cursor }),
    ...(count !== null && { count }),
  }
}
