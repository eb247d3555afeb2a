import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { partIndex, titleIndexes } from '../folding.ts'
import { codeOrder, dayOrder, orderIndexes, textOrder } from '../ordering.ts'
import { spanIndex } from '../spans.ts'
import {
  agreementKinds,
  agreementLevels,
  agreementStatuses,
  relationKinds,
  renewals,
} from '../vocabularies.ts'
import {
  edtfDate,
  filled,
  holds,
  oneOf,
  revisionColumns,
  searchColumn,
  uuidKey,
  versioned,
} from './columns.ts'

/** What has been agreed. Its parties are in `participations`. */
export const agreements = pgTable(
  'agreements',
  {
    id: uuidKey(),
    title: text('title').notNull(),
    kind: text('kind', { enum: agreementKinds }).notNull(),
    level: text('level', { enum: agreementLevels }),
    status: text('status', { enum: agreementStatuses }),
    ...edtfDate('signedOn', 'signed_on'),
    ...edtfDate('provisionalFrom', 'provisional_from'),
    ...edtfDate('inForceFrom', 'in_force_from'),
    ...edtfDate('expiresOn', 'expires_on'),
    ...edtfDate('terminatedOn', 'terminated_on'),
    renewal: text('renewal', { enum: renewals }),
    place: text('place'),
    occasion: text('occasion'),
    summary: text('summary'),
    languages: text('languages').array().notNull().default([]),
    ...revisionColumns,
    search: searchColumn({ A: ['title'], B: ['summary', 'occasion', 'place'] }),
  },
  (table) => [
    filled('agreements_title_filled', table.title),
    oneOf('agreements_kind_known', table.kind, agreementKinds),
    oneOf('agreements_level_known', table.level, agreementLevels),
    oneOf('agreements_status_known', table.status, agreementStatuses),
    oneOf('agreements_renewal_known', table.renewal, renewals),
    ...orderIndexes('agreements_by_title', textOrder(table.title), table.id, table.title),
    ...orderIndexes('agreements_by_kind', codeOrder(table.kind), table.id, table.kind),
    ...orderIndexes('agreements_by_level', codeOrder(table.level), table.id, table.level),
    ...orderIndexes('agreements_by_status', codeOrder(table.status), table.id, table.status),
    ...orderIndexes(
      'agreements_by_signed_on',
      dayOrder(table.signedOnEarliest),
      table.id,
      table.signedOnEarliest,
    ),
    ...orderIndexes(
      'agreements_by_provisional_from',
      dayOrder(table.provisionalFromEarliest),
      table.id,
      table.provisionalFromEarliest,
    ),
    ...orderIndexes(
      'agreements_by_in_force_from',
      dayOrder(table.inForceFromEarliest),
      table.id,
      table.inForceFromEarliest,
    ),
    ...orderIndexes(
      'agreements_by_expires_on',
      dayOrder(table.expiresOnEarliest),
      table.id,
      table.expiresOnEarliest,
    ),
    ...orderIndexes(
      'agreements_by_terminated_on',
      dayOrder(table.terminatedOnEarliest),
      table.id,
      table.terminatedOnEarliest,
    ),
    spanIndex('agreements_signed_on_span', table.signedOnEarliest, table.signedOnLatest),
    spanIndex('agreements_provisional_from_span', table.provisionalFromEarliest, table.provisionalFromLatest),
    spanIndex('agreements_in_force_from_span', table.inForceFromEarliest, table.inForceFromLatest),
    spanIndex('agreements_expires_on_span', table.expiresOnEarliest, table.expiresOnLatest),
    spanIndex('agreements_terminated_on_span', table.terminatedOnEarliest, table.terminatedOnLatest),
    index('agreements_renewal').on(table.renewal),
    index('agreements_by_created_at').on(table.createdAt, table.id),
    index('agreements_by_updated_at').on(table.updatedAt, table.id),
    index('agreements_search').using('gin', table.search),
    ...titleIndexes('agreements', table.title),
    partIndex('agreements_title_part', table.title),
    partIndex('agreements_summary_part', table.summary),
    partIndex('agreements_place_part', table.place),
    partIndex('agreements_occasion_part', table.occasion),
    index('agreements_languages').using('gin', table.languages),
  ],
)

const agreement = () =>
  uuid('agreement_id')
    .notNull()
    .references(() => agreements.id, { onDelete: 'cascade' })

/** Periods that an agreement was concluded or renewed for. */
export const agreementTerms = pgTable(
  'agreement_terms',
  {
    agreementId: agreement(),
    position: integer('position').notNull(),
    ...edtfDate('startsOn', 'starts_on'),
    ...edtfDate('endsOn', 'ends_on'),
    note: text('note'),
    ...versioned,
  },
  (table) => [primaryKey({ columns: [table.agreementId, table.position] })],
)

/** What an agreement does to another one. */
export const agreementRelations = pgTable(
  'agreement_relations',
  {
    agreementId: agreement(),
    position: integer('position').notNull(),
    kind: text('kind', { enum: relationKinds }).notNull(),
    agreement: uuid('related_id')
      .notNull()
      .references(() => agreements.id),
    ...versioned,
  },
  (table) => [
    primaryKey({ columns: [table.agreementId, table.position] }),
    unique('agreement_relations_unique').on(table.agreementId, table.kind, table.agreement),
    oneOf('agreement_relations_kind_known', table.kind, relationKinds),
    holds('agreement_relations_other', sql`${table.agreement} <> ${table.agreementId}`),
    index('agreement_relations_related').on(table.agreement),
  ],
)

/** Texts of an agreement. */
export const agreementDocuments = pgTable(
  'agreement_documents',
  {
    agreementId: agreement(),
    position: integer('position').notNull(),
    title: text('title').notNull(),
    url: text('url'),
    language: text('language'),
    ...versioned,
  },
  (table) => [
    primaryKey({ columns: [table.agreementId, table.position] }),
    filled('agreement_documents_title_filled', table.title),
    partIndex('agreement_documents_title_part', table.title),
  ],
)
