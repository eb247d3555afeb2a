import { compress, type Encoding } from './encodings.ts'

/** The headers of an answer. */
export type Headers = Record<string, string>

/** An answer in one encoding, ready to be sent. */
export interface Form {
  body: Buffer
  etag: string | undefined
  headers: Headers
  /** The headers when the client has it already. */
  notModified: Headers
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

/** Bytes in memory of their own: a part of a larger buffer would keep all of that. */
function alone(bytes: string | Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(Buffer.byteLength(bytes))
  if (typeof bytes === 'string') own.write(bytes)
  else own.set(bytes)
  return own
}

/** An answer to a read, in as many encodings as were asked for. */
export class Representation {
  readonly #headers: Headers
  readonly #forms: Partial<Record<Encoding, Form>> = {}
  readonly #making: Partial<Record<Encoding, Promise<Form>>> = {}
  readonly #identity: Buffer

  /** @param headers of the answer without encoding, `content-type` among them. */
  constructor(body: string, headers: Headers) {
    this.#identity = alone(body)
    this.#headers = { ...headers, vary: withWords(headers.vary, 'Accept-Encoding') }
    this.#forms.identity = this.#form(this.#identity, 'identity')
  }

  /** Bytes of the body without encoding. */
  get length(): number {
    return this.#identity.length
  }

  /** Bytes of memory, about. */
  get size(): number {
    return Object.values(this.#forms).reduce((sum, { body }) => sum + body.length + overhead, 0)
  }

  /** The form in an encoding if it has been made. */
  ready(encoding: Encoding): Form | undefined {
    return this.#forms[encoding]
  }

  /** The form in an encoding, which is made once. */
  async in(encoding: Encoding): Promise<Form> {
    const ready = this.#forms[encoding]
    if (ready || encoding === 'identity') return ready ?? this.#form(this.#identity, encoding)
    this.#making[encoding] ??= compress(this.#identity, encoding).then((body) => {
      const form = this.#form(alone(body), encoding)
      this.#forms[encoding] = form
      return form
    })
    return this.#making[encoding]
  }

  #form(body: Buffer, encoding: Encoding): Form {
    const { etag, 'content-type': type = '', ...others } = this.#headers
    const tagged = etag === undefined ? others : { ...others, etag: encodedTag(etag, encoding) }
    return {
      body,
      etag: tagged.etag,
      headers: {
        ...tagged,
        'content-type': type,
        ...(encoding !== 'identity' && { 'content-encoding': encoding }),
      },
      notModified: tagged,
    }
  }
}
