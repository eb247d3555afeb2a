import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { cooperationBases as table } from '../database/tables/cooperation-bases.ts'
import { baseKinds, baseLevels, baseStatuses, qualifiers, rolesOf } from '../database/vocabularies.ts'
import { byValue, byWord, byDate as groupByDate } from '../query/dimensions.ts'
import { anyOf, anyWord, edtfDate, fullText, number, text } from '../query/filters.ts'
import { byCode, byDate, byNumber, byText } from '../query/sorts.ts'
import { cooperationCollections, participantsIn } from './collections.ts'
import { cooperationFilters, placesOf, recordFilters, recordSorts } from './conditions.ts'
import { byCountry, cooperationDimensions, names } from './dimensions.ts'
import { cooperationIncludes } from './inclusions.ts'
import { location, locationPart } from './parts/columns.ts'
import { externalIdsPart, topicsPart } from './parts/links.ts'
import { participants, participantsPart } from './parts/participants.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { cooperationTies } from './ties.ts'
import { distinct, edtf, externalIds, keys, line, optional, prose, reference } from './values.ts'

const key: Key = { property: 'id', column: table.id, schema: keys.uuid(), madeBy: 'registry' }

const ties = cooperationTies(
  'cooperationBaseId',
  table.id,
  rolesOf['cooperation-bases'],
  placesOf['cooperation-bases'],
)

/** Every base that is part of another, with all that it is part of. */
const partsOfBases = sql`
  with recursive above(part, whole) as (
    select id, part_of from cooperation_bases where part_of is not null
    union
    select above.part, base.part_of from above join cooperation_bases base on base.id = above.whole
    where base.part_of is not null
  )
  select part, whole from above`

const designatedOn = edtf('When it was designated or set up.')

export const cooperationBases: Resource = defineResource({
  name: 'cooperation-bases',
  singular: 'CooperationBase',
  plural: 'CooperationBases',
  noun: 'cooperation base',
  description:
    'A place where cooperation is at home: an innovation zone, a joint centre, an observatory. One record may stand for a counted group of them.',
  table,
  key,
  naming: { title: table.name, prose: [table.summary] },
  document: z.strictObject({
    name: line(),
    kind: z.enum(baseKinds),
    level: optional(z.enum(baseLevels)),
    status: optional(z.enum(baseStatuses)),
    designatedOn: optional(designatedOn),
    summary: optional(prose()),
    unitCount: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .meta({ description: 'How many bases the record stands for.' }),
    unitCountQualifier: z
      .enum(qualifiers)
      .default('exact')
      .meta({ description: 'How the source qualifies the count.' }),
    partOf: optional(reference.base()).meta({
      description: 'The group that counts this base, so that the two are never added up.',
    }),
    hostCountry: optional(reference.country()),
    hostOrganization: optional(reference.organization()),
    participants: participants('CooperationBaseParticipant', 'cooperation-bases'),
    topics: distinct(reference.topic()).default([]).meta({ description: 'Slugs of topics.' }),
    location: optional(location),
    externalIds: externalIds(),
  }),
  parts: {
    participants: participantsPart('cooperationBaseId', table.id),
    topics: topicsPart('cooperationBaseId', table.id),
    location: locationPart(table),
    externalIds: externalIdsPart('cooperationBaseId', table.id),
  },
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'names, summaries and places'),
    name: text(table.name, 'Name.'),
    summary: text(table.summary, 'Summary.'),
    kind: anyWord(table.kind, z.enum(baseKinds), 'Kind of base.'),
    level: anyWord(table.level, z.enum(baseLevels), 'Level of the authority behind it.'),
    status: anyWord(table.status, z.enum(baseStatuses), 'Status.'),
    designatedOn: edtfDate(table, 'designatedOn', designatedOn, 'When it was designated or set up.'),
    unitCount: number(table.unitCount, 'How many bases the record stands for.'),
    unitCountQualifier: anyOf(
      table.unitCountQualifier,
      z.enum(qualifiers),
      'How the source qualifies the count.',
    ),
    partOf: anyOf(table.partOf, keys.uuid(), 'The group that counts it.'),
    hostCountry: anyOf(table.hostCountry, keys.country(), 'Country that hosts it.'),
    hostOrganization: anyOf(table.hostOrganization, keys.uuid(), 'Organization that hosts it.'),
    locationCountry: anyOf(table.locationCountry, keys.country(), 'Country where it is.'),
    ...cooperationFilters(
      'cooperationBaseId',
      table.id,
      rolesOf['cooperation-bases'],
      ties,
      placesOf['cooperation-bases'],
    ),
  },
  collections: () => ({
    participants: participantsIn('cooperationBaseId', rolesOf['cooperation-bases']),
    ...cooperationCollections('cooperationBaseId'),
  }),
  sorts: {
    ...recordSorts(table, key),
    name: byText(table.name, 'Name.'),
    kind: byCode(table.kind, 'Kind of base.'),
    level: byCode(table.level, 'Level.'),
    status: byCode(table.status, 'Status.'),
    designatedOn: byDate(table, 'designatedOn', 'When it was designated or set up.'),
    unitCount: byNumber(table.unitCount, 'How many bases the record stands for.'),
    hostCountry: byCode(table.hostCountry, 'Code of the host country.'),
  },
  dimensions: {
    ...cooperationDimensions(ties),
    kind: byWord(table.kind, 'kind', 'Kind of base.'),
    level: byWord(table.level, 'level', 'Level of the authority behind it.'),
    status: byWord(table.status, 'status', 'Status.'),
    unitCountQualifier: byWord(
      table.unitCountQualifier,
      'unitCountQualifier',
      'How the source qualifies the count.',
    ),
    ...groupByDate(table, 'designatedOn', 'designated', 'in which it was designated or set up'),
    partOf: byValue(
      table.partOf,
      'partOf',
      'The group that counts it.',
      (id) => sql`(select base.name from cooperation_bases base where base.id = ${id})`,
    ),
    hostCountry: byCountry(table.hostCountry, 'hostCountry', 'Country that hosts it.'),
    hostOrganization: byValue(
      table.hostOrganization,
      'hostOrganization',
      'Organization that hosts it.',
      names.organization,
    ),
    locationCountry: byCountry(table.locationCountry, 'locationCountry', 'Country where it is.'),
  },
  measures: {
    unitCount: {
      description:
        'How many bases the records stand for; a base is left out where the group that counts it, at whatever height above, is in the same group of the answer.',
      value: sql`${table.unitCount}`,
      parts: partsOfBases,
    },
  },
  includes: () => cooperationIncludes('cooperationBaseId', table.id),
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
})
