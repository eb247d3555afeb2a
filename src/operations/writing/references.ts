import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { unionAll } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { references } from '../../model/schemas.ts'
import { formatPointer } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import { startSlices } from '../../time-slice.ts'
import { findMergedKeys } from '../merged.ts'

/** A value that refers to another record, with its path in the document. */
export interface ReferenceValue {
  path: PropertyKey[]
  /** Key of the other record. */
  value: string
  /** Name of the resource of the other record. */
  resource: string
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
    return typeof document === 'string' ? [{ path, value: document, resource, isNullable }] : []
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

/** Groups the values of references by the resource to which they refer, each value once. */
function groupByResource(found: readonly ReferenceValue[]): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>()
  for (const { resource, value } of found)
    values.set(resource, (values.get(resource) ?? new Set()).add(value))
  return values
}

/** Returns a query for the values without a record. They are cast to the type of the key column, so that its index is used. */
function missingValuesQuery(registry: Registry, wanted: ReadonlyMap<string, ReadonlySet<string>>): SQL {
  const queries = [...wanted].map(([resource, values]) => {
    const column = registry.keyColumn(resource)
    const type = sql.raw(column.getSQLType())
    return sql`select ${resource}::text as resource, given.value as value
      from unnest(${sql.param([...values])}::text[]) as given(value)
      where not exists (select from ${registry.table(resource)} where ${column} = given.value::${type})`
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
  const values = groupByResource(found.flat())
  if (values.size === 0) return found.map(() => [])
  const missing = await tx.query<{ resource: string; value: string }>(
    compileSql(missingValuesQuery(resource.registry, values)),
  )
  const missingTargets = new Set(missing.map(({ resource, value }) => `${resource} ${value}`))
  const isMissing = ({ resource, value }: ReferenceValue) => missingTargets.has(`${resource} ${value}`)
  const targetOf = ({ resource, value }: { resource: string; value: string }) => ({ resource, key: value })
  const mergedInto = await findMergedKeys(tx, resource.registry, missing.map(targetOf))
  const mergedText = (reference: ReferenceValue) => {
    const key = mergedInto(targetOf(reference))
    return key === undefined ? '' : `; it was merged into /v1/${reference.resource}/${key}`
  }
  return found.map((documentReferences) =>
    documentReferences.filter(isMissing).map((reference) => ({
      pointer: formatPointer(reference.path),
      code: 'dangling_reference',
      message: `there is no "${reference.value}" in ${reference.resource}${mergedText(reference)}`,
    })),
  )
}
