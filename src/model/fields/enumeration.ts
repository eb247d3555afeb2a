import { z } from 'zod'
import { code, defaultCode, groupByWord, requiredCode } from './code.ts'

type Words = readonly [string, ...string[]]

const sortedAndGrouped = (values: Words) => ({ values, sort: true, group: groupByWord })

/** An optional enumeration value. */
export const enumeration = <const Values extends Words>(values: Values, description: string) =>
  code(z.enum(values), description, sortedAndGrouped(values))

/** A required enumeration value. */
export const requiredEnumeration = <const Values extends Words>(values: Values, description: string) =>
  requiredCode(z.enum(values), description, sortedAndGrouped(values))

/** An enumeration value with a default. */
export const defaultEnumeration = <const Values extends Words>(
  values: Values,
  value: Values[number],
  description: string,
) => defaultCode(z.enum(values), value, description, sortedAndGrouped(values))
