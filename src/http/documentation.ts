import swagger, { type StaticDocumentSpec } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { openApiDocument } from './openapi/document.ts'
import type { Endpoint } from './routes.ts'

/** Serves the OpenAPI document as JSON and YAML, and pages to read it at `/docs`, all from the service itself. */
export async function serveDocumentation(
  app: FastifyInstance,
  endpoints: Endpoint[],
  version: string,
): Promise<void> {
  const document = openApiDocument(endpoints, version)
  // The plugin passes any document on but has types for OpenAPI 3.0 only; tests hold this one to 3.1.
  const specification = { document } as unknown as StaticDocumentSpec
  await app.register(swagger, { mode: 'static', specification })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'none', deepLinking: true, validatorUrl: null },
  })
  app.get('/', async (_request, reply) => reply.redirect('/docs'))
  const json = JSON.stringify(document)
  app.get('/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(json),
  )
  app.get('/openapi.yaml', async (_request, reply) =>
    reply.type('application/yaml; charset=utf-8').send(app.swagger({ yaml: true })),
  )
}
