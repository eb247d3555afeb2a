import { formatCount } from '../../reading/unreadable-file.ts'
import type { ValueSteps } from '../value-schema.ts'
import { BadValue, type Scalar } from './bad.ts'

/** Maximum number of parts of a text. The conversion of the parts blocks the event loop. */
const maxParts = 10_000

/** Maximum number of parts of all texts of a row, without the first part of each. A text counts each time it is read. */
const maxRowParts = 100_000

/**
 * Splits and edits a value. Returns texts, none of them empty, or why the text cannot be split.
 * @param rowParts counts the parts of all texts of the row, without the first part of each.
 */
export type TextSteps = (value: Scalar, rowParts: { count: number }) => (Scalar | BadValue)[]

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
  return (value, rowParts) => {
    const isRowFull = separators.length > 0 && rowParts.count >= maxRowParts
    if (isRowFull) return [tooManyParts('The texts of the row have', maxRowParts)]
    const parts = splitText(String(value), separators)
    rowParts.count += parts.length - 1
    if (parts.length > maxParts) return [tooManyParts('The text has', maxParts)]
    return parts
      .map((part) => part.trim())
      .filter(hasValue)
      .map((part) => edits.reduce((text, edit) => edit(text).trim(), part))
      .filter(hasValue)
  }
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

function compileEdits(steps: ValueSteps): ((text: string) => string)[] {
  const edits: ((text: string) => string)[] = []
  const { before, beforeLast, after, afterLast, replace } = steps
  const cutAt = (position: number, text: string) => (position === -1 ? text : text.slice(0, position))
  const skipTo = (position: number, found: string, text: string) =>
    position === -1 ? text : text.slice(position + found.length)
  if (before !== undefined) edits.push((text) => cutAt(text.indexOf(before), text))
  if (beforeLast !== undefined) edits.push((text) => cutAt(text.lastIndexOf(beforeLast), text))
  if (after !== undefined) edits.push((text) => skipTo(text.indexOf(after), after, text))
  if (afterLast !== undefined) edits.push((text) => skipTo(text.lastIndexOf(afterLast), afterLast, text))
  for (const [replaced, replacement] of Object.entries(replace ?? {}))
    edits.push((text) => text.replaceAll(replaced, replacement))
  if (steps.case === 'upper') edits.push((text) => text.toUpperCase())
  if (steps.case === 'lower') edits.push((text) => text.toLowerCase())
  return edits
}
