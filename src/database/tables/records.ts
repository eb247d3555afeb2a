import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  foreignKey,
  index,
  integer,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { instantColumn, oneOf, rowStart, uuidKey } from '../columns.ts'

/** Who may see a record: everybody who may read the registry, or only clients with a role. */
export const visibilities = ['public', 'internal'] as const

/**
 * One row for every record of every resource. The tables of the resources have no columns for version and timestamps. The
 * document, which contains copies of them, is composed when the record is written. `shape` is the hash of the SQL that composed
 * the document; it is null after a write that bypassed the service, until the document is stored again. Reads compose the document
 * of such a row without storing it.
 */
export const records = pgTable(
  'records',
  {
    id: uuidKey(),
    resource: text('resource').notNull(),
    /** The record's identifier in URLs: its id, or its natural key. */
    key: text('key').notNull(),
    version: integer('version').notNull().default(1),
    /** The JSON text of the record in responses. */
    document: text('document'),
    shape: text('shape'),
    visibility: text('visibility', { enum: visibilities }).notNull().default('public'),
    /**
     * The record into which this one was merged. The row then only redirects its key to that record, and is deleted together
     * with it.
     */
    mergedInto: uuid('merged_into').references((): AnyPgColumn => records.id, { onDelete: 'cascade' }),
    createdAt: instantColumn('created_at').notNull().default(sql`change_time()`),
    updatedAt: instantColumn('updated_at').notNull().default(sql`change_time()`),
    ...rowStart(),
  },
  (table) => [
    // Rows of tables that several resources share refer to both columns, so that checks can differ by resource.
    unique('records_id_resource').on(table.id, table.resource),
    oneOf('records_visibility_known', table.visibility, visibilities),
    index('records_created_at').on(table.resource, table.createdAt, table.id, table.rowStart),
    index('records_updated_at').on(table.resource, table.updatedAt, table.id, table.rowStart),
    index('records_shape').on(table.resource, table.shape),
    // The few records that were written without the service, and whose documents it must still compose.
    index('records_uncomposed').on(table.id).where(sql`${table.shape} is null`),
    // The records that readers without a role do not see (`visibility_views()` in the migrations).
    index('records_internal').on(table.id).where(sql`${table.visibility} = 'internal'`),
    index('records_merged_into').on(table.mergedInto).where(sql`${table.mergedInto} is not null`),
  ],
)

/** The columns that refer to the record of a row, for a table that several resources share. A row is deleted with its record. */
export const recordColumns = () => ({
  record: uuid('record').notNull(),
  resource: text('resource').notNull(),
})

/** The foreign key of `recordColumns`. */
export const recordForeignKey = (
  tableName: string,
  { record, resource }: Record<'record' | 'resource', AnyPgColumn>,
) =>
  foreignKey({
    name: `${tableName}_record`,
    columns: [record, resource],
    foreignColumns: [records.id, records.resource],
  }).onDelete('cascade')
