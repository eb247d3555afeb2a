import { z } from 'zod'
import * as field from '../model/fields/builders.ts'
import { defineResource } from '../model/resource.ts'
import { organizationKinds } from '../model/vocabularies.ts'

const ror = z.string().regex(/^https:\/\/ror\.org\/0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}$/, {
  error: 'must be a ROR id, such as https://ror.org/034t30j35',
})

export const organizations = defineResource(
  'organizations',
  {
    name: field.title('Name.'),
    acronym: field.line('Acronym.', { max: 50, sort: true, weight: 'A' }),
    kind: field.requiredEnumeration(organizationKinds, 'Kind of organization: its IATI organisation type.'),
    country: field.reference('countries', 'Country that it belongs to.', {
      sort: true,
      groupBy: true,
      areas: true,
      include: { name: 'countries', description: 'its country, as a record.', form: 'list' },
    }),
    parent: field.reference('organizations', 'The organization that it is part of.', { groupBy: true }),
    website: field.url('Address of its website.'),
    ror: field.code(ror, 'Research Organization Registry id; unique.', { unique: true }),
    aliases: field.aliases(),
    externalIds: field.externalIds(),
  },
  {
    singular: 'Organization',
    plural: 'Organizations',
    noun: 'organization',
    label: { en: 'Organizations', zh: '机构' },
    schemaType: 'Organization',
    description: 'A ministry, institute, company or international body that cooperates.',
    formerNames: { type: 'kind' },
    search: { title: 'name', otherName: 'acronym', hasAliases: true, codes: ['ror'], prose: [] },
    example: {
      name: 'United Nations Environment Programme',
      acronym: 'UNEP',
      kind: 'multilateral',
      country: null,
      parent: null,
      website: 'https://www.unep.org',
      ror: null,
      aliases: [],
      externalIds: [{ scheme: 'my-register', id: '1' }],
    },
  },
)
