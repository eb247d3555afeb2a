import { compress, type Encoding } from './encodings.ts'

/** The headers of an answer. */
export type Headers = Record<string, string>

/** An answer in one encoding, ready to be sent. */
export interface Form {
  body: string | Buffer
  etag: string | undefined
  headers: Headers
}

/**
 * The tag of an encoded representation. Strong tags tell bytes apart (RFC 9110, 8.8.3.3), so each encoding has its
 * own. A record's still begins with its version, which is all that `If-Match` looks at.
 * @example encodedTag('"3"', 'br') is '"3-br"'
 */
export const encodedTag = (tag: string, encoding: Encoding): string =>
  encoding === 'identity' ? tag : `${tag.slice(0, -1)}-${encoding}"`

/** Adds to a header that is a list of words. */
export const withWords = (list: string | undefined, words: string): string =>
  list === undefined || list === '' ? words : `${list}, ${words}`

/** Some 500 bytes are what V8 needs for an entry beside its bodies, however small. */
const overhead = 500

/** Bytes in memory of their own, to be kept: a part of a larger buffer would keep all of that. */
export function alone(bytes: string | Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(Buffer.byteLength(bytes))
  if (typeof bytes === 'string') own.write(bytes)
  else own.set(bytes)
  return own
}

/** An answer to a read, in as many encodings as were asked for. */
export class Representation {
  /** Bytes of the body without encoding. */
  readonly length: number
  readonly #forms: Partial<Record<Encoding, Form>> & { identity: Form }
  readonly #making: Partial<Record<Encoding, Promise<Form>>> = {}

  /**
   * @param body bytes of their own where the answer may be kept; the text where it is sent once.
   * @param headers of the answer without encoding, `content-type` among them.
   */
  constructor(body: string | Buffer, headers: Headers) {
    this.length = Buffer.byteLength(body)
    this.#forms = { identity: { body, etag: headers.etag, headers } }
  }

  /** Bytes of memory, about. */
  get size(): number {
    return Object.values(this.#forms).reduce((sum, { body }) => sum + Buffer.byteLength(body) + overhead, 0)
  }

  /** The form in an encoding if it has been made. */
  ready(encoding: Encoding): Form | undefined {
    return this.#forms[encoding]
  }

  /** The form in an encoding, which is made once. */
  in(encoding: Encoding): Promise<Form> | Form {
    const ready = this.#forms[encoding]
    if (ready || encoding === 'identity') return ready ?? this.#forms.identity
    const { body, headers } = this.#forms.identity
    this.#making[encoding] ??= compress(body, encoding).then((compressed) => {
      const form = encodedForm(alone(compressed), headers, encoding)
      this.#forms[encoding] = form
      return form
    })
    return this.#making[encoding]
  }
}

function encodedForm(body: Buffer, headers: Headers, encoding: Exclude<Encoding, 'identity'>): Form {
  const etag = headers.etag === undefined ? undefined : encodedTag(headers.etag, encoding)
  const encoded = { ...headers, ...(etag !== undefined && { etag }), 'content-encoding': encoding }
  return { body, etag, headers: encoded }
}
