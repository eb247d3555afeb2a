import type { IncomingMessage } from 'node:http'
import fp from 'fastify-plugin'
import { hasTooManySmallChunks } from './body-chunks.ts'

/** Maximum bytes of a refused body that are read and discarded: twice the largest limit of a body other than an upload. */
const maxUnreadBytes = 32 * 1024 * 1024

/** Maximum time for reading a refused body, in milliseconds. If the client still sends then, the connection is reset. */
const maxUnreadMs = 5_000

/** Reads and discards the rest of a request within the limits above, unless it has too many small chunks. Calls `done` once. */
function discard(request: IncomingMessage, done: () => void): void {
  let bytes = 0
  let chunks = 0
  const finish = () => {
    clearTimeout(timer)
    request.off('data', count).off('close', finish).off('end', finish)
    done()
  }
  const count = (chunk: Buffer) => {
    bytes += chunk.length
    chunks += 1
    if (bytes <= maxUnreadBytes && !hasTooManySmallChunks(chunks, bytes)) return
    request.pause()
    finish()
  }
  const timer = setTimeout(finish, maxUnreadMs)
  request.on('data', count).on('close', finish).on('end', finish).resume()
}

/**
 * Reads the rest of a refused body before the response that closes the connection is sent (RFC 9112, 9.6). If the service closed
 * the connection while the client is still sending, the connection would be reset, and the client might not get the response.
 */
export const unreadBodies = fp(
  async function unreadBodies(app) {
    app.addHook('onSend', ({ raw }, reply, payload, done) => {
      if (raw.complete || raw.destroyed || reply.getHeader('connection') !== 'close')
        return done(null, payload)
      discard(raw, () => done(null, payload))
    })
  },
  { name: 'unread-bodies' },
)
