import type { FastifyRequest, onSendHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { type Fault, Problem } from '../../problems/problem.ts'
import { methodOrder } from './routes.ts'

/**
 * The path that replaces a malformed path, and a target that is no path, such as `*`, so that the request reaches the plugins. No
 * route has this path.
 */
const placeholderPath = '/malformed'

function isWellFormed(url: string): boolean {
  const [path = ''] = url.split('?')
  try {
    decodeURI(path)
    return true
  } catch {
    return false
  }
}

/** The target that means the whole server, for OPTIONS (RFC 9110, section 9.3.7). */
const wholeServer = '*'

/** The Host header of RFC 9110, section 7.2: a name, an IPv4 address or an IPv6 address in brackets, and an optional port. */
const hostPattern = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-fA-F:.]+\])(?::\d*)?$/

/** Returns the path and the query of a target in absolute form, as for proxies (RFC 9112, section 3.2.2); any other target unchanged. */
function toOriginForm(url: string): string {
  const [origin = '', host = ''] = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(url) ?? []
  if (origin === '' || !hostPattern.test(host)) return url
  const target = url.slice(origin.length)
  return target.startsWith('/') ? target : `/${target}`
}

/**
 * Returns the URL for the router: path and query, or a placeholder if the target is no path, such as `*`, or the percent-encoding
 * of its path cannot be decoded. The router would take `*` for the value of a parameter, and would refuse the others before any
 * plugin sees the request.
 */
export function routableUrl(url: string): string {
  const target = toOriginForm(url)
  return target.startsWith('/') && (!target.includes('%') || isWellFormed(target)) ? target : placeholderPath
}

/** The headers that the service reads and that may occur only once. Node.js drops all but the first one, or joins them. */
const singleHeaders = ['Host', 'Authorization', 'Content-Type', 'Idempotency-Key']

/** Counts how often the header `name` occurs in `rawHeaders`, a list of alternating names and values. */
function countHeaders(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const rawName = rawHeaders[index]
    // The length is compared first, since this runs for every request.
    if (rawName?.length === name.length && rawName.toLowerCase() === name.toLowerCase()) count += 1
  }
  return count
}

/** Returns what is wrong with the Host header (RFC 9112, section 3.2), or undefined. */
function findHostFault({ headers: { host }, raw }: FastifyRequest): string | undefined {
  if (host === undefined) return raw.httpVersion === '1.1' ? 'is required' : undefined
  return hostPattern.test(host) ? undefined : `must be a host such as registry.example:3000, not "${host}"`
}

/** Returns the problem of an invalid header. @param message follows the name of the header. */
export function headerProblem(header: string, message: string, code = 'invalid'): Problem {
  const fault: Fault = { header, code, message }
  return new Problem('malformed-request', `The ${header} header ${message}.`, { errors: [fault] })
}

/** Returns the problem of a header that occurs more than once, or undefined. */
export function repetitionProblem({ raw }: FastifyRequest, header: string): Problem | undefined {
  const count = countHeaders(raw.rawHeaders, header)
  return count > 1 ? headerProblem(header, `was sent ${count} times: send it once`, 'repeated') : undefined
}

/** Returns what is wrong with the target of the request, or undefined. */
function findTargetFault({ method, url, originalUrl }: FastifyRequest): string | undefined {
  const target = toOriginForm(originalUrl)
  // `routableUrl` (Fastify's `rewriteUrl`) replaces each target that is malformed.
  if (url !== placeholderPath || target === placeholderPath) return undefined
  if (target.startsWith('/')) return 'The percent-encoding of the path is malformed, or not UTF-8.'
  if (target !== wholeServer)
    return 'The target of the request must be a path, or an http URL with a valid host.'
  return method === 'OPTIONS' ? undefined : `Only OPTIONS may have the target *: send ${method} with a path.`
}

function findProblem(request: FastifyRequest): Problem | undefined {
  const targetFault = findTargetFault(request)
  if (targetFault !== undefined) return new Problem('malformed-request', targetFault)
  for (const header of singleHeaders) {
    const problem = repetitionProblem(request, header)
    if (problem) return problem
  }
  const hostFault = findHostFault(request)
  if (hostFault !== undefined) return headerProblem('Host', hostFault)
  const { expect } = request.headers
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined
  const detail = `The service cannot meet the expectation "${expect}": omit Expect, or send 100-continue.`
  return new Problem('expectation-failed', detail)
}

/**
 * Removes the Content-Length of 0 that Fastify gives a 304 to HEAD. A cache would take it for the length of the response that it
 * has stored (RFC 9110, 8.6), and then send an empty body to everybody.
 */
const removeLengthOf304: onSendHookHandler = (_request, reply, payload, done) => {
  if (reply.statusCode === 304) reply.removeHeader('content-length')
  done(null, payload)
}

/**
 * Answers OPTIONS for the whole server. Refuses requests that do not conform to HTTP: malformed paths, missing or malformed
 * Host headers, repeated headers that may occur only once (400), and expectations that the service cannot meet (417). Such
 * requests pass the earlier plugins, so they are counted and logged. A 304 has no Content-Length.
 */
export const httpConformance = fp(
  async function httpConformance(app) {
    app.addHook('onRequest', (request, reply, done) => {
      const problem = findProblem(request)
      if (problem || request.originalUrl !== wholeServer) return done(problem)
      reply.code(204).header('allow', methodOrder.join(', ')).send()
    })
    // Fastify sets Content-Length in the last `onSend` hook of each HEAD route.
    app.addHook('onRoute', (route) => {
      if (route.method === 'HEAD') route.onSend = [route.onSend ?? [], removeLengthOf304].flat()
    })
  },
  { name: 'http-conformance' },
)
