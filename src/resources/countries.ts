import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { nameLines } from '../database/folding.ts'
import { countryGroups, countrySuccessors, countries as table } from '../database/tables/countries.ts'
import { byDate as groupByDate } from '../query/dimensions.ts'
import { anyOf, anyWhere, edtfDate, fullText, text } from '../query/filters.ts'
import { byCode, byDate, byText } from '../query/sorts.ts'
import { citationsIn } from './collections.ts'
import { among, recordFilters, recordSorts, regionFilters } from './conditions.ts'
import { byRegions } from './dimensions.ts'
import { citationsOf, included } from './inclusions.ts'
import { keyListPart } from './parts/links.ts'
import { regions } from './regions.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { aliases, distinct, edtf, keys, line, optional, reference } from './values.ts'

const key: Key = { property: 'code', column: table.code, schema: keys.country(), madeBy: 'client' }

const alpha2 = () =>
  z.string().regex(/^[A-Z]{2}$/, { error: 'must be two capitals of ISO 3166-1 alpha-2, such as PK' })
const numeric = () =>
  z.string().regex(/^[0-9]{3}$/, { error: 'must be three digits of ISO 3166-1, such as 586' })
const validFrom = edtf('Since when the country has had this code.')
const validTo = edtf('When ISO withdrew the code.')

/** Who takes part in what, organizations standing for their countries. */
const taking = sql`
  select coalesce(agreement_id, project_id, cooperation_base_id, assistance_program_id) as subject,
    coalesce(participations.country, organizations.country) as country
  from participations left join organizations on organizations.id = participations.organization`

export const countries: Resource = defineResource({
  name: 'countries',
  singular: 'Country',
  plural: 'Countries',
  noun: 'country',
  description: 'A country of ISO 3166-1, or a withdrawn state of ISO 3166-3.',
  table,
  key,
  naming: { title: table.name, lines: nameLines(table.name, table.officialName, table.aliases), prose: [] },
  document: z.strictObject({
    code: keys.country().meta({ description: 'ISO 3166-1 alpha-3 code.', examples: ['PAK'] }),
    alpha2: alpha2(),
    numeric: optional(numeric()),
    name: line(),
    officialName: optional(line()),
    region: optional(reference.region()).meta({
      description: 'The narrowest UN M49 region that it lies in.',
    }),
    groups: distinct(reference.region()).default([]).meta({
      description: 'Groups that cut across the regions, such as 199, the least developed countries.',
    }),
    aliases: aliases(),
    validFrom: optional(validFrom),
    validTo: optional(validTo),
    successors: distinct(reference.country())
      .default([])
      .meta({ description: 'The states that followed a withdrawn one.' }),
  }),
  parts: {
    groups: keyListPart({ table: countryGroups, owner: 'country', property: 'group', key: table.code }),
    successors: keyListPart({
      table: countrySuccessors,
      owner: 'country',
      property: 'successor',
      key: table.code,
    }),
  },
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'names and aliases'),
    name: text(table.name, 'Name.'),
    officialName: text(table.officialName, 'Official name.'),
    alpha2: anyOf(table.alpha2, alpha2(), 'ISO 3166-1 alpha-2 code.'),
    numeric: anyOf(table.numeric, numeric(), 'ISO 3166-1 numeric code.'),
    ...regionFilters(table.code, table.code, 'Countries in a region, in one below it, or in a group.'),
    partnerOf: anyWhere(
      keys.country(),
      'Countries that take part in something together with this one, themselves or by an organization.',
      (values) =>
        sql`${table.code} in (with taking as (${taking})
          select theirs.country from taking ours join taking theirs using (subject)
          where ours.country = any(${values}::text[]) and theirs.country <> ours.country)`,
    ),
    successor: anyWhere(keys.country(), 'Withdrawn states that this one followed.', (values) =>
      among(table.code, [
        sql`select ${countrySuccessors.country} from ${countrySuccessors} where ${countrySuccessors.successor} = any(${values}::text[])`,
      ]),
    ),
    validFrom: edtfDate(table, 'validFrom', validFrom, 'Since when the country has had this code.'),
    validTo: edtfDate(table, 'validTo', validTo, 'When ISO withdrew the code.'),
  },
  collections: () => ({ citations: citationsIn('countryCode') }),
  sorts: {
    ...recordSorts(table, key),
    name: byText(table.name, 'Name.'),
    officialName: byText(table.officialName, 'Official name.'),
    alpha2: byCode(table.alpha2, 'ISO 3166-1 alpha-2 code.'),
    numeric: byCode(table.numeric, 'ISO 3166-1 numeric code.'),
    validFrom: byDate(table, 'validFrom', 'Since when the code has been valid.'),
    validTo: byDate(table, 'validTo', 'When the code was withdrawn.'),
  },
  dimensions: {
    ...byRegions(table.code, table.code),
    ...groupByDate(table, 'validFrom', 'valid', 'since when the country has had its code'),
    ...groupByDate(table, 'validTo', 'validTo', 'in which ISO withdrew the code'),
  },
  measures: {},
  includes: () => ({
    citations: citationsOf('countryCode', table.code),
    regions: included(
      regions,
      'the region and the groups, as records.',
      sql`regions.code = ${table.region} or regions.code in (select ${countryGroups.group} from ${countryGroups} where ${countryGroups.country} = ${table.code})`,
    ),
  }),
  example: {
    code: 'PAK',
    alpha2: 'PK',
    numeric: '586',
    name: 'Pakistan',
    officialName: 'Islamic Republic of Pakistan',
    region: '034',
    groups: ['902'],
    aliases: [{ name: '巴基斯坦', language: 'zh' }],
    validFrom: null,
    validTo: null,
    successors: [],
  },
})
