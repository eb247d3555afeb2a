const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Applies a patch without changing its arguments: like a JSON merge patch (RFC 7396, section 2), except that a null for a
 * property that the target lacks stays in the result, so that the schema can refuse an unknown name.
 * @example mergePatch({ a: 1, b: { c: 2, d: 3 } }, { b: { c: null } }) // { a: 1, b: { d: 3 } }
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged = new Map(Object.entries(isObject(target) ? target : {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null && merged.has(key)) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}
