import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { nameIndexes, nameLines, partIndex } from '../folding.ts'
import { codeOrder, dayOrder, orderIndexes, textOrder } from '../ordering.ts'
import { edtfDate, filled, holds, matches, revisionColumns, searchColumn, versioned } from './columns.ts'
import { regions } from './regions.ts'

/** Another name of a thing, and the BCP 47 language it is in. */
export type Alias = { name: string; language: string | null }

/** ISO 3166-1 countries, and the withdrawn states of ISO 3166-3. */
export const countries = pgTable(
  'countries',
  {
    code: text('code').primaryKey(),
    alpha2: text('alpha2').notNull(),
    numeric: text('numeric'),
    name: text('name').notNull(),
    officialName: text('official_name'),
    region: text('region').references(() => regions.code),
    aliases: jsonb('aliases').$type<Alias[]>().notNull().default([]),
    ...edtfDate('validFrom', 'valid_from'),
    ...edtfDate('validTo', 'valid_to'),
    ...revisionColumns,
    search: searchColumn({ A: ['name', 'official_name', 'alias_names(aliases)'] }),
  },
  (table) => [
    matches('countries_code_form', table.code, '^[A-Z]{3}$'),
    matches('countries_alpha2_form', table.alpha2, '^[A-Z]{2}$'),
    matches('countries_numeric_form', table.numeric, '^[0-9]{3}$'),
    filled('countries_name_filled', table.name),
    holds('countries_aliases_form', sql`is_alias_list(${table.aliases})`),
    // ISO has given codes of withdrawn states away again, so they are unique among the current ones only.
    uniqueIndex('countries_alpha2_unique').on(table.alpha2).where(sql`valid_to is null`),
    uniqueIndex('countries_numeric_unique').on(table.numeric).where(sql`valid_to is null`),
    index('countries_region').on(table.region),
    ...orderIndexes('countries_by_name', textOrder(table.name), table.code, table.name),
    ...orderIndexes(
      'countries_by_official_name',
      textOrder(table.officialName),
      table.code,
      table.officialName,
    ),
    ...orderIndexes('countries_by_alpha2', codeOrder(table.alpha2), table.code, table.alpha2),
    ...orderIndexes('countries_by_numeric', codeOrder(table.numeric), table.code, table.numeric),
    ...orderIndexes(
      'countries_by_valid_from',
      dayOrder(table.validFromEarliest),
      table.code,
      table.validFromEarliest,
    ),
    ...orderIndexes(
      'countries_by_valid_to',
      dayOrder(table.validToEarliest),
      table.code,
      table.validToEarliest,
    ),
    index('countries_by_created_at').on(table.createdAt, table.code),
    index('countries_by_updated_at').on(table.updatedAt, table.code),
    index('countries_search').using('gin', table.search),
    ...nameIndexes('countries', table.name, nameLines(table.name, table.officialName, table.aliases)),
    partIndex('countries_name_part', table.name),
    partIndex('countries_official_name_part', table.officialName),
  ],
)

/** The groups that a country belongs to, beside its one geographic region. */
export const countryGroups = pgTable(
  'country_groups',
  {
    country: text('country')
      .notNull()
      .references(() => countries.code, { onDelete: 'cascade' }),
    group: text('group')
      .notNull()
      .references(() => regions.code),
    position: integer('position').notNull(),
    ...versioned,
  },
  (table) => [
    primaryKey({ columns: [table.country, table.group] }),
    index('country_groups_group').on(table.group),
  ],
)

/** Which states followed a withdrawn one. */
export const countrySuccessors = pgTable(
  'country_successors',
  {
    country: text('country')
      .notNull()
      .references(() => countries.code, { onDelete: 'cascade' }),
    successor: text('successor')
      .notNull()
      .references(() => countries.code),
    position: integer('position').notNull(),
    ...versioned,
  },
  (table) => [
    primaryKey({ columns: [table.country, table.successor] }),
    index('country_successors_successor').on(table.successor),
    holds('country_successors_other', sql`${table.country} <> ${table.successor}`),
  ],
)
