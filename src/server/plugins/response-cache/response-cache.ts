import { pipeline, type Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Changes } from '../../../database/changes.ts'
import type { ApiResponse } from '../../../operations/operation.ts'
import { isKnown } from '../../../operations/tags.ts'
import { type Accepted, acceptedBy, compressing, encodingOf } from './encodings.ts'
import { alone, encodedTag, type Form, type Headers, Representation, withWords } from './representation.ts'
import type { Store } from './store.ts'

/** Answers in memory, and what tells whether they are still true. */
export interface Memory {
  store: Store
  changes: Changes
}

/** How an answer came to be, as the header `Cache-Status` (RFC 9211) tells it. */
const told = {
  hit: 'Entente; hit',
  made: 'Entente; fwd=uri-miss',
  shared: 'Entente; fwd=uri-miss; collapsed',
  insisted: 'Entente; fwd=request',
  off: 'Entente; fwd=bypass',
} as const

type How = keyof typeof told

/** An answer that is being made, and since which generation. */
interface Making {
  generation: number
  answer: Promise<Representation | ApiResponse>
}

/** A request's two keys: as it was sent, where that can be asked for again by itself, and normalised. */
export interface Keys {
  asked: string | undefined
  normalised: string
}

const json = 'application/json; charset=utf-8'

const isText = /^text\/|json|xml\b/

/** Whether the client wants what the database says at this moment. */
const insists = (request: FastifyRequest): boolean => {
  const header = request.headers['cache-control']
  return header !== undefined && /\bno-cache\b/i.test(header)
}

/**
 * Answers reads: from memory where that is as good as asking the database, encoded as the client accepts it, and
 * with 304 when the client has it already.
 *
 * An answer is kept under the generation of the database in which its making began, and only if that is still the
 * same at its end; so it holds every change that was known of. Identical requests of one generation share one making.
 */
export class Reads {
  readonly #memory: Memory | undefined
  readonly #cacheControl: string
  readonly #making = new Map<string, Making>()
  /** How many answers came to be in which way. */
  readonly counts: Record<How, number> = { hit: 0, made: 0, shared: 0, insisted: 0, off: 0 }

  /**
   * @param memory undefined keeps nothing.
   * @param publicRead whether caches between here and the client may keep answers, too. All must ask whether what
   * they have is current.
   */
  constructor(memory: Memory | undefined, publicRead: boolean) {
    this.#memory = memory
    this.#cacheControl = `${publicRead ? 'public' : 'private'}, no-cache`
  }

  /** Tells that something has been changed; called before the answer to a write is sent. */
  changed(): void {
    this.#memory?.changes.moved()
  }

  /**
   * Answers a request that has been answered before, from memory and at once. The hot path: it reads nothing of the
   * request but its bytes.
   * @returns whether it has.
   * @throws Problem for headers that can't be followed.
   */
  repeat(request: FastifyRequest, reply: FastifyReply, asked: string): boolean {
    if (!this.#memory) return false
    const { store, changes } = this.#memory
    const found = changes.isCurrent() ? store.findAsked(asked, changes.generation) : undefined
    if (!found || insists(request)) return false
    const form = found.ready(encodingOf(acceptedBy(request), found.length))
    if (!form) return false
    this.#send(request, reply, form, 'hit')
    return true
  }

  /**
   * Answers a request.
   * @param keysOf makes the request's keys, which are needed only where answers are kept.
   * @param make asks the database.
   * @throws what `make` throws, and Problem `not-acceptable`.
   */
  async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    keysOf: () => Keys,
    make: () => Promise<ApiResponse>,
  ): Promise<FastifyReply> {
    const accepted = acceptedBy(request)
    const memory = this.#memory
    if (!memory || !(await memory.changes.becomesCurrent())) {
      const answer = this.#represent(await make())
      if (!(answer instanceof Representation)) return this.#pass(request, reply, answer, accepted, 'off')
      return this.#send(request, reply, await answer.in(encodingOf(accepted, answer.length)), 'off')
    }
    const keys = keysOf()
    const { answer, how } = await this.#find(memory, request, keys.normalised, make)
    if (!(answer instanceof Representation)) return this.#pass(request, reply, answer, accepted, how)
    const encoding = encodingOf(accepted, answer.length)
    const isNew = !answer.ready(encoding)
    const form = await answer.in(encoding)
    this.#remember(memory, keys, answer, isNew)
    return this.#send(request, reply, form, how)
  }

  /** Lets the request lead to its answer if that is kept, and weighs the answer when it has grown. */
  #remember(
    { store, changes }: Memory,
    { asked, normalised }: Keys,
    answer: Representation,
    isNew: boolean,
  ): void {
    const { generation } = changes
    if (store.find(normalised, generation) !== answer) return
    if (isNew) store.keep(normalised, answer, generation)
    if (asked !== undefined) store.remember(asked, normalised)
  }

  async #find(
    memory: Memory,
    request: FastifyRequest,
    key: string,
    make: () => Promise<ApiResponse>,
  ): Promise<{ answer: Representation | ApiResponse; how: How }> {
    if (insists(request)) return { answer: await this.#make(memory, key, make), how: 'insisted' }
    const { generation } = memory.changes
    const found = memory.store.find(key, generation)
    if (found) return { answer: found, how: 'hit' }
    const making = this.#making.get(key)
    if (making?.generation === generation) {
      const answer = await making.answer
      // A stream can be read by one alone.
      if (answer instanceof Representation) return { answer, how: 'shared' }
      return { answer: this.#represent(await make()), how: 'off' }
    }
    return { answer: await this.#share(memory, key, make), how: 'made' }
  }

  /** Makes an answer that identical requests may wait for, as long as nothing has changed. */
  async #share(
    memory: Memory,
    key: string,
    make: () => Promise<ApiResponse>,
  ): Promise<Representation | ApiResponse> {
    const making = { generation: memory.changes.generation, answer: this.#make(memory, key, make) }
    this.#making.set(key, making)
    try {
      return await making.answer
    } finally {
      // A later one may have taken its place.
      if (this.#making.get(key) === making) this.#making.delete(key)
    }
  }

  async #make(
    { store, changes }: Memory,
    key: string,
    make: () => Promise<ApiResponse>,
  ): Promise<Representation | ApiResponse> {
    const { generation } = changes
    const answer = await make()
    const representation = this.#represent(answer, alone)
    const mayKeep = answer.headers['cache-control'] === undefined
    if (representation instanceof Representation && mayKeep && changes.generation === generation)
      store.keep(key, representation, generation)
    return representation
  }

  #headersOf({ type = json, headers }: ApiResponse): Headers {
    const vary = withWords(headers.vary, 'Accept-Encoding')
    return { 'cache-control': this.#cacheControl, ...headers, vary, 'content-type': type }
  }

  /**
   * An answer that can be sent in any encoding; streams, and what is no good answer, remain as they are.
   * @param bodyOf makes of the text what is to be kept of it; without it, the answer is sent once.
   */
  #represent(answer: ApiResponse, bodyOf?: (text: string) => Buffer): Representation | ApiResponse {
    const { status, body } = answer
    if (status !== 200 || typeof body !== 'string') return answer
    return new Representation(bodyOf ? bodyOf(body) : body, this.#headersOf(answer))
  }

  #send(request: FastifyRequest, reply: FastifyReply, form: Form, how: How): FastifyReply {
    const known = request.headers['if-none-match']
    const isModified = known === undefined || form.etag === undefined || !isKnown(known, form.etag)
    setHeaders(reply, form.headers)
    reply.header('cache-status', told[how])
    this.counts[how] += 1
    return isModified ? reply.code(200).send(form.body) : notModified(reply)
  }

  /** Answers what is in no form: a stream, compressed as it flows, or something without a body. */
  #pass(
    request: FastifyRequest,
    reply: FastifyReply,
    answer: ApiResponse,
    { large }: Accepted,
    how: How,
  ): FastifyReply {
    const { status, body } = answer
    const headers = this.#headersOf(answer)
    reply.header('cache-status', told[how]).code(status)
    this.counts[how] += 1
    if (body === undefined || typeof body === 'string') {
      setHeaders(reply, headers)
      return reply.send(body)
    }
    const mayTransform = !/\bno-transform\b/.test(headers['cache-control'] ?? '')
    const encoding = mayTransform && isText.test(headers['content-type'] ?? '') ? large : 'identity'
    if (headers.etag !== undefined) headers.etag = encodedTag(headers.etag, encoding)
    setHeaders(reply, headers)
    const known = request.headers['if-none-match']
    if (known !== undefined && headers.etag !== undefined && isKnown(known, headers.etag)) {
      body.destroy()
      return notModified(reply)
    }
    return reply.send(encoding === 'identity' ? body : compressed(body, encoding, reply))
  }
}

/** Answers that the client has it already, without what only says how a body is to be read. */
const notModified = (reply: FastifyReply): FastifyReply =>
  reply.removeHeader('content-type').removeHeader('content-encoding').code(304).send()

/** What flows out of a stream, compressed; what breaks one breaks the other. */
function compressed(body: Readable, encoding: 'gzip' | 'br', reply: FastifyReply): Readable {
  reply.header('content-encoding', encoding)
  // The error goes on to whoever reads the end of the pipeline.
  return pipeline(body, compressing(encoding), () => {})
}

/** Sets headers beside those that others have set, such as `Vary: Origin`. */
function setHeaders(reply: FastifyReply, headers: Headers): void {
  const others = reply.getHeader('vary')
  reply.headers(headers)
  if (others !== undefined) reply.header('vary', withWords(String(others), headers.vary ?? ''))
}
