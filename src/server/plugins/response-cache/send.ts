import { pipeline, type Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { matchesIfNoneMatch } from '../../../operations/entity-tags.ts'
import type { ApiResponse } from '../../../operations/operation.ts'
import { setReplyHeaders } from '../../reply-headers.ts'
import { compressionStream, type NegotiatedEncodings } from './content-encoding.ts'
import type { EncodedResponse, ResponseHeaders } from './representation.ts'
import type { CacheStatus } from './response-cache.ts'

/** The values of `Cache-Status` (RFC 9211). */
const cacheStatusHeader: Record<CacheStatus, string> = {
  hit: 'Entente; hit',
  stale: 'Entente; hit; detail=stale',
  miss: 'Entente; fwd=uri-miss',
  collapsed: 'Entente; fwd=uri-miss; collapsed',
  request: 'Entente; fwd=request',
  bypass: 'Entente; fwd=bypass',
}

const textMediaType = /^text\/|json|xml\b/

/** Sets headers and, if it is given, `Cache-Status`. */
function setHeaders(reply: FastifyReply, headers: ResponseHeaders, cacheStatus?: CacheStatus): void {
  setReplyHeaders(reply, headers)
  if (cacheStatus) reply.header('cache-status', cacheStatusHeader[cacheStatus])
}

/**
 * Sends a response with status 200, or 304 if the client already has it.
 * @param cacheStatus undefined for a response that is constant while the service runs.
 */
export function sendEncoded(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag, headers }: EncodedResponse,
  cacheStatus?: CacheStatus,
): FastifyReply {
  const known = request.headers['if-none-match']
  // This throws for a malformed header, before the reply has headers of the body.
  const isKnown = known !== undefined && etag !== undefined && matchesIfNoneMatch(known, etag)
  setHeaders(reply, headers, cacheStatus)
  if (!isKnown) return reply.code(200).send(body)
  // These headers describe a body.
  return reply.removeHeader('content-type').removeHeader('content-encoding').code(304).send()
}

/** Compresses a stream. An error of either stream destroys the other. */
function compressStream(body: Readable, encoding: 'gzip' | 'br', reply: FastifyReply): Readable {
  reply.header('content-encoding', encoding)
  // Fastify, which reads the end of the pipeline, also gets the error.
  return pipeline(body, compressionStream(encoding), () => {})
}

/**
 * Sends a response that is not a `Representation`: a stream, which is compressed if it is text, or a response with a status
 * other than 200.
 */
export function sendApiResponse(
  reply: FastifyReply,
  { status, body }: ApiResponse,
  headers: ResponseHeaders,
  { large }: NegotiatedEncodings,
  cacheStatus: CacheStatus,
): FastifyReply {
  setHeaders(reply.code(status), headers, cacheStatus)
  if (body === undefined || typeof body === 'string') return reply.send(body)
  const mayTransform = !/\bno-transform\b/.test(headers['cache-control'] ?? '')
  const isText = textMediaType.test(headers['content-type'] ?? '')
  const encoding = mayTransform && isText ? large : 'identity'
  return reply.send(encoding === 'identity' ? body : compressStream(body, encoding, reply))
}
