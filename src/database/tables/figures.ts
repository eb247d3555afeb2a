import { index, numeric, pgTable, text } from 'drizzle-orm/pg-core'
import { partIndex, titleIndexes } from '../folding.ts'
import { codeOrder, dayOrder, numberOrder, orderIndexes, textOrder } from '../ordering.ts'
import { qualifiers } from '../vocabularies.ts'
import { edtfDate, filled, matches, oneOf, revisionColumns, searchColumn, uuidKey } from './columns.ts'
import { countries } from './countries.ts'

/** Published counts, and the registry query that counts the same thing. */
export const figures = pgTable(
  'figures',
  {
    id: uuidKey(),
    indicator: text('indicator').notNull(),
    title: text('title').notNull(),
    value: numeric('value', { precision: 19, scale: 4, mode: 'number' }).notNull(),
    qualifier: text('qualifier', { enum: qualifiers }).notNull().default('exact'),
    unit: text('unit').notNull(),
    country: text('country').references(() => countries.code),
    ...edtfDate('asOf', 'as_of'),
    query: text('query'),
    ...revisionColumns,
    search: searchColumn({ A: ['title'], B: ['unit'] }),
  },
  (table) => [
    matches('figures_indicator_form', table.indicator, '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'),
    filled('figures_title_filled', table.title),
    filled('figures_unit_filled', table.unit),
    oneOf('figures_qualifier_known', table.qualifier, qualifiers),
    index('figures_country').on(table.country),
    ...orderIndexes('figures_by_title', textOrder(table.title), table.id, table.title),
    ...orderIndexes('figures_by_indicator', codeOrder(table.indicator), table.id, table.indicator),
    ...orderIndexes('figures_by_value', numberOrder(table.value), table.id, table.value),
    ...orderIndexes('figures_by_as_of', dayOrder(table.asOfEarliest), table.id, table.asOfEarliest),
    index('figures_by_created_at').on(table.createdAt, table.id),
    index('figures_by_updated_at').on(table.updatedAt, table.id),
    index('figures_search').using('gin', table.search),
    ...titleIndexes('figures', table.title),
    partIndex('figures_title_part', table.title),
    partIndex('figures_unit_part', table.unit),
  ],
)
