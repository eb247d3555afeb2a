import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { columnOf, unionAll } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { type Reference, references } from '../../model/schemas.ts'
import { formatPointer } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import { startSlices } from '../../time-slice.ts'
import { findMergedKeys } from '../merged.ts'

/** A value that refers to another record, with its path in the document. */
export interface ReferenceValue {
  path: PropertyKey[]
  value: string
  reference: Reference
  /** Whether null is valid in its place. */
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
  const reference = references.get(schema)
  if (reference) return typeof document === 'string' ? [{ path, value: document, reference, isNullable }] : []
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

/** Whether the document matches the literals of a variant of a union. */
function matchesVariant(option: z.core.$ZodType, document: unknown): boolean {
  if (!(option instanceof z.ZodObject) || typeof document !== 'object' || document === null) return false
  const values = new Map(Object.entries(document))
  return Object.entries(option.shape).every(
    ([key, inner]) => !(inner instanceof z.ZodLiteral) || inner.values.has(values.get(key)),
  )
}

/** The values of references to the same column under the same condition. */
interface Target {
  reference: Reference
  values: Set<string>
}

const targetName = ({ resource, property, only }: Reference) => JSON.stringify([resource, property, only])

/** Groups references by their target, with each value once. */
function groupByTarget(found: readonly ReferenceValue[]): Map<string, Target> {
  const targets = new Map<string, Target>()
  for (const { reference, value } of found) {
    const name = targetName(reference)
    const target = targets.get(name) ?? { reference, values: new Set() }
    targets.set(name, target)
    target.values.add(value)
  }
  return targets
}

/** Returns a query for the values without a record. They are cast to the type of the column, so that its index is used. */
function missingValuesQuery(registry: Registry, targets: ReadonlyMap<string, Target>): SQL {
  const queries = [...targets].map(([name, { reference, values }]) => {
    const { resource, property, only = {} } = reference
    const table = registry.table(resource)
    const column = property === undefined ? registry.keyColumn(resource) : columnOf(table, property)
    const type = sql.raw(column.getSQLType())
    const narrowed = Object.entries(only).map(
      ([property, wanted]) => sql` and ${columnOf(table, property)} = ${wanted}`,
    )
    return sql`select ${name}::text as target, given.value as value
      from unnest(${sql.param([...values])}::text[]) as given(value)
      where not exists (select from ${table} where ${column} = given.value::${type}${sql.join(narrowed)})`
  })
  return unionAll(queries)
}

/**
 * Finds the references to records that do not exist, with at most two statements for all documents.
 * @param isKnown whether a reference is to a record of the same request, which exists once the request is written.
 * @returns the faults of each document, in the order of the documents.
 */
export async function findDanglingReferences(
  tx: Transaction,
  resource: Resource,
  documents: readonly unknown[],
  isKnown: (reference: ReferenceValue) => boolean = () => false,
): Promise<Fault[][]> {
  const pause = startSlices()
  const found: ReferenceValue[][] = []
  for (const document of documents) {
    found.push(findReferences(resource.document, document).filter((one) => !isKnown(one)))
    await pause()
  }
  const targets = groupByTarget(found.flat())
  if (targets.size === 0) return found.map(() => [])
  const rows = await tx.query<{ target: string; value: string }>(
    compileSql(missingValuesQuery(resource.registry, targets)),
  )
  const missing = new Set(rows.map(({ target, value }) => `${target} ${value}`))
  const isMissing = ({ reference, value }: ReferenceValue) => missing.has(`${targetName(reference)} ${value}`)
  const targetOf = ({ reference, value }: ReferenceValue) => ({ resource: reference.resource, key: value })
  const missingByKey = found
    .flat()
    .filter((one) => one.reference.property === undefined && isMissing(one))
    .map(targetOf)
  const mergedInto = await findMergedKeys(tx, resource.registry, missingByKey)
  const mergedText = (one: ReferenceValue) => {
    const key = mergedInto(targetOf(one))
    return key === undefined ? '' : `; it was merged into "${key}"`
  }
  return found.map((ofDocument) =>
    ofDocument.filter(isMissing).map((one) => ({
      pointer: formatPointer(one.path),
      code: 'dangling_reference',
      message: `there is no "${one.value}" in ${one.reference.resource}${mergedText(one)}`,
    })),
  )
}
