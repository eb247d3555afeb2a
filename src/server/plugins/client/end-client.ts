import type { FastifyRequest } from 'fastify'
import type { RequestHeader } from '../../../operations/operation.ts'
import { Problem } from '../../../problems/problem.ts'

const valueRule = '1 to 100 visible ASCII characters'
const valuePattern = /^[\x21-\x7e]{1,100}$/

/** The header by which an application names the end client for whom it sends a request. */
export const endClientHeader: RequestHeader = {
  name: 'Client-Id',
  presence: 'optional',
  description: `The end client for whom an application sends the request, if its end clients share a key: ${valueRule}. Requires a key.`,
  example: 'reader-7',
}

const clientIdError = (code: string, message: string) =>
  new Problem('malformed-request', `${endClientHeader.name} ${message}.`, {
    errors: [{ header: endClientHeader.name, code, message }],
  })

/**
 * Returns the end client that `Client-Id` names; undefined without this header.
 * @throws Problem `malformed-request` for a malformed value, and for a request without a key.
 */
export function readEndClient({ headers, actor }: FastifyRequest): string | undefined {
  const value = headers['client-id']
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !valuePattern.test(value))
    throw clientIdError('wrong_format', `must be ${valueRule} without spaces`)
  if (actor.kind !== 'key')
    throw clientIdError('needs_key', `needs an API key: send one, or omit ${endClientHeader.name}`)
  return value
}
