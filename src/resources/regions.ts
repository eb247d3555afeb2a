import { sql } from 'drizzle-orm'
import { columnOf } from '../database/columns.ts'
import * as field from '../model/fields/builders.ts'
import { filterByAny } from '../model/filters.ts'
import { includedRecords } from '../model/includes.ts'
import { keys } from '../model/keys.ts'
import { defineResource, type ResourceContext } from '../model/resource.ts'
import { regionKinds } from '../model/vocabularies.ts'

/** Include of the countries that are directly in a region or group. */
function countryInclude({ table, registry }: ResourceContext) {
  const countries = registry.get('countries')
  const [groups] = registry.fieldTables({ resource: 'countries', name: 'groups' })
  const code = columnOf(table, 'code')
  return includedRecords(
    countries,
    'the countries directly in the region, or in the group.',
    sql`${columnOf(countries.table, 'region')} = ${code} or ${countries.id} in (select record from ${groups} where target = ${code})`,
  )
}

export const regions = defineResource(
  'regions',
  {
    code: field.key(
      (options) => keys.region(options).meta({ description: 'M49 code, or 902.', examples: ['142'] }),
      '^[0-9]{3}$',
    ),
    name: field.title('Name.'),
    kind: field.requiredEnumeration(regionKinds, 'Kind of region.'),
    parent: field.reference('regions', 'The region directly above.', { groupBy: true }),
    aliases: field.aliases(),
  },
  {
    singular: 'Region',
    plural: 'Regions',
    noun: 'region',
    label: { en: 'Regions', zh: '区域' },
    schemaType: 'Place',
    description: 'A region of UN M49, or a group of countries, such as 902: developing regions.',
    naturalKey: 'code',
    search: { title: 'name', hasAliases: true, prose: [] },
    query: (context) => ({
      filters: {
        region: filterByAny(
          keys.region(),
          'The region itself and all below it.',
          (values) =>
            sql`${columnOf(context.table, 'code')} = any(array(select regions_within(${values}::text[])))`,
        ),
      },
      includes: () => ({ countries: countryInclude(context) }),
    }),
    example: {
      code: '142',
      name: 'Asia',
      kind: 'region',
      parent: '001',
      aliases: [{ name: '亚洲', language: 'zh' }],
    },
  },
)
