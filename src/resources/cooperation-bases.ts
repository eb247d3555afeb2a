import { sql } from 'drizzle-orm'
import * as field from '../model/fields/builders.ts'
import { defineResource } from '../model/resource.ts'
import { baseKinds, baseLevels, baseRoles, baseStatuses, qualifiers } from '../model/vocabularies.ts'

/** Selects pairs: a base (`part`), and another base that contains it directly or indirectly (`whole`). */
const partWholePairs = sql`
  with recursive above(part, whole) as (
    select id, part_of from cooperation_bases where part_of is not null
    union
    select above.part, base.part_of from above join cooperation_bases base on base.id = above.whole
    where base.part_of is not null
  )
  select part, whole from above`

export const cooperationBases = defineResource(
  'cooperation-bases',
  {
    name: field.title('Name.'),
    kind: field.requiredEnumeration(baseKinds, 'Kind of base.'),
    level: field.enumeration(baseLevels, 'Level of the authority behind the base.'),
    status: field.enumeration(baseStatuses, 'Status.'),
    designatedOn: field.edtf('When the base was designated or set up.'),
    summary: field.prose('Summary.', { weight: 'B' }),
    unitCount: field.count(
      'How many bases the record represents.',
      { minimum: 1, maximum: 1_000_000 },
      {
        description:
          'How many bases the records represent. A base does not count if it is part of another base in the group, directly or not.',
        parts: partWholePairs,
      },
    ),
    unitCountQualifier: field.defaultEnumeration(qualifiers, 'exact', 'How the source qualifies the count.'),
    partOf: field.reference(
      'cooperation-bases',
      'The larger base whose count includes this base; sums over both count only the larger base.',
      { groupBy: true },
    ),
    hostCountry: field.reference('countries', 'Host country.', {
      host: true,
      sort: true,
      groupBy: true,
      include: {
        name: 'hostCountryDetails',
        description: 'the host country, as a record.',
        form: 'one',
      },
    }),
    hostOrganization: field.reference('organizations', 'Host organization.', {
      groupBy: true,
      include: {
        name: 'hostOrganizationDetails',
        description: 'the host organization, as a record.',
        form: 'one',
      },
    }),
    participants: field.participants('CooperationBaseParticipant', baseRoles),
    topics: field.topics(),
    location: field.location('Location of the base.'),
    externalIds: field.externalIds(),
  },
  {
    singular: 'CooperationBase',
    plural: 'CooperationBases',
    noun: 'cooperation base',
    label: { en: 'Cooperation bases', zh: '合作基地' },
    schemaType: 'ResearchOrganization',
    description:
      'A place of cooperation: an innovation zone, a joint centre, an observatory. One record may represent several bases of which only the number is known.',
    search: { title: 'name', prose: ['summary'] },
    eventDates: ['designatedOn'],
    example: {
      name: 'Yangbajing International Cosmic Ray Observatory',
      kind: 'observatory',
      hostCountry: 'CHN',
      participants: [
        { country: 'CHN', role: 'participant' },
        { country: 'ITA', role: 'participant' },
      ],
      location: { country: 'CHN', elevationMetres: 4300 },
      externalIds: [{ scheme: 'my-register', id: '1' }],
    },
  },
)
