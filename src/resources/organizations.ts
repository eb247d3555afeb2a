import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { nameLines } from '../database/folding.ts'
import { organizations as table } from '../database/tables/organizations.ts'
import { organizationTypes } from '../database/vocabularies.ts'
import { byValue, byWord } from '../query/dimensions.ts'
import { anyOf, anyWord, fullText, text } from '../query/filters.ts'
import { byCode, byText } from '../query/sorts.ts'
import { citationsIn, externalIdsIn } from './collections.ts'
import { externalIdFilter, recordFilters, recordSorts, regionFilters } from './conditions.ts'
import { countries } from './countries.ts'
import { byCountry, byRegions } from './dimensions.ts'
import { citationsOf, included } from './inclusions.ts'
import { externalIdsPart } from './parts/links.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { aliases, externalIds, keys, line, optional, reference, url } from './values.ts'

const key: Key = { property: 'id', column: table.id, schema: keys.uuid(), madeBy: 'registry' }

const ror = () =>
  z.string().regex(/^https:\/\/ror\.org\/0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}$/, {
    error: 'must be a ROR id, such as https://ror.org/034t30j35',
  })

export const organizations: Resource = defineResource({
  name: 'organizations',
  singular: 'Organization',
  plural: 'Organizations',
  noun: 'organization',
  description: 'A ministry, institute, company or international body that takes part.',
  table,
  key,
  naming: { title: table.name, lines: nameLines(table.name, table.acronym, table.aliases), prose: [] },
  document: z.strictObject({
    name: line(),
    acronym: optional(line(50)),
    type: z.enum(organizationTypes).meta({ description: 'IATI organisation type.' }),
    country: optional(reference.country()),
    parent: optional(reference.organization()).meta({ description: 'The organization that it is part of.' }),
    website: optional(url()),
    ror: optional(ror()).meta({ description: 'Research Organization Registry id; unique.' }),
    aliases: aliases(),
    externalIds: externalIds(),
  }),
  parts: { externalIds: externalIdsPart('organizationId', table.id) },
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'names, acronyms and aliases'),
    name: text(table.name, 'Name.'),
    type: anyWord(table.type, z.enum(organizationTypes), 'IATI organisation type.'),
    country: anyOf(table.country, keys.country(), 'Country that it belongs to.'),
    ...regionFilters(table.id, table.country, 'Region or group of countries that it belongs to.'),
    parent: anyOf(table.parent, keys.uuid(), 'The organization directly above.'),
    acronym: text(table.acronym, 'Acronym.'),
    ror: anyOf(table.ror, ror(), 'Research Organization Registry id.'),
    externalId: externalIdFilter('organizationId', table.id),
  },
  collections: () => ({
    citations: citationsIn('organizationId'),
    externalIds: externalIdsIn('organizationId'),
  }),
  sorts: {
    ...recordSorts(table, key),
    name: byText(table.name, 'Name.'),
    acronym: byText(table.acronym, 'Acronym.'),
    type: byCode(table.type, 'Type.'),
    country: byCode(table.country, 'Country code.'),
  },
  dimensions: {
    country: byCountry(table.country, 'country', 'Country that it belongs to.'),
    ...byRegions(table.id, table.country),
    type: byWord(table.type, 'type', 'IATI organisation type.'),
    parent: byValue(
      table.parent,
      'parent',
      'The organization directly above.',
      (id) => sql`(select above.name from organizations above where above.id = ${id})`,
    ),
  },
  measures: {},
  includes: () => ({
    citations: citationsOf('organizationId', table.id),
    countries: included(countries, 'its country, as a record.', sql`countries.code = ${table.country}`),
  }),
  example: {
    name: 'United Nations Environment Programme',
    acronym: 'UNEP',
    type: 'multilateral',
    country: null,
    parent: null,
    website: 'https://www.unep.org',
    ror: null,
    aliases: [],
    externalIds: [{ scheme: 'interview-2011', id: 'unep' }],
  },
})
