import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Context, Contract, Operation } from '../operations/operation.ts'
import { faultMessage } from '../problems/faults.ts'
import { Problem } from '../problems/problem.ts'
import { checkQuery, readQuery } from '../query/parameters.ts'
import type { Resource } from '../resources/resource.ts'
import type { Authorize } from './authentication.ts'

/** One operation on one resource, with its contract and its path. */
export interface Endpoint {
  resource: Resource
  operation: Operation
  contract: Contract
  /** Path with `{key}` in braces, as in the OpenAPI document. */
  path: string
}

function ending(path: Contract['path'], resource: Resource): string {
  if (path === 'collection') return ''
  return path === 'record' ? `/{${resource.key.property}}` : `/${path}`
}

/** Every endpoint of the grid. */
export function endpointsOf(resources: readonly Resource[], operations: readonly Operation[]): Endpoint[] {
  return resources.flatMap((resource) =>
    operations.map((operation) => {
      const contract = operation.contract(resource)
      const path = `/v1/${resource.name}${ending(contract.path, resource)}`
      return { resource, operation, contract, path }
    }),
  )
}

/** A path of the OpenAPI document in the router's notation. */
const routeOf = (path: string) => path.replace(/\{(\w+)\}/, ':$1')

/** The key in the path. @throws Problem `invalid-parameter` when it can't be a key of this resource. */
function keyOf({ resource, contract }: Endpoint, request: FastifyRequest): string {
  if (contract.path !== 'record') return ''
  // Fastify's routes give every parameter of the path as text.
  const key = (request.params as Record<string, string>)[resource.key.property] ?? ''
  const { error } = resource.key.schema.safeParse(key, { error: faultMessage })
  if (!error) return key
  const { property } = resource.key
  const message = error.issues.map((issue) => issue.message).join('; ')
  throw new Problem(
    'invalid-parameter',
    `"${key}" can't be the ${property} of a ${resource.noun}: it ${message}.`,
    {
      errors: [{ parameter: property, code: 'wrong_format', message }],
    },
  )
}

function searchOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?')
  return at < 0 ? '' : request.url.slice(at + 1)
}

const hasBody = (request: FastifyRequest) =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0

/** Refuses what no operation would look at, before anything is read. */
function checkBodyType({ contract }: Endpoint, request: FastifyRequest): void {
  if (!contract.body) {
    if (hasBody(request)) throw new Problem('malformed-request', `${request.method} takes no body here.`)
    return
  }
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type === undefined && !hasBody(request)) return
  if (type === undefined || !contract.body.mediaTypes.includes(type)) {
    const detail = `The body must be ${contract.body.mediaTypes.join(' or ')}${type ? `, not ${type}` : '; the Content-Type is missing'}.`
    const accept = contract.body.mediaTypes.join(', ')
    throw new Problem('unsupported-media-type', detail, {
      headers: { [request.method === 'PATCH' ? 'accept-patch' : 'accept-post']: accept },
    })
  }
}

function checkAccept(request: FastifyRequest): void {
  if (request.headers.accept === undefined || request.accepts().type(['application/json'])) return
  const detail = `The answer is application/json, which the Accept header "${request.headers.accept}" does not allow.`
  throw new Problem('not-acceptable', detail)
}

/** Header names arrive in lower case; those that may be repeated are joined as RFC 9110 has it. */
const headersOf = (request: FastifyRequest) =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  )

function mount(app: FastifyInstance, endpoint: Endpoint, context: Context, authorize: Authorize): void {
  const { resource, operation, contract, path } = endpoint
  app.route({
    method: operation.method,
    url: routeOf(path),
    onRequest: async (request) => {
      authorize(request.headers.authorization, contract.access)
      checkBodyType(endpoint, request)
    },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      checkAccept(request)
      const search = searchOf(request)
      const key = keyOf(endpoint, request)
      const query = checkQuery(contract.query, readQuery(search))
      const asked = { key, query, search, headers: headersOf(request), body: request.body }
      const { status, headers, body } = await operation.handle(resource, asked, context)
      reply.code(status).headers(headers)
      return body === undefined ? reply.send() : reply.type('application/json; charset=utf-8').send(body)
    },
  })
}

const allMethods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']

/** Answers OPTIONS, and every method that a path does not take, with the list of those that it does. */
function mountOtherMethods(app: FastifyInstance, url: string, taken: string[]): void {
  const allowed = [...taken, ...(taken.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
  const headers = {
    allow: allowed.join(', '),
    ...(taken.includes('PATCH') && { 'accept-patch': 'application/merge-patch+json, application/json' }),
  }
  app.route({
    method: 'OPTIONS',
    url,
    handler: async (_request, reply) => reply.code(204).headers(headers).send(),
  })
  app.route({
    method: allMethods.filter((method) => !allowed.includes(method)),
    url,
    onRequest: async (request) => {
      const detail = `${request.url.split('?')[0]} takes ${allowed.join(', ')} and not ${request.method}.`
      throw new Problem('method-not-allowed', detail, { headers })
    },
    handler: async () => undefined,
  })
}

/** Mounts the grid: every operation on every resource, in the order given. */
export function mountEndpoints(
  app: FastifyInstance,
  endpoints: Endpoint[],
  context: Context,
  authorize: Authorize,
): void {
  for (const endpoint of endpoints) mount(app, endpoint, context, authorize)
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const here = endpoints.filter((endpoint) => endpoint.path === path)
    mountOtherMethods(
      app,
      routeOf(path),
      here.map(({ operation }) => operation.method),
    )
  }
}
