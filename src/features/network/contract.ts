import { z } from 'zod'
import {
  type CheckedQuery,
  limitOf,
  type Parameter,
  single,
  valuesOf,
  wholeNumber,
  words,
  wordsOf,
} from '../../query/parameters.ts'
import { recordMoment, recordMomentOf } from '../../query/past.ts'
import { nameOutput } from '../../resources/components.ts'
import { edtf, keys } from '../../resources/values.ts'
import { selectedRecords, subjects } from './plan.ts'
import type { Level, NetworkPlan } from './statement.ts'

const names = subjects.map(({ resource }) => resource.name)

const max = { edges: 1000, minimum: 1_000_000 } as const
const usualEdges = 100

const many = (value: z.ZodType, description: string): Parameter => ({
  description,
  value,
  comparisons: { eq: { takes: 'many' } },
})

/** The parameters that select the records of a network, and how much of it is answered. */
export const networkParameters: Record<string, Parameter> = {
  from: single(
    edtf('From when.'),
    'Records that may have happened from this time on: agreements when they were signed, projects and programs from start to end (without an end they go on), bases when they were designated.',
  ),
  to: single(edtf('Until when.'), 'Records that may have happened until this time.'),
  undated: single(
    z.enum(['exclude', 'include']),
    'Whether records without any date count in a time: `exclude` when left out. Without `from` and `to` all records count.',
  ),
  resource: words(names, 'Resources to count, separated by commas; all four when left out.'),
  topic: many(keys.topic(), 'Records about a topic or any narrower one.'),
  region: many(
    keys.region(),
    'Regions or groups of countries: of a network, at least one end of each edge is in them; of a country, its partners are.',
  ),
  minimum: single(
    wholeNumber(max.minimum),
    'Fewest records that two must share; 1 when left out.',
    z.int().min(1).max(max.minimum),
  ),
  limit: limitOf('Edges or partners to answer, the strongest first', { usual: usualEdges, most: max.edges }),
  ...recordMoment('the network'),
}

const numberIn = (query: CheckedQuery, name: string, usual: number) =>
  Number(valuesOf(query, name)[0] ?? usual)

/** What a checked query asks of a network. @param country that takes part in all its records, if one is given. */
export const planNetwork = (query: CheckedQuery, level: Level, country?: string): NetworkPlan => ({
  selected: selectedRecords(query, country),
  level,
  regions: wordsOf(query, 'region'),
  minimum: numberIn(query, 'minimum', 1),
  limit: numberIn(query, 'limit', usualEdges),
  asOf: recordMomentOf(query),
})

const count = (description: string) => z.int().min(0).meta({ description })

const counts = z
  .partialRecord(z.enum(names), z.int().min(0))
  .meta({ description: 'How many of each resource that was counted.' })

const year = (which: string) =>
  z
    .int()
    .nullable()
    .meta({
      description: `The ${which} year that their dates name, whatever time was asked for; null where they name none. What has an open end, such as 1985-04/.., may go on.`,
    })

const edgeProperties = {
  count: count('How many records both take part in.'),
  resources: counts,
  topics: z
    .array(z.strictObject({ topic: keys.topic(), name: z.string(), count: z.int().min(1) }))
    .meta({ description: 'The ten topics that most of the records are about.' }),
  firstYear: year('first'),
  lastYear: year('last'),
}

const edgeExample = {
  count: 3,
  resources: { agreements: 2, projects: 1, 'cooperation-bases': 0, 'assistance-programs': 0 },
  topics: [{ topic: 'energy', name: 'Energy', count: 2 }],
  firstYear: 2006,
  lastYear: 2011,
}

const makeNetwork = () =>
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
        edges: z.array(z.strictObject({ source: z.string(), target: z.string(), ...edgeProperties })),
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
            edges: [{ source: 'CHN', target: 'PAK', ...edgeExample }],
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

const makePartners = () =>
  nameOutput(
    'CountryNetwork',
    z
      .strictObject({
        country: z.strictObject({ code: keys.country(), name: z.string() }),
        partners: z.array(
          z.strictObject({
            country: keys.country(),
            name: z.string(),
            ...edgeProperties,
            link: z.string().meta({ description: 'Path of the partner.' }),
            searches: z
              .array(
                z.strictObject({
                  resource: z.enum(names),
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
                ...edgeExample,
                link: '/v1/countries/PAK',
                searches: [searchExample],
              },
            ],
            total: { partners: 1, records: 4 },
          },
        ],
      }),
  )

/** Makes a schema when it is first asked for, and once, since it is given a name. */
const once = (make: () => z.ZodType) => {
  let made: z.ZodType | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Schema of the whole network. */
export const networkSchema = once(makeNetwork)

/** Schema of the network of one country. */
export const countryNetworkSchema = once(makePartners)
