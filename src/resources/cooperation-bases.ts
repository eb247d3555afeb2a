import { sql } from 'drizzle-orm'
import { field } from '../model/fields/index.ts'
import { defineResource } from '../model/resource.ts'
import { baseKinds, baseLevels, baseStatuses, qualifiers } from '../model/vocabularies.ts'

const roles = ['participant', 'host', 'operator', 'partner', 'funder', 'beneficiary'] as const

/** Every base that is part of another, with all that it is part of. */
const partsOfBases = sql`
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
    level: field.enumeration(baseLevels, 'Level of the authority behind it.'),
    status: field.enumeration(baseStatuses, 'Status.'),
    designatedOn: field.edtf('When it was designated or set up.'),
    summary: field.prose('Summary.', { weight: 'B' }),
    unitCount: field.count(
      'How many bases the record stands for.',
      { minimum: 1, maximum: 1_000_000 },
      {
        description:
          'How many bases the records stand for; a base is left out where the group that counts it, at whatever height above, is in the same group of the answer.',
        parts: partsOfBases,
      },
    ),
    unitCountQualifier: field.defaultEnumeration(qualifiers, 'exact', 'How the source qualifies the count.'),
    partOf: field.reference(
      'cooperation-bases',
      'The group that counts this base, so that the two are never added up.',
      { group: true },
    ),
    hostCountry: field.reference('countries', 'Country that hosts it.', {
      host: true,
      sort: true,
      group: true,
    }),
    hostOrganization: field.reference('organizations', 'Organization that hosts it.', { group: true }),
    participants: field.participants('CooperationBaseParticipant', roles),
    topics: field.topics(),
    location: field.location('Where it is.'),
    externalIds: field.externalIds(),
  },
  {
    singular: 'CooperationBase',
    plural: 'CooperationBases',
    noun: 'cooperation base',
    description:
      'A place where cooperation is at home: an innovation zone, a joint centre, an observatory. One record may stand for a counted group of them.',
    search: { title: 'name', prose: ['summary'] },
    happened: ['designatedOn'],
    example: {
      name: 'Yangbajing International Cosmic Ray Observatory',
      kind: 'observatory',
      hostCountry: 'CHN',
      participants: [
        { country: 'CHN', role: 'participant' },
        { country: 'ITA', role: 'participant' },
      ],
      location: { country: 'CHN', elevationMetres: 4300 },
      externalIds: [{ scheme: 'interview-2011', id: 'F25' }],
    },
  },
)
