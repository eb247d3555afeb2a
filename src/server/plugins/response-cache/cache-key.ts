import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Endpoint } from '../../../operations/operation.ts'
import type { RawQuery } from '../../../query/parameters.ts'

/**
 * The request headers that the answer to a read may depend on, in lower case: `Accept` and what the contract names.
 * An operation is shown no others, so that requests with the same key have the same answer. `If-None-Match` is looked
 * at when there is an answer.
 */
export const headersRead = ({ contract }: Endpoint): string[] => [
  'accept',
  ...contract.headers.map(({ name }) => name.toLowerCase()).filter((name) => name !== 'if-none-match'),
]

const valuesOf = (request: FastifyRequest, headers: readonly string[]) =>
  headers.map((name) => `${request.headers[name] ?? ''}\n`).join('')

/** A request as it was sent: cheap to make, and the same for the same bytes. */
export const askedKey = (request: FastifyRequest, headers: readonly string[]): string =>
  headers.length === 1
    ? `${request.headers.accept ?? ''}\n${request.url}`
    : valuesOf(request, headers) + request.url

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

/** A body of whatever length as a short text. */
const digest = (body: unknown) =>
  createHash('sha256')
    .update(JSON.stringify(body) ?? '')
    .digest('base64url')

/** The normalised form of a request: the same however its parameters are ordered and their texts encoded. */
export function normalisedKey(
  { method, contract }: Endpoint,
  request: FastifyRequest,
  headers: readonly string[],
  query: RawQuery,
): string {
  const [path = ''] = request.url.split('?')
  const parameters = [...query]
    .sort(byName)
    .map(([name, operators]) => [name, [...operators].sort(byName)] as const)
  const sent = contract.body ? digest(request.body) : ''
  return `${valuesOf(request, headers)}${method} ${path}\n${JSON.stringify(parameters)}\n${sent}`
}
