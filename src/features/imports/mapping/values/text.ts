import type { ValueSteps } from '../value-schema.ts'
import type { Scalar } from './bad.ts'

/** Splits and edits a value. Returns any number of texts, none of them empty. */
export type TextSteps = (value: Scalar) => Scalar[]

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
  return (value) => {
    const parts = splitText(String(value), separators).map((part) => part.trim())
    return parts
      .filter(hasValue)
      .map((part) => edits.reduce((text, edit) => edit(text).trim(), part))
      .filter(hasValue)
  }
}

function splitText(text: string, separators: readonly string[]): string[] {
  let parts = [text]
  for (const separator of separators) parts = parts.flatMap((part) => part.split(separator))
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
