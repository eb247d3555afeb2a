import { getTableColumns, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnOf, snakeCase } from '../database/columns.ts'
import { plainOrder } from '../database/ordering.ts'
import { records } from '../database/tables/records.ts'
import { quoteList } from '../wording.ts'
import { citationCollection, citationFilters, citationInclude } from './citations.ts'
import { happenedIn } from './date-filters.ts'
import { combine, conditionWords, inProperty, requestParameters, responseProperties } from './declarations.ts'
import type { FieldQuery } from './field.ts'
import { type Filter, filterByCode, filterByTimestamp, filterByWords, hasWords } from './filters.ts'
import { includedRecords } from './includes.ts'
import { lazy } from './lazy.ts'
import { recordNameLines, searchedLines } from './names.ts'
import type { Registry } from './registry.ts'
import type { BoundField, Include, Key, Resource, ResourceContext, ResourceDeclaration } from './resource.ts'
import { registerRequestSchema } from './schema-names.ts'
import { edtf } from './schemas.ts'
import type { SortKey } from './sorts.ts'

/** Builds a resource from its declaration: combines the schemas, filters, sorts, dimensions and includes of its fields. */

/** The owner, in error messages, of the filters, sort keys, collections and includes that every resource has. */
const everyResource = 'every resource'

/** Filters that every resource has: by key, and by the times of creation and of the last change. */
const recordFilters = (id: AnyPgColumn, key: Key): Record<string, Filter> => ({
  [key.property]: filterByCode(key.column, key.schema, 'Key of the record.'),
  createdAt: filterByTimestamp(id, records.createdAt, 'When the record was created here.'),
  updatedAt: filterByTimestamp(id, records.updatedAt, 'When the record was last changed here.'),
})

/** Sort keys that every resource has. */
const recordSorts = (key: Key): Record<string, SortKey> => ({
  [key.property]:
    key.assignedBy === 'registry'
      ? { description: 'Order of creation.', ...plainOrder(key.column, 'uuid') }
      : { description: 'The key itself.', ...plainOrder(key.column, 'text') },
  createdAt: {
    description: 'When the record was created here.',
    ...plainOrder(records.createdAt, 'timestamptz'),
  },
  updatedAt: {
    description: 'When the record was last changed here.',
    ...plainOrder(records.updatedAt, 'timestamptz'),
  },
})

function documentSchema(registry: Registry, declaration: ResourceDeclaration): z.ZodObject {
  const { name, fields, singular, description, example, refine } = declaration
  const shape = Object.fromEntries(
    Object.entries(fields).map(([property, field]) => [
      property,
      inProperty(`${name}.${property}`, () => field.schema(registry)),
    ]),
  )
  const document = z.strictObject(shape)
  const refined = refine
    ? document.superRefine((value, context) => refine(value, context, registry))
    : document
  return registerRequestSchema(singular, refined.meta({ description, examples: [example] }))
}

function bindFields(registry: Registry, { name, fields }: ResourceDeclaration): Record<string, BoundField> {
  return Object.fromEntries(
    Object.entries(fields).map(([property, field]) => {
      const context = registry.fieldContext(name, property, field)
      const rows = field.rows?.(context)
      return [property, { field, context, ...(rows && { rows }) }]
    }),
  )
}

/**
 * The includes that fields of any resource declare for this resource, each with the path of the field. Such an include adds the
 * records that refer to a record by this field.
 */
const inverseIncludes = (registry: Registry, resource: Resource): [string, Record<string, Include>][] =>
  registry.resources.flatMap((other) =>
    Object.values(other.boundFields).flatMap(({ field, context }): [string, Record<string, Include>][] => {
      const inverse = field.inverse?.(context)
      if (inverse?.resource !== resource.name) return []
      const condition = inverse.condition(sql`${resource.key.column}`)
      const included = includedRecords(other, inverse.description, condition)
      return [[`${other.name}.${context.name}`, { [inverse.name]: included }]]
    }),
  )

/** Returns the context for `query` of a declaration (`ResourceRules`). */
function resourceContext(registry: Registry, { name }: ResourceDeclaration): ResourceContext {
  const table = registry.table(name)
  return {
    table,
    tableName: snakeCase(name),
    columns: getTableColumns(table),
    recordId: columnOf(table, 'id'),
    resource: name,
    registry,
  }
}

/** The filter by the time of a record's event, for resources with event dates. */
const eventQuery = (table: PgTable, { eventDates }: ResourceDeclaration): FieldQuery =>
  eventDates
    ? {
        filters: {
          // `x-dates` tells clients, such as those that draw timelines, which properties are the dates of the event.
          happenedIn: {
            ...happenedIn(
              table,
              eventDates,
              edtf('A day or a span of days.').meta({ 'x-dates': eventDates }),
            ),
            otherNames: ['date', 'year', 'from', 'to'],
          },
        },
      }
    : {}

/** Lists the properties in the full-text index, for use in a sentence. */
const searchedProperties = ({ fields }: ResourceDeclaration): string =>
  quoteList(Object.keys(fields).filter((name) => fields[name]?.searchText))

/**
 * Builds the resource of a declaration. Other resources may not be built yet, so collections and includes look them up when they
 * are used.
 * @throws Error for a wrong declaration.
 */
export function bindResource(registry: Registry, declaration: ResourceDeclaration): Resource {
  const { name, naturalKey, search, constraints: _, query, refine: __, ...rest } = declaration
  const table = registry.table(name)
  const id = columnOf(table, 'id')
  const key: Key = {
    ...registry.keySpec(name),
    property: naturalKey ?? 'id',
    column: columnOf(table, naturalKey ?? 'id'),
  }
  const boundFields = bindFields(registry, declaration)
  const queries: [owner: string, FieldQuery][] = [
    ...Object.entries(boundFields).map(([property, { field, context }]): [string, FieldQuery] => [
      `${name}.${property}`,
      field.query?.(context) ?? {},
    ]),
    [`the query of ${name}`, query?.(resourceContext(registry, declaration)) ?? {}],
    [`the event dates of ${name}`, eventQuery(table, declaration)],
  ]
  const parts = <Part extends keyof FieldQuery>(part: Part) =>
    queries.map(([owner, contributed]) => [owner, contributed[part]] as const)
  const evaluate = <T>(
    contributions: readonly (readonly [string, (() => Record<string, T>) | undefined])[],
  ) => contributions.map(([owner, make]) => [owner, make?.()] as const)
  const nameLines = recordNameLines(getTableColumns(table), search)
  const texts = searchedLines(declaration.fields, snakeCase(name))
  const commonFilters = {
    ...recordFilters(id, key),
    ...citationFilters(registry, name, id),
    q: filterByWords(
      hasWords(table, texts),
      `Words in ${searchedProperties(declaration)}, as in a web search.`,
    ),
  }
  const filters = combine(
    'filter',
    [[everyResource, commonFilters], ...parts('filters')],
    [requestParameters, conditionWords],
  )
  const resource: Resource = {
    ...rest,
    name,
    ...(naturalKey !== undefined && { naturalKey }),
    table,
    id,
    key,
    document: documentSchema(registry, declaration),
    boundFields,
    search: {
      title: columnOf(table, search.title),
      ...(nameLines && { nameLines }),
      codes: (search.codes ?? []).map((property) => columnOf(table, property)),
      prose: search.prose.map((property) => columnOf(table, property)),
      texts,
    },
    filters,
    sorts: combine('sort key', [[everyResource, recordSorts(key)], ...parts('sorts')]),
    dimensions: combine('dimension', parts('dimensions')),
    measures: combine('measure', parts('measures')),
    collections: lazy(() =>
      combine(
        'collection',
        [...evaluate(parts('collections')), [everyResource, citationCollection(resource)]],
        [conditionWords, [`the filters of ${name}`, Object.keys(filters)]],
      ),
    ),
    includes: lazy(() =>
      combine(
        'include',
        [
          [everyResource, citationInclude(resource)],
          ...evaluate(parts('includes')),
          ...inverseIncludes(registry, resource),
        ],
        [responseProperties(resource)],
      ),
    ),
    registry,
  }
  return resource
}
