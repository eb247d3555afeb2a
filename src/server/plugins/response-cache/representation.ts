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
 * Returns the ETag of an encoded representation. A strong ETag identifies exact bytes (RFC 9110, 8.8.3.3), so each encoding has
 * a different one. The ETag of a record still begins with its version, and `If-Match` compares only the version.
 * @example encodedTag('"3"', 'br') is '"3-br"'
 */
export const encodedTag = (tag: string, encoding: Encoding): string =>
  encoding === 'identity' ? tag : `${tag.slice(0, -1)}-${encoding}"`

/** Returns the value of a list header with one more item. */
export const appendToList = (list: string | undefined, value: string): string =>
  list === undefined || list === '' ? value : `${list}, ${value}`

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
  /** Bytes of the body without encoding. */
  readonly length: number
  readonly #encoded: Partial<Record<Encoding, EncodedResponse>> & { identity: EncodedResponse }
  readonly #pending: Partial<Record<Encoding, Promise<EncodedResponse>>> = {}

  /** @param headers of the response without encoding, including `content-type`. */
  constructor(body: string | Buffer, headers: Headers) {
    this.length = Buffer.byteLength(body)
    this.#encoded = { identity: { body, etag: headers.etag, headers } }
  }

  /** Estimated bytes of memory. */
  get size(): number {
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
    const encoded = this.#encoded[encoding]
    if (encoded || encoding === 'identity') return encoded ?? this.#encoded.identity
    const { body, headers } = this.#encoded.identity
    this.#pending[encoding] ??= compress(body, encoding)
      .then((compressed) => {
        const response = encodedResponse(copyBytes(compressed), headers, encoding)
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

function encodedResponse(
  body: Buffer,
  headers: Headers,
  encoding: Exclude<Encoding, 'identity'>,
): EncodedResponse {
  const etag = headers.etag === undefined ? undefined : encodedTag(headers.etag, encoding)
  const encoded = { ...headers, ...(etag !== undefined && { etag }), 'content-encoding': encoding }
  return { body, etag, headers: encoded }
}

/** Returns the headers of a response, including the headers that every read has. */
export function buildReadHeaders(
  { type = 'application/json; charset=utf-8', headers }: ApiResponse,
  cacheControl: string,
): Headers {
  const vary = appendToList(headers.vary, 'Accept-Encoding, Authorization')
  return { 'cache-control': cacheControl, ...headers, vary, 'content-type': type }
}

/**
 * Returns a `Representation` of a response with status 200 and a text. Streams and other statuses are returned unchanged.
 * @param use `store` copies the text out of the V8 heap; `once` sends it unchanged.
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
