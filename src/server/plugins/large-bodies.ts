import { getHeapStatistics } from 'node:v8'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'

/** Bodies up to this many bytes are not counted. Only routes with `access: 'write'` accept larger ones. */
const smallBodyBytes = 1024 * 1024

/** Maximum share of the V8 heap for the raw bytes of large bodies. Parsing and validation need many times as much. */
const heapShare = 1 / 16

/** Maximum bytes of large bodies, however large the heap is: parsing them keeps the event loop busy. */
const maxLargeBytes = 64 * 1024 * 1024

/**
 * Returns the `Content-Length` of a body; without it, the maximum size of the route's bodies. An upload counts as 0 bytes,
 * since its files are stored as they arrive.
 */
function expectedBytes({ headers, routeOptions }: FastifyRequest): number {
  if (/^multipart\/form-data\b/i.test(headers['content-type'] ?? '')) return 0
  if (headers['content-length'] !== undefined) return Number(headers['content-length'])
  return headers['transfer-encoding'] === undefined ? 0 : routeOptions.bodyLimit
}

/**
 * Bounds the total size of the large bodies in memory: each counts until its response has been sent or its client has
 * disconnected. Above the limit, further large bodies get 503 before they are read. While no large body counts, one is always
 * accepted. Uploads of files do not count.
 */
export const largeBodies = fp(
  async function largeBodies(app) {
    const maxBytes = Math.min(maxLargeBytes, getHeapStatistics().heap_size_limit * heapShare)
    let heldBytes = 0
    app.addHook('preParsing', (request, reply, _payload, done) => {
      const bytes = expectedBytes(request)
      // Fastify refuses a body above the limit of its route without reading it.
      if (bytes <= smallBodyBytes || bytes > request.routeOptions.bodyLimit) return done()
      // The client has disconnected, such as while its key was looked up. The event `close` will not follow.
      if (reply.raw.destroyed) return done()
      if (heldBytes > 0 && heldBytes + bytes > maxBytes) {
        app.metrics.requestShed('memory')
        const detail = 'Too many large requests are being read. Send them one after another.'
        return done(new Problem('overloaded', detail))
      }
      heldBytes += bytes
      reply.raw.once('close', () => {
        heldBytes -= bytes
      })
      done()
    })
  },
  { name: 'large-bodies', dependencies: ['metrics'] },
)
