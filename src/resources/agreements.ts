import { sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  agreementDocuments,
  agreementRelations,
  agreementTerms,
  agreements as table,
} from '../database/tables/agreements.ts'
import { participationActions, participations } from '../database/tables/participations.ts'
import {
  actionKinds,
  agreementKinds,
  agreementLevels,
  agreementStatuses,
  relationKinds,
  renewals,
  rolesOf,
} from '../database/vocabularies.ts'
import { byTie, byWord, byDate as groupByDate, itself } from '../query/dimensions.ts'
import { anyOf, anyWhere, anyWord, arrayHas, edtfDate, fullText, text, where } from '../query/filters.ts'
import { byCode, byDate, byText } from '../query/sorts.ts'
import { assistancePrograms } from './assistance-programs.ts'
import { cooperationCollections, flat, participantFilters } from './collections.ts'
import { named } from './components.ts'
import { among, cooperationFilters, recordFilters, recordSorts, withTie } from './conditions.ts'
import { cooperationDimensions } from './dimensions.ts'
import { cooperationIncludes, included } from './inclusions.ts'
import { externalIdsPart, objectListPart, topicsPart } from './parts/links.ts'
import { parties, partiesPart } from './parts/participants.ts'
import { projects } from './projects.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { cooperationTies, listed } from './ties.ts'
import {
  distinct,
  edtf,
  externalIds,
  keys,
  language,
  line,
  noneTwice,
  optional,
  prose,
  reference,
  url,
} from './values.ts'

const key: Key = { property: 'id', column: table.id, schema: keys.uuid(), madeBy: 'registry' }

const ties = cooperationTies('agreementId', table.id, rolesOf.agreements, [])
const languages = listed(table.id, table.languages)

const dates = {
  signedOn: edtf('When it was signed or agreed.'),
  provisionalFrom: edtf('Since when it has been applied provisionally.'),
  inForceFrom: edtf('When it entered into force, which may be before it was signed.'),
  expiresOn: edtf('When it expires unless renewed.'),
  terminatedOn: edtf('When it was ended.'),
}

const term = named(
  'AgreementTerm',
  z
    .strictObject({
      startsOn: optional(edtf('First day of the period.')),
      endsOn: optional(edtf('Last day of the period.')),
      note: optional(prose(1000)),
    })
    .meta({
      description: 'A period that the agreement was concluded or renewed for.',
      examples: [{ startsOn: '2011-06', endsOn: '2016-06', note: null }],
    }),
)

const relation = named(
  'AgreementRelation',
  z.strictObject({ kind: z.enum(relationKinds), agreement: reference.agreement() }).meta({
    description: 'What the agreement does to another one.',
    examples: [{ kind: 'renews', agreement: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f91' }],
  }),
)

const document = named(
  'AgreementDocument',
  z.strictObject({ title: line(), url: optional(url()), language: optional(language()) }).meta({
    description: 'A text of the agreement.',
    examples: [{ title: 'Full text', url: 'https://treaties.un.org', language: 'en' }],
  }),
)

const relations = z
  .array(relation)
  .max(100)
  .superRefine(noneTwice(({ kind, agreement }: z.output<typeof relation>) => `${kind} ${agreement}`))
  .default([])

export const agreements: Resource = defineResource({
  name: 'agreements',
  singular: 'Agreement',
  plural: 'Agreements',
  noun: 'agreement',
  description:
    'What countries, organizations or regions have agreed: from a treaty to the outcome of a dialogue.',
  table,
  key,
  naming: { title: table.title, prose: [table.summary, table.occasion, table.place] },
  document: z.strictObject({
    title: line(),
    kind: z.enum(agreementKinds),
    level: optional(z.enum(agreementLevels)),
    status: optional(z.enum(agreementStatuses)),
    signedOn: optional(dates.signedOn),
    provisionalFrom: optional(dates.provisionalFrom),
    inForceFrom: optional(dates.inForceFrom),
    expiresOn: optional(dates.expiresOn),
    terminatedOn: optional(dates.terminatedOn),
    renewal: optional(z.enum(renewals)),
    place: optional(line(300)).meta({ description: 'Where it was signed.' }),
    occasion: optional(line(1000)).meta({ description: 'At what event it was agreed.' }),
    summary: optional(prose()),
    languages: distinct(language()).default([]).meta({ description: 'BCP 47 tags of its authentic texts.' }),
    parties: parties(),
    terms: z.array(term).max(100).default([]),
    relations,
    documents: z.array(document).max(100).default([]),
    topics: distinct(reference.topic()).default([]).meta({ description: 'Slugs of topics.' }),
    externalIds: externalIds(),
  }),
  parts: {
    parties: partiesPart(table.id),
    terms: objectListPart<z.output<typeof term>>({
      table: agreementTerms,
      owner: 'agreementId',
      properties: ['startsOn', 'endsOn', 'note'],
      key: table.id,
    }),
    relations: objectListPart<z.output<typeof relation>>({
      table: agreementRelations,
      owner: 'agreementId',
      properties: ['kind', 'agreement'],
      key: table.id,
    }),
    documents: objectListPart<z.output<typeof document>>({
      table: agreementDocuments,
      owner: 'agreementId',
      properties: ['title', 'url', 'language'],
      key: table.id,
    }),
    topics: topicsPart('agreementId', table.id),
    externalIds: externalIdsPart('agreementId', table.id),
  },
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'titles, summaries, occasions and places'),
    title: text(table.title, 'Title.'),
    summary: text(table.summary, 'Summary.'),
    place: text(table.place, 'Where it was signed.'),
    occasion: text(table.occasion, 'At what event it was agreed.'),
    kind: anyWord(table.kind, z.enum(agreementKinds), 'Kind of agreement.'),
    level: anyWord(table.level, z.enum(agreementLevels), 'Level at which it was concluded.'),
    status: anyWord(table.status, z.enum(agreementStatuses), 'Status.'),
    renewal: anyOf(table.renewal, z.enum(renewals), 'How it is renewed.'),
    signedOn: edtfDate(table, 'signedOn', dates.signedOn, 'When it was signed or agreed.'),
    provisionalFrom: edtfDate(table, 'provisionalFrom', dates.provisionalFrom, 'Provisional application.'),
    inForceFrom: edtfDate(table, 'inForceFrom', dates.inForceFrom, 'When it entered into force.'),
    expiresOn: edtfDate(table, 'expiresOn', dates.expiresOn, 'When it expires unless renewed.'),
    terminatedOn: edtfDate(table, 'terminatedOn', dates.terminatedOn, 'When it was ended.'),
    inForceOn: where(
      edtf('A day or a span of days.'),
      'Day on which it may have been in force in the world: not before it entered into force or was applied provisionally, and before it expired or was ended, as far as these dates can tell. Imprecise dates count if they allow it; without a date of its beginning it is not found. `expiresOn` counts whatever `renewal` says.',
      (day) =>
        sql`((${table.inForceFromEarliest} <= edtf_latest(${day}::text) or ${table.provisionalFromEarliest} <= edtf_latest(${day}::text))
          and coalesce(${table.expiresOnLatest} > edtf_earliest(${day}::text), true)
          and coalesce(${table.terminatedOnLatest} > edtf_earliest(${day}::text), true))`,
    ),
    language: withTie(
      arrayHas(table.languages, language(), 'Language of an authentic text, as BCP 47 tag.'),
      languages,
    ),
    ...cooperationFilters('agreementId', table.id, rolesOf.agreements, ties),
    relatedTo: anyWhere(keys.uuid(), 'Agreement that it is related to, in either direction.', (values) =>
      among(table.id, [
        sql`select ${agreementRelations.agreementId} from ${agreementRelations} where ${agreementRelations.agreement} = any(${values}::uuid[])`,
        sql`select ${agreementRelations.agreement} from ${agreementRelations} where ${agreementRelations.agreementId} = any(${values}::uuid[])`,
      ]),
    ),
  },
  collections: () => ({
    parties: {
      description: 'Who is party to it.',
      table: participations,
      owner: participations.agreementId,
      key: participations.id,
      filters: {
        ...participantFilters(rolesOf.agreements),
        signatory: text(participations.signatory, 'Who signed for it.'),
      },
      collections: () => ({
        actions: flat({
          description: 'What the party did, and when.',
          table: participationActions,
          owner: participationActions.participationId,
          filters: {
            kind: anyOf(participationActions.kind, z.enum(actionKinds), 'What was done.'),
            date: edtfDate(participationActions, 'date', edtf('When it was done.'), 'When it was done.'),
          },
        }),
      }),
    },
    terms: flat({
      description: 'Periods that it was concluded or renewed for.',
      table: agreementTerms,
      owner: agreementTerms.agreementId,
      filters: {
        startsOn: edtfDate(agreementTerms, 'startsOn', edtf('First day.'), 'First day of the period.'),
        endsOn: edtfDate(agreementTerms, 'endsOn', edtf('Last day.'), 'Last day of the period.'),
      },
    }),
    relations: flat({
      description: 'What it does to other agreements.',
      table: agreementRelations,
      owner: agreementRelations.agreementId,
      filters: {
        kind: anyOf(agreementRelations.kind, z.enum(relationKinds), 'Kind of relation.'),
        agreement: anyOf(agreementRelations.agreement, keys.uuid(), 'The other agreement.'),
      },
    }),
    documents: flat({
      description: 'Its texts.',
      table: agreementDocuments,
      owner: agreementDocuments.agreementId,
      filters: {
        title: text(agreementDocuments.title, 'Title of the text.'),
        language: anyOf(agreementDocuments.language, language(), 'Language of the text.'),
      },
    }),
    ...cooperationCollections('agreementId'),
  }),
  sorts: {
    ...recordSorts(table, key),
    title: byText(table.title, 'Title.'),
    kind: byCode(table.kind, 'Kind of agreement.'),
    level: byCode(table.level, 'Level.'),
    status: byCode(table.status, 'Status.'),
    signedOn: byDate(table, 'signedOn', 'When it was signed or agreed.'),
    provisionalFrom: byDate(table, 'provisionalFrom', 'Provisional application.'),
    inForceFrom: byDate(table, 'inForceFrom', 'When it entered into force.'),
    expiresOn: byDate(table, 'expiresOn', 'When it expires.'),
    terminatedOn: byDate(table, 'terminatedOn', 'When it was ended.'),
  },
  dimensions: {
    ...cooperationDimensions(ties),
    kind: byWord(table.kind, 'kind', 'Kind of agreement.'),
    level: byWord(table.level, 'level', 'Level at which it was concluded.'),
    status: byWord(table.status, 'status', 'Status.'),
    renewal: byWord(table.renewal, 'renewal', 'How it is renewed.'),
    language: byTie(languages, 'language', 'Language of an authentic text.', itself),
    ...groupByDate(table, 'signedOn', 'signed', 'in which it was signed or agreed'),
    ...groupByDate(table, 'provisionalFrom', 'provisional', 'of provisional application'),
    ...groupByDate(table, 'inForceFrom', 'inForce', 'in which it entered into force'),
    ...groupByDate(table, 'expiresOn', 'expires', 'in which it expires'),
    ...groupByDate(table, 'terminatedOn', 'terminated', 'in which it was ended'),
  },
  measures: {},
  includes: () => ({
    ...cooperationIncludes('agreementId', table.id),
    projects: included(
      projects,
      'the projects that came of it.',
      sql`projects.id in (select project_id from project_agreements where agreement_id = ${table.id})`,
    ),
    assistancePrograms: included(
      assistancePrograms,
      'the assistance programs that came of it.',
      sql`assistance_programs.id in (select assistance_program_id from assistance_program_agreements where agreement_id = ${table.id})`,
    ),
  }),
  example: {
    title: 'China–Pakistan cooperation documents in science, technology and energy',
    kind: 'cooperation_documents',
    level: null,
    status: 'signed',
    signedOn: '2011-04',
    parties: [
      { country: 'CHN', role: 'party', actions: [{ kind: 'signed', date: '2011-04' }] },
      { country: 'PAK', role: 'party', actions: [{ kind: 'signed', date: '2011-04' }] },
    ],
    topics: ['science-and-technology', 'energy'],
    externalIds: [{ scheme: 'interview-2011', id: 'F01' }],
  },
})
