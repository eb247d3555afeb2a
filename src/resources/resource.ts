import type { SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Collection, Searchable } from '../query/condition.ts'
import type { Dimension, Measure } from '../query/dimensions.ts'
import type { Filter } from '../query/filters.ts'
import type { SortKey } from '../query/sorts.ts'
import { nameInput, nameOutput } from './components.ts'
import type { Part } from './parts/part.ts'

/** What identifies a record of a resource, in URLs and in references. */
export interface Key {
  /** The property that holds it, which is also the table's. */
  property: string
  column: PgColumn
  /** The form of a key; keys of another form are refused before the database is asked. */
  schema: z.ZodType
  /** Who makes it: `registry` for UUIDs, `client` for codes and slugs, which are part of the document. */
  madeBy: 'registry' | 'client'
}

/** Records that belong to the answer when they are asked for with `include`. */
export interface Include {
  description: string
  schema: z.ZodType
  /** SQL expression of the property's JSON, over the record's row. */
  json: SQL
}

/** What a search across all resources finds a record by, and shows of it. */
export interface Naming {
  /** What heads a hit. */
  title: PgColumn
  /** Where a record has other names: all of them, the title first, one a line. Their index has the same expression. */
  lines?: SQL
  /** Prose to quote where the words stand in no name. */
  prose: PgColumn[]
}

type RecordTable = PgTable & Record<'version' | 'createdAt' | 'updatedAt' | 'search', PgColumn>

/** What is kept of one kind of thing: its table, its public representation, and what can be asked of it. */
export interface Resource {
  /** Name in URLs, plural: `cooperation-bases`. */
  name: string
  /** Name of one record in the OpenAPI document and, with a verb, in operation ids: `CooperationBase`. */
  singular: string
  /** The same for several: `CooperationBases`. */
  plural: string
  /** What one record is called in sentences: `cooperation base`. */
  noun: string
  description: string
  table: RecordTable
  key: Key
  /** The public contract: what clients write. Records have the key, version and timestamps besides. */
  document: z.ZodObject
  naming: Naming
  /** Properties that are not one column of the table named as they are. */
  parts: Record<string, Part>
  filters: Record<string, Filter>
  /** Lists inside records whose elements searches can ask for. A function, since resources search one another. */
  collections: () => Record<string, Collection>
  sorts: Record<string, SortKey>
  /** What its records can be grouped by. */
  dimensions: Record<string, Dimension>
  /** Numbers of its records that can be added up and compared. */
  measures: Record<string, Measure>
  /** A function, since resources include one another. */
  includes: () => Record<string, Include>
  /** A document as clients write it, for the OpenAPI document. */
  example: Record<string, unknown>
}

type Scalars<Document extends z.ZodObject, Parts> = Omit<z.output<Document>, keyof Parts>

/**
 * Holds the two statements of a resource's columns together: every property of the document that is no part is a
 * column of the table which takes it, and what the column gives back is of the type that the document promises.
 */
type Agrees<Table extends PgTable, Document extends z.ZodObject, Parts> =
  Scalars<Document, Parts> extends Pick<
    Table['$inferInsert'],
    keyof Scalars<Document, Parts> & keyof Table['$inferInsert']
  >
    ? keyof Scalars<Document, Parts> extends keyof Table['$inferSelect']
      ? Pick<Table['$inferSelect'], keyof Scalars<Document, Parts>> extends Scalars<Document, Parts>
        ? unknown
        : { 'a column gives what the document does not promise': never }
      : { 'a property has neither column nor part': never }
    : { 'a column does not take what the document allows': never }

/**
 * Defines a resource and names its schemas for the OpenAPI document.
 * Does not compile where document and table disagree.
 */
export function defineResource<
  Table extends RecordTable,
  Document extends z.ZodObject,
  Parts extends Record<string, Part>,
>(
  definition: Omit<Resource, 'table' | 'document' | 'parts'> & {
    table: Table
    document: Document
    parts: Parts
  } & Agrees<Table, Document, Parts>,
): Resource {
  const { description, example } = definition
  const document = nameInput(
    definition.singular,
    definition.document.meta({ description, examples: [example] }),
  )
  return { ...definition, document }
}

/** A resource as conditions see it. */
export const searchableOf = ({ filters, collections, key }: Resource): Searchable => ({
  filters,
  collections,
  key: key.column,
})

const records = new WeakMap<Resource, z.ZodObject>()

/** The schema of a whole record as it is answered: key, document, version and timestamps, and what was included. */
export function recordOf(resource: Resource): z.ZodObject {
  const known = records.get(resource)
  if (known) return known
  const record = nameOutput(
    resource.singular,
    z
      .strictObject({ ...ownProperties(resource), ...includedProperties(resource) })
      .meta({ description: resource.description, examples: [exampleOf(resource)] }),
  )
  records.set(resource, record)
  return record
}

/** The properties of a record in the order in which they are shown, without what can be included. */
export const ownProperties = (resource: Resource): z.ZodRawShape => ({
  [resource.key.property]: resource.key.schema,
  ...resource.document.shape,
  ...managed,
})

const includedProperties = (resource: Resource) =>
  Object.fromEntries(
    Object.entries(resource.includes()).map(([name, { schema, description }]) => [
      name,
      schema.optional().meta({ description: `With \`include=${name}\`: ${description}` }),
    ]),
  )

function exampleOf(resource: Resource): Record<string, unknown> {
  const managedExample = {
    version: 1,
    createdAt: '2026-01-31T09:30:00.000Z',
    updatedAt: '2026-01-31T09:30:00.000Z',
  }
  const document = resource.document.parse(resource.example)
  const key = resource.key.madeBy === 'registry' ? { id: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90' } : {}
  return { ...key, ...document, ...managedExample }
}

/** What the registry keeps of every record beside what clients write. */
export const managed = {
  version: z
    .int()
    .min(1)
    .meta({ description: 'Raised by every change; the ETag of the record.', examples: [1] }),
  createdAt: z.iso.datetime().meta({
    description: 'When the record was made in the registry.',
    examples: ['2026-01-31T09:30:00.000Z'],
  }),
  updatedAt: z.iso.datetime().meta({
    description: 'When the record was last changed in the registry.',
    examples: ['2026-01-31T09:30:00.000Z'],
  }),
}
