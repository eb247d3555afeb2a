import { type SQL, sql } from 'drizzle-orm'
import { columnOf } from '../database/columns.ts'
import { ownProperties, type Resource } from '../resources/resource.ts'

const properties = new WeakMap<Resource, readonly string[]>()

/** Names of a record's own properties, in the order in which they are shown. */
export function propertiesOf(resource: Resource): readonly string[] {
  const known = properties.get(resource) ?? Object.keys(ownProperties(resource))
  properties.set(resource, known)
  return known
}

/** SQL expression of a timestamp as it is answered: RFC 3339, UTC, milliseconds. */
export const rfc3339 = (column: SQL) =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** SQL expression of one own property: a column, or the JSON of a part. */
export function propertyJson(resource: Resource, property: string): SQL {
  const part = resource.parts[property]
  if (part) return part.json
  const column = sql`${columnOf(resource.table, property)}`
  return property === 'createdAt' || property === 'updatedAt' ? rfc3339(column) : column
}

/**
 * SQL expression that composes the JSON of one record from its row, so that the service passes it on unread.
 * @param properties which of the record's own properties, in this order.
 * @param include names of what else belongs to the answer.
 */
export function documentJson(
  resource: Resource,
  properties: readonly string[],
  include: readonly string[] = [],
): SQL {
  // Asked only when needed: resources include one another, and would do so for ever.
  const includes = include.length > 0 ? resource.includes() : {}
  const own = properties.map((property) => ({ name: property, json: propertyJson(resource, property) }))
  const included = include.flatMap((name) => {
    const found = includes[name]
    return found ? [{ name, json: found.json }] : []
  })
  const columns = [...own, ...included].map(({ name, json }) => sql`${json} as ${sql.identifier(name)}`)
  return sql`(select row_to_json(document) from (select ${sql.join(columns, sql`, `)}) document)`
}

/** The same for a whole record. */
export const wholeDocumentJson = (resource: Resource, include: readonly string[] = []): SQL =>
  documentJson(resource, propertiesOf(resource), include)
