import type { FastifyRequest } from 'fastify'
import { type Contract, fileMediaType } from '../../../operations/operation.ts'
import { Problem } from '../../../problems/problem.ts'

/** Whether a request has a body. One with `Content-Length: 0` has none. */
export const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const hasContent = ({ responses }: Contract): boolean => Object.values(responses).some(({ schema }) => schema)

/**
 * Checks `Accept`, unless the response is a file or no successful response has content.
 * @throws Problem `not-acceptable` when `Accept` does not allow the media type of the response.
 */
export function checkAccept(contract: Contract, request: FastifyRequest): void {
  const { mediaType = 'application/json' } = contract
  const { accept } = request.headers
  if (accept === undefined || accept === '*/*' || mediaType === fileMediaType || !hasContent(contract)) return
  if (request.accepts().type([mediaType, `${mediaType}; charset=utf-8`]) !== false) return
  const detail = `The response is ${mediaType}, which the Accept header "${accept}" does not allow.`
  throw new Problem('not-acceptable', detail)
}

/**
 * Requires that a request has one of the media types.
 * @throws Problem `unsupported-media-type` that names the type that was sent, and the types that are accepted.
 */
export function requireMediaType(request: FastifyRequest, mediaTypes: readonly string[]): void {
  const { mediaType } = request
  if (mediaType !== undefined && mediaTypes.includes(mediaType)) return
  const sent = request.headers['content-type']
  const found = sent ? `, not ${mediaType ?? sent}` : '; the Content-Type is missing'
  throw new Problem('unsupported-media-type', `The body must be ${mediaTypes.join(' or ')}${found}.`, {
    headers: { [request.method === 'PATCH' ? 'accept-patch' : 'accept-post']: mediaTypes.join(', ') },
  })
}

/**
 * Checks `Content-Type` before the body is read.
 * @throws Problem `unsupported-media-type` for a type that the operation does not accept; `malformed-request` for a body if
 * it accepts none.
 */
export function checkBodyType({ body }: Contract, request: FastifyRequest): void {
  if (!body && hasBody(request)) {
    throw new Problem('malformed-request', `${request.method} accepts no body here.`)
  }
  if (!body || (body.isOptional && !hasBody(request))) {
    // Some clients send a type without a body. It is ignored.
    if (request.headers['content-type'] !== undefined) delete request.headers['content-type']
    return
  }
  if (request.headers['content-type'] === undefined && !hasBody(request)) return
  requireMediaType(request, body.mediaTypes)
}

/** Headers that an operation must support or refuse, since a client that sends them relies on their effect. */
const headersToSupport = ['Change-Reason', 'Idempotency-Key', 'If-Match', 'If-None-Match'].map((name) => ({
  name,
  field: name.toLowerCase(),
}))

/** Of these headers, those that every read allows. Nothing is lost when a read ignores a reason. */
const allowedOnReads = ['Change-Reason', 'If-None-Match']

/**
 * Refuses headers that the operation does not support. Every read accepts `Change-Reason`, without effect, and `If-None-Match`, which
 * matches no response without an ETag.
 * @throws Problem `malformed-request` for any other `Change-Reason`, precondition or `Idempotency-Key` that the contract lacks.
 */
export function checkUnsupportedHeaders({ access, headers }: Contract, request: FastifyRequest): void {
  const isRead = access === 'read' || request.method === 'GET' || request.method === 'HEAD'
  const refused = headersToSupport.filter(
    ({ name, field }) =>
      request.headers[field] !== undefined &&
      !(isRead && allowedOnReads.includes(name)) &&
      !headers.some((header) => header.name === name),
  )
  if (refused.length === 0) return
  const names = refused.map(({ name }) => name)
  throw new Problem('malformed-request', `This operation does not accept ${names.join(' and ')}.`, {
    errors: names.map((header) => ({ header, code: 'unknown', message: 'is not accepted here: omit it' })),
  })
}
