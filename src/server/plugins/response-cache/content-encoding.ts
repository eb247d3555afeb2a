import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Problem } from '../../../problems/problem.ts'

/** The content codings of responses (RFC 9110, 8.4.1). */
export type Encoding = 'identity' | 'gzip' | 'br'

/** The encodings that are chosen for a client: `large` for bodies worth compressing, and `small` for smaller ones. */
export interface NegotiatedEncodings {
  large: Encoding
  small: Encoding
}

/** Minimum length of a body that is worth compressing. */
const minBytesToCompress = 1024

/** Returns the encoding for a body of `size` bytes. */
export const chooseEncoding = ({ large, small }: NegotiatedEncodings, size: number): Encoding =>
  size < minBytesToCompress ? small : large

const encodings: Encoding[] = ['br', 'gzip', 'identity']

const isEncoding = (word: string | false): word is Encoding => encodings.some((known) => known === word)

function negotiate(request: FastifyRequest): NegotiatedEncodings {
  const best = request.accepts().encoding([...encodings])
  if (!isEncoding(best)) {
    const header = request.headers['accept-encoding']
    const detail = `The response can be br, gzip or identity, none of which the Accept-Encoding header "${header}" allows.`
    throw new Problem('not-acceptable', detail)
  }
  const allowsIdentity = request.accepts().encoding(['identity']) === 'identity'
  return { large: best, small: allowsIdentity ? 'identity' : best }
}

/** Clients send few different headers, so each is parsed once. */
const negotiatedByHeader = new LRUCache<string, NegotiatedEncodings>({ max: 100 })

const unencoded: NegotiatedEncodings = { large: 'identity', small: 'identity' }

/**
 * Reads `Accept-Encoding` (RFC 9110, 12.5.3). Without the header, a response is not encoded.
 * @throws Problem `not-acceptable` when the header refuses every encoding.
 */
export function readAcceptEncoding(request: FastifyRequest): NegotiatedEncodings {
  const header = request.headers['accept-encoding']
  if (header === undefined) return unencoded
  const text = String(header)
  const known = negotiatedByHeader.get(text)
  if (known) return known
  const accepted = negotiate(request)
  negotiatedByHeader.set(text, accepted)
  return accepted
}

// The default quality is meant for files that are compressed once, and takes a hundred times as long as this one.
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

/** Returns a transform stream that compresses. */
export const compressionStream = (encoding: Exclude<Encoding, 'identity'>) =>
  encoding === 'br' ? createBrotliCompress(brotli) : createGzip()
