import { z } from 'zod'
import { registerResponseSchema } from '../../model/schema-names.ts'

/** Maximum length of a name that is resolved, in characters. The time to compare a name grows faster than its length. */
export const maxNameLength = 500

/** A name, code or external id to resolve to a record. */
export interface NameQuery {
  /** The resource of the record: countries, organizations, regions, topics, or any other. */
  resource: string
  /** The name as the source has it, or a code or external id if `scheme` names its scheme. */
  name: string
  /** EDTF date of the event or statement for which the name is used, for former states and names. Only its first year counts. */
  on?: string | undefined
  /** Alpha-3 code: for organizations, their country; for countries, the country that the source of the name is about. */
  country?: string | undefined
  /**
   * The scheme of `name`, if it is a code or id: `alpha2`, `alpha3`, `numeric` or `iso3166` (any of these) for countries, `ror`
   * for organizations, a scheme of topics, or a scheme of external ids. With a scheme of topics, `name` may also be the name
   * of a topic of this scheme.
   */
  scheme?: string | undefined
  /** Maximum number of candidates; 3 when left out. */
  limit?: number | undefined
}

/** Why a record matches a name, the most reliable reason first. `docs/names.md` explains each with an example. */
const matchReasons = [
  'code',
  'external-id',
  'exact',
  'alias',
  'punctuation',
  'inverted',
  'abbreviation',
  'spelling',
  'former-name',
  'official-form',
  'territory',
  'similar',
] as const

export type MatchReason = (typeof matchReasons)[number]

/** Schema of a record that a name may mean. */
const nameMatch = registerResponseSchema(
  'NameMatch',
  z
    .strictObject({
      key: z.string().meta({ description: 'Key of the record.' }),
      // Without a title: the key.
      name: z.string().meta({ description: 'Title of the record.' }),
      score: z.number().min(0).max(1).meta({ description: 'How sure the match is.' }),
      reason: z.enum(matchReasons).meta({ description: 'Why a record matches.' }),
      // For a former state: the year in which it ended, and its successors.
      note: z.string().optional().meta({
        description: 'A note, such as the state responsible for a territory.',
      }),
    })
    .meta({ description: 'A record that a name may mean.' }),
)

/** A record that a name may mean. */
export type NameMatch = z.output<typeof nameMatch>

/** Schema of the result of a query. */
export const nameResolution = registerResponseSchema(
  'NameResolution',
  z
    .strictObject({
      status: z
        .enum(['resolved', 'ambiguous', 'unresolved'])
        .meta({ description: 'Whether exactly one record is meant; the service never guesses.' }),
      match: nameMatch.optional().meta({ description: 'The record, if the name is resolved.' }),
      // Only the match if the name is resolved.
      candidates: z.array(nameMatch).meta({ description: 'What the name may mean, best first.' }),
      detail: z.string().optional().meta({ description: 'Why the name is not resolved.' }),
    })
    .meta({ description: 'The result of a query.' }),
)

/** The result of a query. */
export type Resolution = z.output<typeof nameResolution>

/** The score of a match by its reason. For a similar name, it is multiplied by the similarity. */
export const reasonScores: Record<MatchReason, number> = {
  code: 1,
  'external-id': 1,
  exact: 1,
  alias: 0.99,
  punctuation: 0.98,
  inverted: 0.97,
  abbreviation: 0.95,
  spelling: 0.95,
  'former-name': 0.94,
  'official-form': 0.92,
  territory: 0.9,
  similar: 0.8,
}
