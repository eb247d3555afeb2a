import { z } from 'zod'
import { didYouMean } from '../problems/suggest.ts'
import type { Registry } from './registry.ts'
import { unwrapped } from './schema-names.ts'

/**
 * Finds where a JSON pointer (RFC 6901) leaves the properties that a schema knows.
 * @returns undefined when it stays inside, otherwise the end of a sentence about the step that does not.
 */
function lostStep(schema: z.core.$ZodType, steps: string[]): string | undefined {
  const [step, ...rest] = steps
  if (step === undefined) return undefined
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodArray) {
    return /^(0|[1-9]\d*)$/.test(step) ? lostStep(inner.element, rest) : `"${step}" is not a place in a list`
  }
  if (inner instanceof z.ZodObject) {
    const next = inner.shape[step]
    return next
      ? lostStep(next, rest)
      : `"${step}" is not a property there${didYouMean(step, Object.keys(inner.shape))}`
  }
  return `there is nothing below it for "${step}"`
}

const citation = z.object({ record: z.object({ resource: z.string() }), property: z.string().nullable() })

/** Refuses a citation of a property that the cited resource does not have. */
export function checkProperty(document: unknown, context: z.RefinementCtx, registry: Registry) {
  const { record, property } = citation.parse(document)
  if (property === null) return
  const steps = property
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const resource = registry.find(record.resource)
  const lost = resource && lostStep(resource.document, steps)
  if (lost) {
    const message = `"${property}" leads nowhere in ${record.resource}: ${lost}`
    context.addIssue({ code: 'custom', path: ['property'], message })
  }
}
