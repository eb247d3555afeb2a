import { z } from 'zod'
import { pointSchema } from '../../model/fields/point.ts'
import { keys } from '../../model/keys.ts'
import type { Language } from '../../model/languages.ts'
import { lazyFor } from '../../model/lazy.ts'
import {
  limitParameter,
  multiValueParameter,
  type Parameter,
  singleValueParameter,
  valueListParameter,
  wholeNumber,
} from '../../model/parameters.ts'
import { type CheckedQuery, getLimit, getStringValues, getValues } from '../../model/query-string.ts'
import type { Registry } from '../../model/registry.ts'
import { registerResponseSchema } from '../../model/schema-names.ts'
import { edtf, externalScheme } from '../../model/schemas.ts'
import { languageParameter } from '../../operations/language.ts'
import { getRecordAsOf, recordAsOfParameter } from '../../query/past.ts'
import type { Level } from './selected-records-sql.ts'
import { getResourceSelections, networkResources } from './selection.ts'
import { maxTopics, type NetworkPlan } from './statement.ts'

const listResourceNames = (registry: Registry) =>
  networkResources(registry).map(({ resource }) => resource.name)

/** Default and maximum number of edges or partners in a response. */
const edgeLimits = { defaultSize: 100, maxSize: 1000 } as const
/** Maximum value of the parameter `minimum`. */
const maxMinimum = 1_000_000

/** The parameters that select the records of a network and limit the response. */
export const networkParameters = (registry: Registry): Record<string, Parameter> => ({
  from: singleValueParameter(
    edtf('From when.'),
    'Records that may have happened on or after this date: agreements by their signature, projects and programs by start and end (without an end they continue), bases by their designation.',
  ),
  to: singleValueParameter(edtf('Until when.'), 'Records that may have happened on or before this date.'),
  undated: singleValueParameter(
    z.enum(['exclude', 'include']),
    'Whether `from` and `to` include records without a date; `exclude` when left out. Without `from` and `to`, all records count.',
  ),
  resource: valueListParameter(
    listResourceNames(registry),
    'Resources to count, separated by commas; all when left out.',
  ),
  topic: multiValueParameter(keys.topic(), 'Records about a topic or any narrower one.'),
  source: multiValueParameter(keys.uuid('sources'), 'Records that a source supports, by their citations.'),
  externalIdScheme: multiValueParameter(
    externalScheme(),
    'Records with an identifier in an external system, such as a register.',
  ),
  ...languageParameter('the names'),
  region: multiValueParameter(
    keys.region(),
    'Regions or groups of countries. In the whole network, at least one end of each edge is in one of them; in the network of a country, its partners are.',
  ),
  minimum: singleValueParameter(
    wholeNumber(maxMinimum),
    'Minimum number of shared records; 1 when left out.',
    z.int().min(1).max(maxMinimum),
  ),
  ...recordAsOfParameter,
  limit: limitParameter(
    'Edges or partners in the response, those with the most shared records first',
    edgeLimits,
  ),
})

/**
 * Returns the plan of a checked query.
 * @param country code of a country that takes part in all records, if given.
 * @throws Problem `invalid-parameter` for parameters that `getResourceSelections` refuses.
 */
export const planNetwork = (
  registry: Registry,
  query: CheckedQuery,
  level: Level,
  language: Language,
  country?: string,
): NetworkPlan => ({
  selected: getResourceSelections(registry, query, country),
  level,
  country,
  regions: getStringValues(query, 'region'),
  minimum: Number(getValues(query, 'minimum')[0] ?? 1),
  limit: getLimit(query, edgeLimits),
  language,
  asOf: getRecordAsOf(query),
})

const count = (description: string) => z.int().min(0).meta({ description })

const numericCode = z
  .string()
  .nullable()
  .meta({ description: 'ISO 3166-1 numeric code of a country, as in map data.' })

const labelPoint = pointSchema
  .nullable()
  .meta({ description: 'Where a map puts the name or marker of a country.' })

const counts = (registry: Registry) =>
  z
    .partialRecord(z.enum(listResourceNames(registry)), z.int().min(0))
    .meta({ description: 'Number of records of each counted resource.' })

const date = (which: string, days: string) =>
  edtf(
    `The date with the ${days} possible day of all counted records, as its record has it; if several dates have this day, the alphabetically ${which}. It may lie outside \`from\` and \`to\`.`,
  ).nullable()

const edgeProperties = (registry: Registry) => ({
  count: count('Number of records in which both take part.'),
  resources: counts(registry),
  topics: z
    .array(z.strictObject({ topic: keys.topic(), name: z.string(), count: z.int().min(1) }))
    .meta({ description: `The ${maxTopics} most frequent topics of the records.` }),
  first: date('first', 'earliest'),
  last: date('last', 'latest'),
})

const edgeExample = (registry: Registry) => ({
  count: 3,
  resources: Object.fromEntries(listResourceNames(registry).map((name, index) => [name, [2, 1][index] ?? 0])),
  topics: [{ topic: 'energy', name: 'Energy', count: 2 }],
  first: '2006',
  last: '2011-04',
})

const makeNetwork = (registry: Registry) =>
  registerResponseSchema(
    'Network',
    z
      .strictObject({
        level: z.enum(['country', 'organization']),
        nodes: z.array(
          z.strictObject({
            id: z.string().meta({ description: 'Code of a country or id of an organization.' }),
            name: z.string(),
            country: z.string().nullable().meta({ description: 'Country of an organization.' }),
            numeric: numericCode,
            labelPoint,
            link: z.string().meta({ description: 'Path of the record.' }),
          }),
        ),
        edges: z.array(
          z.strictObject({ source: z.string(), target: z.string(), ...edgeProperties(registry) }),
        ),
        total: z.strictObject({ edges: count('Number of all edges, including those beyond `limit`.') }),
      })
      .meta({
        description:
          'Who takes part together with whom: each pair once, with the id of `source` before that of `target`.',
        examples: [
          {
            level: 'country',
            nodes: [
              {
                id: 'CHN',
                name: 'China',
                country: null,
                numeric: '156',
                labelPoint: { longitude: 108.26, latitude: 32.53 },
                link: '/v1/countries/CHN',
              },
              {
                id: 'PAK',
                name: 'Pakistan',
                country: null,
                numeric: '586',
                labelPoint: { longitude: 67.12, latitude: 27.76 },
                link: '/v1/countries/PAK',
              },
            ],
            edges: [{ source: 'CHN', target: 'PAK', ...edgeExample(registry) }],
            total: { edges: 1 },
          },
        ],
      }),
  )

const searchExample = {
  resource: 'agreements',
  count: 2,
  path: '/v1/agreements/search',
  body: { where: { and: [{ country: { eq: 'CHN' } }, { country: { eq: 'PAK' } }] } },
}

const makePartners = (registry: Registry) =>
  registerResponseSchema(
    'CountryNetwork',
    z
      .strictObject({
        country: z.strictObject({ code: keys.country(), name: z.string() }),
        partners: z.array(
          z.strictObject({
            country: keys.country(),
            name: z.string(),
            numeric: numericCode,
            labelPoint,
            ...edgeProperties(registry),
            link: z.string().meta({ description: 'Path of the partner.' }),
            searches: z
              .array(
                z.strictObject({
                  resource: z.enum(listResourceNames(registry)),
                  count: z.int().min(1),
                  path: z.string(),
                  body: z.record(z.string(), z.unknown()),
                }),
              )
              .meta({
                description:
                  'Search requests that find exactly the counted records: POST the body to the path.',
              }),
          }),
        ),
        total: z.strictObject({
          partners: count('Number of all partners, including those beyond `limit`.'),
          records: count('Number of records in which the country takes part, with or without partners.'),
        }),
      })
      .meta({
        description: 'The partners of a country, those with the most shared records first.',
        examples: [
          {
            country: { code: 'CHN', name: 'China' },
            partners: [
              {
                country: 'PAK',
                name: 'Pakistan',
                numeric: '586',
                labelPoint: { longitude: 67.12, latitude: 27.76 },
                ...edgeExample(registry),
                link: '/v1/countries/PAK',
                searches: [searchExample],
              },
            ],
            total: { partners: 1, records: 4 },
          },
        ],
      }),
  )

/** Schema of the whole network: one per registry, since the OpenAPI document has one schema of each name. */
export const networkSchema = lazyFor(makeNetwork)

/** Schema of the network of one country: one per registry, too. */
export const countryNetworkSchema = lazyFor(makePartners)
