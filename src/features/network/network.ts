import { z } from 'zod'
import { groupingSettings } from '../../database/reading-settings.ts'
import { singleValueParameter } from '../../model/parameters.ts'
import { getStringValues } from '../../model/query-string.ts'
import type { Registry } from '../../model/registry.ts'
import { ifNoneMatch, taggedResponse } from '../../operations/entity-tags.ts'
import { acceptLanguage, contentLanguage, withLanguageHeaders } from '../../operations/language.ts'
import { withMergedRecords } from '../../operations/merged.ts'
import type { Context, Contract, Endpoint } from '../../operations/operation.ts'
import { readSnapshotAt } from '../../operations/past.ts'
import { recordNotFound } from '../../operations/read.ts'
import { readResponses } from '../../operations/response-schemas.ts'
import { countryNetworkSchema, networkParameters, networkSchema, planNetwork } from './contract.ts'
import {
  type Edges,
  edgesStatement,
  type NetworkPlan,
  networkStatement,
  partnersStatement,
} from './statement.ts'

const participationNote =
  'Participants count in any role. A country also counts through its organizations, as a host and by location, as in the filter `country`. Regions that take part themselves are not nodes.'

const durationNote =
  'No record is left out and no number is estimated: a million records take six to seventeen seconds, and each further million pairs of participants about half a second. Beyond the time limit of statements the response is 503: narrow the records by `from` and `to`, `resource` or `topic`.'

const common = {
  access: 'read',
  cost: 10,
  headers: [ifNoneMatch, acceptLanguage],
} satisfies Partial<Contract>

/**
 * PostgreSQL overestimates the number of distinct pairs, and would pass every pair of every record between processes. A high
 * cost of passing rows makes each process count its pairs first, and pass only the counts.
 */
const pairSettings = `${groupingSettings}; set local parallel_tuple_cost = 1000`

/** Reads the JSON of a network, now or as of a time: first its edges, and then the details of the shown edges. */
const readNetwork = (
  registry: Registry,
  plan: NetworkPlan,
  context: Context,
  makeStatement: typeof networkStatement,
): Promise<string | undefined> =>
  readSnapshotAt(
    plan.asOf,
    context,
    async (tx) => {
      const [edges] = await tx.query<Edges>(edgesStatement(registry, plan))
      if (!edges) throw new Error('the edges of a network have no row')
      const [row] = await tx.query<{ document: string }>(makeStatement(registry, plan, edges))
      return row?.document
    },
    plan.asOf === undefined ? pairSettings : undefined,
  )

/** `GET /v1/network`: who cooperates with whom. */
export const networkEndpoint = (registry: Registry): Endpoint => ({
  method: 'GET',
  path: '/v1/network',
  tag: 'registry',
  contract: {
    ...common,
    operationId: 'getNetwork',
    summary: 'Who cooperates with whom',
    description: `A graph: the nodes are participants, and an edge connects two that take part in the same records, with the number of these records by resource, their topics, and their first and last date. A record with many participants counts once for every two of them. ${participationNote} ${durationNote}`,
    query: {
      level: singleValueParameter(
        z.enum(['country', 'organization']),
        'What the nodes are: countries, or organizations; countries when left out.',
      ),
      ...networkParameters(registry),
    },
    responses: readResponses('The network.', () => networkSchema(registry), {
      'content-language': contentLanguage,
    }),
  },

  async handle({ query, language }, context) {
    const level = getStringValues(query, 'level')[0] === 'organization' ? 'organization' : 'country'
    const plan = planNetwork(registry, query, level, language)
    const document = await readNetwork(registry, plan, context, networkStatement)
    if (document === undefined) throw new Error('the statement of a network returned no row')
    return withLanguageHeaders(taggedResponse(document), language)
  },
})

/** `GET /v1/countries/{code}/network`: a country's partners. */
export function countryNetworkEndpoint(registry: Registry): Endpoint {
  const countries = registry.get('countries')
  return withMergedRecords(countries, {
    method: 'GET',
    path: '/v1/countries/{code}/network',
    tag: countries.name,
    collection: countries,
    contract: {
      ...common,
      operationId: 'getCountryNetwork',
      summary: 'Who a country cooperates with',
      description: `The countries that take part in the same records as this one, those with the most shared records first, each with the searches that find these records. ${participationNote}`,
      query: networkParameters(registry),
      responses: readResponses('The partners of the country.', () => countryNetworkSchema(registry), {
        'content-language': contentLanguage,
      }),
      problems: ['not-found'],
    },

    async handle({ key, query, language }, context) {
      const plan = planNetwork(registry, query, 'country', language, key)
      const document = await readNetwork(registry, plan, context, partnersStatement)
      if (document === undefined) throw recordNotFound(countries, key, plan.asOf)
      return withLanguageHeaders(taggedResponse(document), language)
    },
  })
}
