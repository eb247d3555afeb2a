import { quote } from '../../../problems/faults.ts'
import { didYouMeanSentence, suggest } from '../../../problems/suggest.ts'
import type { Scalar } from '../types.ts'
import type { CompileContext } from './context.ts'
import { toText } from './path.ts'
import type { RowLimits } from './row-limits.ts'
import type { ValueSteps } from './value-schema.ts'
import { BadValue } from './values/bad-value.ts'
import { findFormulaError } from './values/formula-error.ts'

/** Translates a code. Null means that the code has no value. */
export type Translate = (text: string, limits: RowLimits) => Scalar | null | BadValue

/** A code that matches all codes that are not listed; as the value of a code, the code itself. */
export const wildcard = '*'

/** Converts a text of a mapping that is a number in YAML, such as `1.5`. Returns any other value unchanged. */
const toYamlNumber = <Word>(word: Word): Word | number =>
  typeof word === 'string' && word.trim() !== '' && Number.isFinite(Number(word)) ? Number(word) : word

/**
 * Compiles `codes`: a map in the mapping, or a companion file.
 * @param toNumbers whether the codes of a map stand for numbers, whose notation is that of YAML and not that of the file.
 */
export function compileCodes(
  codes: NonNullable<ValueSteps['codes']>,
  context: CompileContext,
  toNumbers: boolean,
): Translate {
  if (typeof codes === 'string') return compileList({ list: codes }, context)
  if (isFileReference(codes)) return compileList(codes, context)
  const words = new Map(
    Object.entries(codes).map(([code, word]) => [code.trim(), toNumbers ? toYamlNumber(word) : word]),
  )
  const codesOfMapping = [...words.keys()].filter((code) => code !== wildcard)
  const known = codesOfMapping.length > maxCompared ? [] : codesOfMapping
  return (text, limits) => {
    // The code "*" stands for other codes, and not for a cell whose formula failed.
    const error = words.has(text) ? undefined : findFormulaError(text)
    if (error) return error
    const word = words.get(text) ?? (words.has(text) ? null : words.get(wildcard))
    if (word === wildcard) return text
    return word === undefined ? unknown(text, limits.wordsToCompare(known), 'the mapping') : word
  }
}

type FileReference = { list: string; key?: string; value?: string }

/** Whether `codes` names a file. With further keys, it is a map that has a code `list`. */
export const isFileReference = (codes: object): codes is FileReference =>
  'list' in codes &&
  typeof codes.list === 'string' &&
  Object.keys(codes).every((name) => ['list', 'key', 'value'].includes(name))

function compileList({ list: name, key, value }: FileReference, context: CompileContext): Translate {
  const list = context.companionFile(name)
  if (!list) return () => null
  if (list.columns.length === 0) {
    context.addFault(`${name} is not a table; a code list is a CSV or XLSX file`)
    return () => null
  }
  const [first = '', second = ''] = list.columns
  const [keyColumn, valueColumn] = [key ?? first, value ?? second]
  if (valueColumn === '') {
    context.addFault(
      `${name} has one column only; a code list needs a column of codes and a column of values`,
    )
    return () => null
  }
  for (const column of [keyColumn, valueColumn]) {
    if (!list.columns.includes(column)) {
      context.addMissingColumn(name, column, list.columns)
      return () => null
    }
  }
  for (const { code, one, other } of list.findContradictions(keyColumn, valueColumn)) {
    context.addFault(
      `${name} has two values for the code ${quote(code)}: ${quote(one.value)} in ${one.locator} and ${quote(other.value)} in ${other.locator}; remove one of them`,
    )
  }
  return (text, limits) => {
    const listed = list.find(keyColumn, text)
    const error = listed ? undefined : findFormulaError(text)
    if (error) return error
    const row = listed ?? list.find(keyColumn, wildcard)
    if (!row) {
      const known = limits.wordsToCompare(list.texts(keyColumn, maxCompared))
      return unknown(text, known, `the file ${name}`)
    }
    const word = toText(row[valueColumn] ?? null) ?? null
    return word === wildcard ? text : word
  }
}

/** Maximum number of codes that an unknown code is compared with: each comparison delays the other requests. */
const maxCompared = 1000

/** Minimum length of a code for which a similar code is suggested, in characters. */
const minSuggestedLength = 3

function unknown(text: string, known: readonly string[], owner: string): BadValue {
  const similar = text.length < minSuggestedLength ? [] : known
  const nearest = suggest(text, similar)
  return new BadValue(
    didYouMeanSentence(
      `${quote(text)} is not among the codes of ${owner}`,
      text,
      nearest === undefined ? similar : [nearest],
    ),
    nearest,
  )
}
