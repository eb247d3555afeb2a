import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import type { Registry } from '../../model/registry.ts'
import type { ApiFetch } from '../../operations/api-fetch.ts'
import { packageVersion } from '../../package-root.ts'
import type { Tool } from './tool.ts'
import { agentTools } from './tools.ts'

const instructions =
  'A registry of international science and technology cooperation. First resolve names to keys with the tool resolve. Dates are EDTF, only as precise as the source. Cite the sources in `citations`; for a number, cite the path in `list` or `request`.'

function makeServer(tools: readonly Tool[], api: ApiFetch): McpServer {
  const server = new McpServer({ name: 'entente', version: packageVersion }, { instructions })
  for (const { name, title, description, input, run } of tools) {
    const annotations = { readOnlyHint: true, openWorldHint: false }
    server.registerTool(name, { title, description, inputSchema: input, annotations }, (given) =>
      run(given, api),
    )
  }
  return server
}

/** Answers a request of the Model Context Protocol (streamable HTTP) with the access rights of `api`. */
export type McpEndpoint = (request: Request, body: unknown, api: ApiFetch) => Promise<Response>

/**
 * Creates the MCP endpoint of a registry. It is stateless: any process can answer any request.
 */
export function createMcpEndpoint(registry: Registry): McpEndpoint {
  const tools = agentTools(registry)
  return (request, parsedBody, api) =>
    createMcpHandler(() => makeServer(tools, api), { maxSubscriptions: 0 }).fetch(request, { parsedBody })
}
