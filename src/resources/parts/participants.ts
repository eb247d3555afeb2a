import { sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Transaction } from '../../database/database.ts'
import { deleteRows, insertRows } from '../../database/rows.ts'
import { participationActions, participations } from '../../database/tables/participations.ts'
import { actionKinds, rolesOf } from '../../database/vocabularies.ts'
import { named } from '../components.ts'
import { edtf, line, optional, prose, reference } from '../values.ts'
import { type CooperationOwner, columnList } from './links.ts'
import { jsonRows, type Owned, positioned, type RowsPart } from './part.ts'

const actor = {
  country: optional(reference.country()),
  organization: optional(reference.organization()),
  region: optional(reference.region()),
}

const contribution = optional(prose(1000)).meta({ description: 'What the participant brings in.' })

type Actor = { [Kind in keyof typeof actor]: string | null }

const actorOf = (value: Actor) => value.country ?? value.organization ?? value.region

/** Exactly one actor in each entry, and no actor twice in the same role. */
function checkActors(list: (Actor & { role: string })[], context: z.RefinementCtx) {
  const seen = new Set<string>()
  list.forEach((entry, at) => {
    const given = [entry.country, entry.organization, entry.region].filter((value) => value !== null).length
    if (given !== 1) {
      const message = `names ${given === 0 ? 'no actor' : `${given} actors`}: give exactly one of country, organization and region`
      context.addIssue({ code: 'custom', path: [at], message })
      return
    }
    const identity = `${actorOf(entry)} ${entry.role}`
    if (seen.has(identity)) {
      context.addIssue({
        code: 'custom',
        path: [at],
        message: `${actorOf(entry)} is there already as ${entry.role}`,
      })
    }
    seen.add(identity)
  })
}

/**
 * Schema of a record's participants.
 * @param id name of one participant in the OpenAPI document.
 */
export function participants<Subject extends Exclude<keyof typeof rolesOf, 'agreements'>>(
  id: string,
  subject: Subject,
) {
  const roles: readonly [string, ...string[]] = rolesOf[subject]
  const participant = named(
    id,
    z.strictObject({ ...actor, role: z.enum(roles), contribution }).meta({
      description: 'Who takes part: exactly one of country, organization and region.',
      examples: [{ country: 'CHN', organization: null, region: null, role: roles[0], contribution: null }],
    }),
  )
  return z.array(participant).max(500).default([]).superRefine(checkActors)
}

const action = named(
  'PartyAction',
  z
    .strictObject({
      kind: z.enum(actionKinds),
      date: edtf('When it was done.'),
      note: optional(prose(1000)),
    })
    .meta({
      description: 'What a party did, and when.',
      examples: [{ kind: 'signed', date: '2011-04', note: null }],
    }),
)

const party = named(
  'AgreementParty',
  z
    .strictObject({
      ...actor,
      role: z.enum(rolesOf.agreements),
      contribution,
      signatory: optional(line(300)).meta({ description: 'Who signed for it.' }),
      actions: z.array(action).max(100).default([]),
    })
    .meta({
      description: 'Who is party to an agreement: exactly one of country, organization and region.',
      examples: [
        {
          country: 'PAK',
          organization: null,
          region: null,
          role: 'party',
          contribution: null,
          signatory: null,
          actions: [{ kind: 'signed', date: '2011-04', note: null }],
        },
      ],
    }),
)

/** Schema of the parties to an agreement. */
export const parties = () => z.array(party).max(500).default([]).superRefine(checkActors)

type Participant = Actor & { role: string; contribution: string | null }
type Party = z.output<typeof party>

const actorProperties = ['country', 'organization', 'region', 'role', 'contribution']
const partyProperties = [...actorProperties, 'signatory']

/** Writes the rows of participants. @returns their keys, in the order of the values. */
function insertParticipations<Value extends Participant>(
  transaction: Transaction,
  owner: CooperationOwner,
  owned: Owned<Value[]>[],
  properties: string[],
): Promise<string[]> {
  const rows = owned.flatMap(({ key, value }) => {
    const given = value.map((entry) =>
      Object.fromEntries(Object.entries(entry).filter(([property]) => properties.includes(property))),
    )
    return positioned(given, { [owner]: key })
  })
  return insertRows(transaction, participations, rows, participations.id)
}

/** The participants of a record. */
export function participantsPart(owner: CooperationOwner, key: AnyPgColumn): RowsPart<Participant[]> {
  return {
    kind: 'rows',
    json: jsonRows(
      sql`select ${columnList(participations, actorProperties)} from ${participations} where ${participations[owner]} = ${key} order by ${participations.position}`,
    ),
    insert: async (transaction, owned) => {
      await insertParticipations(transaction, owner, owned, actorProperties)
    },
    clear: async (transaction, values) => {
      await deleteRows(transaction, participations, { column: participations[owner], values })
    },
  }
}

/** The parties to an agreement, with what each of them did. */
export function partiesPart(key: AnyPgColumn): RowsPart<Party[]> {
  const actions = jsonRows(
    sql`select ${columnList(participationActions, ['kind', 'date', 'note'])} from ${participationActions} where ${participationActions.participationId} = ${participations.id} order by ${participationActions.position}`,
  )
  return {
    ...participantsPart('agreementId', key),
    json: jsonRows(
      sql`select ${columnList(participations, partyProperties)}, ${actions} as actions from ${participations} where ${participations.agreementId} = ${key} order by ${participations.position}`,
    ),
    insert: async (transaction, owned) => {
      const ids = await insertParticipations(transaction, 'agreementId', owned, partyProperties)
      const parties = owned.flatMap(({ value }) => value)
      const rows = parties.flatMap((entry, at) => positioned(entry.actions, { participationId: ids[at] }))
      await insertRows(transaction, participationActions, rows, participationActions.participationId)
    },
  }
}
