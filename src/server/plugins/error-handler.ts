import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { problemOf } from '../../database/errors.ts'
import { Problem } from '../../problems/problem.ts'
import { suggest } from '../../problems/suggest.ts'
import type { ProblemType } from '../../problems/types.ts'

const mediaType = 'application/problem+json; charset=utf-8'

/** What the HTTP framework itself refuses, by its codes. */
const frameworkProblems: Record<string, { type: ProblemType; detail: string }> = {
  FST_ERR_BAD_URL: { type: 'malformed-request', detail: 'The path has percent-encoding that is not UTF-8.' },
  FST_ERR_MAX_PARAM_LENGTH: {
    type: 'malformed-request',
    detail: 'A part of the path is longer than any key.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    type: 'too-large',
    detail:
      'The body has more than 1 MiB, or 16 MiB as application/x-ndjson or where many operations are sent together.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    type: 'unsupported-media-type',
    detail: 'The Content-Type of the body is not one that this operation reads: send application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    type: 'malformed-request',
    detail: 'The body is not as long as Content-Length says.',
  },
}

function frameworkProblem(error: unknown): Problem | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = frameworkProblems[code]
  return known && new Problem(known.type, known.detail, { cause: error })
}

/** The problem that any error is answered as. */
export function asProblem(error: unknown): Problem {
  return (
    problemOf(error) ??
    frameworkProblem(error) ??
    new Problem('internal', 'Something went wrong inside the service.', { cause: error })
  )
}

/** Answers a problem, whatever the client accepts: a refusal without words helps nobody. */
function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // Who has too much to do does not need to write about each request that it turns away: they are counted.
  if (problem.status >= 500 && problem.type !== 'overloaded')
    request.log.error({ err: problem.cause ?? problem }, problem.message)
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type(mediaType)
    .send(JSON.stringify(problem.toDocument(request.url)))
}

/** What went wrong since the client left, or was too slow, is nobody else's fault. */
const hasLeft = ({ raw }: FastifyRequest) => raw.destroyed && !raw.complete

/** Answers an error as the problem that it is. */
export const answerError = (
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply =>
  sendProblem(
    hasLeft(request)
      ? new Problem('timeout', 'The connection was closed before the request was complete.', { cause: error })
      : asProblem(error),
    request,
    reply,
  )

/** A path of the service, with `{name}` for what varies in it, and the methods that it takes. */
export interface KnownPath {
  path: string
  methods: string[]
}

/** The problem that a path does not take a method. */
export function methodNotAllowed({ methods }: KnownPath, { method, url }: FastifyRequest): Problem {
  const allow = methods.join(', ')
  const [path] = url.split('?')
  return new Problem('method-not-allowed', `${path} takes ${allow} and not ${method}.`, {
    headers: { allow },
  })
}

/** Whether a path is one of those that a template stands for. */
export const matches = (template: string, path: string) =>
  new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)

function notFound(request: FastifyRequest, known: KnownPath[]): Problem {
  const path = request.url.split('?')[0] ?? ''
  const here = known.find((candidate) => matches(candidate.path, path))
  if (here) return methodNotAllowed(here, request)
  const nearest = suggest(
    path,
    known.map((candidate) => candidate.path),
  )
  return new Problem(
    'not-found',
    `There is nothing at ${path}${nearest ? `; did you mean ${nearest}?` : '. /docs shows what there is.'}`,
  )
}

/**
 * Answers everything that goes wrong as problem details (RFC 9457).
 * @param known all paths of the service: for methods that they do not take, and to suggest the nearest.
 */
export function answerProblems(app: FastifyInstance, known: () => KnownPath[]): void {
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request, reply) => sendProblem(notFound(request, known()), request, reply))
}

/** Problems of connections that never became a request, by the codes of Node's HTTP parser. */
const connectionProblems: Record<string, { type: ProblemType; detail: string }> = {
  HPE_HEADER_OVERFLOW: {
    type: 'headers-too-large',
    detail: 'The request line and headers have more than 16 KiB.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { type: 'timeout', detail: 'The request was not complete in time.' },
}

/** The bytes that answer a connection whose request could not be parsed. */
export function connectionAnswer(code: string): string {
  const { type, detail } = connectionProblems[code] ?? {
    type: 'malformed-request' as const,
    detail: 'What was sent is not an HTTP request that can be read.',
  }
  const problem = new Problem(type, detail)
  const body = JSON.stringify(problem.toDocument('about:blank'))
  const reason = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' }[
    problem.status
  ]
  return `HTTP/1.1 ${problem.status} ${reason}\r\ncontent-type: ${mediaType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
}
