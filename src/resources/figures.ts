import { enumLabels } from '../model/dimensions.ts'
import * as field from '../model/fields/builders.ts'
import { defineResource } from '../model/resource.ts'
import { word } from '../model/schemas.ts'
import { qualifiers } from '../model/vocabularies.ts'

export const figures = defineResource(
  'figures',
  {
    indicator: field.requiredCode(word(), 'What is counted: a code that several figures share.', {
      sort: true,
      groupBy: enumLabels(),
      pattern: '^[a-z][a-z0-9]*(_[a-z0-9]+)*$',
    }),
    title: field.title('Title.'),
    value: field.decimal('The count.', 'unit'),
    qualifier: field.defaultEnumeration(qualifiers, 'exact', 'How the source qualifies the value.'),
    unit: field.requiredLine('Unit of the value, in the plural.', 100, { groupBy: true, weight: 'B' }),
    country: field.reference('countries', 'The country that the figure is about.', {
      groupBy: true,
      areas: true,
      include: { name: 'countries', description: 'its country, as a record.', form: 'list' },
    }),
    asOf: field.edtf('Date that the count refers to.'),
    query: field.listRequest('The list request that finds what the figure counts.', {
      name: 'recorded',
      description: 'how many records of `query` the registry has, and their list; null without a query.',
    }),
    externalIds: field.externalIds(),
  },
  {
    singular: 'Figure',
    plural: 'Figures',
    noun: 'figure',
    label: { en: 'Figures', zh: '统计数字' },
    schemaType: 'Observation',
    description: 'A published count and, optionally, the list request that finds what it counts.',
    search: { title: 'title', prose: ['unit'] },
    example: {
      indicator: 'partner_countries',
      title: 'Countries and regions with which China has started technological cooperation',
      value: 152,
      qualifier: 'exact',
      unit: 'countries and regions',
      country: 'CHN',
      asOf: '2011-08',
      query: '/v1/countries?partnerOf=CHN',
      externalIds: [{ scheme: 'my-register', id: '1' }],
    },
  },
)
