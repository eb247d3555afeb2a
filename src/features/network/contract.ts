import { z } from 'zod'
import { keys } from '../../model/keys.ts'
import {
  type CheckedQuery,
  getValues,
  getWords,
  limitParameter,
  type Parameter,
  single,
  wholeNumber,
  words,
} from '../../model/parameters.ts'
import type { Registry } from '../../model/registry.ts'
import { nameOutput } from '../../model/schema-names.ts'
import { edtf } from '../../model/schemas.ts'
import { getRecordMoment, recordMomentParameter } from '../../query/past.ts'
import { networkResources, selectedRecords } from './plan.ts'
import type { Level, NetworkPlan } from './statement.ts'

const listResourceNames = (registry: Registry) =>
  networkResources(registry).map(({ resource }) => resource.name)

const maximums = { edges: 1000, minimum: 1_000_000 } as const
const defaultEdges = 100

const many = (value: z.ZodType, description: string): Parameter => ({
  description,
  value,
  comparisons: { eq: { takes: 'many' } },
})

/** The parameters that select the records of a network and limit the answer. */
export const networkParameters = (registry: Registry): Record<string, Parameter> => ({
  from: single(
    edtf('From when.'),
    'Records that may have happened from this time on: agreements when they were signed, projects and programs from start to end (without an end they go on), bases when they were designated.',
  ),
  to: single(edtf('Until when.'), 'Records that may have happened until this time.'),
  undated: single(
    z.enum(['exclude', 'include']),
    'Whether records without any date count in a time: `exclude` when left out. Without `from` and `to` all records count.',
  ),
  resource: words(listResourceNames(registry), 'Resources to count, separated by commas; all when left out.'),
  topic: many(keys.topic(), 'Records about a topic or any narrower one.'),
  region: many(
    keys.region(),
    'Regions or groups of countries: of a network, at least one end of each edge is in them; of a country, its partners are.',
  ),
  minimum: single(
    wholeNumber(maximums.minimum),
    'Fewest records that two must share; 1 when left out.',
    z.int().min(1).max(maximums.minimum),
  ),
  ...recordMomentParameter('the network'),
  limit: limitParameter('Edges or partners to answer, the strongest first', {
    defaultSize: defaultEdges,
    maxSize: maximums.edges,
  }),
})

const getNumber = (query: CheckedQuery, name: string, usual: number) =>
  Number(getValues(query, name)[0] ?? usual)

/** Returns the plan of a checked query. @param country that takes part in all records, if given. */
export const planNetwork = (
  registry: Registry,
  query: CheckedQuery,
  level: Level,
  country?: string,
): NetworkPlan => ({
  selected: selectedRecords(registry, query, country),
  level,
  regions: getWords(query, 'region'),
  minimum: getNumber(query, 'minimum', 1),
  limit: getNumber(query, 'limit', defaultEdges),
  asOf: getRecordMoment(query),
})

const count = (description: string) => z.int().min(0).meta({ description })

const counts = (registry: Registry) =>
  z
    .partialRecord(z.enum(listResourceNames(registry)), z.int().min(0))
    .meta({ description: 'How many of each resource that was counted.' })

const year = (which: string) =>
  z
    .int()
    .nullable()
    .meta({
      description: `The ${which} year that their dates name, whatever time was asked for; null where they name none. What has an open end, such as 1985-04/.., may go on.`,
    })

const edgeProperties = (registry: Registry) => ({
  count: count('How many records both take part in.'),
  resources: counts(registry),
  topics: z
    .array(z.strictObject({ topic: keys.topic(), name: z.string(), count: z.int().min(1) }))
    .meta({ description: 'The ten topics that most of the records are about.' }),
  firstYear: year('first'),
  lastYear: year('last'),
})

const edgeExample = (registry: Registry) => ({
  count: 3,
  resources: Object.fromEntries(listResourceNames(registry).map((name, at) => [name, [2, 1][at] ?? 0])),
  topics: [{ topic: 'energy', name: 'Energy', count: 2 }],
  firstYear: 2006,
  lastYear: 2011,
})

const makeNetwork = (registry: Registry) =>
  nameOutput(
    'Network',
    z
      .strictObject({
        level: z.enum(['country', 'organization']),
        nodes: z.array(
          z.strictObject({
            id: z.string().meta({ description: 'Code of a country or id of an organization.' }),
            name: z.string(),
            country: z.string().nullable().meta({ description: 'Country of an organization.' }),
            link: z.string().meta({ description: 'Path of the record.' }),
          }),
        ),
        edges: z.array(
          z.strictObject({ source: z.string(), target: z.string(), ...edgeProperties(registry) }),
        ),
        total: z.strictObject({ edges: count('How many edges there are, shown or not.') }),
      })
      .meta({
        description: 'Who takes part together with whom: each pair once, `source` before `target`.',
        examples: [
          {
            level: 'country',
            nodes: [
              { id: 'CHN', name: 'China', country: null, link: '/v1/countries/CHN' },
              { id: 'PAK', name: 'Pakistan', country: null, link: '/v1/countries/PAK' },
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
  nameOutput(
    'CountryNetwork',
    z
      .strictObject({
        country: z.strictObject({ code: keys.country(), name: z.string() }),
        partners: z.array(
          z.strictObject({
            country: keys.country(),
            name: z.string(),
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
                description: 'The records behind the count: POST the body to the path to find just these.',
              }),
          }),
        ),
        total: z.strictObject({
          partners: count('How many partners there are, shown or not.'),
          records: count('How many records the country takes part in, with partners or without.'),
        }),
      })
      .meta({
        description: 'The countries that a country takes part in something with, strongest ties first.',
        examples: [
          {
            country: { code: 'CHN', name: 'China' },
            partners: [
              {
                country: 'PAK',
                name: 'Pakistan',
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

/** Caches the schema of a registry: the OpenAPI document names each schema once. */
const once = (make: (registry: Registry) => z.ZodType) => {
  const made = new WeakMap<Registry, z.ZodType>()
  return (registry: Registry): z.ZodType => {
    const known = made.get(registry) ?? make(registry)
    made.set(registry, known)
    return known
  }
}

/** Schema of the whole network. */
export const networkSchema = once(makeNetwork)

/** Schema of the network of one country. */
export const countryNetworkSchema = once(makePartners)
