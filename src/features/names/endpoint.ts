import { z } from 'zod'
import { keys } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import { registerRequestSchema, registerResponseSchema } from '../../model/schema-names.ts'
import { edtf } from '../../model/schemas.ts'
import type { Endpoint } from '../../operations/operation.ts'
import { faultCountText } from '../../operations/writing/validation.ts'
import { checkValue } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import { resolveNames } from './index.ts'
import { maxNameLength, nameResolution } from './types.ts'

/** Maximum number of queries of a request. */
export const maxQueries = 1000

/** Maximum number of candidates of a query. */
export const maxCandidates = 10

const resolutions = registerResponseSchema(
  'NameResolutions',
  z
    .strictObject({ data: z.array(nameResolution) })
    .meta({ description: 'Results in the order of the queries.' }),
)

/** Returns the schema of the body. @param names the names of the resources. */
const makeBody = (names: string[]) => {
  const resource = z.enum(names).meta({ description: 'Resource of the record.' })
  const query = registerRequestSchema(
    'NameQuery',
    z
      .strictObject({
        resource,
        name: z.string().max(maxNameLength).meta({ description: 'The name as a source has it, or a code.' }),
        on: edtf('Date as of which the name is resolved; only its first year counts.').optional(),
        country: keys.country().optional().meta({
          description: 'Country of the organization; for `countries`, the country that the source is about.',
        }),
        scheme: z.string().min(1).max(60).optional().meta({
          description:
            'Scheme of the code in `name`: alpha2, alpha3, numeric, iso3166 (any of these); ror; a scheme of topics; a scheme of external ids.',
        }),
        limit: z
          .int()
          .min(1)
          .max(maxCandidates)
          .optional()
          .meta({ description: 'Maximum candidates; default 3.' }),
      })
      .meta({ description: 'A name to resolve.' }),
  )
  return registerRequestSchema(
    'NameQueries',
    z
      .strictObject({ queries: z.array(query).min(1).max(maxQueries) })
      .meta({ description: 'Names to resolve.' }),
  )
}

/** `POST /v1/resolve`: resolves names of records in bulk. */
export function resolveEndpoint(registry: Registry): Endpoint {
  const body = makeBody(registry.resources.map(({ name }) => name))
  return {
    method: 'POST',
    path: '/v1/resolve',
    tag: 'registry',
    contract: {
      operationId: 'resolveNames',
      summary: 'Resolve names to records',
      description: `Finds the records that names mean: up to ${maxQueries} names, in any spelling, order, abbreviation or language that the registry knows, including former names and states. A name that may mean several records is \`ambiguous\`, with the candidates and the reason.`,
      access: 'read',
      cost: 2,
      query: {},
      headers: [],
      body: {
        mediaTypes: ['application/json'],
        schema: () => body,
        example: { queries: [{ resource: 'countries', name: 'Congo, Dem. Rep.' }] },
      },
      responses: { 200: { description: 'The resolutions.', schema: () => resolutions, headers: {} } },
      problems: ['invalid-body'],
    },

    async handle(request, { database }) {
      const { data, faults } = checkValue(body, request.body)
      if (faults)
        throw new Problem('invalid-body', `The request has ${faultCountText(faults.count)}.`, {
          errors: faults,
        })
      const resolved = await resolveNames(database, registry, data.queries)
      return { status: 200, headers: {}, body: JSON.stringify({ data: resolved }) }
    },
  }
}
