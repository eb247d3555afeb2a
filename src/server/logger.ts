import type { FastifyRequest } from 'fastify'
import { databaseErrorOf } from '../database/errors.ts'

/** What is logged of an error: never the values of a statement, which libraries put into messages around it. */
function errorEntry(error: Error) {
  const source = databaseErrorOf(error) ?? error
  return {
    type: source.constructor.name,
    ...('code' in source && { code: String(source.code) }),
    message: source.message,
    stack: source.stack ?? '',
  }
}

const uuidAtEnd = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\?|$)/

/** What is logged of a request: the route, since a path may be anything, and the id of the record where it is one. */
function requestEntry({ method, url, routeOptions }: FastifyRequest) {
  const [, record] = uuidAtEnd.exec(url) ?? []
  return { method, route: routeOptions?.url ?? 'none', ...(record && { record }) }
}

/**
 * How the service logs: JSON lines with request ids, and neither keys nor tokens nor anything personal, so no query
 * and no address either.
 */
export const loggingAt = (level: string) => ({
  level,
  serializers: { req: requestEntry, err: errorEntry },
  // Should somebody log headers some day.
  redact: ['headers.authorization', 'headers.cookie', '*.headers.authorization', '*.headers.cookie'],
})
