import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { partIndex, titleIndexes } from '../folding.ts'
import { codeOrder, dayOrder, orderIndexes, textOrder } from '../ordering.ts'
import { sourceKinds } from '../vocabularies.ts'
import { edtfDate, filled, oneOf, revisionColumns, searchColumn, uuidKey } from './columns.ts'

/** Documents that facts come from. */
export const sources = pgTable(
  'sources',
  {
    id: uuidKey(),
    title: text('title').notNull(),
    kind: text('kind', { enum: sourceKinds }).notNull(),
    publisher: text('publisher'),
    author: text('author'),
    interviewee: text('interviewee'),
    ...edtfDate('publishedOn', 'published_on'),
    occasion: text('occasion'),
    url: text('url'),
    language: text('language'),
    licence: text('licence'),
    ...edtfDate('accessedOn', 'accessed_on'),
    context: text('context'),
    ...revisionColumns,
    search: searchColumn({
      A: ['title'],
      B: ['publisher', 'author', 'interviewee', 'occasion', 'context'],
    }),
  },
  (table) => [
    filled('sources_title_filled', table.title),
    oneOf('sources_kind_known', table.kind, sourceKinds),
    ...orderIndexes('sources_by_title', textOrder(table.title), table.id, table.title),
    ...orderIndexes('sources_by_publisher', textOrder(table.publisher), table.id, table.publisher),
    ...orderIndexes('sources_by_kind', codeOrder(table.kind), table.id, table.kind),
    ...orderIndexes(
      'sources_by_published_on',
      dayOrder(table.publishedOnEarliest),
      table.id,
      table.publishedOnEarliest,
    ),
    ...orderIndexes(
      'sources_by_accessed_on',
      dayOrder(table.accessedOnEarliest),
      table.id,
      table.accessedOnEarliest,
    ),
    index('sources_by_created_at').on(table.createdAt, table.id),
    index('sources_by_updated_at').on(table.updatedAt, table.id),
    index('sources_search').using('gin', table.search),
    ...titleIndexes('sources', table.title),
    partIndex('sources_title_part', table.title),
    partIndex('sources_author_part', table.author),
    partIndex('sources_interviewee_part', table.interviewee),
    partIndex('sources_occasion_part', table.occasion),
    partIndex('sources_context_part', table.context),
    partIndex('sources_publisher_part', table.publisher),
  ],
)
