import type { IncomingMessage } from 'node:http'
import fp from 'fastify-plugin'
import { areTooSmall } from './body-chunks.ts'

/** Maximum bytes of a refused body that are read and discarded: twice the limit of bodies. */
const maxUnreadBytes = 32 * 1024 * 1024

/** Maximum time for reading them, in milliseconds. After it, a connection that still sends is reset. */
const maxUnreadMs = 5_000

/** Reads what is left of a request and throws it away, within the limits above, unless it comes in small chunks. Calls `done` once. */
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
    if (bytes <= maxUnreadBytes && !areTooSmall(chunks, bytes)) return
    request.pause()
    finish()
  }
  const timer = setTimeout(finish, maxUnreadMs)
  request.on('data', count).on('close', finish).on('end', finish).resume()
}

/**
 * Takes the rest of a refused body before a response that closes the connection (RFC 9112, 9.6). Closing it while the
 * client sends resets it, and the client may never see why it was refused.
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
