import fp from 'fastify-plugin'
import findMyWay from 'find-my-way'
import { Problem } from '../../problems/problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    routes: Routes
  }
  interface FastifyContextConfig {
    /** The route only refuses its methods, so they are not among those that its URL takes. */
    isRefusal?: true
  }
}

/** Order of methods in `Allow`. Those that every client guesses come last. */
const methodOrder = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** The routes of the app, as they were registered. */
export class Routes {
  readonly #methods = new Map<string, Set<string>>()
  readonly #router = findMyWay()
  /** The URLs with parameters alone. */
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

  /** Every URL that is not a wildcard, with its parameters in braces: `/v1/countries/{code}`. */
  get urls(): string[] {
    return [...this.#methods.keys()]
      .filter((url) => !url.includes('*'))
      .map((url) => url.replaceAll(/:(\w+)/g, '{$1}'))
  }

  /** The methods of a URL in the router's notation, in the order of `Allow`. */
  methods(url: string): string[] {
    return methodOrder.filter((method) => this.#methods.get(url)?.has(method))
  }

  /** The methods of the URL that takes a path; none when there is no such URL. */
  methodsOfPath(path: string): string[] {
    return this.#find(this.#router, path)
  }

  /** The methods of a URL with a parameter that would take this one, which has none: `/v1/topics/:slug` takes `…/search`. */
  shadowedBy(url: string): string[] {
    return url.includes(':') ? [] : this.#find(this.#parametric, url)
  }

  #find(router: ReturnType<typeof findMyWay>, path: string): string[] {
    const store: unknown = router.find('GET', path)?.store
    return typeof store === 'string' ? this.methods(store) : []
  }
}

/** The problem that a path does not take a method. */
export function methodNotAllowed(path: string, method: string, allowed: readonly string[]): Problem {
  const allow = allowed.join(', ')
  return new Problem('method-not-allowed', `${path} takes ${allow} and not ${method}.`, {
    headers: { allow },
  })
}

/** Provides `app.routes`. It collects the routes that are registered after this plugin. */
export const routes = fp(
  async function routes(app) {
    const collected = new Routes()
    app.decorate('routes', collected)
    app.addHook('onRoute', ({ url, method, config }) => {
      // The wildcard of @fastify/cors takes preflights of every path, also of those that do not exist.
      if (url !== '*' && !config?.isRefusal) collected.add(url, [method].flat())
    })
  },
  { name: 'routes' },
)
