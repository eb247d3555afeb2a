import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { nameIndexes, nameLines, partIndex } from '../folding.ts'
import { codeOrder, orderIndexes, textOrder } from '../ordering.ts'
import { regionKinds } from '../vocabularies.ts'
import { filled, holds, matches, oneOf, revisionColumns, searchColumn } from './columns.ts'
import type { Alias } from './countries.ts'

/** UN M49 areas, and groups of countries. */
export const regions = pgTable(
  'regions',
  {
    code: text('code').primaryKey(),
    name: text('name').notNull(),
    kind: text('kind', { enum: regionKinds }).notNull(),
    parent: text('parent').references((): AnyPgColumn => regions.code),
    aliases: jsonb('aliases').$type<Alias[]>().notNull().default([]),
    ...revisionColumns,
    search: searchColumn({ A: ['name', 'alias_names(aliases)'] }),
  },
  (table) => [
    matches('regions_code_form', table.code, '^[0-9]{3}$'),
    filled('regions_name_filled', table.name),
    oneOf('regions_kind_known', table.kind, regionKinds),
    holds('regions_aliases_form', sql`is_alias_list(${table.aliases})`),
    index('regions_parent').on(table.parent),
    ...orderIndexes('regions_by_name', textOrder(table.name), table.code, table.name),
    ...orderIndexes('regions_by_kind', codeOrder(table.kind), table.code, table.kind),
    index('regions_by_created_at').on(table.createdAt, table.code),
    index('regions_by_updated_at').on(table.updatedAt, table.code),
    index('regions_search').using('gin', table.search),
    ...nameIndexes('regions', table.name, nameLines(table.name, sql`null`, table.aliases)),
    partIndex('regions_name_part', table.name),
  ],
)
