import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { nameIndexes, nameLines, partIndex } from '../folding.ts'
import { codeOrder, orderIndexes, textOrder } from '../ordering.ts'
import { organizationTypes } from '../vocabularies.ts'
import { filled, holds, oneOf, revisionColumns, searchColumn, uuidKey } from './columns.ts'
import { type Alias, countries } from './countries.ts'

/** Ministries, institutes, companies, UN bodies. */
export const organizations = pgTable(
  'organizations',
  {
    id: uuidKey(),
    name: text('name').notNull(),
    acronym: text('acronym'),
    type: text('type', { enum: organizationTypes }).notNull(),
    country: text('country').references(() => countries.code),
    parent: uuid('parent').references((): AnyPgColumn => organizations.id),
    website: text('website'),
    ror: text('ror').unique('organizations_ror_unique'),
    aliases: jsonb('aliases').$type<Alias[]>().notNull().default([]),
    ...revisionColumns,
    search: searchColumn({ A: ['name', 'acronym', 'alias_names(aliases)'] }),
  },
  (table) => [
    filled('organizations_name_filled', table.name),
    oneOf('organizations_type_known', table.type, organizationTypes),
    holds('organizations_aliases_form', sql`is_alias_list(${table.aliases})`),
    index('organizations_country').on(table.country),
    index('organizations_parent').on(table.parent),
    ...orderIndexes('organizations_by_name', textOrder(table.name), table.id, table.name),
    ...orderIndexes('organizations_by_acronym', textOrder(table.acronym), table.id, table.acronym),
    ...orderIndexes('organizations_by_type', codeOrder(table.type), table.id, table.type),
    ...orderIndexes('organizations_by_country', codeOrder(table.country), table.id, table.country),
    index('organizations_by_created_at').on(table.createdAt, table.id),
    index('organizations_by_updated_at').on(table.updatedAt, table.id),
    index('organizations_search').using('gin', table.search),
    ...nameIndexes('organizations', table.name, nameLines(table.name, table.acronym, table.aliases)),
    partIndex('organizations_name_part', table.name),
    partIndex('organizations_acronym_part', table.acronym),
  ],
)
