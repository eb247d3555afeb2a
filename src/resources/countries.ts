import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { columnOf, unionAll } from '../database/columns.ts'
import { areaDimensions, areaFilters } from '../model/areas.ts'
import * as field from '../model/fields/builders.ts'
import { filterByAny } from '../model/filters.ts'
import { includedRecords } from '../model/includes.ts'
import { keys } from '../model/keys.ts'
import { defineResource, type ResourceContext } from '../model/resource.ts'

const alpha2Pattern = /^[A-Z]{2}$/
const alpha2 = z
  .string()
  .regex(alpha2Pattern, { error: 'must be two capital letters of ISO 3166-1 alpha-2, such as PK' })
const numericPattern = /^[0-9]{3}$/
const numeric = z.string().regex(numericPattern, { error: 'must be three digits of ISO 3166-1, such as 586' })

/**
 * The filter for countries that take part in a record together with a given country, directly or through an organization. As in
 * aggregates and networks, the countries of hosts and locations count, too.
 */
function partnerOf({ table, registry }: ResourceContext) {
  const { participations } = registry.shared
  const hosts = [...registry.participants.keys()].flatMap((name) => registry.hostCountries(name))
  const countriesOfRecords = unionAll([
    sql`select participations.record, coalesce(participations.country, organizations.country) as country
      from ${participations} left join organizations on organizations.id = participations.organization`,
    ...hosts.map(
      ({ record, country }) =>
        sql`select ${record} as record, ${country} as country from ${country.table} where ${country} is not null`,
    ),
  ])
  return filterByAny(
    keys.country(),
    'Finds countries that take part in a record together with one of these: as participant, host or location, or through an organization.',
    (values) =>
      sql`${columnOf(table, 'code')} in (with participants as (${countriesOfRecords})
        select partners.country from participants given join participants partners using (record)
        where given.country = any(${values}::text[]) and partners.country <> given.country)`,
  )
}

/** Include of the region and the groups of a country. */
function regionInclude({ table, recordId, resource, registry }: ResourceContext) {
  const [groups] = registry.fieldTables({ resource, name: 'groups' })
  const regions = registry.get('regions')
  const { column } = regions.key
  return includedRecords(
    regions,
    'the region and the groups, as records.',
    sql`${column} = ${columnOf(table, 'region')} or ${column} in (select target from ${groups} where record = ${recordId})`,
  )
}

export const countries = defineResource(
  'countries',
  {
    code: field.key(
      (options) =>
        keys.country(options).meta({
          description: 'ISO 3166-1 alpha-3 code, or XAA to XZZ for states without one.',
          examples: ['PAK'],
        }),
      '^[A-Z]{3}$',
    ),
    // A current country may have the alpha-2 or numeric code of a withdrawn state, so these codes are unique only among current
    // countries. Former states that ISO 3166 does not list have neither code.
    alpha2: field.code(alpha2, 'ISO 3166-1 alpha-2 code.', {
      sort: true,
      pattern: alpha2Pattern.source,
      unique: sql`valid_to is null`,
    }),
    numeric: field.code(numeric, 'ISO 3166-1 numeric code.', {
      sort: true,
      pattern: numericPattern.source,
      unique: sql`valid_to is null`,
    }),
    name: field.title('Name.'),
    officialName: field.line('Official name.', { sort: true, weight: 'A' }),
    region: field.reference('regions', 'The narrowest UN M49 region of the country.', { filter: false }),
    groups: field.references(
      'regions',
      'Groups that cut across the regions, such as 199, the least developed countries.',
    ),
    aliases: field.aliases(),
    labelPoint: field.point('Where maps put the name or a mark.'),
    validFrom: field.edtf('Since when the country has had this code, or when the state began.'),
    validTo: field.edtf('When ISO withdrew the code, or when the state ended.', { notBefore: ['validFrom'] }),
    successors: field.references('countries', 'The states that followed a withdrawn one.', {
      filter: {
        name: 'successor',
        description: 'State that followed the country: finds withdrawn states by a successor.',
      },
      notItself: true,
    }),
  },
  {
    singular: 'Country',
    plural: 'Countries',
    noun: 'country',
    label: { en: 'Countries', zh: '国家和地区' },
    schemaType: 'Country',
    description: 'A country of ISO 3166-1, a withdrawn state of ISO 3166-3, or another former state.',
    naturalKey: 'code',
    search: {
      title: 'name',
      otherName: 'officialName',
      hasAliases: true,
      codes: ['alpha2', 'numeric'],
      prose: [],
    },
    query: (context) => {
      const code = columnOf(context.table, 'code')
      return {
        filters: {
          ...areaFilters(context.recordId, code, 'Finds its members.'),
          partnerOf: partnerOf(context),
        },
        dimensions: areaDimensions(context.registry, context.recordId, code),
        includes: () => ({ regions: regionInclude(context) }),
      }
    },
    example: {
      code: 'PAK',
      alpha2: 'PK',
      numeric: '586',
      name: 'Pakistan',
      officialName: 'Islamic Republic of Pakistan',
      region: '034',
      groups: ['902'],
      aliases: [{ name: '巴基斯坦', language: 'zh' }],
      labelPoint: { longitude: 67.12, latitude: 27.76 },
      validFrom: null,
      validTo: null,
      successors: [],
    },
  },
)
