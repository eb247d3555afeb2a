import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { lazy } from '../../model/lazy.ts'
import type { Resource } from '../../model/resource.ts'
import type { Endpoint } from '../../operations/operation.ts'
import { openApiDocument } from '../openapi/document.ts'
import { constant, sendConstant } from './documentation/constant.ts'

/** Options of the plugin `documentation`. */
export interface DocumentationOptions {
  endpoints: Endpoint[]
  resources: readonly Resource[]
  /** The version of the API. */
  version: string
}

/** Serves the OpenAPI document as JSON and YAML, and pages to read it at `/docs`. */
export const documentation = fp<DocumentationOptions>(
  async function documentation(app, { endpoints, resources, version }) {
    const document = (): object => openApiDocument(endpoints, resources, version)
    await app.register(swagger, {
      openapi: { openapi: '3.1.0' },
      // Built for the first request and not at the start. The plugin's types are narrower than OpenAPI 3.1, to which
      // tests hold the document.
      transformObject: document as SwaggerTransformObject,
    })
    // The files are small and sent whole. A range outside of one would be refused with 416.
    app.addHook('onRequest', (request, _reply, done) => {
      delete request.headers.range
      done()
    })
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      // The pages have scripts of their own, which the policy of all other responses forbids.
      staticCSP:
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      theme: { title: 'Entente' },
      uiConfig: { docExpansion: 'none', deepLinking: true, validatorUrl: null, defaultModelsExpandDepth: -1 },
    })
    const json = lazy(() => constant(JSON.stringify(app.swagger()), 'application/json; charset=utf-8'))
    const yaml = lazy(() => constant(app.swagger({ yaml: true }), 'application/yaml; charset=utf-8'))
    app.get('/openapi.json', async (request, reply) => sendConstant(request, reply, json()))
    app.get('/openapi.yaml', async (request, reply) => sendConstant(request, reply, yaml()))
  },
  { name: 'documentation' },
)
