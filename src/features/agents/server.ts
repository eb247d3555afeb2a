import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Registry } from '../../model/registry.ts'
import { packageVersion } from '../../package-root.ts'
import type { ApiFetch } from '../api-fetch.ts'
import { invalidParams, type Message, refuseMessage } from './message.ts'
import type { Tool } from './tool.ts'
import { agentTools } from './tools.ts'

const instructions =
  'A registry of international science and technology cooperation. First resolve names to keys with the tool resolve. Dates are EDTF, only as precise as the source. Cite the sources in `citations`; for a number, cite the path in `list` or `request`.'

function makeServer(tools: readonly Tool[], api: ApiFetch): McpServer {
  // The tools never change while the service runs.
  const options = { instructions, capabilities: { tools: { listChanged: false } } }
  const server = new McpServer({ name: 'entente', version: packageVersion }, options)
  for (const { name, title, description, inputSchema, run } of tools) {
    const annotations = { readOnlyHint: true, openWorldHint: false }
    server.registerTool(name, { title, description, inputSchema, annotations }, (input) => run(input, api))
  }
  return server
}

/** A request for a further page of the tools. No such page exists, and the SDK ignores the cursor. */
const furtherPage = z.looseObject({
  id: z.union([z.string(), z.number()]),
  method: z.literal('tools/list'),
  params: z.looseObject({ cursor: z.unknown().refine((cursor) => cursor !== undefined) }),
})

/** Returns the error response to a request for a further page. */
function refuseCursor(id: string | number): Response {
  const message = 'The cursor is not known here: omit it, since a single page has all tools.'
  return Response.json({ jsonrpc: '2.0', id, error: { code: invalidParams, message } })
}

/**
 * Answers a request of the Model Context Protocol (streamable HTTP) with the access rights of `api`.
 * @throws Problem, that of a message that is not a request (`refuseMessage`).
 */
export type McpEndpoint = (request: Request, message: Message, api: ApiFetch) => Promise<Response>

/** Creates the MCP endpoint of a registry. The endpoint is stateless: any process can answer any request. */
export function createMcpEndpoint(registry: Registry): McpEndpoint {
  const tools = agentTools(registry)
  return async (request, message, api) => {
    const refusal = refuseMessage(message)
    if (refusal) return refusal
    const parsedBody = message.value
    const pageRequest = furtherPage.safeParse(parsedBody).data
    if (pageRequest) return refuseCursor(pageRequest.id)
    return createMcpHandler(() => makeServer(tools, api), { maxSubscriptions: 0 }).fetch(request, {
      parsedBody,
    })
  }
}
