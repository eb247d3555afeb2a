import type { CallToolResult, StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { ApiFetch } from '../../operations/api-fetch.ts'
import { checkValueRefusingProto } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import { pathOf, RefusedError, readJson } from './api.ts'

/** A tool for agents. All tools only read. */
export interface Tool {
  name: string
  title: string
  description: string
  input: StandardSchemaWithJSON
  run(input: unknown, api: ApiFetch): Promise<CallToolResult>
}

/** Maximum number of citations in a result; further ones are left out. */
const maxCitations = 200

/** The path of an API request, which an agent can cite, and the JSON text of its response. */
const exchange = (path: string, text: string) => ({ path, text })

type Exchange = ReturnType<typeof exchange>

/** Returns the result of a tool: the path, the response, and further properties. @param more JSON texts by property. */
export function toolResult({ path, text }: Exchange, more: Record<string, string> = {}): CallToolResult {
  const parts = Object.entries(more).map(([name, part]) => `,"${name}":${part}`)
  return {
    content: [
      { type: 'text', text: `{"request":${JSON.stringify(path)},"response":${text}${parts.join('')}}` },
    ],
  }
}

/** Returns the result of a tool whose request was refused: the reason and, in a second text, when to retry. */
const refusedResult = ({ reason, retryAfterSeconds }: RefusedError): CallToolResult => {
  const retry = retryAfterSeconds === undefined ? [] : [`Call the tool again after ${retryAfterSeconds} s.`]
  return { content: [reason, ...retry].map((text) => ({ type: 'text', text })), isError: true }
}

/** Sends a GET request to the API. @throws RefusedError if the API refuses it. */
export async function fetchExchange(api: ApiFetch, path: string): Promise<Exchange> {
  return exchange(path, await readJson(api, path))
}

/**
 * Finds the citations of records, with their sources: now, or as of `asOf`.
 * @returns the JSON of `citations`, at most `maxCitations`, and `moreCitations` if there are others.
 * @throws RefusedError if the API refuses the request.
 */
export async function fetchCitations(
  api: ApiFetch,
  resource: string,
  keys: readonly string[],
  asOf?: string,
): Promise<Record<string, string>> {
  if (keys.length === 0 || resource === 'citations') return { citations: '[]' }
  const query = { resource, record: keys.join(), include: 'sourceDetails', limit: maxCitations, asOf }
  const fields = 'id,source,record,property,locator,excerpt,rank'
  const { data, page } = JSON.parse(await readJson(api, pathOf(['citations'], { ...query, fields })))
  return { citations: JSON.stringify(data), ...(page.next !== null && { moreCitations: 'true' }) }
}

/** Returns a schema whose errors are the faults of the API: their location, what is wrong and what would be right. */
function inputSchema(schema: z.ZodObject): StandardSchemaWithJSON {
  const validate = (value: unknown) => {
    const { data, faults } = checkValueRefusingProto(schema, value)
    if (faults === undefined) return { value: data }
    const describeFault = ({ pointer = '', message }: Fault) => `${pointer} ${message}`.trim()
    return { issues: faults.listed.map((fault) => ({ message: describeFault(fault) })) }
  }
  const { jsonSchema } = schema['~standard']
  return { '~standard': { version: 1, vendor: 'entente', jsonSchema, validate } }
}

/**
 * Declares a tool whose `run` gets typed input. Unknown inputs are refused. If a request is refused, the reason is the
 * result of the tool.
 * @param inputs the schema of each input.
 */
export function tool<Inputs extends z.ZodRawShape>(
  name: string,
  title: string,
  description: string,
  inputs: Inputs,
  run: (input: z.output<z.ZodObject<Inputs>>, api: ApiFetch) => Promise<CallToolResult>,
): Tool {
  const input = z.strictObject(inputs)
  return {
    name,
    title,
    description,
    input: inputSchema(input),
    async run(given, api) {
      try {
        return await run(input.parse(given), api)
      } catch (error) {
        if (error instanceof RefusedError) return refusedResult(error)
        throw error
      }
    },
  }
}
