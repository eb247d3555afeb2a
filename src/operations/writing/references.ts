import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { columnOf } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { type Reference, references } from '../../model/schemas.ts'
import { formatPointer } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'

/** A value that refers to another record, with its path. */
export interface ReferenceValue {
  path: PropertyKey[]
  value: string
  reference: Reference
}

/**
 * Finds the values of a document that refer to other records, by walking document and schema together.
 * @param document need not be valid: values that do not fit the schema are skipped.
 */
export function findReferences(
  schema: z.core.$ZodType,
  document: unknown,
  path: PropertyKey[] = [],
): ReferenceValue[] {
  const reference = references.get(schema)
  if (reference) return typeof document === 'string' ? [{ path, value: document, reference }] : []
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return findReferences(schema.unwrap(), document, path)
  }
  if (schema instanceof z.ZodArray && Array.isArray(document)) {
    return document.flatMap((item, at) => findReferences(schema.element, item, [...path, at]))
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    return schema.options.flatMap((option) =>
      matchesVariant(option, document) ? findReferences(option, document, path) : [],
    )
  }
  if (schema instanceof z.ZodObject && typeof document === 'object' && document !== null) {
    const values = new Map(Object.entries(document))
    return Object.entries(schema.shape).flatMap(([key, inner]) =>
      findReferences(inner, values.get(key), [...path, key]),
    )
  }
  return []
}

/** Whether the document has the literals of a variant of a union. */
function matchesVariant(option: z.core.$ZodType, document: unknown): boolean {
  if (!(option instanceof z.ZodObject) || typeof document !== 'object' || document === null) return false
  const values = new Map(Object.entries(document))
  return Object.entries(option.shape).every(
    ([key, inner]) => !(inner instanceof z.ZodLiteral) || inner.values.has(values.get(key)),
  )
}

/** Returns a query for the indexes of references without a record. */
function missingReferencesQuery(registry: Registry, references: ReferenceValue[]): SQL {
  return sql.join(
    references.map(({ value, reference: { resource, property, only = {} } }, at) => {
      const table = registry.table(resource)
      const column = property === undefined ? registry.keyColumn(resource) : columnOf(table, property)
      const narrowed = Object.entries(only).map(
        ([name, wanted]) => sql` and ${columnOf(table, name)} = ${wanted}`,
      )
      return sql`select ${at}::int as at where not exists (select from ${table} where ${column}::text = ${value}${sql.join(narrowed)})`
    }),
    sql` union all `,
  )
}

/**
 * Returns a fault for each reference of a document without a record.
 * @param known whether a reference is to a record of the same request, which would exist if all were written.
 */
export async function findDanglingReferences(
  tx: Transaction,
  resource: Resource,
  document: unknown,
  known: (mention: ReferenceValue) => boolean = () => false,
): Promise<Fault[]> {
  const references = findReferences(resource.document, document).filter((mention) => !known(mention))
  if (references.length === 0) return []
  const rows = await tx.query<{ at: number }>(
    compileSql(missingReferencesQuery(resource.registry, references)),
  )
  return rows.flatMap(({ at }) => {
    const mention = references[at]
    if (!mention) return []
    const message = `there is no "${mention.value}" in ${mention.reference.resource}`
    return [{ pointer: formatPointer(mention.path), code: 'dangling_reference', message }]
  })
}
