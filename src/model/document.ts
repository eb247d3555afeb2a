import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { columnOf, commaList, literal } from '../database/columns.ts'
import { compileSql } from '../database/dialect.ts'
import { records } from '../database/tables/records.ts'
import { lazyFor } from './lazy.ts'
import { getInclude, ownProperties, type Resource } from './resource.ts'
import { registerSchema } from './schema-names.ts'

/** SQL that composes the JSON of a record, and the fingerprint (`shape`) that shows whether a stored document is current. */

/** Names of a record's own properties, in the order of the response. */
export const propertiesOf = lazyFor((resource: Resource): readonly string[] =>
  Object.keys(ownProperties(resource)),
)

/** Schema of the name of a property of a record. */
export const fieldNameSchema = lazyFor((resource: Resource) =>
  registerSchema(`${resource.singular}Field`, z.enum(propertiesOf(resource))),
)

/** SQL expression of a timestamp as text in RFC 3339: UTC, milliseconds. */
export const rfc3339 = (column: SQL) =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** The properties that are stored only in `records`. */
export const recordProperties: Record<string, SQL> = {
  visibility: sql`${records.visibility}`,
  version: sql`${records.version}`,
  createdAt: rfc3339(sql`${records.createdAt}`),
  updatedAt: rfc3339(sql`${records.updatedAt}`),
}

/** SQL expression of one own property, over a row of the resource's table and its row in `records`. */
export function propertyJson(resource: Resource, property: string): SQL {
  const bound = resource.boundFields[property]
  if (bound?.field.json) return bound.field.json(bound.context)
  return recordProperties[property] ?? sql`${columnOf(resource.table, property)}`
}

/** SQL expression (type text) that composes the JSON of own properties from the tables, over a row of the resource's table. */
export function composedJson(resource: Resource, properties: readonly string[]): SQL {
  const columns = properties.map(
    (property) => sql`${propertyJson(resource, property)} as ${sql.identifier(property)}`,
  )
  const source = properties.some((property) => property in recordProperties)
    ? sql` from ${records} where ${records.id} = ${resource.id}`
    : sql``
  return sql`(select row_to_json(composed) from (select ${commaList(columns)}${source}) composed)::text`
}

/**
 * Returns the fingerprint of a resource's declaration: a hash of the SQL that composes a document. It changes whenever the
 * properties of the resource change. A document that was stored with the current fingerprint equals the document that would
 * be composed from the tables.
 */
export const shapeOf = lazyFor((resource: Resource): string => {
  const { text } = compileSql(composedJson(resource, propertiesOf(resource)))
  return createHash('sha1').update(text).digest('base64url').slice(0, 12)
})

/** SQL literal of the fingerprint. */
export const shapeLiteral = (resource: Resource): SQL => literal(shapeOf(resource))

/**
 * SQL expression (type text) of a whole document, over a row of the resource's table: the stored document or, if it has another
 * shape, a document composed from the tables.
 */
export const wholeJson = (resource: Resource): SQL =>
  sql`(select case when ${records.shape} = ${shapeLiteral(resource)} then ${records.document} else ${composedJson(resource, propertiesOf(resource))} end from ${records} where ${records.id} = ${resource.id})`

/** Whether `fields` has every own property of a record. @param fields names of own properties, without duplicates. */
export const hasAllProperties = (resource: Resource, fields: readonly string[]): boolean =>
  fields.length === propertiesOf(resource).length

/**
 * Adds included records to the JSON text of a record.
 * @param document SQL expression (type text) of a JSON object.
 * @param options `limited` is for pages and single records: the text is null if an include is too large (`maxIncluded`).
 * @throws Error for an unknown include.
 */
export function withIncludes(
  resource: Resource,
  document: SQL,
  include: readonly string[],
  { limited = false } = {},
): SQL {
  if (include.length === 0) return document
  const added = include.map((name) => {
    const { json, limitedJson = json } = getInclude(resource, name)
    return sql`${literal(`,"${name}":`)} || ${limited ? limitedJson : json}`
  })
  return sql`(left(${document}, -1) || ${sql.join(added, sql` || `)} || '}')`
}

/**
 * SQL expression (type text) of a record's JSON with some properties and includes, over a row of the resource's table.
 * @param fields names of own properties, in the order of the JSON.
 * @param options as for `withIncludes`.
 */
export function documentJson(
  resource: Resource,
  fields: readonly string[],
  include: readonly string[],
  options: { limited?: boolean } = {},
): SQL {
  const document = hasAllProperties(resource, fields) ? wholeJson(resource) : composedJson(resource, fields)
  return withIncludes(resource, document, include, options)
}
