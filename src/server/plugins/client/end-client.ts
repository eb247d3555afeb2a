import type { FastifyRequest } from 'fastify'
import type { RequestHeader } from '../../../operations/operation.ts'
import { Problem } from '../../../problems/problem.ts'

/** The header by which an application names the end client for whom it sends a request. */
export const endClientHeader: RequestHeader = {
  name: 'Client-Id',
  presence: 'optional',
  description:
    'The end client for whom an application sends the request, if its end clients share a key: 1 to 100 visible ASCII characters. Requires a key.',
  example: 'reader-7',
}

const pattern = /^[\x21-\x7e]{1,100}$/

const clientIdError = (code: string, message: string) =>
  new Problem('malformed-request', `Client-Id ${message}.`, {
    errors: [{ header: 'Client-Id', code, message }],
  })

/**
 * Returns the end client that `Client-Id` names; undefined without this header.
 * @throws Problem `malformed-request` for a malformed value, and for a request without a key.
 */
export function readEndClient({ headers, actor }: FastifyRequest): string | undefined {
  const value = headers['client-id']
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !pattern.test(value))
    throw clientIdError('wrong_format', 'must be 1 to 100 visible ASCII characters without spaces')
  if (actor.kind !== 'key') throw clientIdError('needs_key', 'needs an API key: send one, or omit Client-Id')
  return value
}
