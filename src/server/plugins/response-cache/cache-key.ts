import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { RawQuery } from '../../../model/parameters.ts'
import type { Endpoint } from '../../../operations/operation.ts'

/**
 * The request headers that the response to a read may depend on, in lower case: `Accept` and those of the contract. The
 * operation sees no others, so requests with equal keys have equal responses. `If-None-Match` is evaluated later, on
 * the stored response.
 */
export const varyingHeaders = ({ contract }: Endpoint): string[] => [
  'accept',
  ...contract.headers.map(({ name }) => name.toLowerCase()).filter((name) => name !== 'if-none-match'),
]

const headerLines = (request: FastifyRequest, headers: readonly string[]) =>
  headers.map((name) => `${request.headers[name] ?? ''}\n`).join('')

/** The key of a GET request as it was sent: cheap to make, and equal for equal bytes. */
export const requestKey = (request: FastifyRequest, headers: readonly string[]): string =>
  headers.length === 1
    ? `${request.headers.accept ?? ''}\n${request.url}`
    : headerLines(request, headers) + request.url

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

const bodyDigest = (body: unknown) =>
  createHash('sha256')
    .update(JSON.stringify(body) ?? '')
    .digest('base64url')

/** The normalised key of a request: equal however its parameters are ordered and encoded. */
export function cacheKey(
  { method, contract }: Endpoint,
  request: FastifyRequest,
  headers: readonly string[],
  query: RawQuery,
): string {
  const [path = ''] = request.url.split('?')
  const parameters = [...query]
    .sort(byName)
    .map(([name, operators]) => [name, [...operators].sort(byName)] as const)
  const body = contract.body ? bodyDigest(request.body) : ''
  return `${headerLines(request, headers)}${method} ${path}\n${JSON.stringify(parameters)}\n${body}`
}
