import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Language } from '../../../model/languages.ts'
import type { RawQuery } from '../../../model/parameters.ts'
import { acceptLanguage, isLanguageParameter, isLocalized } from '../../../operations/language.ts'
import { type Endpoint, seesInternal } from '../../../operations/operation.ts'

/**
 * The request headers that the response to a read may depend on, in lower case: those of the contract. The operation sees
 * no others but whether the reader may see internal records, which is in the keys too: so requests with equal keys have
 * equal responses. `If-None-Match` is evaluated later, on the stored response.
 */
export const varyingHeaders = ({ contract }: Endpoint): string[] =>
  contract.headers.map(({ name }) => name.toLowerCase()).filter((name) => name !== 'if-none-match')

const headerLines = (request: FastifyRequest, headers: readonly string[]) =>
  headers.map((name) => `${request.headers[name] ?? ''}\n`).join('')

/** Prefix of the keys of readers who see internal records. No header can begin with it. */
const readerMark = (request: FastifyRequest) => (seesInternal(request.actor) ? '\0' : '')

/** The key of a GET request as it was sent: cheap to make, and equal for equal bytes of equal readers. */
export const requestKey = (request: FastifyRequest, headers: readonly string[]): string =>
  readerMark(request) + headerLines(request, headers) + request.url

const languageHeader = acceptLanguage.name.toLowerCase()

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

const bodyDigest = (body: unknown) =>
  createHash('sha256')
    .update(JSON.stringify(body) ?? '')
    .digest('base64url')

/**
 * The normalised key of a request: equal however its parameters are ordered and encoded, for equal readers.
 * @param language stands for everything that says which language is wanted.
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
    .filter(([name]) => !localized || !isLanguageParameter(name))
    .sort(byName)
    .map(([name, operators]) => [name, [...operators].sort(byName)] as const)
  const others = headers.filter((name) => name !== languageHeader)
  const body = contract.body ? bodyDigest(request.body) : ''
  return `${readerMark(request)}${headerLines(request, others)}${language} ${method} ${path}\n${JSON.stringify(parameters)}\n${body}`
}
