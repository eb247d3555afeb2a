import { z } from 'zod'
import { quote } from '../../../../problems/faults.ts'
import { didYouMeanSentence, suggest } from '../../../../problems/suggest.ts'
import type { Scalar } from '../../types.ts'
import type { RowLimits } from '../row-limits.ts'
import type { Target } from '../target.ts'
import { BadValue } from './bad-value.ts'
import { findFormulaError } from './formula-error.ts'

/** Reports that a part of a value is dropped. */
type Note = (detail: string) => void

/**
 * Compiles the conversion of a value to the type of the target. The conversion runs after the steps that read dates and
 * numbers.
 * @param isConstant whether the value is stated in the mapping. Then `codes` is no remedy for an unknown word.
 */
export function compileTyped(
  target: Target,
  isConstant: boolean,
): (value: Scalar, note: Note, limits: RowLimits) => Scalar | BadValue {
  switch (target.kind) {
    case 'enumeration': {
      const words = new Map(target.words.map((word) => [plainWord(word), word]))
      return (value, _note, limits) =>
        words.get(plainWord(String(value))) ??
        unknownWord(String(value), limits.wordsToCompare(target.words), isConstant)
    }
    case 'text':
    case 'reference': {
      const takesLines = target.kind === 'text' && z.safeParse(target.schema, 'first\nsecond').success
      return (value, note) => toText(String(value), takesLines, note)
    }
    default:
      return (value) => value
  }
}

/**
 * Characters that are removed from texts: control characters, remains of a wrong encoding and, only in texts that must be a
 * single line (`line`), characters that reorder text. U+FFFD also replaces what PostgreSQL cannot store (`reading/clean.ts`).
 */
const unwanted = {
  line: /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffd]/gu,
  lines: /(?![\t\n])[\p{Cc}\ufffd]/gu,
}

function toText(text: string, takesLines: boolean, note: Note): string | BadValue {
  const plain = takesLines ? text.replaceAll(/\r\n?/g, '\n').trim() : text.replaceAll(/\s+/g, ' ').trim()
  const error = findFormulaError(plain)
  if (error) return error
  const expression = takesLines ? unwanted.lines : unwanted.line
  const [found, ...more] = plain.match(expression) ?? []
  if (found === undefined) return plain
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  note(
    `The text has a character that cannot be shown, U+${code}${more.length > 0 ? `, and ${more.length} more` : ''}: left out. Most likely the text was damaged before.`,
  )
  return plain.replaceAll(expression, '').trim()
}

const plainWord = (word: string) =>
  word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '_')

/** Returns a sentence about a text that is not a word of an enumeration. */
export const describeUnknownWord = (text: string, words: readonly string[]): string =>
  didYouMeanSentence(`${quote(text)} is not known`, text, words)

function unknownWord(text: string, words: readonly string[], isConstant: boolean): BadValue {
  const advice = isConstant ? '' : ' State its meaning in the mapping with "codes".'
  return new BadValue(`${describeUnknownWord(text, words)}${advice}`, suggest(text, words))
}
