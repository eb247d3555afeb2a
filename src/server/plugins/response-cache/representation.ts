import type { ApiResponse } from '../../../operations/operation.ts'
import { compress, type Encoding } from './content-encoding.ts'

/** The headers of a response. */
export type Headers = Record<string, string>

/** A response in one encoding, ready to be sent. */
export interface EncodedResponse {
  body: string | Buffer
  etag: string | undefined
  headers: Headers
}

/**
 * The ETag of an encoded representation. A strong ETag identifies exact bytes (RFC 9110, 8.8.3.3), so each encoding has its
 * own. The ETag of a record still begins with its version, and `If-Match` compares only that.
 * @example encodedTag('"3"', 'br') is '"3-br"'
 */
export const encodedTag = (tag: string, encoding: Encoding): string =>
  encoding === 'identity' ? tag : `${tag.slice(0, -1)}-${encoding}"`

/** Appends to a header whose value is a list. */
export const appendToList = (list: string | undefined, value: string): string =>
  list === undefined || list === '' ? value : `${list}, ${value}`

/** Estimated bytes that V8 needs for a stored response in addition to its body. */
const overheadBytes = 500

/** Copies bytes into memory of their own. A slice of a larger buffer would keep all of that buffer. */
function copyBytes(bytes: string | Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(Buffer.byteLength(bytes))
  if (typeof bytes === 'string') copy.write(bytes)
  else copy.set(bytes)
  return copy
}

/** The response to a read, in each encoding that a client has accepted. */
export class Representation {
  /** Bytes of the body without encoding. */
  readonly length: number
  readonly #encoded: Partial<Record<Encoding, EncodedResponse>> & { identity: EncodedResponse }
  readonly #pending: Partial<Record<Encoding, Promise<EncodedResponse>>> = {}

  /** @param headers of the response without encoding, `content-type` among them. */
  constructor(body: string | Buffer, headers: Headers) {
    this.length = Buffer.byteLength(body)
    this.#encoded = { identity: { body, etag: headers.etag, headers } }
  }

  /** Bytes of memory, estimated. */
  get size(): number {
    return Object.values(this.#encoded).reduce(
      (sum, { body }) => sum + Buffer.byteLength(body) + overheadBytes,
      0,
    )
  }

  /** The response in an encoding, if there is one already. */
  get(encoding: Encoding): EncodedResponse | undefined {
    return this.#encoded[encoding]
  }

  /** The response in an encoding. Compresses the body once for all clients. */
  encode(encoding: Encoding): Promise<EncodedResponse> | EncodedResponse {
    const encoded = this.#encoded[encoding]
    if (encoded || encoding === 'identity') return encoded ?? this.#encoded.identity
    const { body, headers } = this.#encoded.identity
    this.#pending[encoding] ??= compress(body, encoding).then((compressed) => {
      const response = encodedResponse(copyBytes(compressed), headers, encoding)
      this.#encoded[encoding] = response
      return response
    })
    return this.#pending[encoding]
  }
}

function encodedResponse(
  body: Buffer,
  headers: Headers,
  encoding: Exclude<Encoding, 'identity'>,
): EncodedResponse {
  const etag = headers.etag === undefined ? undefined : encodedTag(headers.etag, encoding)
  const encoded = { ...headers, ...(etag !== undefined && { etag }), 'content-encoding': encoding }
  return { body, etag, headers: encoded }
}

/** Adds to the headers of an operation's response those that every read has. */
export function readHeaders(
  { type = 'application/json; charset=utf-8', headers }: ApiResponse,
  cacheControl: string,
): Headers {
  const vary = appendToList(headers.vary, 'Accept-Encoding, Authorization')
  return { 'cache-control': cacheControl, ...headers, vary, 'content-type': type }
}

/**
 * Makes a representation of a 200 with a text. Streams and other statuses are returned unchanged.
 * @param use `store` copies the text out of the V8 heap; `once` sends it unchanged.
 */
export function represent(
  response: ApiResponse,
  cacheControl: string,
  use: 'store' | 'once',
): Representation | ApiResponse {
  const { status, body } = response
  if (status !== 200 || typeof body !== 'string') return response
  return new Representation(use === 'store' ? copyBytes(body) : body, readHeaders(response, cacheControl))
}
