import { z } from 'zod'
import { code, defaultCode, groupByWord, requiredCode } from './code.ts'

type Words = readonly [string, ...string[]]

const sortedAndGrouped = (values: Words) => ({ values, sort: true, group: groupByWord })

/** A word of a closed list that may be unknown. */
export const enumeration = <const Values extends Words>(values: Values, description: string) =>
  code(z.enum(values), description, sortedAndGrouped(values))

/** A word of a closed list that is always there. */
export const requiredEnumeration = <const Values extends Words>(values: Values, description: string) =>
  requiredCode(z.enum(values), description, sortedAndGrouped(values))

/** A word of a closed list that is the given one when a client leaves it out. */
export const defaultEnumeration = <const Values extends Words>(
  values: Values,
  value: Values[number],
  description: string,
) => defaultCode(z.enum(values), value, description, sortedAndGrouped(values))
