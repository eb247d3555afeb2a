import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'
import { suggest } from '../../problems/suggest.ts'
import { sendProblem } from './error-handler.ts'
import { methodNotAllowed, type Routes } from './routes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The response to a browser for an unknown path. */
    notFoundPage: { send?: (reply: FastifyReply) => FastifyReply }
  }
}

/** Whether the client is a browser, which prefers HTML. Paths of the API return a problem to all clients. */
const isNavigation = ({ method, url, headers }: FastifyRequest): boolean =>
  method === 'GET' && headers.accept?.startsWith('text/html') === true && !url.startsWith('/v1')

function notFound({ method, url }: FastifyRequest, routes: Routes): Problem {
  const [path = ''] = url.split('?')
  const methods = routes.methodsOfPath(path)
  // A file below a wildcard may be missing although the route takes the method.
  if (methods.length > 0 && !methods.includes(method)) return methodNotAllowed(path, method, methods)
  const nearest = suggest(path, routes.urls)
  const hint = nearest ? `; did you mean ${nearest}?` : '. /docs shows what there is.'
  return new Problem('not-found', `There is nothing at ${path}${hint}`)
}

/**
 * Refuses requests that no route takes: 405 with `Allow` for the method, 404 with the nearest path otherwise, and as a page for
 * browsers where there is a dashboard.
 */
export const notFoundHandler = fp(
  async function notFoundHandler(app) {
    app.decorate('notFoundPage', {})
    // Before the body is read, which Fastify would refuse for reasons of its own.
    app.addHook('onRequest', (request, reply, done) => {
      if (!request.is404) return done()
      if (app.notFoundPage.send && isNavigation(request)) {
        app.notFoundPage.send(reply.code(404))
        return
      }
      done(notFound(request, app.routes))
    })
    // A route that serves files calls it for a file that is missing.
    app.setNotFoundHandler((request, reply) => sendProblem(notFound(request, app.routes), request, reply))
  },
  { name: 'not-found', dependencies: ['routes'] },
)
