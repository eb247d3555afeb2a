import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { partIndex } from '../folding.ts'
import { spanIndex } from '../spans.ts'
import { actionKinds, rolesOf } from '../vocabularies.ts'
import { edtfDate, exactlyOne, holds, ofOwner, oneOf, uuidKey, versioned } from './columns.ts'
import { countries } from './countries.ts'
import { organizations } from './organizations.ts'
import { regions } from './regions.ts'
import { cooperationColumns } from './subjects.ts'

const roles = (subject: keyof typeof rolesOf) =>
  sql.raw(rolesOf[subject].map((role) => `'${role}'`).join(', '))

/** Who takes part in what, and as what: one table, so that "everything with Pakistan" is one index lookup. */
export const participations = pgTable(
  'participations',
  {
    id: uuidKey(),
    ...cooperationColumns(),
    position: integer('position').notNull(),
    country: text('country').references(() => countries.code),
    organization: uuid('organization').references(() => organizations.id),
    region: text('region').references(() => regions.code),
    role: text('role').notNull(),
    contribution: text('contribution'),
    signatory: text('signatory'),
    ...versioned,
  },
  (table) => [
    exactlyOne('participations_subject', [
      table.agreementId,
      table.projectId,
      table.cooperationBaseId,
      table.assistanceProgramId,
    ]),
    exactlyOne('participations_actor', [table.country, table.organization, table.region]),
    check(
      'participations_role_known',
      sql`case
        when ${table.agreementId} is not null then ${table.role} in (${roles('agreements')})
        when ${table.projectId} is not null then ${table.role} in (${roles('projects')})
        when ${table.cooperationBaseId} is not null then ${table.role} in (${roles('cooperation-bases')})
        else ${table.role} in (${roles('assistance-programs')})
      end`,
    ),
    holds(
      'participations_signatory_of_agreement',
      sql`${table.signatory} is null or ${table.agreementId} is not null`,
    ),
    unique('participations_once')
      .on(
        table.agreementId,
        table.projectId,
        table.cooperationBaseId,
        table.assistanceProgramId,
        table.country,
        table.organization,
        table.region,
        table.role,
      )
      .nullsNotDistinct(),
    ofOwner('participations_agreement', table.agreementId, table.position),
    ofOwner('participations_project', table.projectId, table.position),
    ofOwner('participations_cooperation_base', table.cooperationBaseId, table.position),
    ofOwner('participations_assistance_program', table.assistanceProgramId, table.position),
    index('participations_country').on(table.country),
    index('participations_organization').on(table.organization),
    index('participations_region').on(table.region),
    index('participations_role').on(table.role),
    partIndex('participations_signatory_part', table.signatory),
    partIndex('participations_contribution_part', table.contribution),
  ],
)

/** What a party did about an agreement, and when. */
export const participationActions = pgTable(
  'participation_actions',
  {
    participationId: uuid('participation_id')
      .notNull()
      .references(() => participations.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    kind: text('kind', { enum: actionKinds }).notNull(),
    ...edtfDate('date', 'date'),
    note: text('note'),
    ...versioned,
  },
  (table) => [
    primaryKey({ columns: [table.participationId, table.position] }),
    spanIndex('participation_actions_date_span', table.dateEarliest, table.dateLatest),
    oneOf('participation_actions_kind_known', table.kind, actionKinds),
  ],
)
