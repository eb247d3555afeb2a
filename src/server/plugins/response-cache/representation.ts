import type { ApiResponse } from '../../../operations/operation.ts'
import { compress, type Encoding } from './content-encoding.ts'

/** The headers of a response. */
export type ResponseHeaders = Record<string, string>

/** A response in one encoding, ready to be sent. */
export interface EncodedResponse {
  body: string | Buffer
  etag: string | undefined
  headers: ResponseHeaders
}

/**
 * Returns the ETag of an encoded representation. A strong ETag identifies exact bytes (RFC 9110, 8.8.3.3), so each encoding has
 * a different one. The ETag of a record still begins with its version, and `If-Match` compares only the version.
 * @example tagOfEncoding('"3"', 'br') is '"3-br"'
 */
const tagOfEncoding = (tag: string, encoding: Exclude<Encoding, 'identity'>): string =>
  `${tag.slice(0, -1)}-${encoding}"`

/** Returns the value of a list header with further items. */
const appendToList = (list: string | undefined, items: string): string =>
  list === undefined || list === '' ? items : `${list}, ${items}`

/** Estimated bytes that V8 needs for a stored response in addition to its body. */
const overheadBytes = 500

/** Copies bytes into a new buffer. A slice of a larger buffer would keep the whole buffer in memory. */
function copyBytes(bytes: string | Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(Buffer.byteLength(bytes))
  if (typeof bytes === 'string') copy.write(bytes)
  else copy.set(bytes)
  return copy
}

/** The response to a read, in each encoding that a client has accepted. */
export class Representation {
  /** Size of the body without encoding. */
  readonly bodyBytes: number
  readonly #encoded: Partial<Record<Encoding, EncodedResponse>> & { identity: EncodedResponse }
  readonly #pending: Partial<Record<Encoding, Promise<EncodedResponse>>> = {}

  /** @param headers of the response without encoding, including `content-type`. */
  constructor(body: string | Buffer, headers: ResponseHeaders) {
    this.bodyBytes = Buffer.byteLength(body)
    this.#encoded = { identity: { body, etag: headers.etag, headers } }
  }

  /** Estimated memory that the response takes in all encodings. */
  get memoryBytes(): number {
    return Object.values(this.#encoded).reduce(
      (sum, { body }) => sum + Buffer.byteLength(body) + overheadBytes,
      0,
    )
  }

  /** Returns the response in an encoding, if it has been encoded already. */
  get(encoding: Encoding): EncodedResponse | undefined {
    return this.#encoded[encoding]
  }

  /** Returns the response in an encoding. Compresses the body once for all clients. */
  encode(encoding: Encoding): Promise<EncodedResponse> | EncodedResponse {
    if (encoding === 'identity') return this.#encoded.identity
    const encoded = this.#encoded[encoding]
    if (encoded) return encoded
    const { body, headers } = this.#encoded.identity
    this.#pending[encoding] ??= compress(body, encoding)
      .then((compressed) => {
        const response = toEncoded(copyBytes(compressed), headers, encoding)
        this.#encoded[encoding] = response
        return response
      })
      .finally(() => {
        // After a failure, the next request tries again.
        delete this.#pending[encoding]
      })
    return this.#pending[encoding]
  }
}

/** Returns a response with a body that is compressed already. */
function toEncoded(
  body: Buffer,
  headers: ResponseHeaders,
  encoding: Exclude<Encoding, 'identity'>,
): EncodedResponse {
  const etag = headers.etag === undefined ? undefined : tagOfEncoding(headers.etag, encoding)
  const encoded = { ...headers, ...(etag !== undefined && { etag }), 'content-encoding': encoding }
  return { body, etag, headers: encoded }
}

/** Returns the headers of a response, including the headers that every read has. */
export function buildReadHeaders(
  { type = 'application/json; charset=utf-8', headers }: ApiResponse,
  cacheControl: string,
): ResponseHeaders {
  const vary = appendToList(headers.vary, 'Accept-Encoding, Authorization')
  return { 'cache-control': cacheControl, ...headers, vary, 'content-type': type }
}

/**
 * Returns a `Representation` of a response with status 200 and a text. Streams and other statuses are returned unchanged.
 * @param use `store` copies the text out of the V8 heap, for a response that is kept; `once` keeps the string, for a response
 * that is sent once.
 */
export function represent(
  response: ApiResponse,
  cacheControl: string,
  use: 'store' | 'once',
): Representation | ApiResponse {
  const { status, body } = response
  if (status !== 200 || typeof body !== 'string') return response
  return new Representation(
    use === 'store' ? copyBytes(body) : body,
    buildReadHeaders(response, cacheControl),
  )
}
