import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type TransferLimits, Transfers } from './transfers/transfers.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Applies the limits of speed and duration to the response until it has ended. */
    watchTransfer(request: FastifyRequest, reply: FastifyReply): void
  }
}

/** How often transfers are checked, in milliseconds. */
const intervalMs = 5000

/** The time over which the speed of a client is averaged, in milliseconds. */
export const speedWindowMs = 60_000

/**
 * Provides `app.watchTransfer`. Cuts off exports and streams whose client reads too slowly, or that take too long: each
 * occupies memory, and an export also a connection to PostgreSQL. Also cuts off exports and streams whose key or token is no
 * longer accepted with the same role, such as a revoked key.
 */
export const transfers = fp<TransferLimits>(
  async function transfers(app, limits) {
    const watched = new Transfers(limits)
    const timer = setInterval(() => {
      watched.check(performance.now())
      void watched.checkAuthorization()
    }, intervalMs).unref()
    app.addHook('onClose', async () => clearInterval(timer))
    app.decorate('watchTransfer', (request, { raw }) => {
      const response = {
        connection: request.raw.socket,
        isOver: () => raw.closed,
        isAuthorized: () => app.isAuthorized(request),
        onCut: (reason: string) => request.log.warn({ req: request, reason }, 'a transfer was cut off'),
      }
      watched.add(response, performance.now())
    })
    app.metrics.gauge('entente_transfers', 'Exports and streams that are being sent.', () => watched.count)
    app.metrics.counter(
      'entente_transfers_cut_total',
      'Exports and streams that were cut off, because their client read too slowly, they took too long, or their key or token was no longer accepted.',
      'reason',
      watched.cutCounts,
    )
  },
  { name: 'transfers', dependencies: ['metrics', 'authentication'] },
)
