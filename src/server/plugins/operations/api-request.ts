import type { FastifyReply, FastifyRequest } from 'fastify'
import { suggestSearch } from '../../../model/keys.ts'
import { defaultLanguage, type Language, languages } from '../../../model/languages.ts'
import {
  type CheckedQuery,
  checkQuery,
  type ParsedQuery,
  type RawQuery,
} from '../../../model/query-string.ts'
import { getLanguage, isLocalized } from '../../../operations/language.ts'
import type { Actor, ApiRequest, Contract, Endpoint } from '../../../operations/operation.ts'
import { faultMessage } from '../../../problems/faults.ts'
import { Problem } from '../../../problems/problem.ts'
import { suggest, withoutSuggestion } from '../../../problems/suggest.ts'
import { aNoun, toSentence } from '../../../wording.ts'
import { disconnectSignal } from '../../read-as.ts'
import type { Routes } from '../routes.ts'

/** Returns a parameter of the path. Fastify provides them as texts. */
const pathParameter = (request: FastifyRequest, name: string): string =>
  (request.params as Record<string, string>)[name] ?? ''

/** Returns the end of a message about a key that may be a mistyped word of a path, such as `search`; empty if it is none. */
function suggestOperation(path: string, key: string, { urls }: Routes): string {
  const list = path.slice(0, path.indexOf('{'))
  const words = urls.filter((url) => url.startsWith(list)).map((url) => url.slice(list.length))
  const nearest = suggest(
    key,
    words.filter((word) => /^[a-z-]+$/.test(word)),
  )
  return nearest === undefined ? '' : `; did you mean ${list}${nearest}?`
}

/** Returns the key in the path. @throws Problem `invalid-parameter` when it does not have the form of the resource's keys. */
function readKey({ collection, path }: Endpoint, request: FastifyRequest): string {
  if (!collection) return ''
  const { property, schema } = collection.key
  const key = pathParameter(request, property)
  const { error } = schema.safeParse(key, { error: faultMessage })
  if (!error) return key
  const messages = error.issues.map((issue) => issue.message).join('; ')
  const suggestsKey = messages.endsWith('?')
  const message = suggestsKey ? messages : withoutSuggestion(messages)
  const operation = path.endsWith('}') ? suggestOperation(path, key, request.server.routes) : ''
  // A text with digits is probably an external id, which the search across resources does not find.
  const search = collection.name === undefined || /\d/.test(key) ? '' : suggestSearch(key, collection.name)
  const hint = suggestsKey ? '' : operation || search
  throw new Problem(
    'invalid-parameter',
    toSentence(`"${key}" cannot be the ${property} of ${aNoun(collection.noun)}: it ${message}${hint}`),
    { errors: [{ parameter: property, code: 'wrong_format', message }] },
  )
}

/** Returns the other parameters of the path. @throws Problem `invalid-parameter`. */
function readPathParameters({ contract: { pathParameters = {} } }: Endpoint, request: FastifyRequest) {
  const texts = Object.keys(pathParameters).map((name) => [name, pathParameter(request, name)] as const)
  return checkQuery(pathParameters, new Map(texts.map(([name, text]) => [name, new Map([['eq', [[text]]]])])))
}

function queryString({ url }: FastifyRequest): string {
  const index = url.indexOf('?')
  return index < 0 ? '' : url.slice(index + 1)
}

/**
 * Returns the language of the response: the language of the query, otherwise the supported language that `Accept-Language`
 * prefers, or the default if the header allows none (RFC 9110, section 12.5.4).
 */
function responseLanguage(contract: Contract, request: FastifyRequest, query: CheckedQuery): Language {
  if (!isLocalized(contract)) return defaultLanguage
  const requested = getLanguage(query)
  if (requested || request.headers['accept-language'] === undefined) return requested ?? defaultLanguage
  const accepted = request.accepts().language([...languages])
  return languages.find((language) => language === accepted) ?? defaultLanguage
}

/** Returns the value of a header. Repeated headers are joined, as RFC 9110 says. */
const headerValue = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

const headerValues = (request: FastifyRequest, names: readonly string[] = Object.keys(request.headers)) =>
  Object.fromEntries(names.map((name) => [name, headerValue(request, name)]))

/** The actor and the headers of a request that an operation may see, in addition to path, query and body. */
export interface VisibleParts {
  actor: Actor
  /** Names of headers in lower case; all when left out. */
  headers?: readonly string[]
}

/**
 * Converts a request of Fastify to the request of an operation, and checks the path and the query.
 * @returns the request, and its unchecked query, which is part of its cache key.
 * @throws Problem `invalid-parameter`.
 */
export function readApiRequest(
  endpoint: Endpoint,
  parseQuery: (search: string) => ParsedQuery,
  request: FastifyRequest,
  reply: FastifyReply,
  { actor, headers }: VisibleParts,
): { apiRequest: ApiRequest; rawQuery: RawQuery } {
  const search = queryString(request)
  const { raw, check } = parseQuery(search)
  const key = readKey(endpoint, request)
  const pathParameters = readPathParameters(endpoint, request)
  const query = check()
  let signal: AbortSignal | undefined
  const apiRequest: ApiRequest = {
    actor,
    client: request.client,
    method: request.method,
    language: responseLanguage(endpoint.contract, request, query),
    key,
    pathParameters,
    query,
    requestId: request.id,
    url: request.url,
    queryString: search,
    headers: headerValues(request, headers),
    body: request.readUpload() ?? request.body,
    getAbortSignal: () => {
      signal ??= disconnectSignal(reply)
      return signal
    },
  }
  return { apiRequest, rawQuery: raw }
}
