import { isDeepStrictEqual } from 'node:util'
import { createPatch, type Operation } from 'rfc6902'

/** Maximum product of two lists' lengths. Comparing takes that many steps, so longer lists are replaced as a whole. */
const maxComparedPairs = 2500

/**
 * Returns the JSON patch (RFC 6902) from one JSON value to another.
 * @example diffJson({ a: [1] }, { a: [1, 2] }) // [{ op: 'add', path: '/a/-', value: 2 }]
 */
export const diffJson = (before: unknown, after: unknown): Operation[] =>
  createPatch(before, after, (from, to, pointer) => {
    if (!Array.isArray(from) || !Array.isArray(to) || from.length * to.length <= maxComparedPairs)
      return undefined
    return isDeepStrictEqual(from, to) ? [] : [{ op: 'replace', path: pointer.toString(), value: to }]
  })
