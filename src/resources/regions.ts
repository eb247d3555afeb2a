import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { nameLines } from '../database/folding.ts'
import { regions as table } from '../database/tables/regions.ts'
import { regionKinds } from '../database/vocabularies.ts'
import { byValue, byWord } from '../query/dimensions.ts'
import { anyOf, anyWhere, anyWord, fullText, text } from '../query/filters.ts'
import { byCode, byText } from '../query/sorts.ts'
import { citationsIn } from './collections.ts'
import { recordFilters, recordSorts } from './conditions.ts'
import { countries } from './countries.ts'
import { citationsOf, included } from './inclusions.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { aliases, keys, line, optional, reference } from './values.ts'

const key: Key = { property: 'code', column: table.code, schema: keys.region(), madeBy: 'client' }

export const regions: Resource = defineResource({
  name: 'regions',
  singular: 'Region',
  plural: 'Regions',
  noun: 'region',
  description: 'A region of the world in UN M49, or a group of countries that cuts across regions.',
  table,
  key,
  naming: { title: table.name, lines: nameLines(table.name, sql`null`, table.aliases), prose: [] },
  document: z.strictObject({
    code: keys.region().meta({ description: 'UN M49 code.', examples: ['142'] }),
    name: line(),
    kind: z.enum(regionKinds),
    parent: optional(reference.region()).meta({ description: 'The region that it lies in.' }),
    aliases: aliases(),
  }),
  parts: {},
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'names and aliases'),
    name: text(table.name, 'Name.'),
    kind: anyWord(table.kind, z.enum(regionKinds), 'Kind of region.'),
    parent: anyOf(table.parent, keys.region(), 'The region directly above.'),
    region: anyWhere(
      keys.region(),
      'The region itself and all below it.',
      (values) => sql`${table.code} in (select regions_within(${values}::text[]))`,
    ),
  },
  collections: () => ({ citations: citationsIn('regionCode') }),
  sorts: {
    ...recordSorts(table, key),
    name: byText(table.name, 'Name.'),
    kind: byCode(table.kind, 'Kind of region.'),
  },
  dimensions: {
    kind: byWord(table.kind, 'kind', 'Kind of region.'),
    parent: byValue(
      table.parent,
      'parent',
      'The region directly above.',
      (code) => sql`(select above.name from regions above where above.code = ${code})`,
    ),
  },
  measures: {},
  includes: () => ({
    citations: citationsOf('regionCode', table.code),
    countries: included(
      countries,
      'the countries directly in the region, or in the group.',
      sql`countries.region = ${table.code} or countries.code in (select country from country_groups where "group" = ${table.code})`,
    ),
  }),
  example: {
    code: '142',
    name: 'Asia',
    kind: 'region',
    parent: '001',
    aliases: [{ name: '亚洲', language: 'zh' }],
  },
})
