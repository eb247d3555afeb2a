import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { citations as citationsTable } from '../database/tables/citations.ts'
import { sources as table } from '../database/tables/sources.ts'
import { sourceKinds } from '../database/vocabularies.ts'
import { byValue, byWord, byDate as groupByDate } from '../query/dimensions.ts'
import { anyOf, anyWord, edtfDate, fullText, text } from '../query/filters.ts'
import { byCode, byDate, byText } from '../query/sorts.ts'
import { citations } from './citations.ts'
import { citationsIn, externalIdsIn } from './collections.ts'
import { externalIdFilter, recordFilters, recordSorts } from './conditions.ts'
import { citationsOf, included } from './inclusions.ts'
import { externalIdsPart } from './parts/links.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { edtf, externalIds, keys, language, line, optional, prose, url } from './values.ts'

const key: Key = { property: 'id', column: table.id, schema: keys.uuid(), madeBy: 'registry' }

const publishedOn = edtf('When it was published.')
const accessedOn = edtf('When it was read for the registry.')

export const sources: Resource = defineResource({
  name: 'sources',
  singular: 'Source',
  plural: 'Sources',
  noun: 'source',
  description: 'A document that facts come from.',
  table,
  key,
  naming: {
    title: table.title,
    prose: [table.publisher, table.author, table.interviewee, table.occasion, table.context],
  },
  document: z.strictObject({
    title: line(),
    kind: z.enum(sourceKinds),
    publisher: optional(line()),
    author: optional(line()),
    interviewee: optional(line()),
    publishedOn: optional(publishedOn),
    occasion: optional(line(1000)).meta({ description: 'What it was made for.' }),
    url: optional(url()),
    language: optional(language()).meta({ description: 'BCP 47 tag.' }),
    licence: optional(line()),
    accessedOn: optional(accessedOn),
    context: optional(prose()).meta({
      description: 'What the source says of its time and plans that is no fact about one record.',
    }),
    externalIds: externalIds(),
  }),
  parts: { externalIds: externalIdsPart('sourceId', table.id) },
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'titles, publishers, people, occasions and contexts'),
    title: text(table.title, 'Title.'),
    author: text(table.author, 'Author.'),
    interviewee: text(table.interviewee, 'Who is interviewed.'),
    occasion: text(table.occasion, 'What it was made for.'),
    context: text(table.context, 'What the source says of its time.'),
    kind: anyWord(table.kind, z.enum(sourceKinds), 'Kind of source.'),
    publisher: text(table.publisher, 'Publisher, as written.'),
    language: anyOf(table.language, language(), 'BCP 47 tag, as written.'),
    publishedOn: edtfDate(table, 'publishedOn', publishedOn, 'When it was published.'),
    accessedOn: edtfDate(table, 'accessedOn', accessedOn, 'When it was read for the registry.'),
    externalId: externalIdFilter('sourceId', table.id),
  },
  collections: () => ({ citations: citationsIn('citedSourceId'), externalIds: externalIdsIn('sourceId') }),
  sorts: {
    ...recordSorts(table, key),
    title: byText(table.title, 'Title.'),
    publisher: byText(table.publisher, 'Publisher.'),
    kind: byCode(table.kind, 'Kind of source.'),
    publishedOn: byDate(table, 'publishedOn', 'When it was published.'),
    accessedOn: byDate(table, 'accessedOn', 'When it was read.'),
  },
  dimensions: {
    kind: byWord(table.kind, 'kind', 'Kind of source.'),
    publisher: byValue(table.publisher, 'publisher', 'Publisher, as written.'),
    language: byValue(table.language, 'language', 'BCP 47 tag, as written.'),
    ...groupByDate(table, 'publishedOn', 'published', 'in which it was published'),
    ...groupByDate(table, 'accessedOn', 'accessed', 'in which it was read for the registry'),
  },
  measures: {},
  includes: () => ({
    citations: citationsOf('citedSourceId', table.id),
    supports: included(
      citations,
      'every citation of this source, whatever it speaks of.',
      sql`${citationsTable.source} = ${table.id}`,
    ),
  }),
  example: {
    title: 'Scientific and Technological Diplomacy',
    kind: 'interview',
    publisher: 'China Internet Information Center',
    author: null,
    interviewee: 'Jin Xiaoming',
    publishedOn: '2011-08',
    occasion: 'Ninth Working Conference on Scientific and Technological Diplomacy',
    url: null,
    language: 'en',
    licence: null,
    accessedOn: null,
    context: null,
    externalIds: [{ scheme: 'interview-2011', id: 'interview' }],
  },
})
