import { isDeepStrictEqual } from 'node:util'
import { createPatch, type Operation } from 'rfc6902'

/** Maximum product of two lists' lengths. Comparing takes that many steps, so longer lists are replaced as a whole. */
const maxComparedPairs = 2500

/** Maximum product of the numbers of items of two lists at all depths: items of nested lists are also compared in pairs. */
const maxNestedPairs = 10_000

/** Returns the number of items of all lists in a JSON value. */
const countItems = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>(
        (sum, inner) => sum + countItems(inner),
        Array.isArray(value) ? value.length : 0,
      )
    : 0

/**
 * Returns the JSON patch (RFC 6902) from one JSON value to another.
 * @example diffJson({ a: [1] }, { a: [1, 2] }) // [{ op: 'add', path: '/a/-', value: 2 }]
 */
export const diffJson = (before: unknown, after: unknown): Operation[] =>
  createPatch(before, after, (from, to, pointer) => {
    if (!Array.isArray(from) || !Array.isArray(to)) return undefined
    if (from.length * to.length <= maxComparedPairs && countItems(from) * countItems(to) <= maxNestedPairs)
      return undefined
    return isDeepStrictEqual(from, to) ? [] : [{ op: 'replace', path: pointer.toString(), value: to }]
  })
