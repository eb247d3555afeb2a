import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { nameIndexes, nameLines, partIndex } from '../folding.ts'
import { codeOrder, orderIndexes, textOrder } from '../ordering.ts'
import { topicSchemes } from '../vocabularies.ts'
import { filled, holds, matches, oneOf, revisionColumns, searchColumn } from './columns.ts'
import type { Alias } from './countries.ts'

/** What records are about: fields of research, global challenges, domains, aid purposes. */
export const topics = pgTable(
  'topics',
  {
    slug: text('slug').primaryKey(),
    name: text('name').notNull(),
    scheme: text('scheme', { enum: topicSchemes }).notNull(),
    code: text('code'),
    broader: text('broader').references((): AnyPgColumn => topics.slug),
    aliases: jsonb('aliases').$type<Alias[]>().notNull().default([]),
    ...revisionColumns,
    search: searchColumn({ A: ['name', 'alias_names(aliases)'] }),
  },
  (table) => [
    matches('topics_slug_form', table.slug, '^[a-z0-9]+(-[a-z0-9]+)*$'),
    filled('topics_name_filled', table.name),
    filled('topics_code_filled', table.code),
    oneOf('topics_scheme_known', table.scheme, topicSchemes),
    holds('topics_aliases_form', sql`is_alias_list(${table.aliases})`),
    unique('topics_code_unique').on(table.scheme, table.code),
    index('topics_broader').on(table.broader),
    ...orderIndexes('topics_by_name', textOrder(table.name), table.slug, table.name),
    ...orderIndexes('topics_by_scheme', codeOrder(table.scheme), table.slug, table.scheme),
    ...orderIndexes('topics_by_code', codeOrder(table.code), table.slug, table.code),
    index('topics_by_created_at').on(table.createdAt, table.slug),
    index('topics_by_updated_at').on(table.updatedAt, table.slug),
    index('topics_search').using('gin', table.search),
    ...nameIndexes('topics', table.name, nameLines(table.name, sql`null`, table.aliases)),
    partIndex('topics_name_part', table.name),
  ],
)
