import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Language } from '../../../model/languages.ts'
import type { RawQuery } from '../../../model/query-string.ts'
import { acceptLanguage, isLocalized, languageParameterName } from '../../../operations/language.ts'
import { type Endpoint, seesInternal } from '../../../operations/operation.ts'

/**
 * Returns the request headers that the response to a read may depend on, in lower case: those of the contract. The operation
 * gets no other headers. `If-None-Match` is compared later, with the stored response.
 */
export const varyingHeaders = ({ contract }: Endpoint): string[] =>
  contract.headers.map(({ name }) => name.toLowerCase()).filter((name) => name !== 'if-none-match')

const headerLines = (request: FastifyRequest, headers: readonly string[]) =>
  headers.map((name) => `${request.headers[name] ?? ''}\n`).join('')

/** Returns the prefix of keys: responses differ for readers who see internal records. No header can begin with it. */
const readerPrefix = (request: FastifyRequest) => (seesInternal(request.actor) ? '\0' : '')

/**
 * Returns a key of a GET request from its URL and headers as received, by which a repeated request is found without parsing it.
 * Requests with equal keys have equal responses.
 */
export const requestKey = (request: FastifyRequest, headers: readonly string[]): string =>
  readerPrefix(request) + headerLines(request, headers) + request.url

const languageHeader = acceptLanguage.name.toLowerCase()

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

const bodyDigest = (body: unknown) =>
  createHash('sha256')
    .update(JSON.stringify(body) ?? '')
    .digest('base64url')

/**
 * Returns the normalized key of a request, which does not depend on the order and encoding of parameters.
 * @param language of the response. It replaces the parameter and the header for the language.
 */
export function cacheKey(
  { method, contract }: Endpoint,
  request: FastifyRequest,
  headers: readonly string[],
  query: RawQuery,
  language: Language,
): string {
  const [path = ''] = request.url.split('?')
  const localized = isLocalized(contract)
  const parameters = [...query]
    .filter(([name]) => !localized || name !== languageParameterName)
    .sort(byName)
    .map(([name, operators]) => [name, [...operators].sort(byName)] as const)
  const others = headers.filter((name) => name !== languageHeader)
  const body = contract.body ? bodyDigest(request.body) : ''
  return `${readerPrefix(request)}${headerLines(request, others)}${language} ${method} ${path}\n${JSON.stringify(parameters)}\n${body}`
}
