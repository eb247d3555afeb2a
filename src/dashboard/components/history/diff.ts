import { diffArrays, diffWordsWithSpace } from 'diff'
import { canonicalJson, isEqual, isPlainObject } from '../../editing/form-values.ts'
import { isUnset } from '../is-unset.ts'

/** A property whose value differs between two versions. */
export interface PropertyDiff {
  name: string
  before: unknown
  after: unknown
}

/**
 * Returns the properties that differ between two versions of a record or nested object, in the order of the newer one.
 */
export function diffProperties(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): PropertyDiff[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .map((name) => ({ name, before: before[name], after: after[name] }))
    .filter((diff) => !isEqual(diff.before, diff.after) && !(isUnset(diff.before) && isUnset(diff.after)))
}

/** A part of a value that both versions have, or only the newer (`added`) or the older one (`removed`). */
interface Part<Value> {
  status: 'same' | 'added' | 'removed'
  value: Value
}

/** A segment of a text, with its status. */
export type TextPart = Part<string>

/** An item of a list, with its status. */
export type ListPart = Part<unknown> | { status: 'changed'; before: unknown; after: unknown }

/** Maximum number of differences. If there are more, everything counts as removed and added, to bound the time. */
const maxEditLength = 2000

/** Compares two lists item by item. A removed object that is followed by a similar added object counts as changed. */
export function diffLists(before: readonly unknown[], after: readonly unknown[]): ListPart[] {
  const runs = diffArrays(before.map(canonicalJson), after.map(canonicalJson), { maxEditLength }) ?? [
    { value: before.map(canonicalJson), removed: true, added: false },
    { value: after.map(canonicalJson), removed: false, added: true },
  ]
  const parts: ListPart[] = []
  for (const run of runs) {
    for (const text of run.value) {
      const value: unknown = JSON.parse(text)
      const status = run.added ? 'added' : run.removed ? 'removed' : 'same'
      const replacedIndex = status === 'added' ? findReplaced(parts, value) : -1
      const replaced = parts[replacedIndex]
      if (replaced?.status === 'removed')
        parts[replacedIndex] = { status: 'changed', before: replaced.value, after: value }
      else parts.push({ status, value })
    }
  }
  return parts
}

/** Whether one object is likely a changed version of the other: more than half of their properties are equal. */
function isSimilar(one: unknown, other: unknown): boolean {
  if (!isPlainObject(one) || !isPlainObject(other)) return false
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => !isUnset(one[name]) || !isUnset(other[name]),
  )
  return names.filter((name) => isEqual(one[name], other[name])).length > names.length / 2
}

/** Returns the index of the first similar object that was removed after the last unchanged item, or -1. */
function findReplaced(parts: readonly ListPart[], value: unknown): number {
  const start = parts.findLastIndex(({ status }) => status === 'same') + 1
  return parts.findIndex(
    (part, index) => index >= start && part.status === 'removed' && isSimilar(part.value, value),
  )
}

/** Compares two texts word by word. The language tag selects the word boundaries, since Chinese has no spaces. */
export function diffTexts(before: string, after: string, tag: string): TextPart[] {
  const intlSegmenter = new Intl.Segmenter(tag, { granularity: 'word' })
  const runs = diffWordsWithSpace(before, after, { intlSegmenter, maxEditLength })
  if (!runs)
    return [
      { status: 'removed', value: before },
      { status: 'added', value: after },
    ]
  return runs.map(({ value, added, removed }) => ({
    status: added ? 'added' : removed ? 'removed' : 'same',
    value,
  }))
}
