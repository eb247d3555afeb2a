import { getTableName } from 'drizzle-orm'
import { z } from 'zod'
import { columnOf } from '../../database/columns.ts'
import type { TableRows } from '../../model/field.ts'
import type { Resource } from '../../model/resource.ts'
import { unwrapped } from '../../model/schema-names.ts'
import { toColumnValues } from '../writing/split.ts'

/** A column that stores the values of a property. */
export interface PropertyColumn {
  table: string
  column: string
  /** The names of the properties on the path to the values inside the JSON of the column; empty if the column has no JSON. */
  steps: string[]
}

/** Stands for the value of the property in a document whose other values are empty. */
const marker = Symbol('value of the property')

/** Returns a value with the marker at the end of a path, one element in each list on the path, and nothing else. */
function markedValue(schema: z.core.$ZodType, steps: string[]): unknown {
  const inner = unwrapped(schema)
  const [step, ...rest] = steps
  if (step === undefined) return marker
  if (inner instanceof z.ZodArray) return [markedValue(inner.element, steps)]
  const shape: z.core.$ZodShape = inner instanceof z.ZodObject ? inner.shape : {}
  return Object.fromEntries(
    Object.entries(shape).map(([name, property]) => {
      if (name === step) return [name, markedValue(property, rest)]
      return [name, unwrapped(property) instanceof z.ZodArray ? [] : null]
    }),
  )
}

/** Returns the path to the marker in the value of a column; undefined if the marker is not there. */
function findMarker(value: unknown): string[] | undefined {
  if (value === marker) return []
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const steps = findMarker(inner)
    if (steps) return Array.isArray(value) ? steps : [name, ...steps]
  }
  return undefined
}

/**
 * Returns the columns into which a write stores the values of a property, which may be inside lists.
 * @param path the names of the properties from the document down to this one.
 */
export function propertyColumns(resource: Resource, path: string[]): PropertyColumn[] {
  const [property = '', ...rest] = path
  const bound = resource.boundFields[property]
  const schema = resource.document.shape[property]
  if (!bound || !schema) return []
  const value = markedValue(schema, rest)
  const written: TableRows[] = [
    { table: resource.table, rows: [toColumnValues(bound, value)] },
    ...(bound.rows?.split([{ id: '', value }]) ?? []),
  ]
  return written.flatMap(({ table, rows: tableRows }) =>
    tableRows.flatMap((row) =>
      Object.entries(row).flatMap(([name, columnValue]) => {
        const steps = findMarker(columnValue)
        return steps ? [{ table: getTableName(table), column: columnOf(table, name).name, steps }] : []
      }),
    ),
  )
}
