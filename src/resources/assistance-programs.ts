import { sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  assistanceProgramAgreements,
  assistancePrograms as table,
} from '../database/tables/assistance-programs.ts'
import { activityStatuses, aidTypes, modalities, rolesOf } from '../database/vocabularies.ts'
import { byValue, byWord, byDate as groupByDate, itself } from '../query/dimensions.ts'
import { anyOf, anyWord, edtfDate, fullText, number, text } from '../query/filters.ts'
import { byCode, byDate, byNumber, byText } from '../query/sorts.ts'
import { agreements } from './agreements.ts'
import { cooperationCollections, participantsIn } from './collections.ts'
import { agreementFilter, cooperationFilters, placesOf, recordFilters, recordSorts } from './conditions.ts'
import { amount, byCountry, cooperationDimensions } from './dimensions.ts'
import { cooperationIncludes, included } from './inclusions.ts'
import { location, locationPart, moneyPart } from './parts/columns.ts'
import { externalIdsPart, keyListPart, topicsPart } from './parts/links.ts'
import { participants, participantsPart } from './parts/participants.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { cooperationTies } from './ties.ts'
import {
  crsPurpose,
  currency,
  distinct,
  edtf,
  externalIds,
  keys,
  line,
  money,
  optional,
  prose,
  reference,
} from './values.ts'

const key: Key = { property: 'id', column: table.id, schema: keys.uuid(), madeBy: 'registry' }

const ties = cooperationTies(
  'assistanceProgramId',
  table.id,
  rolesOf['assistance-programs'],
  placesOf['assistance-programs'],
)

const startsOn = edtf('When it started or is to start.')
const endsOn = edtf('When it ended or is to end.')

export const assistancePrograms: Resource = defineResource({
  name: 'assistance-programs',
  singular: 'AssistanceProgram',
  plural: 'AssistancePrograms',
  noun: 'assistance program',
  description: 'Help in science and technology given to other countries.',
  table,
  key,
  naming: { title: table.title, prose: [table.summary] },
  document: z.strictObject({
    title: line(),
    modality: z.enum(modalities).meta({ description: 'What the help consists of.' }),
    status: optional(z.enum(activityStatuses)).meta({ description: 'IATI activity status.' }),
    startsOn: optional(startsOn),
    endsOn: optional(endsOn),
    summary: optional(prose()),
    participants: participants('AssistanceProgramParticipant', 'assistance-programs'),
    topics: distinct(reference.topic()).default([]).meta({ description: 'Slugs of topics.' }),
    location: optional(location),
    commitment: optional(money),
    aidType: optional(z.enum(aidTypes)).meta({ description: 'IATI aid type.' }),
    crsPurpose: optional(crsPurpose()),
    agreements: distinct(reference.agreement())
      .default([])
      .meta({ description: 'Agreements that it came from.' }),
    externalIds: externalIds(),
  }),
  parts: {
    participants: participantsPart('assistanceProgramId', table.id),
    topics: topicsPart('assistanceProgramId', table.id),
    location: locationPart(table),
    commitment: moneyPart(table, 'commitment'),
    agreements: keyListPart({
      table: assistanceProgramAgreements,
      owner: 'assistanceProgramId',
      property: 'agreement',
      key: table.id,
    }),
    externalIds: externalIdsPart('assistanceProgramId', table.id),
  },
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'titles, summaries and places'),
    title: text(table.title, 'Title.'),
    summary: text(table.summary, 'Summary.'),
    modality: anyWord(table.modality, z.enum(modalities), 'What the help consists of.'),
    status: anyWord(table.status, z.enum(activityStatuses), 'IATI activity status.'),
    startsOn: edtfDate(table, 'startsOn', startsOn, 'When it started or is to start.'),
    endsOn: edtfDate(table, 'endsOn', endsOn, 'When it ended or is to end.'),
    ...cooperationFilters(
      'assistanceProgramId',
      table.id,
      rolesOf['assistance-programs'],
      ties,
      placesOf['assistance-programs'],
    ),
    agreement: agreementFilter(
      table.id,
      assistanceProgramAgreements.assistanceProgramId,
      assistanceProgramAgreements.agreement,
    ),
    locationCountry: anyOf(table.locationCountry, keys.country(), 'Country where it is.'),
    commitment: number(table.commitmentAmount, 'Amount committed; say `commitmentCurrency` too.'),
    commitmentCurrency: anyOf(table.commitmentCurrency, currency(), 'Currency of the commitment.'),
    aidType: anyOf(table.aidType, z.enum(aidTypes), 'IATI aid type.'),
    crsPurpose: anyOf(table.crsPurpose, crsPurpose(), 'OECD DAC CRS purpose code.'),
  },
  collections: () => ({
    participants: participantsIn('assistanceProgramId', rolesOf['assistance-programs']),
    ...cooperationCollections('assistanceProgramId'),
  }),
  sorts: {
    ...recordSorts(table, key),
    title: byText(table.title, 'Title.'),
    modality: byCode(table.modality, 'Modality.'),
    status: byCode(table.status, 'Status.'),
    startsOn: byDate(table, 'startsOn', 'When it started.'),
    endsOn: byDate(table, 'endsOn', 'When it ended.'),
    commitment: byNumber(table.commitmentAmount, 'Amount committed, whatever its currency.'),
  },
  dimensions: {
    ...cooperationDimensions(ties),
    modality: byWord(table.modality, 'modality', 'What the help consists of.'),
    status: byWord(table.status, 'status', 'IATI activity status.'),
    ...groupByDate(table, 'startsOn', 'starts', 'in which it started or is to start'),
    ...groupByDate(table, 'endsOn', 'ends', 'in which it ended or is to end'),
    locationCountry: byCountry(table.locationCountry, 'locationCountry', 'Country where it is.'),
    commitmentCurrency: byValue(
      table.commitmentCurrency,
      'commitmentCurrency',
      'Currency of the commitment.',
    ),
    aidType: byValue(table.aidType, 'aidType', 'IATI aid type.', itself),
    crsPurpose: byValue(
      table.crsPurpose,
      'crsPurpose',
      'OECD DAC CRS purpose.',
      (code) => sql`(select name from topics where scheme = 'crs' and code = ${code})`,
    ),
  },
  measures: { commitment: amount(table.commitmentAmount, 'commitmentCurrency', 'Amount committed.') },
  includes: () => ({
    ...cooperationIncludes('assistanceProgramId', table.id),
    agreementDetails: included(
      agreements,
      'the agreements that it came from, as records.',
      sql`agreements.id in (select agreement_id from assistance_program_agreements where assistance_program_id = ${table.id})`,
    ),
  }),
  example: {
    title: 'African water treatment programme',
    modality: 'environment',
    participants: [{ region: '002', role: 'beneficiary' }],
    topics: ['water-treatment'],
    externalIds: [{ scheme: 'interview-2011', id: 'F33' }],
  },
})
