import { formatPointer } from '../problems/faults.ts'
import type { Fault } from '../problems/problem.ts'
import { isEntirelyBefore } from './edtf.ts'
import type { Fields } from './field.ts'

/**
 * Finds dates that are certainly before a date that they must not be before (`notBefore`), such as an end whose last possible
 * day is before the first possible day of the start.
 * @param values a valid document with these fields, or a valid item of a list.
 */
export const findOrderFaults = (
  fields: Fields,
  values: Record<string, unknown>,
  path: readonly PropertyKey[] = [],
): Fault[] =>
  Object.entries(fields).flatMap(([name, { notBefore = [], items }]) => {
    const value = values[name]
    if (items && Array.isArray(value))
      return value.flatMap((item, index) => findOrderFaults(items, item, [...path, name, index]))
    const start = notBefore.find((other) => isBefore(value, values[other]))
    if (start === undefined) return []
    const message = `"${value}" must not be before "${start}", which is "${values[start]}"`
    return [{ pointer: formatPointer([...path, name]), code: 'too_early', message }]
  })

const isBefore = (date: unknown, other: unknown): boolean =>
  typeof date === 'string' && typeof other === 'string' && isEntirelyBefore(date, other)
