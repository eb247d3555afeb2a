import { sql } from 'drizzle-orm'
import { columnOf } from '../database/columns.ts'
import * as field from '../model/fields/builders.ts'
import { filterByAny, filterByOne, isInAny } from '../model/filters.ts'
import { includedRelatives } from '../model/includes.ts'
import { keys } from '../model/keys.ts'
import { defineResource, type ResourceContext } from '../model/resource.ts'
import { edtf, language } from '../model/schemas.ts'
import {
  agreementKinds,
  agreementLevels,
  agreementRoles,
  agreementStatuses,
  relationKinds,
  renewals,
  territoryStatuses,
} from '../model/vocabularies.ts'

/** The filter for agreements that may have been in force on a day. */
const inForceOn = ({ table }: ResourceContext) =>
  filterByOne(
    edtf('A day or a span of days.'),
    'Day on which the agreement may have been in force: `inForceFrom` or `provisionalFrom` may be that day or an earlier one, and `expiresOn` and `terminatedOn`, if known, may be later. An agreement with neither `inForceFrom` nor `provisionalFrom` is not found. `expiresOn` applies regardless of `renewal`.',
    (day) => {
      const column = (property: string) => columnOf(table, property)
      return sql`((${column('inForceFromEarliest')} <= edtf_latest(${day}::text) or ${column('provisionalFromEarliest')} <= edtf_latest(${day}::text))
          and coalesce(${column('expiresOnLatest')} > edtf_earliest(${day}::text), true)
          and coalesce(${column('terminatedOnLatest')} > edtf_earliest(${day}::text), true))`
    },
  )

/** The table of relations, with the columns of the agreement that has the relation and of the other agreement. */
function relationsTable({ resource, registry }: ResourceContext) {
  const [relations] = registry.fieldTables({ resource, name: 'relations' })
  if (!relations) throw new Error('agreements have no relations')
  return { relations, from: columnOf(relations, 'record'), to: columnOf(relations, 'agreement') }
}

/** The filter for agreements that are related to a given one, in either direction. */
function relatedTo(context: ResourceContext) {
  const { relations, from, to } = relationsTable(context)
  return filterByAny(
    keys.uuid('agreements'),
    'Agreement that it is related to, in either direction.',
    (values) =>
      isInAny(context.recordId, [
        sql`select ${from} from ${relations} where ${to} = any(${values}::uuid[])`,
        sql`select ${to} from ${relations} where ${from} = any(${values}::uuid[])`,
      ]),
  )
}

/** Include of the agreements that are related to the record, in either direction. */
function relatedAgreements(context: ResourceContext) {
  const { relations, from, to } = relationsTable(context)
  return includedRelatives(
    context.registry.get(context.resource),
    'the agreements that it is related to, in either direction, as records.',
    (id) =>
      sql`${context.recordId} in (select ${to} from ${relations} where ${from} = ${id} union all select ${from} from ${relations} where ${to} = ${id})`,
  )
}

export const agreements = defineResource(
  'agreements',
  {
    title: field.title('Title.'),
    alternativeTitles: field.aliases('Other titles, such as those in other languages or short ones.'),
    kind: field.requiredEnumeration(agreementKinds, 'Kind of agreement.'),
    level: field.enumeration(agreementLevels, 'Level at which it was concluded.'),
    status: field.enumeration(agreementStatuses, 'Status.'),
    adoptedOn: field.edtf('When its text was adopted.'),
    signedOn: field.edtf('When it was signed or agreed.'),
    provisionalFrom: field.edtf('When its provisional application began.'),
    inForceFrom: field.edtf('When it entered into force, which may be before it was signed.'),
    // An agreement may enter into force after the term for which it was concluded, so this date has no `notBefore`.
    expiresOn: field.edtf('When it expires unless renewed.'),
    terminatedOn: field.edtf('When it was ended.', { notBefore: ['provisionalFrom', 'inForceFrom'] }),
    renewal: field.enumeration(renewals, 'How it is renewed.', { sort: false }),
    place: field.line('Where it was signed.', { max: 300, weight: 'B' }),
    occasion: field.line('At what event it was agreed.', { max: 1000, weight: 'B' }),
    summary: field.prose('Summary.', { weight: 'B' }),
    depositary: field.line(
      'Who keeps the original, as written. A country, organization or region of the registry should be listed in `parties`, too, with the role `depositary`.',
      { max: 300 },
    ),
    website: field.url('Where it is published.'),
    languages: field.codes(language, 'language', 'Languages of its authentic texts, as BCP 47 tags.'),
    parties: field.parties('AgreementParty', agreementRoles),
    terms: field.list(
      'AgreementTerm',
      {
        startsOn: field.edtfInList('First day of the period.'),
        endsOn: field.edtfInList('Last day of the period.', { notBefore: ['startsOn'] }),
        note: field.prose('Note.', { max: 1000, filter: false }),
      },
      {
        description: 'A period that the agreement was concluded or renewed for.',
        example: { startsOn: '2011-06', endsOn: '2016-06', note: null },
      },
    ),
    territories: field.list(
      'AgreementTerritory',
      {
        name: field.requiredLine('Name of the territory, as written.', 300),
        country: field.reference('countries', 'The territory, if it has a code of its own.'),
        party: field.reference('countries', 'The state responsible for it.'),
        status: field.requiredEnumeration(territoryStatuses, 'Whether the agreement applies there.', {
          sort: false,
          groupBy: false,
        }),
        date: field.edtfInList('Since when it has this status.'),
        note: field.prose('Note.', { max: 1000, filter: false }),
      },
      {
        description: 'A territory that the agreement was extended to, or excluded from.',
        example: {
          name: 'Macao',
          country: 'MAC',
          party: 'CHN',
          status: 'extended',
          date: '1999-12-20',
          note: null,
        },
      },
    ),
    relations: field.list(
      'AgreementRelation',
      {
        kind: field.requiredEnumeration(relationKinds, 'Kind of relation.', { sort: false, groupBy: false }),
        agreement: field.requiredReference('agreements', 'The other agreement.', { notItself: true }),
      },
      {
        description: 'Relation to another agreement.',
        example: { kind: 'renews', agreement: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f91' },
        distinctBy: ['kind', 'agreement'],
      },
    ),
    documents: field.list(
      'AgreementDocument',
      {
        title: field.requiredLine('Title of the text.', 500),
        url: field.url('Where the text is.'),
        language: field.code(language(), 'Language of the text.'),
      },
      {
        description: 'A text of the agreement.',
        example: { title: 'Full text', url: 'https://treaties.un.org', language: 'en' },
      },
    ),
    topics: field.topics(),
    externalIds: field.externalIds(),
  },
  {
    singular: 'Agreement',
    plural: 'Agreements',
    noun: 'agreement',
    label: { en: 'Agreements', zh: '协议' },
    schemaType: 'CreativeWork',
    description:
      'What countries, organizations or regions have agreed: from a treaty to the outcome of a dialogue.',
    search: { title: 'title', translations: 'alternativeTitles', prose: ['summary', 'occasion', 'place'] },
    eventDates: ['signedOn'],
    calendar: { inForceFrom: 'Entry into force', expiresOn: 'Expiry' },
    query: (context) => ({
      filters: { inForceOn: inForceOn(context), relatedTo: relatedTo(context) },
      includes: () => ({ relatedAgreements: relatedAgreements(context) }),
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
      externalIds: [{ scheme: 'my-register', id: '1' }],
    },
  },
)
