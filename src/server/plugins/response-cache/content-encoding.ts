import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Problem } from '../../../problems/problem.ts'

/** The content codings of responses (RFC 9110, 8.4.1). */
export type Encoding = 'identity' | 'gzip' | 'br'

/** The encodings that a client prefers: of bodies worth compressing, and of smaller ones. */
export interface AcceptedEncodings {
  large: Encoding
  small: Encoding
}

/** A smaller body, in bytes, does not travel faster when it is compressed. */
const minCompressedSize = 1024

/** The encoding of a body of `size` bytes. */
export const chooseEncoding = ({ large, small }: AcceptedEncodings, size: number): Encoding =>
  size < minCompressedSize ? small : large

const encodings: Encoding[] = ['br', 'gzip', 'identity']

const isEncoding = (word: string | false): word is Encoding => encodings.some((known) => known === word)

function negotiate(request: FastifyRequest): AcceptedEncodings {
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

/** Clients send few different headers, so each is parsed once. */
const negotiated = new LRUCache<string, AcceptedEncodings>({ max: 100 })

const plain: AcceptedEncodings = { large: 'identity', small: 'identity' }

/**
 * Reads `Accept-Encoding` (RFC 9110, 12.5.3). Without the header, a response is not encoded.
 * @throws Problem `not-acceptable` when the header refuses every encoding.
 */
export function acceptedEncodings(request: FastifyRequest): AcceptedEncodings {
  const header = request.headers['accept-encoding']
  if (header === undefined) return plain
  const text = String(header)
  const known = negotiated.get(text)
  if (known) return known
  const accepted = negotiate(request)
  negotiated.set(text, accepted)
  return accepted
}

// The default quality is meant for files that are compressed once, and takes a hundred times as long.
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

const compressors = {
  gzip: promisify<string | Buffer, Buffer>(gzip),
  br: promisify((body: string | Buffer, done: (error: Error | null, result: Buffer) => void) =>
    brotliCompress(body, brotli, done),
  ),
}

/** Compresses a body outside the event loop. */
export const compress = (body: string | Buffer, encoding: Exclude<Encoding, 'identity'>): Promise<Buffer> =>
  compressors[encoding](body)

/** A transform stream that compresses. */
export const compressionStream = (encoding: Exclude<Encoding, 'identity'>) =>
  encoding === 'br' ? createBrotliCompress(brotli) : createGzip()
