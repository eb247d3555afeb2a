import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Actor, ApiRequest, Context, Contract, Endpoint } from '../../operations/operation.ts'
import { faultMessage } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import { aNoun } from '../../problems/suggest.ts'
import { checkQuery, queryReader, type RawQuery, type ReadQuery, wordsOf } from '../../query/parameters.ts'
import { anonymous } from './authentication/authenticate.ts'
import { type Admit, actorOf } from './authentication.ts'
import { type KnownPath, matches, methodNotAllowed } from './error-handler.ts'
import { askedKey, headersRead, normalisedKey } from './response-cache/cache-key.ts'
import type { Reads } from './response-cache/response-cache.ts'

/** A path of the OpenAPI document in the router's notation. */
const routeOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** The key in the path. @throws Problem `invalid-parameter` when it can't be a key of this resource. */
function keyOf({ keyed: resource }: Endpoint, request: FastifyRequest): string {
  if (!resource) return ''
  // Fastify's routes give every parameter of the path as text.
  const key = (request.params as Record<string, string>)[resource.key.property] ?? ''
  const { error } = resource.key.schema.safeParse(key, { error: faultMessage })
  if (!error) return key
  const { property } = resource.key
  const message = error.issues.map((issue) => issue.message).join('; ')
  throw new Problem(
    'invalid-parameter',
    `"${key}" can't be the ${property} of ${aNoun(resource.noun)}: it ${message}.`,
    {
      errors: [{ parameter: property, code: 'wrong_format', message }],
    },
  )
}

/** What varies in the path beside the key. @throws Problem `invalid-parameter` for what it can't be. */
function segmentsOf({ contract: { segments = {} } }: Endpoint, request: FastifyRequest) {
  // Fastify's routes give every parameter of the path as text.
  const texts = request.params as Record<string, string>
  const names = Object.keys(segments)
  return checkQuery(segments, new Map(names.map((name) => [name, new Map([['eq', [texts[name] ?? '']]])])))
}

const json = 'application/json; charset=utf-8'

/** Milliseconds without a byte after which the transfer of a stream is given up. */
const stalledAfter = 300_000

function searchOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?')
  return at < 0 ? '' : request.url.slice(at + 1)
}

const hasBody = (request: FastifyRequest) =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0

/** The media type of a request's body, in lower case and without parameters. */
const bodyTypeOf = (request: FastifyRequest) =>
  request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()

const bodyTypesOf = ({ mediaTypes, lines }: NonNullable<Contract['body']>) =>
  lines ? [...mediaTypes, lines.mediaType] : mediaTypes

/** Refuses what no operation would look at, before anything is read. */
function checkBodyType({ contract }: Endpoint, request: FastifyRequest): void {
  if (!contract.body) {
    if (hasBody(request)) throw new Problem('malformed-request', `${request.method} takes no body here.`)
    // Some clients send a type with everything; that of nothing is not worth a refusal.
    delete request.headers['content-type']
    return
  }
  const type = bodyTypeOf(request)
  if (type === undefined && !hasBody(request)) return
  const mediaTypes = bodyTypesOf(contract.body)
  if (type === undefined || !mediaTypes.includes(type)) {
    const detail = `The body must be ${mediaTypes.join(' or ')}${type ? `, not ${type}` : '; the Content-Type is missing'}.`
    const accept = mediaTypes.join(', ')
    throw new Problem('unsupported-media-type', detail, {
      headers: { [request.method === 'PATCH' ? 'accept-patch' : 'accept-post']: accept },
    })
  }
}

/**
 * Refuses a key of idempotency where it would do nothing.
 * @throws Problem `malformed-request`.
 */
function checkIdempotencyKey({ contract }: Endpoint, request: FastifyRequest): void {
  if (request.headers['idempotency-key'] === undefined) return
  if (contract.headers.some(({ name }) => name === 'Idempotency-Key')) return
  throw new Problem('malformed-request', 'Idempotency-Key is of requests that change something.', {
    errors: [
      {
        header: 'Idempotency-Key',
        code: 'unknown',
        message: 'is not needed here, since nothing is changed: leave it out',
      },
    ],
  })
}

/** The media types of an operation's good answers by the words of their formats, JSON first. */
const mediaTypesOf = ({
  mediaType = 'application/json',
  formats = {},
}: Contract): [word: string, type: string][] => [
  ['json', mediaType],
  ...Object.entries(formats).map(([word, { mediaType }]): [string, string] => [word, mediaType]),
]

/**
 * The format that `Accept` prefers among those of an operation.
 * @throws Problem `not-acceptable` when it allows none of them.
 */
function acceptedFormat(contract: Contract, request: FastifyRequest): string {
  const { accept } = request.headers
  if (accept === undefined) return 'json'
  const types = mediaTypesOf(contract)
  const found = request.accepts().type(types.flatMap(([, type]) => [type, `${type}; charset=utf-8`]))
  const chosen = found && String(found).split(';')[0]
  const format = types.find(([, type]) => type === chosen)?.[0]
  if (format !== undefined) return format
  const listed = types.map(([, type]) => type).join(', ')
  const detail = `The answer is ${types.length > 1 ? 'one of ' : ''}${listed}, which the Accept header "${accept}" does not allow.`
  throw new Problem('not-acceptable', detail)
}

/** The value of a header; those that may be repeated are joined as RFC 9110 has it. */
const headerOf = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** Aborts when the connection closes before the answer has been sent. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  if (reply.raw.destroyed) controller.abort()
  reply.raw.once('close', () => controller.abort())
  return controller.signal
}

/** Some of the headers, or all of them; their names arrive in lower case. */
const headersOf = (request: FastifyRequest, names = Object.keys(request.headers)) =>
  Object.fromEntries(names.map((name) => [name, headerOf(request, name)]))

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

/**
 * What a request asks of an endpoint, once all of it that any operation looks at in the same way has been checked.
 * @param actor who asks.
 * @param headers names of those that the operation is shown; all when left out.
 * @throws Problem for what can't be asked.
 */
function askedOf(
  endpoint: Endpoint,
  read: (search: string) => ReadQuery,
  request: FastifyRequest,
  reply: FastifyReply,
  actor: Actor,
  headers?: string[],
): { asked: ApiRequest; raw: RawQuery } {
  const { contract } = endpoint
  const search = searchOf(request)
  const { raw, check } = read(search)
  // What `format` says goes before `Accept`.
  const said = contract.formats !== undefined && raw.has('format')
  const accepted = said ? 'json' : acceptedFormat(contract, request)
  const key = keyOf(endpoint, request)
  const segments = segmentsOf(endpoint, request)
  const query = check()
  const [format = accepted] = said ? wordsOf(query, 'format') : []
  const bodyType = bodyTypeOf(request)
  const asked: ApiRequest = {
    actor,
    method: request.method,
    format,
    key,
    segments,
    query,
    requestId: request.id,
    url: request.url,
    search,
    headers: headersOf(request, headers),
    ...(bodyType !== undefined && { bodyType }),
    body: request.body,
    gone: () => goneSignal(reply),
  }
  return { asked, raw }
}

/** Mounts what changes nothing. */
function mountRead(app: FastifyInstance, endpoint: Endpoint, service: Service): void {
  const { method, path, contract } = endpoint
  const { context, admit, reads } = service
  const names = headersRead(endpoint)
  const read = queryReader(contract.query)
  // What has been sent in a body is not known before it is read.
  const sentKey = (request: FastifyRequest) => (method === 'GET' ? askedKey(request, names) : undefined)
  app.route({
    method,
    url: routeOf(path),
    config: { operationId: contract.operationId },
    onRequest(request, reply, done) {
      admit(request, reply, contract.access)
        .then(() => {
          checkBodyType(endpoint, request)
          checkIdempotencyKey(endpoint, request)
          const sent = sentKey(request)
          if (sent === undefined || !reads.repeat(request, reply, sent)) done()
        })
        .catch((error: unknown) => done(asError(error)))
    },
    handler: (request: FastifyRequest, reply: FastifyReply) => {
      // What is answered is kept and answered to others, so it can't depend on who asks.
      const { asked, raw } = askedOf(endpoint, read, request, reply, anonymous, names)
      const keysOf = () => ({
        asked: sentKey(request),
        normalised: normalisedKey(endpoint, request, names, raw),
      })
      return reads.answer(request, reply, keysOf, async () => {
        const answer = await endpoint.handle(asked, context)
        // A client that has stopped reading must not keep a connection to the database for ever.
        if (answer.body instanceof Readable) reply.raw.setTimeout(stalledAfter)
        return contract.formats ? { ...answer, headers: { ...answer.headers, vary: 'Accept' } } : answer
      })
    },
  })
}

/** Mounts what may change something, or is for administrators and kept nowhere. */
function mountWrite(app: FastifyInstance, endpoint: Endpoint, service: Service): void {
  const { method, path, contract } = endpoint
  const { context, admit, reads } = service
  const read = queryReader(contract.query)
  app.route({
    method,
    url: routeOf(path),
    config: { operationId: contract.operationId },
    ...(contract.body?.largest !== undefined && { bodyLimit: contract.body.largest }),
    onRequest: async (request, reply) => {
      await admit(request, reply, contract.access)
      checkBodyType(endpoint, request)
      checkIdempotencyKey(endpoint, request)
    },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const { asked } = askedOf(endpoint, read, request, reply, actorOf(request))
      // Also when it has failed, since it may have failed after it was committed.
      const answered = endpoint.handle(asked, context).finally(() => {
        if (contract.access === 'write') reads.changed()
      })
      const { status, headers, type = json, body } = await answered
      reply.code(status).headers(headers)
      return body === undefined ? reply.send() : reply.type(type).send(body)
    },
  })
}

/** The methods that each path takes. */
export function knownPaths(endpoints: Endpoint[]): KnownPath[] {
  return [...new Set(endpoints.map(({ path }) => path))].map((path) => {
    const methods = endpoints.filter((endpoint) => endpoint.path === path).map((endpoint) => endpoint.method)
    return { path, methods: [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'] }
  })
}

/** Answers OPTIONS with the methods that a path takes. */
function mountOptions(app: FastifyInstance, { path, methods }: KnownPath): void {
  const patch = methods.includes('PATCH') && {
    'accept-patch': 'application/merge-patch+json, application/json',
  }
  app.route({
    method: 'OPTIONS',
    url: routeOf(path),
    handler: async (_request, reply) =>
      reply
        .code(204)
        .headers({ allow: methods.join(', '), ...patch })
        .send(),
  })
}

/** Refuses what a path does not take, but another that has a key in its place would: GET of `/v1/topics/search`. */
function mountRefusals(app: FastifyInstance, known: KnownPath, others: KnownPath[]): void {
  const hidden = others.filter(({ path }) => path !== known.path && matches(path, known.path))
  // Fastify answers HEAD where GET is.
  const refused = hidden
    .flatMap(({ methods }) => methods)
    .filter((method) => method !== 'HEAD' && !known.methods.includes(method))
  if (refused.length === 0) return
  app.route({
    method: [...new Set(refused)],
    url: known.path,
    onRequest(request, _reply, done) {
      done(methodNotAllowed(known, request))
    },
    handler: () => {},
  })
}

/** What endpoints are mounted with. */
export interface Service {
  context: Context
  admit: Admit
  reads: Reads
}

/** Mounts endpoints, in the order given. */
export function mountEndpoints(app: FastifyInstance, endpoints: Endpoint[], service: Service): void {
  for (const endpoint of endpoints) {
    if (endpoint.contract.access === 'read') mountRead(app, endpoint, service)
    else mountWrite(app, endpoint, service)
  }
  const paths = knownPaths(endpoints)
  for (const path of paths) {
    mountOptions(app, path)
    mountRefusals(app, path, paths)
  }
}
