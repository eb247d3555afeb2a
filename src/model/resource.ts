import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable, PgTableExtraConfigValue } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { literal } from '../database/columns.ts'
import type { Dimension, Measure } from './dimensions.ts'
import type { Field, FieldContext, FieldQuery, FieldRows, Fields } from './field.ts'
import type { Filter } from './filters.ts'
import type { KeySpec } from './keys.ts'
import { addLabel, type Label } from './labels.ts'
import { lazyFor } from './lazy.ts'
import type { Registry } from './registry.ts'
import { registerResponseSchema } from './schema-names.ts'
import { timestamp } from './schemas.ts'
import type { Collection, Searchable } from './searchable.ts'
import type { SortKey } from './sorts.ts'

/**
 * A property that `include` adds to each record: other records, or a count. A count is the number of records that a list
 * request returns, with the path of this request (`countedSchema`). The record itself stores the list request, in another
 * property (`field.listRequest`).
 */
export interface Include {
  description: string
  schema: z.ZodType
  /**
   * SQL text expression of the property's JSON, over the record's row. For a count: the list request or null, as JSON, which
   * `replaceListRequestsWithCounts` replaces with the count and the path.
   */
  json: SQL
  /**
   * Like `json`, for pages and single records: null if the include has more than `maxIncluded` records or `maxIncludedBytes`
   * bytes. Absent if the include cannot be that large.
   */
  limitedJson?: SQL
  /** The resource of the included records, and their own includes; absent for a count. */
  records?: { resource: Resource; include: readonly string[] }
}

/** Returns an include of a resource. @throws Error for an unknown name. */
export function getInclude(resource: Resource, name: string): Include {
  const include = resource.includes()[name]
  if (!include) throw new Error(`${resource.name} have no include "${name}"`)
  return include
}

/** Whether an include is a count: a number of records with the path of their list request. */
export const isCount = ({ records }: Include): boolean => records === undefined

/** The properties of a resource that the search across resources reads and shows. */
export interface SearchProperties<Property extends string = string> {
  /** The property shown as the title of a search result. If it is null, the first of `prose` that has a text is shown. */
  title: Property
  /** A second name besides the title. Only with `hasAliases`: title, second name and aliases are all searched as names. */
  otherName?: Property
  /** Whether the records have aliases, which are searched as names. */
  hasAliases?: boolean
  /** The list of the names in other languages; by default `aliases` if `hasAliases` is set. It need not be searched. */
  translations?: Property
  /** Properties with codes. The search finds a record by a whole code. The key need not be listed. */
  codes?: Property[]
  /** Text properties from which a result quotes if no name contains the search words. */
  prose: Property[]
}

/** Rules of a resource that concern several of its fields. */
export interface ResourceRules {
  /** Checks and indexes in addition to those of the fields. */
  constraints?(columns: Record<string, PgColumn>): PgTableExtraConfigValue[]
  /** The query vocabulary in addition to that of the fields. */
  query?(context: ResourceContext): FieldQuery
  /** Validates several properties together. */
  refine?(document: unknown, context: z.RefinementCtx, registry: Registry): void
}

/** The table of a resource and the columns of its fields, which its rules use. */
export type ResourceContext = Omit<FieldContext, 'name'>

/**
 * The IATI equivalent of each role: a code of the list OrganisationRole, `recipient` for the recipient of the aid, or null
 * for a role that has no equivalent and is left out of IATI files.
 */
export type IatiRoles = Record<string, '1' | '2' | '3' | '4' | 'recipient' | null>

/** The options of a declaration that name properties of the resource. */
export interface PropertyOptions<Property extends string = string> {
  /** The field that identifies a record. If absent, the registry generates a UUID. */
  naturalKey?: Property
  search: SearchProperties<Property>
  /** Date fields of the record's event: one date, or start and end. The filter `happenedIn` and networks compare them. */
  eventDates?: [Property] | [Property, Property]
  /** The current names of renamed properties, by the names that older revisions have. */
  formerNames?: Record<string, Property>
  /** The dates that exports write as calendar events, each with the English title of its events. */
  calendar?: Partial<Record<Property, string>>
}

/** The declaration of a resource. A `Registry` builds its tables and the schema of its documents. */
export interface ResourceDeclaration<F extends Fields = Fields> extends ResourceRules, PropertyOptions {
  /** Name in URLs, plural: `cooperation-bases`. */
  name: string
  /** Name of one record in the OpenAPI document and, with a verb, in operation ids: `CooperationBase`. */
  singular: string
  /** The plural of `singular`: `CooperationBases`. */
  plural: string
  /** Name of one record in messages and descriptions: `cooperation base`. */
  noun: string
  /** The name of its records for people, plural. */
  label: Label
  description: string
  fields: F
  /** The schema.org type of its records; `Thing` by default. */
  schemaType?: string
  /** Roles in IATI, for resources whose records are aid activities. Exports write these resources as IATI files, too. */
  iatiRoles?: IatiRoles
  /** An example of a request body, for the OpenAPI document. */
  example: Record<string, unknown>
}

/** Declares a resource. The return type has the types of its fields. */
export function defineResource<const F extends Fields>(
  name: string,
  fields: F,
  options: Omit<ResourceDeclaration<F>, 'name' | 'fields' | keyof PropertyOptions> &
    PropertyOptions<keyof F & string>,
): ResourceDeclaration<F> {
  // Names of resources are also the values of properties such as `resource` of citations, and values have labels.
  addLabel(name, options.label)
  return { name, fields, ...options }
}

/** The key that identifies a record in URLs and in references. */
export interface Key extends KeySpec {
  /** The property that holds the key, both in the document and in the table definition. */
  property: string
  column: PgColumn
}

/** The columns and SQL that the search across resources reads from a record. */
export interface SearchColumns {
  title: PgColumn
  /** All names of a record, one per line, the title first. Absent without `hasAliases`: the title is the only name. */
  nameLines?: SQL
  codes: PgColumn[]
  prose: PgColumn[]
  /** All texts that full-text searches read, in one. */
  texts: SQL
}

/** A field bound to its table. */
export interface BoundField {
  field: Field
  context: FieldContext
  rows?: FieldRows
}

/** A resource with its table, the schema of its documents, and its query vocabulary. */
export interface Resource extends Omit<ResourceDeclaration, 'search' | 'constraints' | 'query' | 'refine'> {
  /** The resource's own table: a row for each record, with the record's id. */
  table: PgTable
  /** The column `id` of `table`. It has the record's id and refers to `records`. */
  id: PgColumn
  key: Key
  /** The public schema of what clients write. Records also have a version, timestamps and, if it is the key, an id. */
  document: z.ZodObject
  boundFields: Record<string, BoundField>
  search: SearchColumns
  filters: Record<string, Filter>
  collections: () => Record<string, Collection>
  sorts: Record<string, SortKey>
  dimensions: Record<string, Dimension>
  measures: Record<string, Measure>
  includes: () => Record<string, Include>
  registry: Registry
}

/** Returns the plural of `noun`, for texts: `cooperation bases`. */
export const pluralNoun = ({ name }: Resource): string => name.replaceAll('-', ' ')

/** Returns the parts of a resource that search conditions use. */
export const toSearchable = ({ filters, collections, id }: Resource): Searchable => ({
  filters,
  collections,
  keyForCollections: [id],
})

/** The schema of a record in a response: key, document, version, timestamps, includes and names. */
export const recordSchema = lazyFor(
  (resource: Resource): z.ZodObject =>
    registerResponseSchema(
      resource.singular,
      z
        .strictObject({
          ...ownProperties(resource),
          ...includedProperties(resource),
          names: z
            .lazy(() => resource.registry.namesSchema)
            .optional()
            .meta({
              description: 'With `include=names`, in a read by key.',
            }),
        })
        .meta({ description: resource.description, examples: [exampleRecord(resource)] }),
    ),
)

/** Returns the schemas of a record's properties in the order of the response, without includes. */
export const ownProperties = (resource: Resource): z.ZodRawShape => ({
  [resource.key.property]: resource.key.schema,
  ...resource.document.shape,
  ...managedSchemas,
})

const includedProperties = (resource: Resource) =>
  Object.fromEntries(
    Object.entries(resource.includes()).map(([name, { schema, description }]) => [
      name,
      schema.optional().meta({ description: `With \`include=${name}\`: ${description}` }),
    ]),
  )

/** Returns the key that examples use for a record of the resource. */
export const exampleKey = ({ key, example }: Pick<Resource, 'key' | 'example'>): unknown =>
  key.assignedBy === 'client' ? example[key.property] : '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90'

/** Returns the example of a record in a response. */
export function exampleRecord(resource: Resource): Record<string, unknown> {
  const managedExample = {
    version: 1,
    createdAt: '2026-01-31T09:30:00.000Z',
    updatedAt: '2026-01-31T09:30:00.000Z',
  }
  const document = resource.document.parse(resource.example)
  return { [resource.key.property]: exampleKey(resource), ...document, ...managedExample }
}

/** Properties that the registry maintains for every record. */
export const managedSchemas = {
  version: z
    .int()
    .min(1)
    .meta({ description: 'Incremented by every change; also the ETag.', examples: [1] }),
  createdAt: timestamp.meta({
    description: 'When the record was created here.',
    examples: ['2026-01-31T09:30:00.000Z'],
  }),
  updatedAt: timestamp.meta({
    description: 'When the record was last changed here.',
    examples: ['2026-01-31T09:30:00.000Z'],
  }),
}

/** Returns the record of a revision, with its properties renamed to their current names. */
export function withCurrentNames(
  { formerNames }: Pick<Resource, 'formerNames'>,
  record: Record<string, unknown>,
): Record<string, unknown> {
  if (!formerNames) return record
  return Object.fromEntries(
    Object.entries(record).map(([property, value]) => [formerNames[property] ?? property, value]),
  )
}

/** SQL condition that rows of `records`, or of a table that resources share, belong to records of a resource. */
export const belongsTo = (column: PgColumn, resource: string): SQL => sql`${column} = ${literal(resource)}`
