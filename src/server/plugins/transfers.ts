import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import fp from 'fastify-plugin'
import { type TransferLimits, Transfers } from './transfers/transfers.ts'

/** How often transfers are checked, in milliseconds. */
const intervalMs = 5000

/** The size from which a response is watched even if it is no stream, in bytes or characters. */
const minWatchedSize = 1024 * 1024

/** The size of the pieces in which a large response is written, in bytes. */
const pieceSize = 64 * 1024

function* splitBody(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += pieceSize) yield body.subarray(start, start + pieceSize)
}

/**
 * Returns a body that may occupy much memory, or a connection to PostgreSQL, for as long as its client reads: a stream, or a
 * large text or Buffer, which becomes one. The counters of a connection change only when a write ends, so one write of the whole
 * body would show no progress.
 * @returns undefined for all other bodies. `bytes` is the length of a text or Buffer.
 */
function asStream(payload: unknown): { stream: Readable; bytes?: number } | undefined {
  if (payload instanceof Readable) return { stream: payload }
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return undefined
  if (payload.length < minWatchedSize) return undefined
  // A Buffer may be a cached body, which several responses send at the same time: `splitBody` neither copies nor changes it.
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload
  return { stream: Readable.from(splitBody(body), { objectMode: false }), bytes: body.length }
}

/**
 * Cuts off exports, streams and large responses whose client reads too slowly, or that take too long: each occupies memory, and
 * an export also a connection to PostgreSQL. Also cuts off those whose key or token is no longer accepted with the same role,
 * such as a revoked key.
 */
export const transfers = fp<TransferLimits>(
  async function transfers(app, limits) {
    const watched = new Transfers(limits)
    const timer = setInterval(() => {
      watched.check(performance.now())
      void watched.checkAuthorization()
    }, intervalMs).unref()
    app.addHook('onClose', async () => clearInterval(timer))
    app.addHook('onSend', (request, reply, payload, done) => {
      const { socket } = request.raw
      // Reads within the process have no connection, and HEAD has no body. If the client has gone, Fastify would take the end of
      // the stream for an error of the service.
      const isSent = socket instanceof Socket && request.method !== 'HEAD' && !reply.raw.destroyed
      const watchedBody = isSent ? asStream(payload) : undefined
      if (!watchedBody) return done()
      const response = {
        connection: socket,
        isOver: () => reply.raw.closed,
        isAuthorized: () => app.isAuthorized(request),
        onCut: (reason: string) => request.log.warn({ req: request, reason }, 'a transfer was cut off'),
      }
      watched.add(response, performance.now())
      if (watchedBody.bytes !== undefined) reply.header('content-length', watchedBody.bytes)
      done(null, watchedBody.stream)
    })
    app.metrics.gauge(
      'entente_transfers',
      'Exports, streams and large responses that are being sent.',
      () => watched.count,
    )
    app.metrics.counter(
      'entente_transfers_cut_total',
      'Exports, streams and large responses that were cut off, because their client read too slowly, they took too long, or their key or token was no longer accepted with the same role.',
      'reason',
      watched.cutCounts,
    )
  },
  { name: 'transfers', dependencies: ['metrics', 'authentication'] },
)
