import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { figures as table } from '../database/tables/figures.ts'
import { qualifiers } from '../database/vocabularies.ts'
import { byValue, byWord, byDate as groupByDate } from '../query/dimensions.ts'
import { anyOf, anyWord, edtfDate, fullText, number, text } from '../query/filters.ts'
import { byCode, byDate, byNumber, byText } from '../query/sorts.ts'
import { citationsIn, externalIdsIn } from './collections.ts'
import { externalIdFilter, recordFilters, recordSorts, regionFilters } from './conditions.ts'
import { countries } from './countries.ts'
import { byCountry, byRegions } from './dimensions.ts'
import { citationsOf, included } from './inclusions.ts'
import { numberPart } from './parts/columns.ts'
import { externalIdsPart } from './parts/links.ts'
import { checkListRequest } from './parts/list-request.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { edtf, externalIds, keys, line, optional, reference, word } from './values.ts'

const key: Key = { property: 'id', column: table.id, schema: keys.uuid(), madeBy: 'registry' }

const asOf = edtf('The day or time that the count is of.')

export const figures: Resource = defineResource({
  name: 'figures',
  singular: 'Figure',
  plural: 'Figures',
  noun: 'figure',
  description: 'A count that somebody has published, beside the registry query that counts the same thing.',
  table,
  key,
  naming: { title: table.title, prose: [table.unit] },
  document: z.strictObject({
    indicator: word().meta({ description: 'What is counted, as a word that several figures share.' }),
    title: line(),
    value: z.number().min(-1e14).max(1e14).multipleOf(0.0001).meta({ description: 'At most four decimals.' }),
    qualifier: z
      .enum(qualifiers)
      .default('exact')
      .meta({ description: 'How the source qualifies the value.' }),
    unit: line(100).meta({ description: 'What one is counted of, in the plural.' }),
    country: optional(reference.country()).meta({ description: 'The country that the figure is about.' }),
    asOf: optional(asOf),
    query: optional(
      z
        .string()
        .max(1000)
        .regex(/^\/v1\/[a-z-]+(\?[^\s#]*)?$/, {
          error: 'must be a list request such as /v1/countries?partnerOf=CHN',
        })
        .superRefine(checkListRequest),
    ).meta({ description: 'The list request that counts the same thing in the registry.' }),
    externalIds: externalIds(),
  }),
  parts: {
    value: numberPart(table.value, 'value'),
    externalIds: externalIdsPart('figureId', table.id),
  },
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'titles and units'),
    title: text(table.title, 'Title.'),
    indicator: anyWord(table.indicator, word(), 'What is counted.'),
    value: number(table.value, 'The count.'),
    qualifier: anyOf(table.qualifier, z.enum(qualifiers), 'How the source qualifies the value.'),
    unit: text(table.unit, 'What one is counted of.'),
    country: anyOf(table.country, keys.country(), 'Country that the figure is about.'),
    ...regionFilters(table.id, table.country, 'Region or group of the country that the figure is about.'),
    asOf: edtfDate(table, 'asOf', asOf, 'The day or time that the count is of.'),
    externalId: externalIdFilter('figureId', table.id),
  },
  collections: () => ({ citations: citationsIn('figureId'), externalIds: externalIdsIn('figureId') }),
  sorts: {
    ...recordSorts(table, key),
    title: byText(table.title, 'Title.'),
    indicator: byCode(table.indicator, 'What is counted.'),
    value: byNumber(table.value, 'The count.'),
    asOf: byDate(table, 'asOf', 'The day or time that the count is of.'),
  },
  dimensions: {
    indicator: byWord(table.indicator, 'indicator', 'What is counted.'),
    unit: byValue(table.unit, 'unit', 'What one is counted of.'),
    qualifier: byWord(table.qualifier, 'qualifier', 'How the source qualifies the value.'),
    country: byCountry(table.country, 'country', 'Country that the figure is about.'),
    ...byRegions(table.id, table.country),
    ...groupByDate(table, 'asOf', 'asOf', 'that the count is of'),
  },
  measures: { value: { description: 'The count.', value: sql`${table.value}`, within: 'unit' } },
  includes: () => ({
    citations: citationsOf('figureId', table.id),
    countries: included(countries, 'its country, as a record.', sql`countries.code = ${table.country}`),
  }),
  example: {
    indicator: 'partner_countries',
    title: 'Countries and regions with which China has started technological cooperation',
    value: 152,
    qualifier: 'exact',
    unit: 'countries and regions',
    country: 'CHN',
    asOf: '2011-08',
    query: '/v1/countries?partnerOf=CHN',
    externalIds: [{ scheme: 'interview-2011', id: 'F12' }],
  },
})
