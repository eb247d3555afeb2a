import { index, pgTable, text } from 'drizzle-orm/pg-core'
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
    index('sources_search').using('gin', table.search),
  ],
)
