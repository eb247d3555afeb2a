import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { faultMessage, quote, toFault } from '../problems/faults.ts'
import { type Fault, FaultList, Problem } from '../problems/problem.ts'
import { itCanBe, withoutSuggestion } from '../problems/suggest.ts'
import { quoteList } from '../wording.ts'
import { type Operator, operatorName } from './filters.ts'
import { maxValues, mayHaveCommas, type OperandSpec, operandSchema, type Parameter } from './parameters.ts'
import { suggestRequest, unknownOperator, unknownParameter } from './unknown-parameters.ts'

/** A value of a query string: its decoded parts between literal commas. A comma within a part was sent as `%2C`. */
export type RawValue = readonly string[]

/**
 * A parsed query string: parameter → operator → values. A parameter without brackets has the operator `eq`.
 * An operator that was sent as a list, as in `status[]=signed` or `status[ne][]=signed`, ends in `[]`.
 */
export type RawQuery = Map<string, Map<string, RawValue[]>>

/** A checked query: parameter → operator → values of the type of the parameter's schema. */
export type CheckedQuery = Map<string, Map<Operator, unknown[]>>

/** A parsed query string. `check` computes the checked query once, or throws Problem `invalid-parameter` at each call. */
export interface ParsedQuery {
  raw: RawQuery
  check(): CheckedQuery
}

const malformed = (detail: string) => new Problem('malformed-request', detail)

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw malformed(
      `The percent-encoding of the query is malformed, or not UTF-8, at "${text.slice(0, 60)}".`,
    )
  }
}

const namePattern = /^([^[\]]+)(?:\[([^[\]]+)\])?(\[\])?$/

/** The suffix of a parameter's name that is sent with each value of a list. */
const listSuffix = '[]'

/**
 * Parses a query string.
 * @param text the part of the URL after `?`.
 * @throws Problem `malformed-request` for broken encoding, `invalid-parameter` for names like `a[b][c]`.
 */
export function parseQuery(text: string): RawQuery {
  const query: RawQuery = new Map()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const index = pair.indexOf('=')
    const name = decode(index < 0 ? pair : pair.slice(0, index))
    const valueText = index < 0 ? '' : pair.slice(index + 1)
    // Texts are stored in NFC, so they are compared in NFC.
    const value = valueText.split(',').map((part) => decode(part).normalize('NFC'))
    const [, parameter, word = 'eq', suffix = ''] = namePattern.exec(name) ?? []
    if (parameter === undefined) {
      const message = `${quote(name)} is not the name of a parameter: write name=value or name[operator]=value`
      throw invalidParameters([{ parameter: name, code: 'unknown', message }])
    }
    const operator = word + suffix
    const operators = query.get(parameter) ?? new Map<string, RawValue[]>()
    const values = operators.get(operator)
    if (values) values.push(value)
    else operators.set(operator, [value])
    query.set(parameter, operators)
  }
  return query
}

/** Returns the problem `invalid-parameter` with these faults. */
export function invalidParameters(errors: Fault[] | FaultList): Problem {
  const faults = errors instanceof FaultList ? errors.listed : errors
  const names = [...new Set(faults.flatMap(({ parameter }) => (parameter === undefined ? [] : [parameter])))]
  return new Problem('invalid-parameter', `Invalid parameters: ${quoteList(names)}.`, { errors })
}

/** The values that were sent with one operator. */
interface SentValues {
  /** Values whose name did not end in `[]`. */
  plain: RawValue[]
  /** Texts whose name ended in `[]`. */
  listed: string[]
}

/** Joins the values of `status=a` and `status[]=b`, which have the same operator. */
function joinLists(operators: ReadonlyMap<string, RawValue[]>): Map<string, SentValues> {
  const joined = new Map<string, SentValues>()
  for (const [word, values] of operators) {
    const isList = word.endsWith(listSuffix)
    const operator = isList ? word.slice(0, -listSuffix.length) : word
    const { plain, listed } = joined.get(operator) ?? { plain: [], listed: [] }
    joined.set(
      operator,
      isList
        ? { plain, listed: [...listed, ...values.map((parts) => parts.join())] }
        : { plain: [...plain, ...values], listed },
    )
  }
  return joined
}

/** Looks up own properties only, so that inherited names such as `constructor` are unknown parameters. */
const lookUp = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

const ambiguousMessage = (name: string, text: string) => {
  const listName = name.endsWith(listSuffix) ? name : name + listSuffix
  return `${quote(text)} may be one value or several: write ${listName}=… for one, or separate several by commas that are not percent-encoded`
}

/**
 * Splits a text at its commas, unless the whole text is a value.
 * @param isList whether the name ended in `[]`, so that a text which can be one value is one.
 * @returns undefined if the text can be one value or several.
 */
function splitText(text: string, schema: z.ZodType, isList: boolean): string[] | undefined {
  const isValue = (part: string) => schema.safeParse(part).success
  const parts = text.split(',')
  if (parts.length === 1 || !isValue(text)) return parts
  return isList || !parts.slice(1).some(isValue) ? [text] : undefined
}

/**
 * Returns the message about a number with separators of thousands, such as `12,000,000`. Undefined for other texts, and for lists
 * that may be meant as several numbers, such as `152,141`.
 */
function describeThousands(text: string, takes: OperandSpec['takes'], schema: z.ZodType): string | undefined {
  if (!/^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(text) || (takes === 'many' && !text.includes(',0')))
    return undefined
  const number = text.replaceAll(',', '')
  // A free text may have these commas.
  const [issue] = schema.safeParse(text, { error: faultMessage }).error?.issues ?? []
  if (!issue || !['0.5', number].every((decimal) => schema.safeParse(decimal).success)) return undefined
  return `${issue.message}; did you mean ${quote(number)}?`
}

/**
 * Returns the fault of texts that are too many for the operand, form one number with separators of thousands, or cannot be stored.
 * Undefined if there is none.
 */
function findFault(
  name: string,
  takes: OperandSpec['takes'],
  schema: z.ZodType,
  texts: readonly string[],
  hasLists: boolean,
): Fault | undefined {
  const fault = (code: string, message: string): Fault => ({ parameter: name, code, message })
  const repeated = (count: number) => fault('repeated', `takes one value, not ${count}`)
  if (takes !== 'many' && texts.length > 1) return repeated(texts.length)
  if (takes !== 'many' && hasLists) return fault('repeated', 'takes one value: leave out the "[]"')
  if (texts.length > maxValues) {
    const message = `has ${texts.length} values; at most ${maxValues} are possible`
    return { ...fault('too_big', message), limit: maxValues }
  }
  if (texts.some((text) => text.includes('\u0000'))) return fault('bad_text', 'has a NUL character')
  const thousands = describeThousands(texts.join(), takes, schema)
  if (thousands !== undefined) return fault('wrong_format', thousands)
  const parts = takes === 'many' ? [] : (texts[0] ?? '').split(',')
  if (parts.length > 1 && !mayHaveCommas(schema) && parts.every((part) => schema.safeParse(part).success))
    return repeated(parts.length)
  return undefined
}

/** Splits what was sent into the texts of single values, and texts of which it is unclear whether they are one value or several. */
function splitValues(
  { plain, listed }: SentValues,
  takes: OperandSpec['takes'],
  schema: z.ZodType,
): { texts: string[]; ambiguous: string[] } {
  if (takes !== 'many') return { texts: [...plain.map((parts) => parts.join()), ...listed], ambiguous: [] }
  const ambiguous: string[] = []
  const split = (text: string, isList: boolean) => {
    const values = splitText(text, schema, isList)
    if (!values) ambiguous.push(text)
    return values ?? []
  }
  const texts = [
    ...plain.flat().flatMap((part) => split(part, false)),
    ...listed.flatMap((text) => split(text, true)),
  ]
  return { texts, ambiguous }
}

function checkValues(
  name: string,
  parameter: Parameter,
  operand: OperandSpec,
  sent: SentValues,
): { values: unknown[]; faults: Fault[] } {
  const schema = operandSchema(parameter, operand)
  const { texts, ambiguous } = splitValues(sent, operand.takes, schema)
  const refusal = findFault(name, operand.takes, schema, texts, sent.listed.length > 0)
  if (refusal) return { values: [], faults: [refusal] }
  const results = texts.map((text) => schema.safeParse(text, { error: faultMessage }))
  const describe = (message: string, text = '') => {
    const request = operand === parameter.comparisons.eq ? suggestRequest(name, text, parameter) : undefined
    return request === undefined ? message : `${withoutSuggestion(message)}; did you mean ${quote(request)}?`
  }
  return {
    values: results.flatMap(({ success, data }) => (success ? [data] : [])),
    faults: [
      ...ambiguous.map((text) => ({
        parameter: name,
        code: 'invalid',
        message: ambiguousMessage(name, text),
      })),
      ...results.flatMap(({ error }, index) =>
        (error?.issues ?? []).map((issue) => ({
          parameter: name,
          ...toFault(issue, describe(issue.message, texts[index])),
        })),
      ),
    ],
  }
}

/** Returns where a parameter belongs that an operation does not have, such as `write it in the body`, if that is known. */
export type FindElsewhere = (name: string) => string | undefined

/**
 * Checks a query against the parameters of an operation, and collects all errors.
 * @throws Problem `invalid-parameter` that names each unknown parameter, operator and value, with the nearest known name.
 */
export function checkQuery(
  parameters: Readonly<Record<string, Parameter>>,
  query: RawQuery,
  findElsewhere: FindElsewhere = () => undefined,
): CheckedQuery {
  const checked: CheckedQuery = new Map()
  const faults = new FaultList()
  for (const [name, operators] of query) {
    const parameter = lookUp(parameters, name)
    const values = new Map<Operator, unknown[]>()
    for (const [operator, sent] of joinLists(operators)) {
      const fullName = operatorName(name, operator) + (sent.listed.length > 0 ? listSuffix : '')
      const comparison = parameter && lookUp<OperandSpec | undefined>(parameter.comparisons, operator)
      if (!comparison) {
        faults.add(() => ({
          parameter: fullName,
          code: 'unknown',
          message: parameter
            ? unknownOperator(name, operator, parameter)
            : unknownParameter(name, operator, parameters, findElsewhere(name)),
        }))
        continue
      }
      const result = checkValues(fullName, parameter, comparison, sent)
      for (const fault of result.faults) faults.add(() => fault)
      // The lookup above has shown that the word is an operator.
      values.set(operator as Operator, result.values)
    }
    checked.set(name, values)
  }
  for (const [name, { isRequired, description, value }] of Object.entries(parameters)) {
    if (isRequired && !query.has(name)) {
      const words = value instanceof z.ZodEnum ? itCanBe(value.options.map(String)) : ''
      const message = `is required: ${words === '' ? description : description.replace(/\.$/, words)}`
      faults.add(() => ({ parameter: name, code: 'required', message }))
    }
  }
  if (faults.count > 0) throw invalidParameters(faults)
  return checked
}

/**
 * Maximum total length of the query strings in one cache. Each endpoint has a cache, and callers cache a larger plan for
 * each entry, so the limit is low.
 */
const maxCachedCharacters = 50_000

/**
 * Creates a function that parses query strings and caches the results. While a result is cached, equal texts get the same object,
 * so callers can cache plans by this object. The function throws what `parseQuery` throws.
 * @param parameters the parameters that the `check` of the results allows.
 */
export function createQueryParser(
  parameters: Readonly<Record<string, Parameter>>,
  findElsewhere: FindElsewhere,
): (text: string) => ParsedQuery {
  const known = new LRUCache<string, ParsedQuery>({
    maxSize: maxCachedCharacters,
    sizeCalculation: (_query, text) => text.length + 1,
  })
  return (text) => {
    const found = known.get(text)
    if (found) return found
    const raw = parseQuery(text)
    let checked: CheckedQuery | undefined
    const check = () => {
      checked ??= checkQuery(parameters, raw, findElsewhere)
      return checked
    }
    const parsed = { raw, check }
    known.set(text, parsed)
    return parsed
  }
}

/** Returns the values of a parameter without an operator; an empty list if the parameter was not sent. */
export const getValues = (query: CheckedQuery, name: string): unknown[] => query.get(name)?.get('eq') ?? []

/** Returns the values of a parameter as strings. */
export const getStringValues = (query: CheckedQuery, name: string): string[] =>
  getValues(query, name).map(String)

/** Returns the value of the parameter `limit` (`limitParameter`). */
export const getLimit = (query: CheckedQuery, { defaultSize }: { defaultSize: number }): number =>
  Number(getValues(query, 'limit')[0] ?? defaultSize)
