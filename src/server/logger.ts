import type { FastifyRequest } from 'fastify'
import { getDatabaseError } from '../database/errors.ts'
import { LogOutput } from './log-output.ts'

/** Returns the log entry of an error: of PostgreSQL's error, if that is the cause, since it has the code and the reason. */
function errorEntry(error: Error) {
  const source = getDatabaseError(error) ?? error
  return {
    type: source.constructor.name,
    ...('code' in source && { code: String(source.code) }),
    message: source.message,
    stack: source.stack ?? '',
  }
}

const uuidAtEnd = /^[^?]*\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\?|$)/

/**
 * Returns the log entry of a request. It has the route, and the UUID at the end of the path, but not the path itself, which may
 * contain anything.
 */
function requestEntry({ method, url, routeOptions }: FastifyRequest) {
  const [, record] = uuidAtEnd.exec(url) ?? []
  return { method, route: routeOptions?.url ?? 'none', ...(record && { record }) }
}

/** The standard output of the process. */
const output = new LogOutput(1)
process.once('exit', () => output.flushAtExit())

/**
 * Options of the logger: JSON lines with request ids. Nothing personal is logged: no key or token, no query, no address of a
 * client.
 */
export const loggerOptions = (level: string) => ({
  level,
  stream: output,
  serializers: { req: requestEntry, err: errorEntry },
  // Removes credentials if a log line ever has headers; none has now. A wildcard would take time for each property.
  redact: ['', 'req.', 'res.', 'request.', 'response.', 'err.'].flatMap((prefix) => [
    `${prefix}headers.authorization`,
    `${prefix}headers.cookie`,
  ]),
})
