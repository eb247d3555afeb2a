import { parse as parseForm } from 'node:querystring'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { type ApiFetch, ApiResponseError } from '../../features/api-fetch.ts'
import { extend } from '../../features/reconcile/extend.ts'
import { formatEntityId, parseEntityId } from '../../features/reconcile/ids.ts'
import { makeManifest } from '../../features/reconcile/manifest.ts'
import { makePreview } from '../../features/reconcile/preview.ts'
import { reconcileQueries } from '../../features/reconcile/queries.ts'
import {
  listProperties,
  parseSuggestQuery,
  requireType,
  suggestEntities,
  suggestProperties,
  suggestTypes,
} from '../../features/reconcile/suggest.ts'
import type { RecordKey } from '../../model/keys.ts'
import { invalidParameters } from '../../model/query-string.ts'
import type { Registry } from '../../model/registry.ts'
import { maxRecordValues } from '../../operations/writing/validation.ts'
import { quote } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import { runInSlices } from '../../time-slice.ts'
import { forwardResponse, readAs } from '../read-as.ts'
import { readJson } from './body-parsers/json-reader.ts'
import { requireUnencoded, requireUtf8 } from './body-parsers.ts'
import { headerProblem } from './http-conformance.ts'
import { hasBody, requireMediaType } from './operations/checks.ts'
import { addOptions } from './routes.ts'

/** Maximum bytes of a form. A batch of 250 queries with properties is shorter. */
const maxBodyBytes = 1024 * 1024

/** Number of properties that `/reconcile/extend/propose` returns by default. */
const defaultProposedCount = 100

/** Parses the parameter `limit` of `/reconcile/extend/propose`. @throws Problem `invalid-parameter`. */
function parseProposedCount(limit: string | undefined): number {
  if (limit === undefined) return defaultProposedCount
  if (/^0*[1-9]\d*$/.test(limit)) return Number(limit)
  const message = `${quote(limit)} is not a whole number above 0`
  throw invalidParameters([{ parameter: 'limit', code: 'wrong_format', message }])
}

/** Maximum number of fields that are read from a form or a query string. Clients send only a few. */
const maxFields = 20

const form = 'application/x-www-form-urlencoded'

/** The bytes of a plus sign and of a space. */
const [plus, space] = [0x2b, 0x20]

/**
 * Writes the plus signs of a form as the spaces that they mean. `parseForm` would also do this, but joins texts at each plus sign,
 * which blocks the event loop for more than 100 ms if a form consists of them.
 */
function withoutPluses(text: string): string {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === plus) bytes[at] = space
  return bytes.toString()
}

/** @throws Problem `malformed-request` for percent-encoding whose characters the parser would replace. */
function requireDecodable(text: string): void {
  try {
    decodeURIComponent(text)
  } catch {
    const detail = 'The percent-encoding of the form or the query is malformed, or not UTF-8.'
    throw new Problem('malformed-request', detail)
  }
}

/**
 * Parses a form or a query string.
 * @throws Problem `malformed-request` if it cannot be decoded, and `invalid-parameter` if a field is repeated or has a NUL character.
 */
function parseFields(text: string): Record<string, string> {
  requireDecodable(text)
  const fields = Object.entries(parseForm(withoutPluses(text), '&', '=', { maxKeys: maxFields })).map(
    ([name, value = '']) => {
      if (typeof value !== 'string')
        throw invalidParameters([{ parameter: name, code: 'repeated', message: 'must be sent only once' }])
      // The API would refuse it, too, but with the name of its own parameter.
      if (value.includes('\0'))
        throw invalidParameters([{ parameter: name, code: 'bad_text', message: 'has a NUL character' }])
      return [name, value]
    },
  )
  return Object.fromEntries(fields)
}

/** Returns the fields of a form, which the body parser leaves as text. */
const readFields = (body: unknown) => (typeof body === 'string' ? parseFields(body) : {})

/** Returns the parameters of the query string, which the router does not parse. */
const readQuery = ({ url }: FastifyRequest) => parseFields(url.split('?').slice(1).join('?'))

/**
 * Checks the names of the fields of a request to `/reconcile`. Other unknown fields are ignored, since clients may send fields
 * of their own, such as `callback` and `_`.
 * @throws Problem `invalid-parameter` if the response would have only a part of what the client asked for, or be the manifest
 * although the client asked for something else.
 */
function requireKnownFields(
  { queries, extend: extension, query }: Record<string, string>,
  method: string,
): void {
  if (queries !== undefined && extension !== undefined)
    throw invalidParameters([
      { parameter: 'extend', code: 'not_exactly_one', message: 'must not be sent together with queries' },
    ])
  if (queries !== undefined || extension !== undefined) return
  if (query !== undefined)
    throw invalidParameters([
      {
        parameter: 'query',
        code: 'unknown',
        message: 'is not supported: send queries, a batch of queries by id',
      },
    ])
  if (method === 'POST')
    throw invalidParameters([
      { parameter: 'queries', code: 'required', message: 'or extend must be a field of the form' },
    ])
}

/** Parses the JSON of a field, in time slices. @throws Problem `malformed-request` or `too-large`, which names the field. */
async function parseField(name: string, text: string): Promise<unknown> {
  try {
    return await runInSlices(readJson(text, maxRecordValues))
  } catch (error) {
    throw error instanceof Problem ? error.withPrefix(`In the parameter ${name}: `) : error
  }
}

/** Returns the problem of a request whose `id` is missing, or names no record. */
function entityProblem(id: string | undefined): Problem {
  const detail = id === undefined ? 'The parameter id is missing.' : `There is no entity ${quote(id)}.`
  return new Problem('not-found', `${detail} An example of an id is countries:CHN.`)
}

/** Returns the entity id in the parameter `id`. @throws Problem `not-found` if it is missing, malformed or of no resource. */
function entityIn(request: FastifyRequest, registry: Registry): RecordKey {
  const { id } = readQuery(request)
  const entity = id === undefined ? undefined : parseEntityId(id)
  if (entity && registry.find(entity.resource)) return entity
  throw entityProblem(id)
}

/**
 * Returns the base URL of the service as the client sees it. `X-Forwarded-Host` is not trusted, since many proxies pass on what the
 * client sent.
 * @throws Problem `malformed-request` if Host names no host.
 */
function getBaseUrl({ protocol, headers }: FastifyRequest): string {
  const url = `${protocol === 'https' ? 'https' : 'http'}://${headers.host ?? ''}`
  if (URL.canParse(url)) return url
  throw headerProblem('Host', 'must name the host of the service, for the addresses in the manifest')
}

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-allow-headers': 'content-type, authorization',
}

/** Options of the plugin `reconcile`. */
export interface ReconcileOptions {
  registry: Registry
  /** Base URL at which clients reach the service. If undefined, it is taken from each request. */
  publicUrl: string | undefined
}

/**
 * Serves the W3C Reconciliation Service API 0.2 at `/reconcile`, for OpenRefine and similar clients. The plugin sends requests
 * to the API of the registry (`/v1`) as the client, so the same access, visibility, limits and cache apply. The scope of the
 * plugin accepts only forms as bodies.
 */
export const reconcile = fp<ReconcileOptions>(
  async function reconcile(scope, { registry, publicUrl }) {
    const options = { config: { access: 'read' as const }, bodyLimit: maxBodyBytes }
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(form, { parseAs: 'string' }, async (request: FastifyRequest, body: string) => {
      requireUnencoded(request)
      requireUtf8(request)
      return body
    })
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, corsHeaders }
    })
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store')
      done()
    })

    /** Returns a handler that sends the result of `work`, or the error response of an API request that `work` has made. */
    const handleWith =
      (work: (api: ApiFetch, request: FastifyRequest) => unknown) =>
      async (request: FastifyRequest, reply: FastifyReply) => {
        try {
          return await work(readAs(scope, request, reply), request)
        } catch (error) {
          if (!(error instanceof ApiResponseError)) throw error
          return forwardResponse(reply, error.response)
        }
      }

    const main = handleWith(async (api, request) => {
      const fields: Record<string, string> = { ...readQuery(request), ...readFields(request.body) }
      requireKnownFields(fields, request.method)
      const { queries, extend: extension } = fields
      if (queries !== undefined) return reconcileQueries(api, registry, await parseField('queries', queries))
      if (extension !== undefined) return extend(api, registry, await parseField('extend', extension))
      return makeManifest(publicUrl ?? getBaseUrl(request), registry)
    })
    scope.get('/reconcile', options, main)
    // Fastify would refuse a malformed type without saying which type is accepted.
    const requireForm: onRequestHookHandler = (request, _reply, done) => {
      if (hasBody(request) || request.headers['content-type'] !== undefined) requireMediaType(request, [form])
      done()
    }
    scope.post('/reconcile', { ...options, onRequest: requireForm }, main)

    scope.get(
      '/reconcile/suggest/entity',
      options,
      handleWith((api, request) => {
        const { type = '', ...query } = readQuery(request)
        return suggestEntities(api, registry, parseSuggestQuery(query), type)
      }),
    )
    scope.get(
      '/reconcile/suggest/type',
      options,
      handleWith((_api, request) => suggestTypes(registry, parseSuggestQuery(readQuery(request)))),
    )
    scope.get(
      '/reconcile/suggest/property',
      options,
      handleWith((_api, request) => suggestProperties(parseSuggestQuery(readQuery(request)))),
    )
    scope.get(
      '/reconcile/extend/propose',
      options,
      handleWith((_api, request) => {
        const { type = 'countries', limit } = readQuery(request)
        requireType(registry, type)
        const properties = listProperties(registry, type).slice(0, parseProposedCount(limit))
        return { type, limit: properties.length, properties }
      }),
    )
    scope.get('/reconcile/preview', options, async (request, reply) => {
      const page = handleWith(async (api) => {
        const entity = entityIn(request, registry)
        const preview = await makePreview(api, entity)
        if (preview === undefined) throw entityProblem(formatEntityId(entity))
        return preview
      })
      // The page is shown in a frame of the client's page.
      reply.header('content-security-policy', "default-src 'none'; frame-ancestors *")
      reply.header('cross-origin-resource-policy', 'cross-origin')
      const content = await page(request, reply)
      return typeof content === 'string' ? reply.type('text/html; charset=utf-8').send(content) : content
    })
    scope.get('/reconcile/view', options, async (request, reply) => {
      const { resource, key } = entityIn(request, registry)
      return reply.redirect(`${publicUrl ?? ''}/v1/${resource}/${encodeURIComponent(key)}`, 303)
    })
    for (const url of scope.routes.urls) if (url.startsWith('/reconcile')) addOptions(scope, url)
  },
  { name: 'reconcile', dependencies: ['client', 'operations', 'routes'], encapsulate: true },
)
