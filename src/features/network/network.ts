import { z } from 'zod'
import type { Statement } from '../../database/statement.ts'
import { getWords, single } from '../../model/parameters.ts'
import type { Registry } from '../../model/registry.ts'
import { etagHeader, ifNoneMatch, taggedResponse } from '../../operations/entity-tags.ts'
import { acceptLanguage, contentLanguage, inLanguage } from '../../operations/language.ts'
import type { Context, Contract, Endpoint } from '../../operations/operation.ts'
import { readSnapshotAt } from '../../operations/past.ts'
import { recordNotFound, recordNotFoundAt } from '../../operations/read.ts'
import { notModified } from '../../operations/response-schemas.ts'
import { getRecordMoment } from '../../query/past.ts'
import { countryNetworkSchema, networkParameters, networkSchema, planNetwork } from './contract.ts'
import { networkStatement, partnersStatement } from './statement.ts'

interface Row {
  document: string
}

const takingPart =
  'Participants count in any role. A country also counts through its organizations, as a host and by location, as in the filter `country`. Regions that take part themselves are not nodes.'

const timeLimit =
  'No record is left out and no number is estimated: a million records take about ten seconds, and each further million pairs of participants about half a second. Beyond the time limit of statements the response is 503: narrow the records by `from` and `to`, `resource` or `topic`.'

const common = {
  access: 'read',
  cost: 10,
  headers: [ifNoneMatch, acceptLanguage],
} satisfies Partial<Contract>

const problems: Contract['problems'] = ['malformed-request', 'invalid-parameter', 'not-acceptable']

/**
 * PostgreSQL knows nothing of the values in common table expressions. It expects so many equal ones that it would sort
 * both sides of a join instead of hashing one.
 */
const planSettings = 'set local enable_mergejoin = off'

/** Runs the statement of a network on the present registry, or as of a time. */
const readNetwork = (at: string | undefined, context: Context, statement: Statement): Promise<Row[]> =>
  readSnapshotAt(at, context, (tx) => tx.query<Row>(statement), planSettings)

/** `GET /v1/network`: who cooperates with whom. */
export const network = (registry: Registry): Endpoint => ({
  method: 'GET',
  path: '/v1/network',
  tag: 'registry',
  contract: {
    ...common,
    operationId: 'getNetwork',
    summary: 'Who cooperates with whom',
    description: `A graph: the nodes are participants, and an edge connects two that take part in the same records, with the number of these records by resource, their topics, and their first and last date. A record with many participants counts once for every two of them. ${takingPart} ${timeLimit}`,
    query: {
      level: single(
        z.enum(['country', 'organization']),
        'What the nodes are: countries, or organizations; countries when left out.',
      ),
      ...networkParameters(registry),
    },
    answers: {
      200: {
        description: 'The network.',
        schema: () => networkSchema(registry),
        headers: { etag: etagHeader, 'content-language': contentLanguage },
      },
      304: notModified,
    },
    problems,
  },

  async handle({ query, language }, context) {
    const level = getWords(query, 'level')[0] === 'organization' ? 'organization' : 'country'
    const statement = networkStatement(registry, planNetwork(registry, query, level, language))
    const rows = await readNetwork(getRecordMoment(query), context, statement)
    return inLanguage(taggedResponse(rows.map(({ document }) => document).join('')), language)
  },
})

/** `GET /v1/countries/{code}/network`: a country's partners. */
export function countryNetwork(registry: Registry): Endpoint {
  const countries = registry.get('countries')
  return {
    method: 'GET',
    path: '/v1/countries/{code}/network',
    tag: countries.name,
    keyed: countries,
    contract: {
      ...common,
      operationId: 'getCountryNetwork',
      summary: 'Who a country cooperates with',
      description: `The countries that take part in the same records as this one, those with the most shared records first, each with the searches that find these records. ${takingPart}`,
      query: networkParameters(registry),
      answers: {
        200: {
          description: 'The partners of the country.',
          schema: () => countryNetworkSchema(registry),
          headers: { etag: etagHeader, 'content-language': contentLanguage },
        },
        304: notModified,
      },
      problems: [...problems, 'not-found'],
    },

    async handle({ key, query, language }, context) {
      const at = getRecordMoment(query)
      const statement = partnersStatement(
        registry,
        planNetwork(registry, query, 'country', language, key),
        key,
      )
      const rows = await readNetwork(at, context, statement)
      const [row] = rows
      if (!row) throw at === undefined ? recordNotFound(countries, key) : recordNotFoundAt(countries, key, at)
      return inLanguage(taggedResponse(row.document), language)
    },
  }
}
