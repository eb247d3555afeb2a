import type { FastifyReply, FastifyRequest } from 'fastify'
import { bodyTag } from '../../../operations/entity-tags.ts'
import { chooseEncoding, readAcceptEncoding } from '../response-cache/content-encoding.ts'
import { Representation } from '../response-cache/representation.ts'
import { sendEncoded } from '../response-cache/send.ts'

/** Returns the representation of a body that is constant while the service runs. Its ETag is a hash of its bytes. */
export const constant = (body: string, type: string): Representation =>
  new Representation(body, {
    'content-type': type,
    'cache-control': 'public, no-cache',
    vary: 'Accept-Encoding',
    etag: bodyTag(body),
  })

/**
 * Sends a constant body, which is compressed once for all requests, or 304 for a matching ETag.
 * @throws Problem `not-acceptable` when `Accept-Encoding` refuses every encoding.
 */
export async function sendConstant(
  request: FastifyRequest,
  reply: FastifyReply,
  representation: Representation,
): Promise<FastifyReply> {
  const encoding = chooseEncoding(readAcceptEncoding(request), representation.bodyBytes)
  return sendEncoded(request, reply, await representation.encode(encoding))
}
