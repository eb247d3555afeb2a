import { z } from 'zod'
import { visibilities } from '../../database/tables/records.ts'
import { changeKinds } from '../../database/vocabularies.ts'
import { keys } from '../../model/keys.ts'
import { lazyFor } from '../../model/lazy.ts'
import { countedSchema } from '../../model/list-request.ts'
import type { Registry } from '../../model/registry.ts'
import { registerResponseSchema, withDescription } from '../../model/schema-names.ts'
import { groupExample, groupSchema } from '../../operations/group-schema.ts'
import { changedResource } from '../changes/contract.ts'
import { maxChanges, maxExpiring, maxFigures, maxGroups } from './limits.ts'
import { briefingResources, sectionGroups } from './sections.ts'

/** The schema of a briefing. */

const count = () => z.int().min(0).meta({ description: 'Number of records.' })
const list = () =>
  z.string().meta({ description: 'Path of the list request that returns exactly the counted records.' })
const visibility = () => z.enum(visibilities)
const link = () => z.string().meta({ description: 'Path of the record.' })

/** An object with an optional property of the same schema for each name. */
const optionalProperties = (names: readonly string[], schema: z.ZodType) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, schema.optional()])))

const groups = registerResponseSchema(
  'BriefingGroups',
  z
    .strictObject({
      data: z.array(groupSchema),
      groups: z.int().min(0).meta({ description: 'Number of groups, including those not in `data`.' }),
    })
    .meta({ description: 'Groups of records.', examples: [{ data: [groupExample], groups: 1 }] }),
)

const sectionExample = {
  count: 0,
  list: '/v1/agreements?country=PAK',
  groups: {},
}

const section = registerResponseSchema(
  'BriefingSection',
  z
    .strictObject({
      count: count(),
      list: list(),
      groups: optionalProperties(sectionGroups, groups).meta({
        description: `All years; the ${maxGroups.topic} largest topics; the ${maxGroups.country} largest partners; \`kind\`, \`modality\` and \`status\` if the resource has them.`,
      }),
    })
    .meta({
      description: 'Records of a resource in which the country takes part.',
      examples: [sectionExample],
    }),
)

const moneyExample = (roles: string) => ({
  count: 0,
  list: `/v1/assistance-programs?country=PAK&role=${roles}`,
  amounts: { data: [], groups: 0 },
})

const money = registerResponseSchema(
  'BriefingMoney',
  z.strictObject({ count: count(), list: list(), amounts: groups }).meta({
    description:
      'Programs and the sums of their amounts: a group for each year in which programs start, kind of amount and currency.',
    examples: [moneyExample('donor,funder')],
  }),
)

const expiring = z.strictObject({
  count: count(),
  list: list(),
  data: z
    .array(
      z.strictObject({
        id: keys.uuid(),
        title: z.string(),
        expiresOn: z.string(),
        renewal: z.string().nullable(),
        visibility: visibility(),
        link: link(),
      }),
    )
    .meta({ description: `The ${maxExpiring} that expire first.` }),
})

const changes = z.strictObject({
  list: z.string().meta({ description: 'Path of all changes of the country, newest first.' }),
  data: z.array(
    z.strictObject({
      resource: changedResource,
      key: z.string(),
      title: z.string().nullable(),
      version: z.int().min(1),
      operation: z.enum(changeKinds),
      time: z.iso.datetime(),
      visibility: visibility(),
      link: z.string().meta({ description: 'Path of the history of the record.' }),
    }),
  ),
})

const figure = z.strictObject({
  id: keys.uuid(),
  indicator: z.string(),
  title: z.string(),
  value: z.number(),
  qualifier: z.string(),
  unit: z.string(),
  asOf: z.string().nullable(),
  recorded: countedSchema().nullable().meta({
    description: 'The count in the registry; null if the figure has no valid list request (`query`).',
  }),
  link: link(),
})

const makeSchema = (registry: Registry) =>
  registerResponseSchema(
    'CountryBriefing',
    z
      .strictObject({
        country: z.strictObject({ code: keys.country(), name: z.string(), link: link() }),
        day: z.iso
          .date()
          .meta({ description: 'The day of `inForce` and `expiring`: the day of `asOf`, or today in UTC.' }),
        records: optionalProperties(
          briefingResources(registry).map(({ name }) => name),
          section,
        ).meta({ description: 'Sections of all resources with participants.' }),
        inForce: section.meta({ description: 'Agreements that may be in force on the day.' }),
        expiring: expiring.meta({ description: 'Those of `inForce` that may expire within a year.' }),
        units: groups.meta({
          description:
            'Cooperation bases by kind: records, and how many bases they represent (`sum:unitCount`).',
        }),
        given: withDescription(money, 'Assistance programs of which the country is donor or funder.'),
        received: withDescription(
          money,
          'Assistance programs of which the country is recipient or beneficiary.',
        ),
        changes: changes
          .nullable()
          .meta({ description: `The ${maxChanges} latest changes; null with \`asOf\`.` }),
        figures: z
          .array(figure)
          .meta({ description: 'Figures of sources about the country, with the counts of the registry.' }),
        figuresList: z
          .string()
          .meta({ description: `Path of the list of all figures; \`figures\` has the first ${maxFigures}.` }),
        sources: groups.meta({
          description: 'Sources with the number of their citations for records of the country.',
        }),
      })
      .meta({
        description: 'What the registry has about a country.',
        examples: [
          {
            country: { code: 'PAK', name: 'Pakistan', link: '/v1/countries/PAK' },
            day: '2026-01-31',
            records: { agreements: sectionExample },
            inForce: { ...sectionExample, list: '/v1/agreements?country=PAK&inForceOn=2026-01-31' },
            expiring: {
              count: 0,
              list: '/v1/agreements?country=PAK&inForceOn=2026-01-31&expiresOn%5Blte%5D=2027-01-31',
              data: [],
            },
            units: { data: [], groups: 0 },
            given: moneyExample('donor,funder'),
            received: moneyExample('recipient,beneficiary'),
            changes: { list: '/v1/changes?country=PAK&order=desc', data: [] },
            figures: [],
            figuresList: '/v1/figures?country=PAK&sort=indicator',
            sources: { data: [], groups: 0 },
          },
        ],
      }),
  )

/**
 * Returns the schema of a country's briefing. It is created once for each registry, since the OpenAPI document refuses two
 * schemas with the same name.
 */
export const briefingSchema = lazyFor(makeSchema)
