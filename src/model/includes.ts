import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { literal } from '../database/columns.ts'
import { wholeJson, withIncludes } from './document.ts'
import { type Include, type Resource, recordSchema } from './resource.ts'

/**
 * Maximum number of records in one include of one record, in a page of records or in the response with a single record. Exports
 * have no maximum, since they are sent while they are read.
 */
export const maxIncluded = 5000

/**
 * Maximum size in bytes of the records in one include of one record. A page ends early if its records are large, but has at least
 * one record, with all its includes.
 */
export const maxIncludedBytes = 64 * 1024 * 1024

/** SQL of the JSON text of a list of records, without and with the maximum number and size of the records. */
function jsonArrays(document: SQL, from: SQL, order: SQL): Pick<Include, 'json' | 'limitedJson'> {
  const array = (text: SQL, key: SQL, filter = sql``) =>
    sql`'[' || coalesce(string_agg(${text}, ',' order by ${key})${filter}, '') || ']'`
  const maximum = literal(maxIncluded)
  const maximumBytes = literal(maxIncludedBytes)
  const found = sql`(select ${document} as text, ${order} as place ${from} limit ${maximum} + 1) found`
  const limited = sql`(select *, sum(octet_length(text)) over (rows unbounded preceding) as bytes from ${found}) limited`
  // PostgreSQL joins the texts even if `case` then leaves them out, and fails at 1 GiB.
  const fits = sql` filter (where bytes <= ${maximumBytes})`
  return {
    json: sql`(select ${array(document, order)} ${from})`,
    limitedJson: sql`(select case when count(*) <= ${maximum} and count(*) = count(*)${fits} then ${array(sql`text`, sql`place`, fits)} end from ${limited})`,
  }
}

/**
 * Include of the records of a resource that match a condition, in the order of their keys.
 * @param nested names of the includes of these records.
 */
export function includedRecords(
  resource: Resource,
  description: string,
  condition: SQL,
  nested: readonly string[] = [],
): Include {
  const document = withIncludes(resource, wholeJson(resource), nested)
  return {
    description,
    schema: z.array(z.lazy(() => recordSchema(resource))),
    ...jsonArrays(document, sql`from ${resource.table} where ${condition}`, sql`${resource.key.column}`),
    records: { resource, include: nested },
  }
}

/**
 * Include of other records of the same resource, in the order of their keys.
 * @param condition returns the condition on the included records, from the id of the record that includes them.
 */
export function includedRelatives(
  resource: Resource,
  description: string,
  condition: (id: SQL) => SQL,
): Include {
  // Both records are in the same table. Without LATERAL, this subquery does not see the row of the included record, so its
  // columns come from the including record.
  const including = sql`(select ${resource.id} as id) including`
  return {
    description,
    schema: z.array(z.lazy(() => recordSchema(resource))),
    ...jsonArrays(
      wholeJson(resource),
      sql`from ${resource.table} join ${including} on ${condition(sql`including.id`)}`,
      sql`${resource.key.column}`,
    ),
    records: { resource, include: [] },
  }
}

/** Include of the one record that a column refers to, or null. */
export function includedOne(resource: Resource, description: string, key: AnyPgColumn): Include {
  return {
    description,
    schema: z.lazy(() => recordSchema(resource)).nullable(),
    json: sql`coalesce((select ${wholeJson(resource)} from ${resource.table} where ${resource.key.column} = ${key}), 'null')`,
    records: { resource, include: [] },
  }
}
