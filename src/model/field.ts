import type { SQL } from 'drizzle-orm'
import type { PgColumn, PgColumnBuilderBase, PgTable, PgTableExtraConfigValue } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { columnIn, snakeCase } from '../database/columns.ts'
import type { RecordRows } from '../database/rows.ts'
import type { Dimension, Measure } from './dimensions.ts'
import type { Filter } from './filters.ts'
import type { Registry } from './registry.ts'
import type { Include } from './resource.ts'
import type { Collection } from './searchable.ts'
import type { SortKey } from './sorts.ts'

/** Weight of a text in the full-text index: `A` for names and titles, `B` for prose. */
export type TextWeight = 'A' | 'B'

/** The context of a field: its table and columns, in a resource or in one of its lists. */
export interface FieldContext {
  /** Name of the property. */
  name: string
  /** The table that has the field's columns. */
  table: PgTable
  /** Name of the table in the database. */
  tableName: string
  /** The field's own columns, by their keys in the Drizzle table, such as `signedOnEarliest`. */
  columns: Record<string, PgColumn>
  /** The column with the id of the record to which a row belongs. */
  recordId: PgColumn
  /** Name of the record's resource. */
  resource: string
  /** Resolves other resources by their names. */
  registry: Registry
}

/** A value of a record, with the record's id. */
export interface OwnedValue<Value = unknown> {
  id: string
  value: Value
}

/** Rows of a table. Their properties are the keys of the columns in the Drizzle table. */
export interface TableRows {
  table: PgTable
  rows: Record<string, unknown>[]
}

/** Rows of other tables that hold a field's value, such as participants. */
export interface FieldRows<Value = unknown> {
  /** Tables whose rows are replaced when the value changes. */
  tables: RecordRows[]
  /** Returns the rows for values. Method syntax, whose parameters are bivariant, lets a list contain fields of any value. */
  split(values: OwnedValue<Value>[]): TableRows[]
}

/** The query vocabulary of a field. All parts are optional: for example, a field with a web address has none of them. */
export interface FieldQuery {
  filters?: Record<string, Filter>
  sorts?: Record<string, SortKey>
  dimensions?: Record<string, Dimension>
  measures?: Record<string, Measure>
  /** A function, because resources refer to each other. */
  collections?: () => Record<string, Collection>
  /** A function, because resources include each other. */
  includes?: () => Record<string, Include>
}

/** Roles of the participants in a resource's records, the most usual one first. */
export type Roles = readonly [string, ...string[]]

/** The options of a field with participants. */
export interface ParticipantOptions {
  roles: Roles
  /** Whether the participants are parties, which have signatories and actions. */
  areParties: boolean
}

/** A kind of property that features look for, such as participants. */
export type Capability =
  | ({ kind: 'participants' } & ParticipantOptions)
  | { kind: 'topics' | 'externalIds' | 'aliases' | 'location' | 'locations' }

/** A column with a country that counts as a participant of a record, and the column with the record's id. */
export interface HostCountry {
  record: PgColumn
  country: PgColumn
}

/** An include that a field declares for the resource to which it refers: the records that refer to one of its records. */
export interface InverseInclude {
  /** Name of the referenced resource, which gets the include. */
  resource: string
  /** Name of the include. */
  name: string
  description: string
  /** Returns the condition that a record refers to the record with this key. */
  condition: (key: SQL) => SQL
}

/** Column builders by the keys of the columns in the Drizzle table. */
export type ColumnBuilders = Record<string, PgColumnBuilderBase>

/**
 * One property of a resource, declared once: its public schema, its storage and its query vocabulary.
 * A field is declared without its name, which is its key in the map of fields.
 */
export interface Field<Schema extends z.ZodType = z.ZodType> {
  capability?: Capability
  /** Of a date: the dates of the same record or list item that it must not be entirely before (`findOrderFaults`). */
  notBefore?: readonly string[]
  /** Of a list of objects: the fields of an item. */
  items?: Fields
  /** The columns with countries that count as participants without a role: the record's host country, or those of its locations. */
  hostCountries?(context: FieldContext): HostCountry[]
  /** The public schema, with default and description. */
  schema(registry: Registry): Schema
  /** Of a natural key: the schema of the key of a stored record. Unlike `schema`, its errors may suggest a search for the record. */
  storedKey?: z.ZodString
  /** Columns in the table of the resource or list. If the value is in other tables, the columns have data derived from it. */
  columns?(name: string, registry: Registry): ColumnBuilders
  /** The columns that aggregates read from every record. One index covers them all, so that the table is not read. */
  dimensionColumns?(context: FieldContext): PgColumn[]
  /** Checks, foreign keys and indexes of the field's columns. */
  constraints?(context: FieldContext): PgTableExtraConfigValue[]
  /** SQL of the property's JSON, over the record's row. Absent: the one column that has the field's name. */
  json?(context: FieldContext): SQL
  /** The columns of a value. Absent: the one column that has the field's name, or none if the value is in rows of other tables. */
  toColumns?(value: z.output<Schema>, context: FieldContext): Record<string, unknown>
  /** The rows of a value in other tables. */
  rows?(context: FieldContext): FieldRows
  /** Tables that only this field uses. */
  tables?(context: FieldContext): PgTable[]
  query?(context: FieldContext): FieldQuery
  inverse?(context: FieldContext): InverseInclude
  /**
   * SQL text expressions for the full-text indexes, by their weight.
   * @param column the name of the property's column as SQL; in queries, the table is in front. If the property has several
   *   columns, their names begin with it.
   */
  searchText?(column: string): Partial<Record<TextWeight, string>>
}

/** Fields by the names of their properties. */
export type Fields = Record<string, Field>

/** The document of a resource with these fields, as it is after validation. */
export type DocumentOf<F extends Fields> = {
  [Name in keyof F]: z.output<ReturnType<F[Name]['schema']>>
}

/** Declares a field. The return type has the type of its schema, so that documents are typed. */
export const defineField = <Schema extends z.ZodType>(field: Field<Schema>): Field<Schema> => field

/** Returns the column of a field that has the field's name. @throws Error when there is none. */
export const ownColumn = ({ name, columns }: FieldContext): PgColumn => columnIn(columns, name)

/**
 * Returns the name of a field in the database with the name of its table in front. The names of its constraints and indexes begin
 * with it, and so does the name of a table of its own.
 */
export const prefixedName = ({ tableName, name }: FieldContext): string => `${tableName}_${snakeCase(name)}`

/**
 * Returns the columns of a field.
 * @param all all columns of the field's table, by their keys in the Drizzle table.
 */
export const fieldColumns = (
  field: Field,
  name: string,
  registry: Registry,
  all: Record<string, PgColumn>,
): Record<string, PgColumn> =>
  Object.fromEntries(
    Object.keys(field.columns?.(name, registry) ?? {}).map((property) => [property, columnIn(all, property)]),
  )
