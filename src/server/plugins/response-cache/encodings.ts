import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Problem } from '../../../problems/problem.ts'

/** Content codings (RFC 9110, 8.4.1) that answers can have. */
export type Encoding = 'identity' | 'gzip' | 'br'

/** What a client would have: bodies that are worth it, and those too small to gain from compression. */
export interface Accepted {
  large: Encoding
  small: Encoding
}

/** Below as many bytes a compressed body fits into no fewer packets. */
const worthIt = 1024

/** The encoding of a body of some bytes. */
export const encodingOf = ({ large, small }: Accepted, size: number): Encoding =>
  size < worthIt ? small : large

const encodings: Encoding[] = ['br', 'gzip', 'identity']

const isEncoding = (word: string | false): word is Encoding => encodings.some((known) => known === word)

function negotiate(request: FastifyRequest): Accepted {
  // The types of this method are those of its plural; it returns one of the words or false.
  const best = String(request.accepts().encoding([...encodings]))
  if (!isEncoding(best)) {
    const header = request.headers['accept-encoding']
    const detail = `The answer can be br, gzip or identity, none of which the Accept-Encoding header "${header}" allows.`
    throw new Problem('not-acceptable', detail)
  }
  const plain = String(request.accepts().encoding(['identity'])) === 'identity'
  return { large: best, small: plain ? 'identity' : best }
}

/** The few headers that clients really send are read once. */
const negotiated = new LRUCache<string, Accepted>({ max: 100 })

const plain: Accepted = { large: 'identity', small: 'identity' }

/**
 * What a request's `Accept-Encoding` asks for (RFC 9110, 12.5.3); without the header, no encoding.
 * @throws Problem `not-acceptable` when it refuses every encoding that there is.
 */
export function acceptedBy(request: FastifyRequest): Accepted {
  const header = request.headers['accept-encoding']
  if (header === undefined) return plain
  const text = String(header)
  const known = negotiated.get(text)
  if (known) return known
  const accepted = negotiate(request)
  negotiated.set(text, accepted)
  return accepted
}

// Brotli's usual quality is for files that are compressed once and for all: it takes a hundred times as long.
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

const compressors = {
  gzip: promisify<string | Buffer, Buffer>(gzip),
  br: promisify((body: string | Buffer, done: (error: Error | null, result: Buffer) => void) =>
    brotliCompress(body, brotli, done),
  ),
}

/** Compresses a body, beside the event loop. */
export const compress = (body: string | Buffer, encoding: Exclude<Encoding, 'identity'>): Promise<Buffer> =>
  compressors[encoding](body)

/** Compresses what flows through. */
export const compressing = (encoding: Exclude<Encoding, 'identity'>) =>
  encoding === 'br' ? createBrotliCompress(brotli) : createGzip()
