import type { FastifyRequest } from 'fastify'
import { clientAddress } from './addresses.ts'

/** Minimum time between two warnings. */
const warningIntervalMs = 3_600_000

const isForwarded = ({ headers }: FastifyRequest) =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined

/**
 * Returns a function that warns in the log, at most once an hour, of a forwarded request for which the address of the proxy is
 * used instead of that of the client. This happens if the proxy is not trusted or names no address, and then all clients behind
 * the proxy share the limits of one client.
 */
export function createForwardingWarning(): (request: FastifyRequest) => void {
  let nextAtMs = Number.NEGATIVE_INFINITY
  return (request) => {
    if (!isForwarded(request) || Date.now() < nextAtMs) return
    if (clientAddress(request) !== request.socket.remoteAddress) return
    nextAtMs = Date.now() + warningIntervalMs
    request.log.warn(
      'a Forwarded or X-Forwarded-For header is not used, so all clients behind this proxy share the limits of one client: either TRUST_PROXY does not name the proxy, or X-Forwarded-For is missing or names no address',
    )
  }
}
