import { sql } from 'drizzle-orm'
import { foreignKey, index, text } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, columnOf, snakeCase } from '../database/columns.ts'
import { byValue } from '../model/dimensions.ts'
import { defineField, ownColumn } from '../model/field.ts'
import { field } from '../model/fields/index.ts'
import { anyOf } from '../model/filters.ts'
import { defineResource } from '../model/resource.ts'
import { optional, refersTo } from '../model/schemas.ts'
import { activityStatuses, aidTypes, modalities } from '../model/vocabularies.ts'

const roles = ['donor', 'recipient', 'implementer', 'funder', 'partner', 'beneficiary'] as const

/** A topic of scheme `crs`, by its code. */
const crsTopic = { resource: 'topics', property: 'code', only: { scheme: 'crs' } }

/** The code of a topic of scheme `crs`. */
const crsCode = () =>
  refersTo(
    z
      .string()
      .regex(/^[0-9]{3,5}$/, { error: 'must be a CRS purpose code, such as 14010' })
      .meta({ description: 'OECD DAC CRS purpose: code of a topic of scheme crs.', examples: ['14010'] }),
    crsTopic,
  )

/** An OECD DAC CRS purpose. With a constant column for the scheme, a foreign key allows only topics of that scheme. */
const crsPurpose = () =>
  defineField({
    schema: () => optional(crsCode()),
    columns: (name) => ({
      [name]: text(snakeCase(name)),
      crsScheme: text('crs_scheme').generatedAlwaysAs(sql`'crs'::text`),
    }),
    toColumns: (value, { name }) => ({ [name]: value }),
    constraints: (place) => {
      const topics = place.registry.table('topics')
      return [
        foreignKey({
          name: `${place.tableName}_crs_purpose_known`,
          columns: [columnIn(place.columns, 'crsScheme'), ownColumn(place)],
          foreignColumns: [columnOf(topics, 'scheme'), columnOf(topics, 'code')],
        }),
        index(`${place.tableName}_crs_purpose`).on(ownColumn(place)),
      ]
    },
    query: (place) => ({
      filters: { [place.name]: anyOf(ownColumn(place), crsCode(), 'OECD DAC CRS purpose code.') },
      dimensions: {
        [place.name]: byValue(
          ownColumn(place),
          place.name,
          'OECD DAC CRS purpose.',
          place.registry.nameOf(crsTopic),
        ),
      },
    }),
  })

export const assistancePrograms = defineResource(
  'assistance-programs',
  {
    title: field.title('Title.'),
    modality: field.requiredEnumeration(modalities, 'What the help consists of.'),
    status: field.enumeration(activityStatuses, 'IATI activity status.'),
    startsOn: field.edtf('When it started or is to start.'),
    endsOn: field.edtf('When it ended or is to end.'),
    summary: field.prose('Summary.', { weight: 'B' }),
    participants: field.participants('AssistanceProgramParticipant', roles),
    topics: field.topics(),
    location: field.location('Where it is.'),
    commitment: field.money('Amount committed.'),
    aidType: field.code(z.enum(aidTypes), 'IATI aid type.', { values: aidTypes, group: field.groupByWord }),
    crsPurpose: crsPurpose(),
    agreements: field.references('agreements', 'Agreements that it came from.', {
      filter: { name: 'agreement', description: 'Agreement that it came from.' },
      include: { name: 'agreementDetails', description: 'the agreements that it came from, as records.' },
      inverse: { name: 'assistancePrograms', description: 'the assistance programs that came of it.' },
    }),
    externalIds: field.externalIds(),
  },
  {
    singular: 'AssistanceProgram',
    plural: 'AssistancePrograms',
    noun: 'assistance program',
    description: 'Help in science and technology given to other countries.',
    search: { title: 'title', prose: ['summary'] },
    happened: ['startsOn', 'endsOn'],
    example: {
      title: 'African water treatment programme',
      modality: 'environment',
      participants: [{ region: '002', role: 'beneficiary' }],
      topics: ['water-treatment'],
      externalIds: [{ scheme: 'interview-2011', id: 'F33' }],
    },
  },
)
