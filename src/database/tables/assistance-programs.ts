import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { partIndex, titleIndexes } from '../folding.ts'
import { codeOrder, dayOrder, numberOrder, orderIndexes, textOrder } from '../ordering.ts'
import { spanIndex } from '../spans.ts'
import { activityStatuses, aidTypes, modalities } from '../vocabularies.ts'
import { agreements } from './agreements.ts'
import { edtfDate, filled, oneOf, revisionColumns, searchColumn, uuidKey, versioned } from './columns.ts'
import { locationChecks, locationColumns } from './locations.ts'
import { moneyChecks, moneyColumn } from './money.ts'
import { topics } from './topics.ts'

/** Help given to other countries. */
export const assistancePrograms = pgTable(
  'assistance_programs',
  {
    id: uuidKey(),
    title: text('title').notNull(),
    modality: text('modality', { enum: modalities }).notNull(),
    status: text('status', { enum: activityStatuses }),
    ...edtfDate('startsOn', 'starts_on'),
    ...edtfDate('endsOn', 'ends_on'),
    summary: text('summary'),
    ...locationColumns(),
    commitmentAmount: moneyColumn.amount('commitment_amount'),
    commitmentCurrency: moneyColumn.currency('commitment_currency'),
    aidType: text('aid_type', { enum: aidTypes }),
    crsPurpose: text('crs_purpose'),
    // Lets the purpose refer to the topics of scheme `crs`, whose codes the purposes are.
    crsScheme: text('crs_scheme').generatedAlwaysAs(sql`'crs'::text`),
    ...revisionColumns,
    search: searchColumn({ A: ['title'], B: ['summary', 'location_name'] }),
  },
  (table) => [
    filled('assistance_programs_title_filled', table.title),
    oneOf('assistance_programs_modality_known', table.modality, modalities),
    oneOf('assistance_programs_status_known', table.status, activityStatuses),
    oneOf('assistance_programs_aid_type_known', table.aidType, aidTypes),
    foreignKey({
      name: 'assistance_programs_crs_purpose_known',
      columns: [table.crsScheme, table.crsPurpose],
      foreignColumns: [topics.scheme, topics.code],
    }),
    ...locationChecks('assistance_programs', table),
    moneyChecks('assistance_programs_commitment', table.commitmentAmount, table.commitmentCurrency),
    index('assistance_programs_crs_purpose').on(table.crsPurpose),
    index('assistance_programs_location_country').on(table.locationCountry),
    ...orderIndexes('assistance_programs_by_title', textOrder(table.title), table.id, table.title),
    ...orderIndexes('assistance_programs_by_modality', codeOrder(table.modality), table.id, table.modality),
    ...orderIndexes('assistance_programs_by_status', codeOrder(table.status), table.id, table.status),
    ...orderIndexes(
      'assistance_programs_by_starts_on',
      dayOrder(table.startsOnEarliest),
      table.id,
      table.startsOnEarliest,
    ),
    ...orderIndexes(
      'assistance_programs_by_ends_on',
      dayOrder(table.endsOnEarliest),
      table.id,
      table.endsOnEarliest,
    ),
    ...orderIndexes(
      'assistance_programs_by_commitment_amount',
      numberOrder(table.commitmentAmount),
      table.id,
      table.commitmentAmount,
    ),
    spanIndex('assistance_programs_starts_on_span', table.startsOnEarliest, table.startsOnLatest),
    spanIndex('assistance_programs_ends_on_span', table.endsOnEarliest, table.endsOnLatest),
    index('assistance_programs_commitment_currency').on(table.commitmentCurrency),
    index('assistance_programs_aid_type').on(table.aidType),
    index('assistance_programs_by_created_at').on(table.createdAt, table.id),
    index('assistance_programs_by_updated_at').on(table.updatedAt, table.id),
    index('assistance_programs_search').using('gin', table.search),
    ...titleIndexes('assistance_programs', table.title),
    partIndex('assistance_programs_title_part', table.title),
    partIndex('assistance_programs_summary_part', table.summary),
  ],
)

/** Agreements that a program came from. */
export const assistanceProgramAgreements = pgTable(
  'assistance_program_agreements',
  {
    assistanceProgramId: uuid('assistance_program_id')
      .notNull()
      .references(() => assistancePrograms.id, { onDelete: 'cascade' }),
    agreement: uuid('agreement_id')
      .notNull()
      .references(() => agreements.id),
    position: integer('position').notNull(),
    ...versioned,
  },
  (table) => [
    primaryKey({ columns: [table.assistanceProgramId, table.agreement] }),
    index('assistance_program_agreements_agreement').on(table.agreement),
  ],
)
