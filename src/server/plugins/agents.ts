import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { ReadApi } from '../../features/agents/api.ts'
import type { AnswerAgent } from '../../features/agents/server.ts'
import type { Registry } from '../../model/registry.ts'
import { Problem } from '../../problems/problem.ts'

const json = 'application/json'

/** Most bytes of a message. The input of every tool is shorter. */
const maxBodyBytes = 64 * 1024

/** Headers by which the API knows the client, and the language that it prefers. */
const passedHeaders = ['authorization', 'client-id', 'accept-language', 'user-agent'] as const

const headersOf = ({ headers }: FastifyRequest, names: readonly string[]) =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )

/**
 * Reads the API as the client of a request: through the same plugins, so under the same access, visibility, limits and
 * cache. Each read costs its own units of the rate limit.
 */
const readAs =
  (app: FastifyInstance, request: FastifyRequest, signal: AbortSignal): ReadApi =>
  async (path) => {
    const headers = {
      ...headersOf(request, passedHeaders),
      host: request.host,
      'accept-encoding': 'identity',
    }
    const response = await app.inject({
      method: 'GET',
      url: path,
      headers,
      remoteAddress: request.ip,
      signal,
    })
    return { status: response.statusCode, text: response.payload }
  }

/** Serves agents by the Model Context Protocol at `POST /mcp`. */
export const agents = fp<{ registry: Registry }>(
  async function agents(app, { registry }) {
    let answer: Promise<AnswerAgent> | undefined
    /** The SDK takes a tenth of a second to load, and many registries have no agents. */
    const load = () =>
      import('../../features/agents/server.ts').then(({ agentServer }) => agentServer(registry))
    app.post('/mcp', { config: { access: 'read' }, bodyLimit: maxBodyBytes }, async (request, reply) => {
      if (Array.isArray(request.body))
        throw new Problem(
          'malformed-request',
          'The body is a batch. Send one JSON-RPC message in each request.',
        )
      answer ??= load()
      const isGone = new AbortController()
      reply.raw.once('close', () => isGone.abort())
      const sent = new Request(`${request.protocol}://${request.host}${request.url}`, {
        method: 'POST',
        headers: headersOf(request, Object.keys(request.headers)),
        body: JSON.stringify(request.body),
      })
      const response = await (await answer)(sent, request.body, readAs(app, request, isGone.signal))
      const text = await response.text()
      reply.code(response.status).header('cache-control', 'no-store')
      return text === '' ? reply.send() : reply.type(response.headers.get('content-type') ?? json).send(text)
    })
  },
  { name: 'agents', dependencies: ['client', 'body-parsers', 'operations'] },
)
