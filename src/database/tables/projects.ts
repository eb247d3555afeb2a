import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { partIndex, titleIndexes } from '../folding.ts'
import { codeOrder, dayOrder, numberOrder, orderIndexes, textOrder } from '../ordering.ts'
import { spanIndex } from '../spans.ts'
import { activityStatuses, projectKinds } from '../vocabularies.ts'
import { agreements } from './agreements.ts'
import { edtfDate, filled, oneOf, revisionColumns, searchColumn, uuidKey, versioned } from './columns.ts'
import { locationChecks, locationColumns } from './locations.ts'
import { moneyChecks, moneyColumn } from './money.ts'

/** Work done together. */
export const projects = pgTable(
  'projects',
  {
    id: uuidKey(),
    title: text('title').notNull(),
    kind: text('kind', { enum: projectKinds }).notNull(),
    status: text('status', { enum: activityStatuses }),
    ...edtfDate('startsOn', 'starts_on'),
    ...edtfDate('endsOn', 'ends_on'),
    summary: text('summary'),
    outcomes: text('outcomes'),
    ...locationColumns(),
    budgetAmount: moneyColumn.amount('budget_amount'),
    budgetCurrency: moneyColumn.currency('budget_currency'),
    ...revisionColumns,
    search: searchColumn({ A: ['title'], B: ['summary', 'outcomes', 'location_name'] }),
  },
  (table) => [
    filled('projects_title_filled', table.title),
    oneOf('projects_kind_known', table.kind, projectKinds),
    oneOf('projects_status_known', table.status, activityStatuses),
    ...locationChecks('projects', table),
    moneyChecks('projects_budget', table.budgetAmount, table.budgetCurrency),
    index('projects_location_country').on(table.locationCountry),
    ...orderIndexes('projects_by_title', textOrder(table.title), table.id, table.title),
    ...orderIndexes('projects_by_kind', codeOrder(table.kind), table.id, table.kind),
    ...orderIndexes('projects_by_status', codeOrder(table.status), table.id, table.status),
    ...orderIndexes(
      'projects_by_starts_on',
      dayOrder(table.startsOnEarliest),
      table.id,
      table.startsOnEarliest,
    ),
    ...orderIndexes('projects_by_ends_on', dayOrder(table.endsOnEarliest), table.id, table.endsOnEarliest),
    ...orderIndexes(
      'projects_by_budget_amount',
      numberOrder(table.budgetAmount),
      table.id,
      table.budgetAmount,
    ),
    spanIndex('projects_starts_on_span', table.startsOnEarliest, table.startsOnLatest),
    spanIndex('projects_ends_on_span', table.endsOnEarliest, table.endsOnLatest),
    index('projects_budget_currency').on(table.budgetCurrency),
    index('projects_by_created_at').on(table.createdAt, table.id),
    index('projects_by_updated_at').on(table.updatedAt, table.id),
    index('projects_search').using('gin', table.search),
    ...titleIndexes('projects', table.title),
    partIndex('projects_title_part', table.title),
    partIndex('projects_summary_part', table.summary),
    partIndex('projects_outcomes_part', table.outcomes),
  ],
)

/** Agreements that a project came from. */
export const projectAgreements = pgTable(
  'project_agreements',
  {
    projectId: uuid('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    agreement: uuid('agreement_id')
      .notNull()
      .references(() => agreements.id),
    position: integer('position').notNull(),
    ...versioned,
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.agreement] }),
    index('project_agreements_agreement').on(table.agreement),
  ],
)
