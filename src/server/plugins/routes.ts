import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import findMyWay from 'find-my-way'
import { Problem } from '../../problems/problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    routes: Routes
  }
  interface FastifyContextConfig {
    /** Set for a route that only refuses its methods. These methods do not count as methods of its URL. */
    isRefusal?: true
  }
}

/** Order of methods in `Allow`. HEAD and OPTIONS come last, because nearly every URL has them. */
export const methodOrder = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** The registered routes of the app. */
export class Routes {
  readonly #methods = new Map<string, Set<string>>()
  readonly #router = findMyWay()
  /** Only the URLs with parameters. */
  readonly #parametric = findMyWay()

  /** Adds a route; `url` is in the router's notation: `/v1/countries/:code`. */
  add(url: string, methods: readonly string[]): void {
    const known = this.#methods.get(url)
    if (!known) {
      this.#router.on('GET', url, () => {}, url)
      if (url.includes(':')) this.#parametric.on('GET', url, () => {}, url)
    }
    this.#methods.set(url, new Set([...(known ?? []), ...methods]))
  }

  /** Every URL without a wildcard (`*`), with its parameters in braces: `/v1/countries/{code}`. */
  get urls(): string[] {
    return [...this.#methods.keys()]
      .filter((url) => !url.includes('*'))
      .map((url) => url.replaceAll(/:(\w+)/g, '{$1}'))
  }

  /** Returns the methods of a URL in the router's notation, in the order of `Allow`. */
  methods(url: string): string[] {
    return methodOrder.filter((method) => this.#methods.get(url)?.has(method))
  }

  /** Returns the methods of the URL that matches a path; none if no URL does. */
  methodsOfPath(path: string): string[] {
    return this.#find(this.#router, path)
  }

  /**
   * Returns the methods of the URL with parameters that would match if `url` were not registered: without `/v1/topics/search`,
   * this path would match `/v1/topics/:slug`. Returns none if `url` itself has parameters.
   */
  methodsShadowedBy(url: string): string[] {
    return url.includes(':') ? [] : this.#find(this.#parametric, url)
  }

  #find(router: ReturnType<typeof findMyWay>, path: string): string[] {
    const found = router.find('GET', path)
    if (!found || endsWithEmptyParameter(path, found.params)) return []
    const store: unknown = found.store
    return typeof store === 'string' ? this.methods(store) : []
  }
}

/** Whether a path ends with a slash in place of a parameter: `/v1/countries/`. A wildcard (`*`) may be empty. */
export const endsWithEmptyParameter = (
  path: string,
  parameters: Readonly<Record<string, unknown>>,
): boolean =>
  path.endsWith('/') && Object.entries(parameters).some(([name, value]) => name !== '*' && value === '')

/** Returns the problem for a method that a path does not accept. */
export function methodNotAllowed(path: string, method: string, allowed: readonly string[]): Problem {
  const allow = allowed.join(', ')
  return new Problem('method-not-allowed', `${path} accepts ${allow}, not ${method}.`, {
    headers: { allow },
  })
}

/** Answers OPTIONS with the methods of a path. @param url in the router's notation: `/v1/countries/:code`. */
export function addOptions(app: FastifyInstance, url: string): void {
  app.route({
    method: 'OPTIONS',
    url,
    handler: async (_request, reply) => {
      const methods = app.routes.methods(url)
      const patch = methods.includes('PATCH') && {
        'accept-patch': 'application/merge-patch+json, application/json',
      }
      return reply
        .code(204)
        .headers({ allow: methods.join(', '), ...patch })
        .send()
    },
  })
}

/** Provides `app.routes`. It collects the routes that are registered after this plugin. */
export const routes = fp(
  async function routes(app) {
    const collected = new Routes()
    app.decorate('routes', collected)
    app.addHook('onRoute', ({ url, method, config }) => {
      // The wildcard of @fastify/cors matches preflight requests of every path, even of paths that do not exist.
      if (url !== '*' && !config?.isRefusal) collected.add(url, [method].flat())
    })
  },
  { name: 'routes' },
)
