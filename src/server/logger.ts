import type { FastifyRequest } from 'fastify'
import { getDatabaseError } from '../database/errors.ts'

/** An error in the log. Drizzle's message contains the values of the statement, so the error of the driver is logged. */
function errorEntry(error: Error) {
  const source = getDatabaseError(error) ?? error
  return {
    type: source.constructor.name,
    ...('code' in source && { code: String(source.code) }),
    message: source.message,
    stack: source.stack ?? '',
  }
}

const uuidAtEnd = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\?|$)/

/** A request in the log: its route instead of its path, which may contain anything, and the id of its record. */
function requestEntry({ method, url, routeOptions }: FastifyRequest) {
  const [, record] = uuidAtEnd.exec(url) ?? []
  return { method, route: routeOptions?.url ?? 'none', ...(record && { record }) }
}

/**
 * Options of the logger: JSON lines with request ids. Nothing personal is logged: no key or token, no query, no address.
 */
export const loggerOptions = (level: string) => ({
  level,
  serializers: { req: requestEntry, err: errorEntry },
  // No log line has headers now; the paths protect future ones. A wildcard would cost time for each property of each line.
  redact: ['', 'req.', 'res.', 'request.', 'response.', 'err.'].flatMap((prefix) => [
    `${prefix}headers.authorization`,
    `${prefix}headers.cookie`,
  ]),
})
