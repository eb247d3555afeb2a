import type { FastifyRequest } from 'fastify'
import type { RequestHeader } from '../../../operations/operation.ts'
import { headerProblem } from '../http-conformance.ts'

const valueRule = '1 to 100 visible ASCII characters'
const valuePattern = /^[\x21-\x7e]{1,100}$/

/** The header by which an application names the end user for whom it sends a request. It is not the `client_id` of OAuth. */
export const endUserHeader: RequestHeader = {
  name: 'Client-Id',
  description: `The user behind the request, if users of an application share a key: ${valueRule}. Not OAuth's client_id. Needs a key.`,
  example: 'reader-7',
}

/**
 * Returns the end user that `Client-Id` names; undefined without this header.
 * @throws Problem `malformed-request` for a malformed value, and for a request without a key.
 */
export function readEndUser({ headers, actor }: FastifyRequest): string | undefined {
  const value = headers['client-id']
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !valuePattern.test(value))
    throw headerProblem(endUserHeader.name, `must be ${valueRule} without spaces`, 'wrong_format')
  if (actor.kind !== 'key')
    throw headerProblem(endUserHeader.name, 'needs an API key: send one, or omit the header', 'needs_key')
  return value
}
