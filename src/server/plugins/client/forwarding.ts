import type { FastifyRequest } from 'fastify'
import { clientAddress } from './addresses.ts'

/** How often the log repeats the warning, in milliseconds. */
const repeatMs = 3_600_000

const isForwarded = ({ headers }: FastifyRequest) =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined

/**
 * Returns a function that warns in the log, at most once an hour, of forwarded requests whose client is not known, since the
 * proxy is not trusted or names no address: all clients behind the proxy share the limits of one client.
 */
export function forwardingWarning(): (request: FastifyRequest) => void {
  let nextAt = Number.NEGATIVE_INFINITY
  return (request) => {
    if (!isForwarded(request) || Date.now() < nextAt) return
    if (clientAddress(request) !== request.socket.remoteAddress) return
    nextAt = Date.now() + repeatMs
    request.log.warn(
      'a Forwarded or X-Forwarded-For header is not used, so all clients behind this proxy share the limits of one client: either TRUST_PROXY does not name the proxy, or X-Forwarded-For is missing or names no address',
    )
  }
}
