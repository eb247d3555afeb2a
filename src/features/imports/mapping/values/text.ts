import { formatCount } from '../../../../format-count.ts'
import type { Scalar } from '../../types.ts'
import type { RowLimits } from '../row-limits.ts'
import type { ValueSteps } from '../value-schema.ts'
import { BadValue } from './bad-value.ts'

/** Maximum number of parts of a text. The conversion of the parts blocks the event loop. */
const maxParts = 10_000

/** Maximum number of parts of all texts of a row, without the first part of each. A text counts each time it is read. */
const maxRowParts = 100_000

/** Splits and edits a value. Returns texts, none of them empty, or why the text cannot be split or edited. */
export type TextSteps = (value: Scalar, limits: RowLimits) => (string | BadValue)[]

const tooManyParts = (what: string, limit: number) =>
  new BadValue(
    `${what} more than ${formatCount(limit)} parts, which is the maximum. Check the separator in split.`,
  )

/**
 * Compiles the steps that split and edit texts.
 * @param empty texts that mean that there is no value.
 * @returns undefined when there are no such steps.
 */
export function compileTextSteps(steps: ValueSteps, empty: ReadonlySet<string>): TextSteps | undefined {
  const edits = compileEdits(steps)
  const separators = steps.split === undefined ? [] : [steps.split].flat()
  if (edits.length === 0 && separators.length === 0) return undefined
  const hasValue = (text: string) => text !== '' && !empty.has(text)
  return (value, limits) => {
    const whole = String(value)
    limits.addText(whole)
    const isRowFull = separators.length > 0 && limits.parts >= maxRowParts
    if (isRowFull) return [tooManyParts('The texts of the row have', maxRowParts)]
    const parts = splitText(whole, separators)
    limits.parts += parts.length - 1
    if (parts.length > maxParts) return [tooManyParts('The text has', maxParts)]
    const edited: string[] = []
    for (const part of parts.map((untrimmed) => untrimmed.trim()).filter(hasValue)) {
      const text = edit(part, edits, limits)
      // The further parts would have the same fault.
      if (text instanceof BadValue) return [text]
      edited.push(text)
    }
    return edited.filter(hasValue)
  }
}

type Edit = (text: string, limits: RowLimits) => string | BadValue

function edit(part: string, edits: readonly Edit[], limits: RowLimits): string | BadValue {
  let text = part
  for (const apply of edits) {
    limits.addText(text)
    const edited = apply(text, limits)
    if (edited instanceof BadValue) return edited
    text = edited.trim()
  }
  return text
}

/** Replaces each occurrence of a text. */
function replaceIn(
  text: string,
  replaced: string,
  replacement: string,
  limits: RowLimits,
): string | BadValue {
  const added = replacement.length - replaced.length
  const fault = added > 0 ? limits.addCharacters(added * countIn(text, replaced)) : undefined
  // A function returns the replacement as it is. In a replacement string, `$&` and `$'` would insert a part of the value.
  return fault ?? text.replaceAll(replaced, () => replacement)
}

function countIn(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1
  return count
}

/** Splits a text, which may have more parts than `maxParts`: then not all of them are returned. */
function splitText(text: string, separators: readonly string[]): string[] {
  let parts = [text]
  for (const separator of separators) {
    const divided: string[] = []
    for (const part of parts) {
      divided.push(...part.split(separator, maxParts + 1))
      if (divided.length > maxParts) return divided
    }
    parts = divided
  }
  return parts
}

function compileEdits(steps: ValueSteps): Edit[] {
  const edits: Edit[] = []
  const { before, beforeLast, after, afterLast, replace } = steps
  const cutAt = (position: number, text: string) => (position === -1 ? text : text.slice(0, position))
  const skipTo = (position: number, found: string, text: string) =>
    position === -1 ? text : text.slice(position + found.length)
  if (before !== undefined) edits.push((text) => cutAt(text.indexOf(before), text))
  if (beforeLast !== undefined) edits.push((text) => cutAt(text.lastIndexOf(beforeLast), text))
  if (after !== undefined) edits.push((text) => skipTo(text.indexOf(after), after, text))
  if (afterLast !== undefined) edits.push((text) => skipTo(text.lastIndexOf(afterLast), afterLast, text))
  for (const [replaced, replacement] of Object.entries(replace ?? {}))
    edits.push((text, limits) => replaceIn(text, replaced, replacement, limits))
  if (steps.case === 'upper') edits.push((text) => text.toUpperCase())
  if (steps.case === 'lower') edits.push((text) => text.toLowerCase())
  return edits
}
