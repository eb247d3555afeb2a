import { z } from 'zod'
import type { Comparison, Operator } from './filters.ts'

/** A query parameter: the schema of one value, and its operators. */
export interface Parameter {
  description: string
  value: z.ZodType
  /** Schema of one value in JSON, as the OpenAPI document describes it; by default `value`. */
  jsonValue?: z.ZodType
  comparisons: Partial<Record<Operator, OperandSpec>>
  /** Operators that only another endpoint accepts. */
  elsewhere?: { operators: readonly string[]; endpoint: string }
  /**
   * Names that other services give such a parameter, as `withoutSeparators` writes them. If a request has one of them, the error
   * suggests this parameter.
   */
  otherNames?: readonly string[]
  /** Whether a request without the parameter is refused. */
  isRequired?: true
  /** Whether the value is a time that must not be in the future, by the clock of the database. */
  mustBePast?: true
}

/** The operand of an operator: how many values it takes, and their schema if it differs from the parameter's. */
export type OperandSpec = Pick<Comparison, 'takes' | 'value'>

/** Maximum number of values of one operator. */
export const maxValues = 200

/** Schema of a boolean as text in a URL. */
export const booleanText = z.enum(['true', 'false'])

/** Returns the schema of one value of an operator's operand, as text. */
export const operandSchema = (
  parameter: Pick<Parameter, 'value'>,
  { takes, value }: OperandSpec,
): z.ZodType => (takes === 'boolean' ? booleanText : (value ?? parameter.value))

/** Whether a value may contain commas, so that a text with commas may be one value or several. */
export const mayHaveCommas = (schema: z.ZodType): boolean =>
  ['1,2', 'a:1,b:2'].some((text) => schema.safeParse(text).success)

/** Returns the schema of a whole number from 1 to `max` in decimal digits. Its output is a number. */
export function wholeNumber(max: number) {
  const error = `must be a whole number from 1 to ${max}`
  return z
    .string()
    .regex(/^(0|-?[1-9]\d*)$/, { error })
    .transform(Number)
    .pipe(z.number({ error }).min(1, { error }).max(max, { error }))
    .meta({ description: 'A whole number.' })
}

/** Returns a parameter with one value. */
export const singleValueParameter = (
  value: z.ZodType,
  description: string,
  jsonValue = value,
): Parameter => ({
  description,
  value,
  jsonValue,
  comparisons: { eq: { takes: 'one' } },
})

/** Returns a parameter with a comma-separated list of values, such as keys. */
export const multiValueParameter = (value: z.ZodType, description: string): Parameter => ({
  description,
  value,
  comparisons: { eq: { takes: 'many' } },
})

/**
 * Returns the parameter `limit`.
 * @param what start of the description: `Records in a page`.
 * @param more end of the description.
 */
export const limitParameter = (
  what: string,
  { defaultSize, maxSize }: { defaultSize: number; maxSize: number },
  more = '',
): Parameter => ({
  ...singleValueParameter(
    wholeNumber(maxSize),
    `${what}: 1 to ${maxSize}, ${defaultSize} when left out.${more}`,
    z.int().min(1).max(maxSize),
  ),
  otherNames: [
    'perpage',
    'pagesize',
    'pagelimit',
    'size',
    'maxresults',
    'max',
    'rows',
    'take',
    'first',
    'top',
  ],
})

/** Returns the parameter of the position after which a page starts: `cursor`, or `after` of the feed of changes. */
export const cursorParameter = (value: z.ZodType, description: string, jsonValue = value): Parameter => ({
  ...singleValueParameter(value, description, jsonValue),
  otherNames: [
    ...['cursor', 'after', 'startingafter', 'offset', 'skip', 'page', 'pagenumber'],
    ...['next', 'nexttoken', 'pagetoken', 'nextpagetoken'],
  ],
})

/** Returns a parameter with a comma-separated list of some of the known values. */
export const valueListParameter = (known: readonly string[], description: string): Parameter =>
  multiValueParameter(z.enum(known), description)
