import { STATUS_CODES } from 'node:http'
import type { Resource } from '../../model/resource.ts'
import type { Contract, Endpoint, HeaderContract, ResponseContract } from '../../operations/operation.ts'
import { type ProblemType, problemTypes } from '../../problems/types.ts'
import { clientId } from '../plugins/client/end-client.ts'
import { headerParameter, pathParameter, queryParameters, segmentParameter } from './parameters.ts'
import { problemAnswer, problemSchema } from './problem-schema.ts'
import { readHeaders } from './read-headers.ts'
import { collectSchemas, type JsonSchema, type Schemas } from './schemas.ts'
import { servicePaths } from './service-paths.ts'
import { pascalCase, shareParts, type Use } from './shared-parts.ts'

/** The problems that every operation may return. */
const everywhere: ProblemType[] = [
  'unauthorized',
  'forbidden',
  'timeout',
  'uri-too-long',
  'expectation-failed',
  'rate-limited',
  'too-many-waiting',
  'internal',
  'overloaded',
  'too-slow',
  'unavailable',
]

const headers = (contracts: Record<string, HeaderContract>) =>
  Object.fromEntries(
    Object.entries(contracts).map(([name, { description, example }]) => [
      name,
      { description, schema: { type: 'string' }, example },
    ]),
  )

function goodAnswer(
  { description, schema, headers: own }: ResponseContract,
  { access, mediaType = 'application/json' }: Contract,
  schemas: Schemas,
) {
  const contracts = access === 'read' ? { ...own, ...readHeaders } : own
  return {
    description,
    ...(Object.keys(contracts).length > 0 && { headers: headers(contracts) }),
    ...(schema && { content: { [mediaType]: { schema: schemas.of(schema(), 'output') } } }),
  }
}

function problemAnswers({ access, problems }: Contract): Record<string, JsonSchema> {
  const changing: ProblemType[] = access === 'read' ? [] : ['outcome-unknown']
  const possible = [...new Set([...problems, ...everywhere, ...changing])]
  const statuses = new Set(possible.map((type) => problemTypes[type].status))
  return Object.fromEntries(
    [...statuses].map((status) => [
      String(status),
      problemAnswer(possible.filter((type) => problemTypes[type].status === status)),
    ]),
  )
}

function requestBody({ contract: { body } }: Endpoint, schemas: Schemas) {
  if (!body) return undefined
  const media = { schema: schemas.of(body.schema(), 'input'), example: body.example }
  return { required: body.presence !== 'optional', content: { [body.mediaTypes[0]]: media } }
}

const costSentence = ({ cost = 1 }: Contract) =>
  `Costs ${cost} ${cost === 1 ? 'unit' : 'units'} of the rate limit.`

function operationObject(endpoint: Endpoint, schemas: Schemas) {
  const { contract, keyed } = endpoint
  const body = requestBody(endpoint, schemas)
  const answers = Object.entries(contract.answers).map(([status, answer]): [string, JsonSchema] => [
    status,
    goodAnswer(answer, contract, schemas),
  ])
  const responses: Record<string, JsonSchema> = {
    ...Object.fromEntries(answers),
    ...problemAnswers(contract),
  }
  return {
    operationId: contract.operationId,
    tags: [endpoint.tag],
    summary: contract.summary,
    description: `${contract.description} ${costSentence(contract)}`,
    'x-cost': contract.cost ?? 1,
    parameters: [
      ...(keyed ? [pathParameter(keyed, schemas)] : []),
      ...Object.entries(contract.segments ?? {}).map(([name, segment]) =>
        segmentParameter(name, segment, schemas),
      ),
      ...Object.entries(contract.query).flatMap(([name, parameter]) =>
        queryParameters(name, parameter, schemas),
      ),
      ...[...contract.headers, clientId].map(headerParameter),
    ],
    ...(body && { requestBody: body }),
    responses,
    // In a public registry, reads need no key.
    security: contract.access === 'read' ? [{}, { key: [] }] : [{ key: [] }],
  }
}

const responseName = (status: string) => pascalCase(STATUS_CODES[status] ?? status)

/** Builds the operations, and the components that they have in common. */
function buildOperations(endpoints: Endpoint[], resources: readonly Resource[], schemas: Schemas) {
  const singulars = new Map(resources.map(({ name, singular }) => [name, singular]))
  const built = endpoints.map((endpoint) => ({ endpoint, operation: operationObject(endpoint, schemas) }))
  const uses = (
    partsOf: (operation: (typeof built)[number]['operation']) => Pick<Use, 'name' | 'part'>[],
  ): Use[] =>
    built.flatMap(({ endpoint: { tag }, operation }) =>
      partsOf(operation).map((use) => ({
        operationId: operation.operationId,
        owner: singulars.get(tag) ?? tag,
        ...use,
      })),
    )
  const parameters = shareParts(
    'parameters',
    uses((operation) =>
      operation.parameters.map((part) => ({ name: pascalCase(part.name, 'parameter'), part })),
    ),
  )
  const responses = shareParts(
    'responses',
    uses((operation) =>
      Object.entries(operation.responses).map(([status, part]) => ({ name: responseName(status), part })),
    ),
  )
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { endpoint, operation } of built) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: {
        ...operation,
        parameters: operation.parameters.map(parameters.of),
        responses: Object.fromEntries(
          Object.entries(operation.responses).map(([status, answer]) => [status, responses.of(answer)]),
        ),
      },
    }
  }
  return { paths, parameters: parameters.components, responses: responses.components }
}

/**
 * Builds the OpenAPI 3.1 document from the contracts of the endpoints.
 * @param resources groups of the documentation.
 * @param version of the API's contract.
 */
export function openApiDocument(endpoints: Endpoint[], resources: readonly Resource[], version: string) {
  const schemas = collectSchemas({
    input: endpoints.flatMap(({ contract }) => [
      ...(contract.body ? [contract.body.schema()] : []),
      ...Object.values(contract.query).map(({ value }) => value),
    ]),
    output: endpoints.flatMap(({ contract: { answers } }) =>
      Object.values(answers).flatMap(({ schema }) => (schema ? [schema()] : [])),
    ),
  })
  const { paths, parameters, responses } = buildOperations(endpoints, resources, schemas)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Entente',
      version,
      summary: 'A registry of international science and technology cooperation.',
      description:
        'Agreements, projects, cooperation bases and assistance programs, their participants and their sources. Nothing in a request is ignored: an unknown name or value is an error that suggests the closest valid one.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    tags: [
      ...resources.map((resource) => ({ name: resource.name, description: resource.description })),
      {
        name: 'registry',
        description: 'The whole registry at once: searches and networks across resources.',
      },
      { name: 'keys', description: 'Keys of the API: who may read, write and manage keys.' },
      { name: 'service', description: 'The service itself.' },
    ],
    paths: { ...paths, ...servicePaths },
    components: {
      schemas: { ...schemas.components, ...problemSchema },
      parameters,
      responses,
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key of this registry, or an access token (JWT) of the OpenID Connect issuer that it trusts. Readers read, editors also write, administrators also manage keys.',
        },
      },
    },
  }
}
