import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import {
  edtfColumns,
  exactlyOne,
  filled,
  literal,
  literals,
  matches,
  oneOf,
  positionColumn,
  rowStart,
} from '../database/columns.ts'
import { foldCode, trigramIndex } from '../database/folding.ts'
import { recordColumns, recordForeignKey } from '../database/tables/records.ts'
import type { Registry } from './registry.ts'
import { actionKinds } from './vocabularies.ts'

/**
 * Tables whose rows belong to records of several resources. The declarations define which resources have participants, in
 * which roles, and which have topics and external ids.
 */

/** Returns the check constraint that rows belong to records of these resources; an empty list if there are no resources. */
const resourceChecks = (name: string, column: Parameters<typeof oneOf>[1], resources: string[]) =>
  resources.length > 0 ? [oneOf(name, column, resources)] : []

/** The participants of all records, with their roles, in one table, so that one index finds all records of a country. */
function makeParticipations(registry: Registry) {
  return pgTable(
    'participations',
    {
      ...recordColumns(),
      position: positionColumn(),
      country: text('country').references(() => registry.keyColumn('countries')),
      organization: uuid('organization').references(() => registry.keyColumn('organizations')),
      region: text('region').references(() => registry.keyColumn('regions')),
      role: text('role').notNull(),
      contribution: text('contribution'),
      signatory: text('signatory'),
      ...rowStart(),
    },
    (table) => {
      const declared = [...registry.participants]
      const withParties = declared.filter(([, { areParties }]) => areParties).map(([name]) => name)
      const roles = declared.map(
        ([name, { roles }]) =>
          sql`when ${table.resource} = ${literal(name)} then ${table.role} in (${literals(roles)})`,
      )
      return [
        primaryKey({ columns: [table.record, table.position] }),
        recordForeignKey('participations', table),
        exactlyOne('participations_actor', [table.country, table.organization, table.region]),
        check('participations_role_known', sql`case ${sql.join(roles, sql` `)} else false end`),
        check(
          'participations_signatory_of_party',
          sql`${table.signatory} is null or ${table.resource} in (${literals(withParties)})`,
        ),
        unique('participations_once')
          .on(table.record, table.country, table.organization, table.region, table.role)
          .nullsNotDistinct(),
        index('participations_country').on(table.country, table.resource, table.record),
        index('participations_organization').on(table.organization, table.resource, table.record),
        index('participations_region').on(table.region, table.resource, table.record),
        index('participations_role').on(table.role, table.resource),
        trigramIndex('participations_signatory_part', table.signatory),
        trigramIndex('participations_contribution_part', table.contribution),
      ]
    },
  )
}

/** The dated actions of parties, such as signatures. */
function makeParticipationActions(participations: ReturnType<typeof makeParticipations>) {
  return pgTable(
    'participation_actions',
    {
      record: uuid('record').notNull(),
      /** The position of the party in the record's list of parties. */
      party: integer('party').notNull(),
      position: positionColumn(),
      kind: text('kind', { enum: actionKinds }).notNull(),
      ...edtfColumns('date'),
      note: text('note'),
      ...rowStart(),
    },
    (table) => [
      primaryKey({ columns: [table.record, table.party, table.position] }),
      foreignKey({
        name: 'participation_actions_party',
        columns: [table.record, table.party],
        foreignColumns: [participations.record, participations.position],
      }).onDelete('cascade'),
      oneOf('participation_actions_kind_known', table.kind, actionKinds),
      check('participation_actions_dated', sql`date is not null`),
    ],
  )
}

/** The topics of all records. */
const makeTopicLinks = (registry: Registry) =>
  pgTable(
    'topic_links',
    {
      ...recordColumns(),
      position: positionColumn(),
      topic: text('topic')
        .notNull()
        .references(() => registry.keyColumn('topics')),
      ...rowStart(),
    },
    (table) => [
      primaryKey({ columns: [table.record, table.position] }),
      recordForeignKey('topic_links', table),
      ...resourceChecks('topic_links_resource_known', table.resource, registry.withTopics),
      unique('topic_links_once').on(table.topic, table.resource, table.record),
    ],
  )

/** Identifiers of records in external systems. A pair of scheme and id identifies at most one record of a resource. */
const makeExternalIds = (registry: Registry) =>
  pgTable(
    'external_ids',
    {
      ...recordColumns(),
      position: positionColumn(),
      scheme: text('scheme').notNull(),
      id: text('id').notNull(),
      ...rowStart(),
    },
    (table) => [
      primaryKey({ columns: [table.record, table.position] }),
      recordForeignKey('external_ids', table),
      ...resourceChecks('external_ids_resource_known', table.resource, registry.withExternalIds),
      matches('external_ids_scheme_form', table.scheme, '^[a-z0-9][a-z0-9._-]*$'),
      filled('external_ids_id_filled', table.id),
      uniqueIndex('external_ids_unique').on(table.scheme, foldCode(table.id), table.resource),
      trigramIndex('external_ids_id_part', table.id),
    ],
  )

/** The tables that resources share. */
export type SharedTables = ReturnType<typeof makeSharedTables>

/**
 * Creates the tables that resources share. The registry need not have the tables of resources yet: drizzle resolves the references
 * to them later, at the first use.
 */
export function makeSharedTables(registry: Registry) {
  const participations = makeParticipations(registry)
  return {
    participations,
    participationActions: makeParticipationActions(participations),
    topicLinks: makeTopicLinks(registry),
    externalIds: makeExternalIds(registry),
  }
}
