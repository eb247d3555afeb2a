import fp from 'fastify-plugin'
import type { McpEndpoint } from '../../features/agents/server.ts'
import type { Registry } from '../../model/registry.ts'
import { Problem } from '../../problems/problem.ts'
import { disconnectSignal, pickHeaders, readAs } from '../read-as.ts'

const json = 'application/json'

/** Maximum bytes of a message. Larger inputs of tools would exceed the maximum length of a URL of the API. */
const maxBodyBytes = 64 * 1024

/** Serves the Model Context Protocol (MCP) for agents at `POST /mcp`. */
export const agents = fp<{ registry: Registry }>(
  async function agents(app, { registry }) {
    let endpoint: Promise<McpEndpoint> | undefined
    /** The SDK takes a tenth of a second to load, and many registries have no agents. */
    const load = () =>
      import('../../features/agents/server.ts').then(({ createMcpEndpoint }) => createMcpEndpoint(registry))
    app.post('/mcp', { config: { access: 'read' }, bodyLimit: maxBodyBytes }, async (request, reply) => {
      if (Array.isArray(request.body))
        throw new Problem(
          'malformed-request',
          'The body is a batch. Send one JSON-RPC message in each request.',
        )
      endpoint ??= load()
      const disconnected = disconnectSignal(reply)
      const webRequest = new Request(new URL(request.url, 'http://localhost'), {
        method: 'POST',
        headers: pickHeaders(request, Object.keys(request.headers)),
        body: JSON.stringify(request.body),
      })
      const response = await (await endpoint)(webRequest, request.body, (path, body) =>
        readAs(app, request, path, disconnected, body),
      )
      const text = await response.text()
      reply.code(response.status).header('cache-control', 'no-store')
      return text === '' ? reply.send() : reply.type(response.headers.get('content-type') ?? json).send(text)
    })
  },
  { name: 'agents', dependencies: ['client', 'body-parsers', 'operations'] },
)
