import { z } from 'zod'
import { requireLineCharacters, toNfc } from '../../model/characters.ts'
import type { Resource } from '../../model/resource.ts'
import { registerRequestSchema } from '../../model/schema-names.ts'
import { checkValue } from '../../problems/faults.ts'
import { maxReasonLength } from '../writing/authorship.ts'
import { invalidBody, requireObject } from '../writing/validation.ts'
import { createPropertyRedaction, createTextRedaction, type Redaction, readTargets } from './redaction.ts'

/** Maximum lengths in characters. */
const maxPointerLength = 500
const maxTextLength = 500
const maxReplacementLength = 100

/** Maximum number of properties in one redaction. */
const maxProperties = 50

/** Body of a redaction: the text or the properties to remove, and the reason. */
export const redactionBody = registerRequestSchema(
  'Redaction',
  z
    .strictObject({
      properties: z
        .array(
          z
            .string()
            .max(maxPointerLength)
            .regex(/^(\/[^/]+)+$/, { error: 'must be a JSON pointer, such as /interviewee' }),
        )
        .min(1)
        .max(maxProperties)
        .optional()
        .meta({
          description:
            'Paths of the properties whose values are removed: JSON pointers without list indexes. `/documents/title` is the title of every document.',
        }),
      text: z
        .string()
        .overwrite(toNfc(maxTextLength))
        .min(2)
        .max(maxTextLength)
        .regex(/\S/, { error: 'must not be blank' })
        .optional()
        .meta({ description: 'Text that is removed wherever it occurs. Case matters.' }),
      replacement: z
        .string()
        .superRefine(requireLineCharacters)
        .overwrite(toNfc(maxReplacementLength))
        .min(1)
        .max(maxReplacementLength)
        .default('[redacted]')
        .meta({ description: 'Replaces the text, and the value of a required property.' }),
      reason: z
        .string()
        .superRefine(requireLineCharacters)
        .overwrite(toNfc(maxReasonLength))
        .min(1)
        .max(maxReasonLength)
        .regex(/\S/, { error: 'must not be blank' })
        .meta({ description: 'Why, for the history. It must not contain the removed text.' }),
    })
    .meta({
      description: 'What is removed from a record and all its versions: either `properties` or `text`.',
      examples: [{ properties: ['/interviewee'], reason: 'Requested by the interviewee.' }],
    }),
)

/** A requested redaction. */
export interface RedactionRequest {
  redaction: Redaction
  reason: string
  /** JSON pointer to the property of the body that says what to remove. */
  pointer: '/text' | '/properties'
}

/**
 * Reads the body of a redaction.
 * @throws Problem `invalid-body`.
 */
export function readRedaction(resource: Resource, key: string, body: unknown): RedactionRequest {
  const { data, faults: bodyFaults } = checkValue(redactionBody, requireObject('request', body))
  if (bodyFaults) throw invalidBody('request', bodyFaults)
  const { text, properties, replacement, reason } = data
  const invalid = (pointer: string, code: string, message: string) =>
    invalidBody('request', [{ pointer, code, message }])
  if (text === undefined) {
    if (!properties) throw invalid('', 'required', 'needs properties or text')
    const { targets, faults } = readTargets(resource, properties, replacement)
    if (faults.length > 0) throw invalidBody('request', faults)
    return { redaction: createPropertyRedaction(resource, targets), reason, pointer: '/properties' }
  }
  if (properties)
    throw invalid('/properties', 'exclusive', 'cannot be given together with text: send two requests')
  if (replacement.includes(text)) throw invalid('/replacement', 'invalid', 'contains the text to be removed')
  if (reason.includes(text)) throw invalid('/reason', 'invalid', 'contains the text to be removed')
  // Random ids contain short numbers by chance, and nothing that clients wrote.
  if (resource.key.assignedBy === 'client' && key.includes(text))
    throw invalid(
      '/text',
      'not_redactable',
      `is part of the key of the ${resource.noun}, which cannot change`,
    )
  return { redaction: createTextRedaction(resource, text, replacement), reason, pointer: '/text' }
}
