import { z } from 'zod'
import { authorKinds, changeKinds } from '../database/vocabularies.ts'
import { singleValueParameter, wholeNumber } from '../model/parameters.ts'
import { registerResponseSchema } from '../model/schema-names.ts'

const author = registerResponseSchema(
  'Author',
  z
    .strictObject({
      kind: z.enum(authorKinds).meta({
        description:
          'An API key, a user of the OpenID Connect issuer, seed or generated data, another command of `entente`, or a client of the database that bypassed the service.',
      }),
      id: z.string().nullable().meta({ description: "The key's id, or the token's subject." }),
      name: z
        .string()
        .nullable()
        .meta({ description: 'Name of the key, token or command at that time, if any.' }),
    })
    .meta({ description: 'Who made the change.' }),
)

/** Properties that every revision has, in the history of a record and in the feed of changes. */
export const revisionShape = {
  version: z.int().min(1).meta({ description: 'The version that the change made.' }),
  operation: z.enum(changeKinds).meta({ description: 'The operation that made the version.' }),
  actor: author,
  time: z.iso.datetime().meta({ description: 'When the change was written.' }),
  requestId: z.string().nullable().meta({ description: 'Id of the request in the logs.' }),
  reason: z
    .string()
    .nullable()
    .meta({ description: 'Why: `Change-Reason` of the request, `reason` of a redaction, or the import.' }),
  redactedBy: z.int().min(1).nullable().meta({
    description: 'Version of the last redaction that removed something from this version; null if none.',
  }),
  mergedInto: z.string().nullable().meta({
    description: 'Of a removal: key of the record that this one was merged into; null otherwise.',
  }),
}

/** Schema of the properties of every revision. The schemas of the history, a revision and the feed are intersections with it. */
export const recordChange = registerResponseSchema(
  'RecordChange',
  z.strictObject(revisionShape).meta({ description: 'Who changed a record, when, how and why.' }),
)

/** An example of `revisionShape`. */
export const revisionExample = {
  version: 2,
  operation: 'patch',
  actor: { kind: 'key', id: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90', name: 'The treaty section' },
  time: '2026-01-31T09:30:00.000Z',
  requestId: '5b8a6c1e-0f53-4c57-9d2a-3f1f7a0f6f0e',
  reason: 'The treaty series gives another date.',
  redactedBy: null,
  mergedInto: null,
}

/** Maximum version: the largest PostgreSQL integer. */
export const maxVersion = 2_147_483_647

/** Path parameter: the number of a version. */
export const versionParameter = singleValueParameter(
  wholeNumber(maxVersion),
  'Number of a version.',
  z.int().min(1).max(maxVersion),
)
