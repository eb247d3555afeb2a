import { isDeepStrictEqual } from 'node:util'
import { createPatch, type Operation } from 'rfc6902'

/** Comparing two lists takes the product of their lengths; beyond this one takes the place of the other. */
const maxComparedPairs = 2500

/**
 * What makes one JSON value another, as a JSON patch (RFC 6902).
 * @example difference({ a: [1] }, { a: [1, 2] }) // [{ op: 'add', path: '/a/-', value: 2 }]
 */
export const createPatch = (before: unknown, after: unknown): Operation[] =>
  createPatch(before, after, (one, other, pointer) => {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length * other.length <= maxComparedPairs)
      return undefined
    return isDeepStrictEqual(one, other) ? [] : [{ op: 'replace', path: pointer.toString(), value: other }]
  })
