import type { ValueSteps } from '../types.ts'
import type { Scalar } from './bad.ts'

/** Makes texts of a value: none, one or several. */
export type TextSteps = (value: Scalar, empty: ReadonlySet<string>) => Scalar[]

/**
 * Compiles the steps that split and cut texts.
 * @returns undefined when there is none.
 */
export function compileTextSteps(steps: ValueSteps): TextSteps | undefined {
  const cuts = compileCuts(steps)
  const separators = steps.split === undefined ? [] : [steps.split].flat()
  if (cuts.length === 0 && separators.length === 0) return undefined
  return (value, empty) => {
    const isMeant = (text: string) => text !== '' && !empty.has(text)
    const parts = splitText(String(value), separators).map((part) => part.trim())
    return parts
      .filter(isMeant)
      .map((part) => cuts.reduce((text, cut) => cut(text).trim(), part))
      .filter(isMeant)
  }
}

function splitText(text: string, separators: readonly string[]): string[] {
  let parts = [text]
  for (const separator of separators) parts = parts.flatMap((part) => part.split(separator))
  return parts
}

function compileCuts(steps: ValueSteps): ((text: string) => string)[] {
  const cuts: ((text: string) => string)[] = []
  const { before, beforeLast, after, afterLast, replace } = steps
  const cutAt = (position: number, text: string) => (position === -1 ? text : text.slice(0, position))
  const skipTo = (position: number, mark: string, text: string) =>
    position === -1 ? text : text.slice(position + mark.length)
  if (before !== undefined) cuts.push((text) => cutAt(text.indexOf(before), text))
  if (beforeLast !== undefined) cuts.push((text) => cutAt(text.lastIndexOf(beforeLast), text))
  if (after !== undefined) cuts.push((text) => skipTo(text.indexOf(after), after, text))
  if (afterLast !== undefined) cuts.push((text) => skipTo(text.lastIndexOf(afterLast), afterLast, text))
  for (const [old, now] of Object.entries(replace ?? {})) cuts.push((text) => text.replaceAll(old, now))
  if (steps.case === 'upper') cuts.push((text) => text.toUpperCase())
  if (steps.case === 'lower') cuts.push((text) => text.toLowerCase())
  return cuts
}
