import { z } from 'zod'
import type { Roles } from '../field.ts'
import type { Registry } from '../registry.ts'
import { registerSchema } from '../schema-names.ts'
import { edtf, line, optional, prose } from '../schemas.ts'
import { actionKinds } from '../vocabularies.ts'

/** The schemas of the participants of a record in the API. */

const contribution = optional(prose(1000)).meta({ description: 'What the participant contributes.' })

const participantShape = (registry: Registry, roles: Roles) => ({
  country: optional(registry.referenceSchema('countries')),
  organization: optional(registry.referenceSchema('organizations')),
  region: optional(registry.referenceSchema('regions')),
  role: z.enum(roles),
  contribution,
})

type ParticipantReference = Record<'country' | 'organization' | 'region', string | null>

const referencedKey = (value: ParticipantReference) => value.country ?? value.organization ?? value.region

/** Requires exactly one of country, organization and region in each entry. No participant may occur twice in the same role. */
function checkParticipants(list: (ParticipantReference & { role: string })[], context: z.RefinementCtx) {
  const seen = new Set<string>()
  list.forEach((entry, index) => {
    const { length } = [entry.country, entry.organization, entry.region].filter((value) => value !== null)
    if (length !== 1) {
      const message = `must have exactly one of country, organization and region, not ${length || 'none'}`
      context.addIssue({ code: 'custom', path: [index], params: { code: 'not_exactly_one' }, message })
      return
    }
    const identity = `${referencedKey(entry)} ${entry.role}`
    if (seen.has(identity)) {
      context.addIssue({
        code: 'custom',
        path: [index],
        params: { code: 'repeated' },
        message: `has ${referencedKey(entry)} as ${entry.role} a second time`,
      })
    }
    seen.add(identity)
  })
}

/**
 * Schema of a record's participants.
 * @param schemaName name of the component schema of one participant.
 */
export function participantsSchema(registry: Registry, schemaName: string, roles: Roles) {
  const participant = registerSchema(
    schemaName,
    z.strictObject(participantShape(registry, roles)).meta({
      description: 'Who takes part: exactly one of country, organization and region.',
      examples: [{ country: 'CHN', organization: null, region: null, role: roles[0], contribution: null }],
    }),
  )
  return z.array(participant).max(500).default([]).superRefine(checkParticipants)
}

const action = registerSchema(
  'PartyAction',
  z
    .strictObject({
      kind: z.enum(actionKinds),
      date: edtf('Date of the action.'),
      note: optional(prose(1000)),
    })
    .meta({
      description: 'What a party did, and when.',
      examples: [{ kind: 'signed', date: '2011-04', note: null }],
    }),
)

/**
 * Schema of parties: participants, each with its signatory and its dated actions.
 * @param schemaName name of the component schema of one party.
 */
export function partiesSchema(registry: Registry, schemaName: string, roles: Roles) {
  const party = registerSchema(
    schemaName,
    z
      .strictObject({
        ...participantShape(registry, roles),
        signatory: optional(line(300)).meta({ description: 'Who signed for the party.' }),
        actions: z.array(action).max(100).default([]),
      })
      .meta({
        description: 'Who is a party: exactly one of country, organization and region.',
        examples: [
          {
            country: 'PAK',
            organization: null,
            region: null,
            role: roles[0],
            contribution: null,
            signatory: null,
            actions: [{ kind: 'signed', date: '2011-04', note: null }],
          },
        ],
      }),
  )
  return z.array(party).max(500).default([]).superRefine(checkParticipants)
}
