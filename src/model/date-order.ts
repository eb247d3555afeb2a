import { formatPointer } from '../problems/faults.ts'
import type { Fault } from '../problems/problem.ts'
import { isEntirelyBefore } from './edtf.ts'
import type { Fields } from './field.ts'

/**
 * Compares a date with the dates that it must not precede (`notBefore`), such as an end with its start. Returns the first of them
 * that it certainly precedes: the last day that it can mean is before the first day that the other can mean. Otherwise returns
 * undefined.
 * @param values a valid document with these fields, or a valid item of a list.
 * @param name the property of the date.
 */
export const findPrecededDate = (
  fields: Fields,
  values: Record<string, unknown>,
  name: string,
): string | undefined => fields[name]?.notBefore?.find((other) => isBefore(values[name], values[other]))

/** Returns a message about the date that `findPrecededDate` returns, with the same parameters. */
export function findOrderFault(
  fields: Fields,
  values: Record<string, unknown>,
  name: string,
): string | undefined {
  const start = findPrecededDate(fields, values, name)
  return start && `"${values[name]}" must not be before "${start}", which is "${values[start]}"`
}

/** Returns the faults of `findOrderFault` in all dates of a document and of the items of its lists. */
export const findOrderFaults = (
  fields: Fields,
  values: Record<string, unknown>,
  path: readonly PropertyKey[] = [],
): Fault[] =>
  Object.entries(fields).flatMap(([name, { items }]) => {
    const value = values[name]
    if (items && Array.isArray(value))
      return value.flatMap((item, index) => findOrderFaults(items, item, [...path, name, index]))
    const message = findOrderFault(fields, values, name)
    return message === undefined
      ? []
      : [{ pointer: formatPointer([...path, name]), code: 'too_early', message }]
  })

const isBefore = (date: unknown, other: unknown): boolean =>
  typeof date === 'string' && typeof other === 'string' && isEntirelyBefore(date, other)
