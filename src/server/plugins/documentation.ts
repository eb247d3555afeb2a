import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Endpoint } from '../../operations/operation.ts'
import type { Resource } from '../../resources/resource.ts'
import { openApiDocument } from '../openapi/document.ts'

/** Serves the OpenAPI document as JSON and YAML, and pages to read it at `/docs`, all from the service itself. */
export async function serveDocumentation(
  app: FastifyInstance,
  endpoints: Endpoint[],
  resources: readonly Resource[],
  version: string,
): Promise<void> {
  const document = (): object => openApiDocument(endpoints, resources, version)
  await app.register(swagger, {
    openapi: { openapi: '3.1.0' },
    // Made when it is first asked for and not at every start. It is made of plain JSON, which the plugin has
    // narrower types for; tests hold it to OpenAPI 3.1.
    transformObject: document as SwaggerTransformObject,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // The pages have scripts of their own, which the policy of all other answers would forbid.
    staticCSP:
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    uiConfig: { docExpansion: 'none', deepLinking: true, validatorUrl: null },
  })
  app.get('/', async (_request, reply) => reply.redirect('/docs'))
  app.get('/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  )
  app.get('/openapi.yaml', async (_request, reply) =>
    reply.type('application/yaml; charset=utf-8').send(app.swagger({ yaml: true })),
  )
}
