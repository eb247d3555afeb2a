import { Transform, type TransformCallback } from 'node:stream'
import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'

/** Number of chunks that may have any size. */
const freeChunks = 1000

/** Minimum average bytes of a chunk, if there are more chunks. */
const minAverageBytes = 64

const refusal = `The body has more than ${freeChunks} chunks with fewer than ${minAverageBytes} bytes on average. Send larger chunks.`

/** Whether a body has too many small chunks. */
export const hasTooManySmallChunks = (count: number, bytes: number): boolean =>
  count > freeChunks && bytes < count * minAverageBytes

/** Passes chunks on, and fails when there are too many small ones. */
class CheckedChunks extends Transform {
  readonly #onRefused: () => void
  #count = 0
  #bytes = 0

  /** @param onRefused is called when there are too many small chunks. */
  constructor(onRefused: () => void) {
    super()
    this.#onRefused = onRefused
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#count += 1
    this.#bytes += chunk.length
    if (hasTooManySmallChunks(this.#count, this.#bytes)) {
      this.#onRefused()
      done(new Problem('malformed-request', refusal))
    } else done(null, chunk)
  }
}

/**
 * Refuses bodies in many small chunks (RFC 9112, section 7.1): a chunk of one byte takes a microsecond, and a hundred bytes of
 * memory until the body is complete. Multipart uploads are exempt: they are read chunk by chunk.
 */
export const bodyChunks = fp(
  async function bodyChunks(app) {
    app.addHook('preParsing', (request, _reply, payload, done) => {
      const isChunked = request.headers['transfer-encoding'] !== undefined
      if (!isChunked || /^\s*multipart\//i.test(request.headers['content-type'] ?? ''))
        return done(null, payload)
      const checked = new CheckedChunks(() => app.connections.connectionMisused(request.raw.socket))
      payload.on('error', (error) => checked.destroy(error))
      // After a refusal, no other listener handles further errors.
      checked.on('error', () => {})
      done(null, payload.pipe(checked))
    })
  },
  { name: 'body-chunks', dependencies: ['connections'] },
)
