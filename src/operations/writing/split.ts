import { filledProperties, type RecordRows, type Row, type TableWrite } from '../../database/rows.ts'
import { propertiesOf, shapeOf } from '../../model/document.ts'
import type { TableRows } from '../../model/field.ts'
import type { BoundField, Resource } from '../../model/resource.ts'
import type { Document } from './documents.ts'

/** Splits documents into the rows of their tables, and composes the JSON of records. */

/** A record to write. */
export interface RecordToWrite {
  id: string
  key: string
  version: number
  /** The time in RFC 3339, in UTC with milliseconds; `updatedAt` has the same form. */
  createdAt: string
  updatedAt: string
  document: Document
}

/** Returns the JSON of a record for responses, with the properties in the order of the resource. */
function composeDocument(resource: Resource, record: RecordToWrite): string {
  const { key, version, createdAt, updatedAt, document } = record
  const all: Document = { ...document, [resource.key.property]: key, version, createdAt, updatedAt }
  const shown: Document = {}
  for (const name of propertiesOf(resource)) shown[name] = all[name] ?? null
  return JSON.stringify(shown)
}

/** Returns the values of a property's columns in the table of the resource; none if the property is only in other tables. */
export const toColumnValues = ({ field, context, rows }: BoundField, value: unknown): Row =>
  field.toColumns?.(value, context) ?? (rows ? {} : { [context.name]: value })

/** Returns the row of a document in the table of the resource. */
export function toResourceRow(
  resource: Resource,
  { id, document }: Pick<RecordToWrite, 'id' | 'document'>,
): Row {
  // The database generates the id of a record from its key if clients assign the keys.
  const row: Row = resource.key.assignedBy === 'registry' ? { id } : {}
  for (const [name, bound] of Object.entries(resource.boundFields))
    Object.assign(row, toColumnValues(bound, document[name]))
  return row
}

/**
 * Returns the rows of documents in tables of lists.
 * @param properties names of properties; those without a list add no rows. All properties when left out.
 */
export const toListRows = (
  resource: Resource,
  records: Pick<RecordToWrite, 'id' | 'document'>[],
  properties = Object.keys(resource.boundFields),
): TableRows[] =>
  properties.flatMap(
    (name) =>
      resource.boundFields[name]?.rows
        ?.split(records.map(({ id, document }) => ({ id, value: document[name] })))
        .filter(({ rows }) => rows.length > 0) ?? [],
  )

/** Returns the tables that have the lists of a resource's records. */
export const getListTables = (resource: Resource): RecordRows[] =>
  Object.values(resource.boundFields).flatMap(({ rows }) => rows?.tables ?? [])

/** Returns the write that inserts rows into a table. */
export const toInsert = ({ table, rows }: TableRows): TableWrite => ({
  kind: 'insert',
  table,
  properties: filledProperties(table, rows),
  rows,
})

/** A record with its composed document. */
export interface ComposedRecord extends RecordToWrite {
  /** The JSON of the record, as in responses. */
  composed: string
}

/** Returns the records, each with its composed document. */
export const composeRecords = (resource: Resource, records: RecordToWrite[]): ComposedRecord[] =>
  records.map((record) => ({ ...record, composed: composeDocument(resource, record) }))

/**
 * Returns the rows of the table `records` as JSON text. The JSON texts of the documents are inserted unchanged. A column that
 * is added here must be added to `newRecordProperties`, too; if it can change, to `updateDocuments`; and if its default does not
 * suffice, to the rows of `features/generating/batch.ts`.
 */
export function recordRowsJson(resource: Resource, records: ComposedRecord[]): string {
  const rows = records.map((record) => {
    const { id, key, version, createdAt, updatedAt, document, composed } = record
    const columns = {
      id,
      resource: resource.name,
      key,
      version,
      shape: shapeOf(resource),
      visibility: document.visibility,
      createdAt,
      updatedAt,
    }
    return `${JSON.stringify(columns).slice(0, -1)},"document":${composed}}`
  })
  return `[${rows.join()}]`
}

/** The columns of `records` that a new record has, by their keys in Drizzle. */
export const newRecordProperties = [
  'id',
  'resource',
  'key',
  'version',
  'document',
  'shape',
  'visibility',
  'createdAt',
  'updatedAt',
]
