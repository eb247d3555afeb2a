import type { FastifyRequest, onRequestHookHandler, RouteShorthandOptions } from 'fastify'
import fp from 'fastify-plugin'
import { Message } from '../../features/agents/message.ts'
import type { McpEndpoint } from '../../features/agents/server.ts'
import type { Registry } from '../../model/registry.ts'
import { maxRecordValues } from '../../operations/writing/validation.ts'
import { Problem } from '../../problems/problem.ts'
import { loopback } from '../config.ts'
import { pickHeaders, readAs } from '../read-as.ts'
import { parseJson } from './body-parsers/json.ts'
import { requireUnencoded, requireUtf8 } from './body-parsers.ts'
import { requireMediaType } from './operations/checks.ts'

const jsonMediaType = 'application/json'

/** Maximum bytes of a message. Tools send most inputs in URLs of the API, which are much shorter. */
const maxBodyBytes = 64 * 1024

/**
 * Parses a message. If it has values that the API does not accept, their problem becomes a part of the message, since the response
 * must be JSON-RPC with the id of the message.
 * @throws Problem `malformed-request` for bytes that are not JSON, or are nested too deeply; `too-large` for too many values, or a
 * name or text that is too long; `unsupported-media-type` for a compressed body, and for one in another charset than UTF-8.
 */
async function parseMessage(request: FastifyRequest, bytes: Buffer): Promise<Message> {
  requireUnencoded(request)
  requireUtf8(request)
  try {
    return new Message(await parseJson(bytes, maxRecordValues))
  } catch (error) {
    if (!(error instanceof Problem) || error.errors.length === 0) throw error
    return new Message(JSON.parse(new TextDecoder().decode(bytes)), error)
  }
}

/** Options of the plugin `agents`. */
export interface AgentsOptions {
  registry: Registry
  /** Origins whose web pages may use the endpoint, in addition to loopback origins (`http://localhost`); `*` for all origins. */
  allowedOrigins: readonly string[]
}

/**
 * Serves the Model Context Protocol (MCP) for agents at `POST /mcp`. Requests of web pages whose origin is not allowed are
 * refused, as the protocol requires. Even an origin that equals the `Host` header is refused unless it is allowed, since the name
 * of another site can lead to the address of the service (DNS rebinding).
 */
export const agents = fp<AgentsOptions>(
  async function agents(app, { registry, allowedOrigins }) {
    const isAllowed = (origin: string) =>
      allowedOrigins.includes('*') ||
      allowedOrigins.includes(origin) ||
      (URL.canParse(origin) && loopback.test(new URL(origin).hostname))
    const requireAllowedOrigin: onRequestHookHandler = ({ headers: { origin } }, _reply, done) => {
      if (origin === undefined || isAllowed(origin)) return done()
      const message = `"${origin}" is not an origin whose pages may use /mcp: the operator can add it to CORS_ORIGINS`
      const errors = [{ header: 'Origin', code: 'invalid', message }]
      done(new Problem('forbidden', `The Origin header ${message}.`, { errors }))
    }
    const requireJson: onRequestHookHandler = (request, _reply, done) => {
      requireMediaType(request, [jsonMediaType])
      done()
    }
    let endpoint: Promise<McpEndpoint> | undefined
    /** Loads the SDK at the first request: this takes a tenth of a second, and many registries have no agents. */
    const load = async () => {
      try {
        const { createMcpEndpoint } = await import('../../features/agents/server.ts')
        return createMcpEndpoint(registry)
      } catch (error) {
        // The next request tries again. The reason may be gone then, such as too many open files.
        endpoint = undefined
        throw error
      }
    }
    const options = {
      config: { access: 'read' },
      bodyLimit: maxBodyBytes,
      onRequest: [requireAllowedOrigin, requireJson],
    } satisfies RouteShorthandOptions
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(jsonMediaType, { parseAs: 'buffer' }, parseMessage)
    app.post('/mcp', options, async (request, reply) => {
      const message = request.body instanceof Message ? request.body : new Message(undefined)
      if (Array.isArray(message.value))
        throw new Problem(
          'malformed-request',
          'The body is a batch. Send one JSON-RPC message in each request.',
        )
      endpoint ??= load()
      // The SDK takes a `Request` of the Fetch API, whose URL must be absolute but does not matter otherwise.
      const webRequest = new Request('http://localhost/mcp', {
        method: 'POST',
        headers: pickHeaders(request, Object.keys(request.headers)),
        body: JSON.stringify(message.value),
      })
      const response = await (await endpoint)(webRequest, message, readAs(app, request, reply))
      const text = await response.text()
      reply.code(response.status).header('cache-control', 'no-store')
      return text === ''
        ? reply.send()
        : reply.type(response.headers.get('content-type') ?? jsonMediaType).send(text)
    })
  },
  { name: 'agents', dependencies: ['client', 'operations'], encapsulate: true },
)
