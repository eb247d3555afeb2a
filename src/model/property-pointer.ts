import { z } from 'zod'
import { parsePointer } from '../problems/faults.ts'
import { didYouMean } from '../problems/suggest.ts'
import type { Registry } from './registry.ts'
import { unwrapped } from './schema-names.ts'

/**
 * Checks that a JSON pointer (RFC 6901) resolves to a property of a schema.
 * @returns undefined if it resolves; otherwise the second half of the error message, which names the first reference
 * token that does not resolve.
 */
function describeUnresolvedToken(schema: z.core.$ZodType, tokens: string[]): string | undefined {
  const [token, ...rest] = tokens
  if (token === undefined) return undefined
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodArray) {
    return /^(0|[1-9]\d*)$/.test(token)
      ? describeUnresolvedToken(inner.element, rest)
      : `"${token}" is not an array index`
  }
  if (inner instanceof z.ZodObject) {
    const next = Object.hasOwn(inner.shape, token) ? inner.shape[token] : undefined
    return next
      ? describeUnresolvedToken(next, rest)
      : `there is no property "${token}"${didYouMean(token, Object.keys(inner.shape))}`
  }
  return `"${token}" cannot be resolved: the value before it is neither an object nor an array`
}

const citation = z.object({ record: z.object({ resource: z.string() }), property: z.string().nullable() })

/** Adds an issue to `context` if the `property` of a citation does not exist in the resource of its `record`. */
export function checkCitedProperty(document: unknown, context: z.RefinementCtx, registry: Registry): void {
  const { record, property } = citation.parse(document)
  if (property === null) return
  const resource = registry.find(record.resource)
  const unresolved = resource && describeUnresolvedToken(resource.document, parsePointer(property))
  if (unresolved) {
    const message = `"${property}" does not resolve in ${record.resource}: ${unresolved}`
    context.addIssue({ code: 'custom', path: ['property'], message })
  }
}
