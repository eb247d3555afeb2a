import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'
import { suggest } from '../../problems/suggest.ts'
import { sendProblem } from './error-handler.ts'
import { methodNotAllowed, type Routes } from './routes.ts'

function notFound({ method, url }: FastifyRequest, routes: Routes): Problem {
  const [path = ''] = url.split('?')
  const methods = routes.methodsOfPath(path)
  // A file below a wildcard may be missing although the route takes the method.
  if (methods.length > 0 && !methods.includes(method)) return methodNotAllowed(path, method, methods)
  const nearest = suggest(path, routes.urls)
  const hint = nearest ? `; did you mean ${nearest}?` : '. /docs shows what there is.'
  return new Problem('not-found', `There is nothing at ${path}${hint}`)
}

/** Refuses requests that no route takes: 405 with `Allow` for the method, 404 with the nearest path otherwise. */
export const notFoundHandler = fp(
  async function notFoundHandler(app) {
    // Before the body is read, which Fastify would refuse for reasons of its own.
    app.addHook('onRequest', (request, _reply, done) =>
      done(request.is404 ? notFound(request, app.routes) : undefined),
    )
    // A route that serves files calls it for a file that is missing.
    app.setNotFoundHandler((request, reply) => sendProblem(notFound(request, app.routes), request, reply))
  },
  { name: 'not-found', dependencies: ['routes'] },
)
