import type { PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { fieldNameSchema, propertiesOf } from '../model/document.ts'
import type { Comparison, Filter } from '../model/filters.ts'
import { lazyFor } from '../model/lazy.ts'
import { type Resource, toSearchable } from '../model/resource.ts'
import { registerRequestSchema } from '../model/schema-names.ts'
import { combiningWords, type Searchable } from '../model/searchable.ts'
import { exampleNoneOf, meansNoneOf } from '../model/unknown-parameters.ts'
import { describeUnknownKeys, formatValue } from '../problems/faults.ts'
import { capitalize, quoteList } from '../wording.ts'
import { quantifiers } from './condition.ts'
import { participantsProperty } from './flat.ts'
import { maxCursorLength, pageSize } from './list.ts'
import { listIncludes, namesInclude } from './representation.ts'

/** Maximum number of values of one `in`. */
const maxInValues = 200

/** Returns the schemas of the values that a filter's operators take in JSON. `in` takes a list of values for `eq`. */
function operatorShape({ value, jsonValue = value, comparisons }: Filter): z.ZodRawShape {
  const operandSchema = ({ takes, value: operand = jsonValue }: Comparison) =>
    takes === 'boolean' ? z.boolean() : operand
  const operators = Object.entries(comparisons).map(([operator, comparison]) => [
    operator,
    operandSchema(comparison).optional(),
  ])
  const list = z.array(jsonValue).min(1).max(maxInValues).optional()
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
 * @param getWord returns the word of an item.
 * @param subpath the path from an item to its word, for faults; empty if the item is the word.
 */
const requireDistinct = <Word>(getWord: (item: Word) => string, subpath: PropertyKey[] = []) =>
  z.check<Word[]>((payload) => {
    const found = new Set<string>()
    for (const [index, item] of payload.value.entries()) {
      const word = getWord(item)
      if (found.has(word)) {
        const message = `"${word}" is given twice`
        payload.issues.push({
          code: 'custom',
          path: [index, ...subpath],
          params: { code: 'repeated' },
          message,
          input: word,
        })
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

function comparisonSchema(name: string, filter: Filter) {
  const shape = operatorShape(filter)
  const describeUnknownOperators = describeUnknownKeys((operator) =>
    meansNoneOf(operator) && filter.comparisons.eq
      ? `is not known here: write ${exampleNoneOf(name)}`
      : undefined,
  )
  return nonEmptyObject(shape, 'must have at least one operator', {
    error: (issue) =>
      issue.code === 'invalid_type'
        ? describeMissingOperator(issue.input, shape)
        : describeUnknownOperators(issue),
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
  const shape = Object.fromEntries(quantifiers.map((quantifier) => [quantifier, elements]))
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
    comparisonSchema(filter, definition),
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
    ).meta({ examples: [exampleCondition(searchable)] }),
  )
  return schema
}

const sortSchema = (resource: Resource) => {
  const term = registerRequestSchema(
    `${resource.singular}SortTerm`,
    z.strictObject({
      by: z.enum(Object.keys(resource.sorts)),
      direction: z.enum(['asc', 'desc']).default('asc'),
      nulls: z
        .enum(['first', 'last'])
        .default('last')
        .meta({ description: 'Position of records without a value.' }),
    }),
  )
  return z
    .array(term)
    .max(10)
    .default([])
    .check(requireDistinct(({ by }) => by, ['by']))
}

const includeSchema = (words: string[]) =>
  z.array(z.enum(words)).max(words.length).check(requireDistinct(String)).default([])

/** The properties that bodies of searches and of their exports share: condition, order and representation. */
function selectionShape(resource: Resource, includes: string[]) {
  return {
    where: sharedConditionSchema(toSearchable(resource), resource.singular, resource.table).optional(),
    sort: sortSchema(resource),
    fields: z
      .array(fieldNameSchema(resource))
      .min(1)
      .max(propertiesOf(resource).length)
      .check(requireDistinct(String))
      .optional(),
    include: includeSchema(includes),
  }
}

/**
 * Returns an error map for a body with conditions outside `where`, or with parameters of the URL. Other faults have the usual
 * messages.
 * @param urlParameters names of the parameters of the URL.
 */
function describeMisplaced(resource: Resource, urlParameters: readonly string[]): z.core.$ZodErrorMap {
  return describeUnknownKeys((key) => {
    const { filters, collections } = toSearchable(resource)
    const isCondition =
      Object.hasOwn(filters, key) ||
      Object.hasOwn(collections(), key) ||
      combiningWords.some((word) => word === key)
    // Figures have a filter called `asOf`, too.
    if (isCondition) return 'is a condition: write it in "where"'
    return urlParameters.includes(key) ? 'is a parameter: write it in the URL' : undefined
  })
}

function makeBodySchemas(resource: Resource) {
  const includes = (isFile: boolean) => listIncludes(resource, { isFile }).map(([name]) => name)
  const selection = selectionShape(resource, includes(true))
  const urlParameters = ['asOf', 'lang']
  const fileParameters = ['format', 'names', ...(participantsProperty(resource) === undefined ? [] : ['per'])]
  return {
    page: registerRequestSchema(
      `${resource.singular}Search`,
      z
        .strictObject(
          {
            ...selection,
            include: includeSchema([...includes(false), namesInclude]),
            limit: z.int().min(1).max(pageSize.maxSize).default(pageSize.defaultSize),
            cursor: z.string().min(1).max(maxCursorLength).nullable().default(null),
            count: z.enum(['exact', 'estimated']).nullable().default(null),
          },
          { error: describeMisplaced(resource, urlParameters) },
        )
        .meta({ examples: [{ limit: 25 }] }),
    ),
    selection: registerRequestSchema(
      `${resource.singular}Selection`,
      z
        .strictObject(selection, {
          error: describeMisplaced(resource, [...urlParameters, ...fileParameters]),
        })
        .meta({ description: 'What to export.', examples: [{}] }),
    ),
  }
}

/** Returns the schemas of request bodies: `page` for searches, `selection` for exports of searches. */
export const searchBodySchemas = lazyFor(makeBodySchemas)

/** The body of an export of a search, and the part of a search that selects records. */
export type SelectionBody = z.output<ReturnType<typeof makeBodySchemas>['selection']>
