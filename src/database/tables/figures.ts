import { index, numeric, pgTable, text } from 'drizzle-orm/pg-core'
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
    index('figures_search').using('gin', table.search),
  ],
)
