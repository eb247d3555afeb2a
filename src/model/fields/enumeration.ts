import { z } from 'zod'
import { enumLabels } from '../dimensions.ts'
import { code, defaultCode, requiredCode } from './code.ts'

type EnumValues = readonly [string, ...string[]]

interface EnumerationOptions {
  /** Whether lists can be sorted by the value; true by default. */
  sort?: boolean
  /** Whether records can be grouped by the value; true by default. */
  groupBy?: boolean
}

const codeOptions = (values: EnumValues, { sort = true, groupBy = true }: EnumerationOptions = {}) => ({
  values,
  sort,
  ...(groupBy && { groupBy: enumLabels(values) }),
})

/** An optional enumeration value. */
export const enumeration = <const Values extends EnumValues>(
  values: Values,
  description: string,
  options?: EnumerationOptions,
) => code(z.enum(values), description, codeOptions(values, options))

/** A required enumeration value. */
export const requiredEnumeration = <const Values extends EnumValues>(
  values: Values,
  description: string,
  options?: EnumerationOptions,
) => requiredCode(z.enum(values), description, codeOptions(values, options))

/** An enumeration value with a default. */
export const defaultEnumeration = <const Values extends EnumValues>(
  values: Values,
  defaultValue: Values[number],
  description: string,
) => defaultCode(z.enum(values), defaultValue, description, codeOptions(values))
