import { quote } from '../problems/faults.ts'
import { didYouMean, withoutSeparators } from '../problems/suggest.ts'
import { operatorName } from './filters.ts'
import { lazyFor } from './lazy.ts'
import type { Parameter } from './parameters.ts'

/** Returns the message about an operator that a parameter does not have. */
export function unknownOperator(
  name: string,
  operator: string,
  { comparisons, elsewhere }: Parameter,
): string {
  if (elsewhere?.operators.includes(operator)) {
    return `"${name}" has no operator "${operator}" in a URL: send it to ${elsewhere.endpoint}`
  }
  const bracketed = Object.keys(comparisons).filter((word) => word !== 'eq')
  return bracketed.length === 0
    ? `"${name}" takes no operator in brackets`
    : `"${name}" has no operator ${quote(operator)}${didYouMean(operator, bracketed)}`
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
 */
export function unknownParameter(name: string, operator: string, parameters: Parameters): string {
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
  const suggestion = didYouMean(meant ?? sent, listSpellings(parameters), names)
  return `there is no parameter ${quote(name)} here${suggestion}`
}
