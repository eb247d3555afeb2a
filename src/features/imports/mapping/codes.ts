import { didYouMean, suggest } from '../../../problems/suggest.ts'
import type { CompileContext } from './context.ts'
import { textOf } from './path.ts'
import type { ValueSteps } from './types.ts'
import { BadValue, type Scalar } from './values/bad.ts'

/** Translates a code. Null means that it stands for no value. */
export type Translate = (text: string) => Scalar | null | BadValue

/** The code that stands for all that are not listed; as a meaning, the code itself. */
const others = '*'

/** Compiles `codes`: a map in the mapping, or a file beside it. */
export function compileCodes(codes: NonNullable<ValueSteps['codes']>, context: CompileContext): Translate {
  if (typeof codes === 'string') return compileList({ list: codes }, context)
  if (isList(codes)) return compileList(codes, context)
  const words = new Map(Object.entries(codes).map(([code, word]) => [code.trim(), word]))
  const known = [...words.keys()].filter((code) => code !== others)
  return (text) => {
    const word = words.get(text) ?? (words.has(text) ? null : words.get(others))
    if (word === others) return text
    return word === undefined ? unknown(text, known, 'codes of the mapping do') : word
  }
}

type List = { list: string; key?: string; value?: string }

const isList = (codes: Record<string, unknown>): codes is List =>
  typeof codes.list === 'string' &&
  Object.keys(codes).every((name) => ['list', 'key', 'value'].includes(name))

function compileList({ list: name, key, value }: List, context: CompileContext): Translate {
  const list = context.list(name)
  if (!list) return () => null
  const [first = '', second = ''] = list.columns
  const [keyColumn, valueColumn] = [key ?? first, value ?? second]
  for (const column of [keyColumn, valueColumn]) {
    if (!list.columns.includes(column)) {
      context.fault(`${name} has no column ${JSON.stringify(column)}${didYouMean(column, list.columns)}`)
      return () => null
    }
  }
  return (text) => {
    const row = list.find(keyColumn, text)[0] ?? list.find(keyColumn, others)[0]
    if (!row) return unknown(text, list.texts(keyColumn), `file ${name} does`)
    return textOf(row[valueColumn] ?? null) ?? null
  }
}

/** Characters of a code from which a similar one may be what is meant. */
const minSuggestedLength = 3

function unknown(text: string, known: readonly string[], where: string): BadValue {
  const similar = text.length < minSuggestedLength ? [] : known
  return new BadValue(
    `${JSON.stringify(text.slice(0, 60))} is a code that the ${where} not have${didYouMean(text, similar) || '.'}`,
    suggest(text, similar),
  )
}
