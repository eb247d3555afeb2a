import { STATUS_CODES } from 'node:http'
import { lazyFor } from '../../model/lazy.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { Endpoint } from '../../operations/operation.ts'
import { packageVersion } from '../../package-root.ts'
import { listEndpoints } from '../endpoints.ts'
import { commonHeaders, describeApi } from './description.ts'
import { headerParameter, pathParameter, queryParameters, segmentParameter } from './parameters.ts'
import { problemHeaders, problemSchema } from './problem-schema.ts'
import { describeResponses, shareHeaders } from './responses.ts'
import { collectSchemas, type JsonSchema, type Schemas } from './schemas.ts'
import { servicePaths } from './service-paths.ts'
import { pascalCase, type SharedParts, shareParts, type Use } from './shared-parts.ts'

function requestBody({ contract: { body } }: Endpoint, schemas: Schemas) {
  if (!body) return undefined
  const { example } = body
  const media = { schema: schemas.toJson(body.schema(), 'input'), ...(example !== undefined && { example }) }
  return { required: !body.isOptional, content: { [body.mediaTypes[0]]: media } }
}

function operationObject(
  endpoint: Endpoint,
  singular: string | undefined,
  schemas: Schemas,
  headers: SharedParts,
) {
  const { contract, collection } = endpoint
  const body = requestBody(endpoint, schemas)
  return {
    operationId: contract.operationId,
    tags: [endpoint.tag],
    summary: contract.summary,
    description: contract.description,
    ...(contract.cost !== undefined && { 'x-cost': contract.cost }),
    parameters: [
      ...(collection ? [pathParameter(collection, schemas)] : []),
      ...Object.entries(contract.pathParameters ?? {}).map(([name, segment]) =>
        segmentParameter(name, segment, schemas),
      ),
      ...Object.entries(contract.query).flatMap(([name, parameter]) =>
        queryParameters(name, parameter, { ...contract, singular }, schemas),
      ),
      ...contract.headers.filter((header) => !commonHeaders.includes(header)).map(headerParameter),
    ],
    ...(body && { requestBody: body }),
    responses: describeResponses(contract, schemas, headers),
    ...(contract.access !== 'read' && { security: [{ auth: [] }] }),
  }
}

const responseName = (status: string) =>
  status === 'default' ? 'Failure' : pascalCase(STATUS_CODES[status] ?? status)

/** Returns the name of a body: the name of its schema, or else of its media type. */
function bodyName({ content }: { content: Record<string, { schema: JsonSchema }> }): string {
  const [[type = '', media] = []] = Object.entries(content)
  return pascalCase(
    String(media?.schema.$ref ?? type)
      .split('/')
      .at(-1) ?? '',
    'body',
  )
}

/** Builds the operations, and the components that they share. */
function buildOperations(endpoints: readonly Endpoint[], resources: readonly Resource[], schemas: Schemas) {
  const singulars = new Map(resources.map(({ name, singular }) => [name, singular]))
  const headers = shareHeaders(endpoints)
  const findSingular = ({ tag }: Endpoint) => singulars.get(tag)
  const built = endpoints.map((endpoint) => ({
    endpoint,
    operation: operationObject(endpoint, findSingular(endpoint), schemas, headers),
  }))
  const collectUses = (
    getParts: (operation: (typeof built)[number]['operation']) => Pick<Use, 'name' | 'part'>[],
  ): Use[] =>
    built.flatMap(({ endpoint, operation }) =>
      getParts(operation).map((use) => ({
        operationId: operation.operationId,
        subject: findSingular(endpoint) ?? endpoint.tag,
        ...use,
      })),
    )
  const parameters = shareParts(
    'parameters',
    collectUses((operation) => operation.parameters.map((part) => ({ name: pascalCase(part.name), part }))),
    Object.keys(schemas.components()),
  )
  const responses = shareParts(
    'responses',
    collectUses((operation) =>
      Object.entries(operation.responses).map(([status, part]) => ({ name: responseName(status), part })),
    ),
  )
  const bodies = shareParts(
    'requestBodies',
    collectUses(({ requestBody: part }) => (part ? [{ name: bodyName(part), part }] : [])),
    Object.keys(schemas.components()),
  )
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { endpoint, operation } of built) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: {
        ...operation,
        parameters: operation.parameters.map(parameters.toReference),
        ...(operation.requestBody && { requestBody: bodies.toReference(operation.requestBody) }),
        responses: Object.fromEntries(
          Object.entries(operation.responses).map(([status, response]) => [
            status,
            responses.toReference(response),
          ]),
        ),
      },
    }
  }
  return {
    paths,
    parameters: parameters.components,
    requestBodies: bodies.components,
    responses: responses.components,
    headers: { ...headers.components, ...problemHeaders },
  }
}

/** Sorts resources for readers of the document: resources with event dates come first. */
const sortForReaders = (resources: readonly Resource[]) =>
  resources.toSorted((one, other) => Number(!one.eventDates) - Number(!other.eventDates))

/** Builds the OpenAPI 3.1 document of a registry from the contracts of its endpoints, once for all apps of a process. */
export const openApiDocument = lazyFor((registry: Registry) => {
  const { resources } = registry
  const endpoints = listEndpoints(registry)
  const schemas = collectSchemas(
    {
      input: endpoints.flatMap(({ contract }) => [
        ...(contract.body ? [contract.body.schema()] : []),
        ...Object.values(contract.query).map(({ value }) => value),
      ]),
      output: endpoints.flatMap(({ contract: { responses } }) =>
        Object.values(responses).flatMap(({ schema }) => (schema ? [schema()] : [])),
      ),
    },
    resources.map(({ singular }) => singular),
  )
  const { paths, ...shared } = buildOperations(endpoints, resources, schemas)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Entente',
      version: packageVersion,
      description: describeApi(endpoints),
      contact: { name: 'The operator of this registry' },
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    // In a public registry, reads need no key.
    security: [{}, { auth: [] }],
    tags: [
      ...sortForReaders(resources).map(({ name, description, label }) => ({
        name,
        description,
        'x-label': label,
      })),
      {
        name: 'registry',
        description: 'Across resources: search, networks, changes, names.',
      },
      {
        name: 'imports',
        description: 'Imports of files: dry run, unresolved names, commit, undo.',
      },
      { name: 'keys', description: 'API keys: who may read, write and manage keys.' },
      { name: 'service', description: 'Health and metrics.' },
    ],
    paths: { ...paths, ...servicePaths },
    components: {
      schemas: { ...schemas.components(), ...problemSchema },
      ...shared,
      securitySchemes: {
        auth: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key of this registry, or an access token (JWT) of its OpenID Connect issuer. Readers read, editors also write, administrators also manage keys and redact.',
        },
      },
    },
  }
})
