import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect } from 'vitest'
import type { Api } from './api.ts'
import type { Document } from './documents.ts'

/** Connects the official client of the Model Context Protocol to a service. @param key the API key; none when left out. */
export async function connect({ origin }: Api, key?: string): Promise<Client> {
  const connected = new Client({ name: 'test', version: '1' })
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  await connected.connect(
    new StreamableHTTPClientTransport(new URL(`${origin}/mcp`), { requestInit: { headers } }),
  )
  return connected
}

/** The texts of a tool's result. */
export interface Result {
  isError: boolean
  text: string
  /** The second text of the result, if it has one. */
  note: string | undefined
}

/** Calls a tool. */
export async function call(caller: Client, name: string, input: Document): Promise<Result> {
  const { content, isError } = await caller.callTool({ name, arguments: input })
  const [text = '', note] = content.map((part) => (part.type === 'text' ? part.text : ''))
  return { isError: isError === true, text, note }
}

/** The parsed result of a tool that sends a request to the API. */
export interface ToolResult {
  request: string
  response: Document & { data: Document[]; results: Document[] }
  moreCitations?: boolean
  citations: { source: string; sourceDetails: Document; record: { id: string } }[]
  history: { operation: string }[]
}

/** Calls a tool, which must succeed, and parses its result. */
export async function callTool(caller: Client, name: string, input: Document): Promise<ToolResult> {
  const { isError, text } = await call(caller, name, input)
  expect(isError, text).toBe(false)
  return JSON.parse(text)
}
