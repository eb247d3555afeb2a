import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { lazy } from '../../model/lazy.ts'
import type { Registry } from '../../model/registry.ts'
import { Problem } from '../../problems/problem.ts'
import { didYouMeanSentence } from '../../problems/suggest.ts'
import { openApiDocument } from '../openapi/document.ts'
import { writeYaml } from '../openapi/yaml.ts'
import { readApiDescription } from './documentation/api-description.ts'
import { script, style } from './documentation/assets.ts'
import { constant, sendConstant } from './documentation/constant.ts'
import { indexPage, operationPage, schemaPage } from './documentation/pages.ts'
import type { Representation } from './response-cache/representation.ts'

/** The pages load a script and a style from this service, and send requests to it. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const html = 'text/html; charset=utf-8'

/**
 * Returns a function that returns the page of a part of the document by its name. It makes each page once. For an unknown name, the
 * function throws Problem `not-found` with the nearest name.
 */
function pagesByName<Part extends object>(
  kind: string,
  getParts: () => ReadonlyMap<string, Part>,
  make: (part: Part, name: string) => string,
) {
  const pages = new Map<string, Representation>()
  return (name: string): Representation => {
    const known = pages.get(name)
    if (known) return known
    const parts = getParts()
    const part = parts.get(name)
    if (!part)
      throw new Problem(
        'not-found',
        didYouMeanSentence(`There is no ${kind} "${name}"`, name, [...parts.keys()]),
      )
    const page = constant(make(part, name), html)
    pages.set(name, page)
    return page
  }
}

/** Serves the OpenAPI document as JSON and YAML, and pages to read it at `/docs`. */
export const documentation = fp<{ registry: Registry }>(
  async function documentation(app, { registry }) {
    const document = (): object => openApiDocument(registry)
    await app.register(swagger, {
      openapi: { openapi: '3.1.0' },
      // The document is built when the service listens, below. The plugin's types are narrower than OpenAPI 3.1; tests
      // validate the document.
      transformObject: document as SwaggerTransformObject,
    })
    const json = lazy(() => constant(JSON.stringify(app.swagger()), 'application/json; charset=utf-8'))
    const yaml = lazy(async () => constant(await writeYaml(app.swagger()), 'application/yaml; charset=utf-8'))
    app.get('/openapi.json', async (request, reply) => sendConstant(request, reply, json()))
    app.get('/openapi.yaml', async (request, reply) => sendConstant(request, reply, await yaml()))

    const api = lazy(() => readApiDescription(app.swagger()))
    // Building the document takes half a second. At the first request, this would delay all other requests.
    app.addHook('onListen', (done) => {
      api()
      done()
    })
    const index = lazy(() => constant(indexPage(api()), html))
    const operation = pagesByName(
      'operation',
      () => new Map(api().operations.map((found) => [found.operationId, found])),
      (found) => operationPage(found, api()),
    )
    const schema = pagesByName(
      'schema',
      () => new Map(Object.entries(api().schemas)),
      (found, name) => schemaPage(name, found),
    )
    const files = {
      style: constant(style, 'text/css; charset=utf-8'),
      script: constant(script, 'text/javascript; charset=utf-8'),
    }
    const asPage = (reply: FastifyReply) => reply.header('content-security-policy', contentSecurityPolicy)
    type Named = { Params: { name: string } }
    app.get('/docs', async (request, reply) => sendConstant(request, asPage(reply), index()))
    app.get('/docs/', async (_request, reply) => reply.redirect('/docs', 301))
    app.get('/docs/style.css', async (request, reply) => sendConstant(request, reply, files.style))
    app.get('/docs/script.js', async (request, reply) => sendConstant(request, reply, files.script))
    app.get<Named>('/docs/operations/:name', async (request, reply) =>
      sendConstant(request, asPage(reply), operation(request.params.name)),
    )
    app.get<Named>('/docs/schemas/:name', async (request, reply) =>
      sendConstant(request, asPage(reply), schema(request.params.name)),
    )
  },
  { name: 'documentation' },
)
