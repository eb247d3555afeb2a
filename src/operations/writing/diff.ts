import { isDeepStrictEqual } from 'node:util'
import { createPatch, type Operation } from 'rfc6902'

/** Maximum product of two lists' lengths. Comparing takes that many steps, so longer lists are replaced as a whole. */
const maxComparedPairs = 2500

/**
 * Returns the JSON patch (RFC 6902) from one JSON value to another.
 * @example diffJson({ a: [1] }, { a: [1, 2] }) // [{ op: 'add', path: '/a/-', value: 2 }]
 */
export const diffJson = (before: unknown, after: unknown): Operation[] =>
  createPatch(before, after, (one, other, pointer) => {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length * other.length <= maxComparedPairs)
      return undefined
    return isDeepStrictEqual(one, other) ? [] : [{ op: 'replace', path: pointer.toString(), value: other }]
  })
