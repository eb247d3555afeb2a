import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { citations as table } from '../database/tables/citations.ts'
import { citationRanks } from '../database/vocabularies.ts'
import { listed } from '../problems/suggest.ts'
import { byValue, byWord, itself } from '../query/dimensions.ts'
import { anyOf, anyWhere, anyWord, fullText, text } from '../query/filters.ts'
import { byCode, byText } from '../query/sorts.ts'
import { externalIdsIn } from './collections.ts'
import { named } from './components.ts'
import { externalIdFilter, recordFilters, recordSorts } from './conditions.ts'
import { includedOne } from './inclusions.ts'
import { externalIdsPart } from './parts/links.ts'
import type { ColumnsPart } from './parts/part.ts'
import { checkProperty } from './parts/property-pointer.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { sources } from './sources.ts'
import { externalIds, keys, line, optional, prose, reference } from './values.ts'

const key: Key = { property: 'id', column: table.id, schema: keys.uuid(), madeBy: 'registry' }

/** The records that a citation can speak of: the form of their keys, and the column that points to them. */
const citable = {
  regions: { id: reference.region(), column: table.regionCode, property: 'regionCode' },
  countries: { id: reference.country(), column: table.countryCode, property: 'countryCode' },
  topics: { id: reference.topic(), column: table.topicSlug, property: 'topicSlug' },
  organizations: { id: reference.organization(), column: table.organizationId, property: 'organizationId' },
  sources: { id: reference.source(), column: table.citedSourceId, property: 'citedSourceId' },
  agreements: { id: reference.agreement(), column: table.agreementId, property: 'agreementId' },
  projects: { id: reference.project(), column: table.projectId, property: 'projectId' },
  'cooperation-bases': {
    id: reference.base(),
    column: table.cooperationBaseId,
    property: 'cooperationBaseId',
  },
  'assistance-programs': {
    id: reference.program(),
    column: table.assistanceProgramId,
    property: 'assistanceProgramId',
  },
  figures: { id: reference.figure(), column: table.figureId, property: 'figureId' },
} satisfies Record<string, { id: z.ZodType; column: PgColumn; property: string }>

type Citable = keyof typeof citable

// Object.keys forgets the names of the object's own literal keys.
const citableNames = Object.keys(citable) as [Citable, ...Citable[]]

const variant = (name: Citable) => z.strictObject({ resource: z.literal(name), id: citable[name].id })

const [first, ...others] = citableNames
const record = named(
  'CitedRecord',
  z
    .discriminatedUnion('resource', [variant(first), ...others.map(variant)], {
      error: ({ input }) =>
        input === undefined ? 'is required' : `resource must be one of ${listed(citableNames)}`,
    })
    .meta({
      description: 'The record that a citation speaks of.',
      examples: [{ resource: 'countries', id: 'PAK' }],
    }),
)

type CitedRecord = { resource: Citable; id: string }

const nameOfResource = sql`case ${sql.join(
  citableNames.map((name) => sql`when ${citable[name].column} is not null then ${sql.raw(`'${name}'`)}`),
  sql` `,
)} end`

const recordPart: ColumnsPart<CitedRecord> = {
  kind: 'columns',
  json: (() => {
    const columns = citableNames.map((name) => citable[name].column)
    const ids = columns.map((column): SQL => sql`${column}::text`)
    return sql`(select row_to_json(part) from (select ${nameOfResource} as resource, coalesce(${sql.join(ids, sql`, `)}) as id) part)`
  })(),
  columns: ({ resource, id }) =>
    Object.fromEntries(citableNames.map((name) => [citable[name].property, name === resource ? id : null])),
}

const locator = named(
  'Locator',
  z
    .strictObject({
      paragraph: optional(line(50)).meta({
        description: 'Paragraph, counted from 1 in the body of the text.',
      }),
      page: optional(line(50)).meta({ description: 'Page, as printed.' }),
    })
    .meta({ description: 'Where in the source it stands.', examples: [{ paragraph: '1', page: null }] }),
)

const locatorPart: ColumnsPart<z.output<typeof locator> | null> = {
  kind: 'columns',
  json: sql`case when num_nonnulls(${table.paragraph}, ${table.page}) > 0 then (select row_to_json(part) from (select ${table.paragraph} as paragraph, ${table.page} as page) part) end`,
  columns: (value) => ({ paragraph: value?.paragraph ?? null, page: value?.page ?? null }),
}

export const citations: Resource = defineResource({
  name: 'citations',
  singular: 'Citation',
  plural: 'Citations',
  noun: 'citation',
  description:
    'What supports one fact: a source, the record and property that it speaks of, and where it says so.',
  table,
  key,
  naming: { title: table.excerpt, prose: [table.note] },
  document: z
    .strictObject({
      source: reference.source(),
      record,
      property: optional(
        z
          .string()
          .max(200)
          .regex(/^(\/([^/~]|~[01])*)+$/, { error: 'must be a JSON pointer, such as /signedOn' }),
      ).meta({ description: 'JSON pointer to the property that is supported; null for the whole record.' }),
      locator: optional(locator),
      excerpt: optional(line(300)).meta({ description: 'A few words of the source.' }),
      note: optional(prose()).meta({ description: 'What is supported, and what is doubtful about it.' }),
      rank: z
        .enum(citationRanks)
        .default('normal')
        .meta({ description: 'Weight beside other citations of the fact.' }),
      externalIds: externalIds(),
    })
    .superRefine(checkProperty),
  parts: { record: recordPart, locator: locatorPart, externalIds: externalIdsPart('citationId', table.id) },
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'excerpts and notes'),
    source: anyOf(table.source, keys.uuid(), 'Source that is cited.'),
    resource: anyWhere(
      z.enum(citableNames),
      'Resource of the record that is spoken of.',
      (values) =>
        sql`(${sql.join(
          citableNames.map(
            (name) =>
              sql`(${citable[name].column} is not null and ${sql.raw(`'${name}'`)} = any(${values}::text[]))`,
          ),
          sql` or `,
        )})`,
    ),
    record: anyWhere(
      z.string().regex(/^[0-9A-Za-z-]{3,100}$/, { error: 'must be the id, code or slug of a record' }),
      'Key of the record that is spoken of.',
      (values) =>
        sql`(${sql.join(
          citableNames.map((name) => sql`${citable[name].column}::text = any(${values}::text[])`),
          sql` or `,
        )})`,
    ),
    property: anyWord(
      table.property,
      z.string().min(1).max(200),
      'JSON pointer to the property that is supported.',
    ),
    excerpt: text(table.excerpt, 'A few words of the source.'),
    note: text(table.note, 'What is supported or doubtful.'),
    paragraph: anyOf(table.paragraph, line(50), 'Paragraph of the source.'),
    page: anyOf(table.page, line(50), 'Page of the source.'),
    rank: anyWord(table.rank, z.enum(citationRanks), 'Weight beside other citations.'),
    externalId: externalIdFilter('citationId', table.id),
  },
  collections: () => ({ externalIds: externalIdsIn('citationId') }),
  sorts: {
    ...recordSorts(table, key),
    property: byCode(table.property, 'Property that is supported.'),
    rank: byCode(table.rank, 'Rank, as a word.'),
    paragraph: byText(table.paragraph, 'Paragraph, as text.'),
  },
  dimensions: {
    resource: {
      description: 'Resource of the record that is spoken of.',
      type: 'text',
      values: { kind: 'one', value: nameOfResource },
      text: itself,
      label: (name) => sql`replace(${name}, '-', ' ')`,
      asks: { filter: 'resource', finds: 'eq', lacks: 'isNull', none: 'true' },
    },
    source: byValue(
      table.source,
      'source',
      'Source that is cited.',
      (id) => sql`(select title from sources where sources.id = ${id})`,
    ),
    property: byValue(table.property, 'property', 'Property that is supported, as a JSON pointer.'),
    rank: byWord(table.rank, 'rank', 'Weight beside other citations.'),
  },
  measures: {},
  includes: () => ({ sourceDetails: includedOne(sources, 'the source, as a record.', table.source) }),
  example: {
    source: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f92',
    record: { resource: 'agreements', id: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90' },
    property: '/signedOn',
    locator: { paragraph: '1', page: null },
    excerpt: 'In April 2011, China and Pakistan signed',
    note: 'Month of signature; the day is not given.',
    rank: 'normal',
    externalIds: [{ scheme: 'interview-2011', id: 'F01' }],
  },
})
