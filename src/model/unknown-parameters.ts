import { quote } from '../problems/faults.ts'
import { didYouMean, itCanBe, suggest, withoutSeparators } from '../problems/suggest.ts'
import { operatorName } from './filters.ts'
import { lazyFor } from './lazy.ts'
import { operandSchema, type Parameter } from './parameters.ts'

/** Returns whether an unknown operator means "any of these values", which a URL expresses without an operator. */
const meansAnyOf = (operator: string): boolean =>
  ['in', 'any', 'anyof', 'oneof'].includes(withoutSeparators(operator))

/** Returns whether an unknown operator means "none of these values", as `nin` and `notIn` of other services do. */
export const meansNoneOf = (operator: string): boolean =>
  ['nin', 'notin'].includes(withoutSeparators(operator))

/** Returns the condition of a search that excludes some values of a filter, for messages. */
export const exampleNoneOf = (name: string): string => `{"not":{"${name}":{"in":[…]}}}`

/** Returns the message about an operator that a parameter does not have. */
export function unknownOperator(
  name: string,
  operator: string,
  { comparisons, elsewhere = { operators: [], endpoint: '' } }: Parameter,
): string {
  const bracketed = Object.keys(comparisons).filter((word) => word !== 'eq')
  if (operator === 'eq')
    return `"${name}" needs an operator${itCanBe(bracketed.map((word) => operatorName(name, word)))}`
  const unknown = `"${name}" has no operator ${quote(operator)}`
  if (meansAnyOf(operator) && comparisons.eq?.takes === 'many')
    return `${unknown}: write several values as ${name}=…,…`
  if (meansNoneOf(operator) && comparisons.ne?.takes === 'many') return `${unknown}; did you mean "ne"?`
  if (meansNoneOf(operator) && elsewhere.operators.includes('in'))
    return `${unknown}: send {"where":${exampleNoneOf(name)}} to ${elsewhere.endpoint}`
  const meant = suggest(operator, [...bracketed, ...elsewhere.operators])
  if (meant !== undefined && elsewhere.operators.includes(meant))
    return `"${name}" has no operator "${meant}" in a URL: send it to ${elsewhere.endpoint}`
  return bracketed.length === 0
    ? `"${name}" takes no operator in brackets`
    : `${unknown}${didYouMean(operator, bracketed)}`
}

/** Operators for the signs before values such as `>=2011`, from the query `signedOn=>=2011`. */
const valueSigns: Readonly<Record<string, string>> = {
  '>': 'gt',
  '>=': 'gte',
  '=>': 'gte',
  '<': 'lt',
  '<=': 'lte',
  '=<': 'lte',
  '!': 'ne',
  '!=': 'ne',
}

/** No request is suggested for a longer value: the patterns take time quadratic in its length. */
const maxSuggestedLength = 100

/**
 * Returns the request that was probably meant if an invalid value begins with an operator, as in `signedOn=gte.2011`, belongs to the
 * operator `all`, or has values that are not separated by commas, as in `status=signed;expired`; undefined for other values.
 */
export function suggestRequest(name: string, value: string, parameter: Parameter): string | undefined {
  if (value.length > maxSuggestedLength) return undefined
  const { comparisons } = parameter
  const isValid = (text: string, operator: string) => {
    const [, operand] = Object.entries(comparisons).find(([word]) => word === operator) ?? []
    return operand !== undefined && operandSchema(parameter, operand).safeParse(text).success
  }
  const [, sign = '', word = '', operand = ''] = /^(?:([<>=!]+)|([A-Za-z]+)[.: ])\s*(.+)$/.exec(value) ?? []
  const operator = valueSigns[sign] ?? suggest(word, Object.keys(comparisons))
  if (operator !== undefined && isValid(operand, operator))
    return `${operatorName(name, operator)}=${operand}`
  // A country with a role is a value of `all` only: `country=CHN:donor`.
  if (isValid(value, 'all')) return `${operatorName(name, 'all')}=${value}`
  // Words between spaces may be one key, so they are not values if they have its form when joined: `topic=electric cars`.
  const words = value.trim().toLowerCase().split(/\s+/)
  const areWords = words.length > 1 && words.every((word) => /^[a-z]{4,}$/.test(word))
  if (areWords && ['-', '_'].some((joint) => isValid(words.join(joint), 'eq'))) return undefined
  const parts = value.split(/[;|\s]+/)
  return comparisons.eq?.takes === 'many' && parts.length > 1 && parts.every((part) => isValid(part, 'eq'))
    ? `${name}=${parts.join()}`
    : undefined
}

/** Operators for the signs of names such as `signedOn>`, from the query `signedOn>=2011`, and `signedOn>2011`, which has no value. */
const signs: [RegExp, string][] = [
  [/>$/, '[gte]'],
  [/<$/, '[lte]'],
  [/!$/, '[ne]'],
  [/>.*/, '[gt]'],
  [/<.*/, '[lt]'],
]

type Parameters = Readonly<Record<string, Parameter>>

/** Every parameter with each of its operators: `status`, `status[ne]`. */
const listSpellings = lazyFor((parameters: Parameters) =>
  Object.entries(parameters).flatMap(([name, { comparisons }]) =>
    Object.keys(comparisons).map((operator) => operatorName(name, operator)),
  ),
)

/**
 * Returns the message about an unknown parameter, with the known one, and its operator, that the client may have meant.
 * @param operator the word in brackets after the name; `eq` without brackets.
 * @param parameters the known parameters.
 * @param elsewhere where the parameter belongs if this is not a parameter of the operation: `GET /v1/agreements has it`.
 */
export function unknownParameter(
  name: string,
  operator: string,
  parameters: Parameters,
  elsewhere: string | undefined,
): string {
  const sent = signs.reduce((text, [sign, word]) => text.replace(sign, word), operatorName(name, operator))
  const names = Object.keys(parameters)
  const findByOtherName = (plain: string) =>
    names.find((known) => parameters[known]?.otherNames?.includes(plain))
  const plainOperator = withoutSeparators(operator)
  // `page[size]` and `page` may mean different parameters. Some services write all filters as `filter[status]`.
  const meant =
    findByOtherName(withoutSeparators(sent)) ??
    findByOtherName(withoutSeparators(name)) ??
    (operator === 'eq' ? undefined : names.find((known) => withoutSeparators(known) === plainOperator))
  const suggestion =
    meant === undefined && elsewhere !== undefined
      ? `; ${elsewhere}`
      : didYouMean(meant ?? [...new Set([sent, name])], listSpellings(parameters), names)
  return `there is no parameter ${quote(name)} here${suggestion}`
}
