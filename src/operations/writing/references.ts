import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { unionAll } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { formatRecordKey, type RecordKey } from '../../model/keys.ts'
import { recordPath } from '../../model/paths.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { references } from '../../model/schemas.ts'
import { formatPointer } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import { startSlices } from '../../time-slice.ts'
import { findAllMergedInto } from '../merged.ts'

/** A value that refers to another record: the key of the record, and the path of the value in the document. */
export interface ReferenceValue extends RecordKey {
  path: PropertyKey[]
  /** Whether null is valid in place of the value. */
  isNullable: boolean
}

/**
 * Finds the values of a document that refer to other records, by walking document and schema together.
 * @param document need not be valid: values that do not match the schema are skipped.
 */
export function findReferences(
  schema: z.core.$ZodType,
  document: unknown,
  path: PropertyKey[] = [],
  isNullable = false,
): ReferenceValue[] {
  const resource = references.get(schema)
  if (resource !== undefined)
    return typeof document === 'string' ? [{ path, key: document, resource, isNullable }] : []
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return findReferences(schema.unwrap(), document, path, isNullable || schema instanceof z.ZodNullable)
  }
  if (schema instanceof z.ZodArray && Array.isArray(document)) {
    return document.flatMap((item, index) => findReferences(schema.element, item, [...path, index]))
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

/** Sets the value at a path of a document, such as that of a reference. Does nothing if an object on the path is missing. */
export function setAt(target: unknown, [step, ...rest]: readonly PropertyKey[], value: unknown): void {
  if (typeof target !== 'object' || target === null || step === undefined) return
  if (rest.length === 0) Reflect.set(target, step, value)
  else setAt(Reflect.get(target, step), rest, value)
}

/** Whether the document matches the literals of a variant of a union. */
function matchesVariant(option: z.core.$ZodType, document: unknown): boolean {
  if (!(option instanceof z.ZodObject) || typeof document !== 'object' || document === null) return false
  const values = new Map(Object.entries(document))
  return Object.entries(option.shape).every(
    ([key, inner]) => !(inner instanceof z.ZodLiteral) || inner.values.has(values.get(key)),
  )
}

/** Groups the keys of records by resource, each key once. */
function groupByResource(found: readonly RecordKey[]): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>()
  for (const { resource, key } of found) keys.set(resource, (keys.get(resource) ?? new Set()).add(key))
  return keys
}

/** Returns a query for the keys without a record. They are cast to the type of the key column, so that its index is used. */
function missingKeysQuery(registry: Registry, wanted: ReadonlyMap<string, ReadonlySet<string>>): SQL {
  const queries = [...wanted].map(([resource, keys]) => {
    const column = registry.keyColumn(resource)
    const type = sql.raw(column.getSQLType())
    return sql`select ${resource}::text as resource, given.key as key
      from unnest(${sql.param([...keys])}::text[]) as given(key)
      where not exists (select from ${registry.table(resource)} where ${column} = given.key::${type})`
  })
  return unionAll(queries)
}

/**
 * Finds the references to records that do not exist, with at most two statements for all documents.
 * @param isKnown whether a reference refers to a record that the planned write creates.
 * @returns the faults of each document, in the order of the documents.
 */
export async function findDanglingReferences(
  tx: Transaction,
  resource: Resource,
  documents: readonly unknown[],
  isKnown: (reference: ReferenceValue) => boolean,
): Promise<Fault[][]> {
  const pause = startSlices()
  const found: ReferenceValue[][] = []
  for (const document of documents) {
    found.push(findReferences(resource.document, document).filter((reference) => !isKnown(reference)))
    await pause()
  }
  const keys = groupByResource(found.flat())
  if (keys.size === 0) return found.map(() => [])
  const missing = await tx.query<RecordKey>(compileSql(missingKeysQuery(resource.registry, keys)))
  const missingKeys = new Set(missing.map(formatRecordKey))
  const mergedInto = await findAllMergedInto(tx, resource.registry, missing)
  const mergedText = (reference: ReferenceValue) => {
    const key = mergedInto(reference)
    return key === undefined
      ? ''
      : `; it was merged into ${recordPath({ resource: reference.resource, key })}`
  }
  return found.map((documentReferences) =>
    documentReferences
      .filter((one) => missingKeys.has(formatRecordKey(one)))
      .map((reference) => ({
        pointer: formatPointer(reference.path),
        code: 'dangling_reference',
        message: `there is no "${reference.key}" in ${reference.resource}${mergedText(reference)}`,
      })),
  )
}
