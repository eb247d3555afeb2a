import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'
import { suggest } from '../../problems/suggest.ts'
import { sendProblem } from './error-handler.ts'
import { endsWithEmptyParameter, methodNotAllowed, type Routes } from './routes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** `send` sends a page to a browser for an unknown path. It is set if there is a dashboard. */
    notFoundPage: { send?: (reply: FastifyReply) => FastifyReply }
  }
}

const isApiPath = (url: string): boolean => /^\/v1(?:[/?]|$)/.test(url)

/** Whether a browser requests a page. Paths below `/v1` return a problem to all clients. */
const isNavigation = ({ method, url, headers }: FastifyRequest): boolean =>
  method === 'GET' && headers.accept?.startsWith('text/html') === true && !isApiPath(url)

const isParameter = (word: string | undefined): boolean => word?.startsWith('{') === true

/**
 * Returns a path in which mistyped words are corrected, and the last words of a known hyphenated word are completed.
 * @returns undefined if the path is similar to none of `urls`.
 */
function correctPath(path: string, urls: readonly string[]): string | undefined {
  const words = path.split('/')
  let possible = urls.map((url) => url.split('/')).filter(({ length }) => length === words.length)
  if (possible.length === 0) return undefined
  const corrected = words.map((word, index) => {
    const known = possible.flatMap((url) => url[index] ?? []).filter((other) => !isParameter(other))
    const nearest = suggest(word, known) ?? known.find((other) => other.endsWith(`-${word}`))
    possible = possible.filter((url) =>
      nearest === undefined ? word !== '' && isParameter(url[index]) : url[index] === nearest,
    )
    return nearest ?? word
  })
  return possible.length > 0 ? corrected.join('/') : undefined
}

/**
 * Returns the path that a client may have meant. In the path that the client sent, the beginning (`/v1`) may be missing or
 * different, and slashes may be at the end.
 */
function suggestPath(sent: string, { urls }: Routes): string | undefined {
  const path = sent.replace(/(?<!\/)\/+$/, '')
  const rest = path.replace(/^\/[^/]*/, '')
  const candidates = [path, `/v1${path}`, rest, `/v1${rest}`]
  return candidates
    .map((candidate) => correctPath(candidate, urls))
    .find((corrected) => corrected !== undefined)
}

/**
 * Whether the router has found an empty key at the end of a path, such as `/v1/countries/`. OPTIONS is allowed there, as CORS
 * allows it for paths without a route, so that pages of other origins can read the error.
 */
const lacksKey = ({ method, url, params }: FastifyRequest): boolean =>
  method !== 'OPTIONS' && endsWithEmptyParameter(url.split('?')[0] ?? '', Object(params))

function notFound({ method, url }: FastifyRequest, routes: Routes): Problem {
  const [path = ''] = url.split('?')
  const methods = routes.methodsOfPath(path)
  // If the path has the method, a route that serves files has not found the file.
  if (methods.length > 0 && !methods.includes(method)) return methodNotAllowed(path, method, methods)
  const nearest = suggestPath(path, routes)
  const hint = nearest ? `; did you mean ${nearest}?` : '. /docs lists all operations.'
  return new Problem('not-found', `There is nothing at ${path}${hint}`)
}

/**
 * Refuses requests without a route: 405 with `Allow` if the path has other methods, otherwise 404 with the nearest path.
 * Browsers that open a path outside the API get the page of the dashboard instead, if there is one.
 */
export const notFoundHandler = fp(
  async function notFoundHandler(app) {
    app.decorate('notFoundPage', {})
    // Runs before the body is read, because Fastify might refuse the body for another reason.
    app.addHook('onRequest', (request, reply, done) => {
      if (!request.is404 && !lacksKey(request)) return done()
      if (app.notFoundPage.send && isNavigation(request)) {
        app.notFoundPage.send(reply.code(404))
        return
      }
      done(notFound(request, app.routes))
    })
    // Routes that serve files call this handler for a missing file.
    app.setNotFoundHandler((request, reply) => sendProblem(notFound(request, app.routes), request, reply))
  },
  { name: 'not-found', dependencies: ['routes'] },
)
