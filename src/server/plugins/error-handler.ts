import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isConflict, toProblem } from '../../database/errors.ts'
import { Problem } from '../../problems/problem.ts'
import type { ProblemType } from '../../problems/types.ts'

const mediaType = 'application/problem+json; charset=utf-8'

type ProblemsByCode = Readonly<Record<string, { type: ProblemType; detail: string }>>

/**
 * The problems for the errors of Fastify itself, by their codes, and of `@fastify/static`, by their statuses: `..` or NUL in a
 * path (403, 400), and `If-Match` (412).
 */
const frameworkProblems: ProblemsByCode = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    type: 'too-large',
    detail:
      'The body has more than 1 MiB (64 KiB for /mcp), or more than 16 MiB of application/x-ndjson or of bulk operations.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    type: 'unsupported-media-type',
    detail: 'This path does not accept a body of this Content-Type.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    type: 'malformed-request',
    detail: 'The body does not have the length that Content-Length says.',
  },
  400: { type: 'not-found', detail: 'There is no file with this path.' },
  403: { type: 'not-found', detail: 'There is no file with this path.' },
  412: { type: 'stale-version', detail: 'The file has another ETag or is newer.' },
}

/** Returns the code of an error of Fastify, or the status of an error of `http-errors`; otherwise ''. */
function codeOrStatus(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error) return String(error.code)
  return 'statusCode' in error ? String(error.statusCode) : ''
}

function findFrameworkProblem(error: unknown): Problem | undefined {
  const known = frameworkProblems[codeOrStatus(error)]
  return known && new Problem(known.type, known.detail, { cause: error })
}

/** Returns the problem for any error. */
function problemFor(error: unknown): Problem {
  return (
    toProblem(error) ??
    findFrameworkProblem(error) ??
    new Problem('internal', 'Something went wrong inside the service.', { cause: error })
  )
}

/** Headers of a body that the problem replaces. */
const replacedHeaders = ['age', 'cache-status', 'content-disposition', 'content-encoding', 'etag', 'link']

/** Sends a problem as JSON, even if the client does not accept JSON. Logs nothing. */
export function sendProblemUnlogged(
  problem: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  for (const name of replacedHeaders) {
    reply.removeHeader(name)
    // Fastify has already copied the headers of a stream that fails before its first byte.
    reply.raw.removeHeader(name)
  }
  // Without `no-store`, caches could store some problems, such as a 404, which depend on the reader and on the records.
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .headers(problem.headers)
    .type(mediaType)
    .send(JSON.stringify(problem.toDocument(request.originalUrl)))
}

/** Sends a problem like `sendProblemUnlogged`, and logs a failure of the service. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // The refusal of a shed request writes no error line, because that would add to the load. Metrics count it.
  if (problem.status >= 500 && problem.type !== 'overloaded') {
    const level = isConflict(problem.cause) ? 'warn' : 'error'
    request.log[level]({ err: problem.cause ?? problem }, problem.message)
  }
  return sendProblemUnlogged(problem, request, reply)
}

/** Whether the connection was closed before the request was complete. */
const isIncomplete = ({ raw }: FastifyRequest) => raw.destroyed && !raw.complete

/** Sends an error as problem details. */
export const handleError = (
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply =>
  sendProblem(
    isIncomplete(request)
      ? new Problem('timeout', 'The connection was closed before the request was complete.', { cause: error })
      : problemFor(error),
    request,
    reply,
  )

/** The problems for errors of the HTTP parser and for its timeout, by the error codes of Node.js. */
const connectionProblems: ProblemsByCode = {
  HPE_HEADER_OVERFLOW: {
    type: 'headers-too-large',
    detail: 'The request line and headers have more than 16 KiB.',
  },
  HPE_INVALID_METHOD: {
    type: 'malformed-request',
    detail: 'The request does not begin with a known HTTP method, such as GET or POST.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { type: 'timeout', detail: 'The request was not complete in time.' },
}

/** Returns the status line, headers and body for a request that Node.js refused. @param code the error code of Node.js. */
export function connectionErrorResponse(code: string): string {
  const { type, detail } = connectionProblems[code] ?? {
    type: 'malformed-request' as const,
    detail: 'The request is not valid HTTP.',
  }
  const problem = new Problem(type, detail)
  const body = JSON.stringify(problem.toDocument('about:blank'))
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\ncontent-type: ${mediaType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
}

/** Sends every error of a route or a hook as problem details (RFC 9457). */
export const errorHandler = fp(
  async function errorHandler(app) {
    app.setErrorHandler(handleError)
  },
  { name: 'error-handler' },
)
